/** Conditions as a site writes them, each beside the same by hand: what a programmer would write who knew the rules beforehand. */
import type { MessageFacts, Sample } from '../../src/core/index.ts'

/** A rule and its hand-written twin. */
export interface Twin {
  readonly when: string
  readonly byHand: (sample: Sample, message: MessageFacts) => boolean
}

const PROGRAMS = new Set([
  'application/x-dosexec',
  'application/vnd.microsoft.portable-executable',
  'application/x-elf',
])
const SCRIPTS = ['.js', '.vbs', '.wsf', '.hta', '.ps1', '.bat', '.cmd', '.lnk']
const invoice = /^(invoice|rechnung).*\.(exe|scr)$/i
const lure = /urgent.*payment/i

export const TWINS: readonly Twin[] = [
  { when: "sample.testString == 'eicar'", byHand: (s) => s.testString === 'eicar' },
  { when: "sample.testString == 'peekaboo'", byHand: (s) => s.testString === 'peekaboo' },
  {
    when: `sample.type in [${[...PROGRAMS].map((type) => `'${type}'`)}]`,
    byHand: (s) => PROGRAMS.has(s.type),
  },
  {
    when: `sample.names.exists(n, [${SCRIPTS.map((end) => `'${end}'`)}].exists(e, n.value.endsWithIgnoreCase(e)))`,
    byHand: (s) => s.names.some((n) => SCRIPTS.some((end) => n.value.toLowerCase().endsWith(end))),
  },
  {
    when: String.raw`sample.name.matches(r'(?i)^(invoice|rechnung).*\.(exe|scr)$')`,
    byHand: (s) => invoice.test(s.name),
  },
  {
    when: "sample.types.exists(t, t == 'text/html') && sample.type != 'text/html'",
    byHand: (s) => s.types.includes('text/html') && s.type !== 'text/html',
  },
  {
    when: "sample.anomalies.exists(a, a.severity == 'suspicious')",
    byHand: (s) => s.anomalies.some((a) => a.severity === 'suspicious'),
  },
  {
    when: "message.subject.matches('(?i)urgent.*payment') && sample.size < 100000",
    byHand: (s, m) => lure.test(m.subject) && s.size < 100_000,
  },
  {
    when: "sample.declaredType == 'image/png' && sample.type != 'image/png'",
    byHand: (s) => s.declaredType === 'image/png' && s.type !== 'image/png',
  },
  { when: "sample.name.contains('\u202e')", byHand: (s) => s.name.includes('\u202e') },
  { when: 'sample.size > 50000000 && sample.depth > 3', byHand: (s) => s.size > 50_000_000 && s.depth > 3 },
  {
    when: "sample.type == 'application/zip' && message.attachments > 20",
    byHand: (s, m) => s.type === 'application/zip' && m.attachments > 20,
  },
  {
    when: "sample.name.lowerAscii().endsWith('.pdf') && sample.type != 'application/pdf'",
    byHand: (s) => s.name.toLowerCase().endsWith('.pdf') && s.type !== 'application/pdf',
  },
  {
    when: "sample.names.all(n, n.value == '') && sample.type == 'application/octet-stream'",
    byHand: (s) => s.names.every((n) => n.value === '') && s.type === 'application/octet-stream',
  },
  {
    when: "message.anomalies.exists(a, a.name == 'cte-duplicate')",
    byHand: (_, m) => m.anomalies.some((a) => a.name === 'cte-duplicate'),
  },
  {
    when: "sample.type.startsWith('application/vnd.ms-') && sample.depth > 0",
    byHand: (s) => s.type.startsWith('application/vnd.ms-') && s.depth > 0,
  },
]
