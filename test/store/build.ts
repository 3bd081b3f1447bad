/** Values for the tests of stores; whatever is not given is harmless. */
import { createHash } from 'node:crypto'
import type { Answer, Content, Members, StorySample } from '../../src/core/index.ts'
import type { AnalysisKey, LookupQuery, StoryDraft } from '../../src/store/index.ts'

export const TEMPFAIL: Answer = { disposition: 'tempfail', reply: '451 4.7.1 Try again later' }
export const ACCEPT: Answer = { disposition: 'accept', reply: '' }
export const REJECT: Answer = { disposition: 'reject', reply: '550 5.7.1 Refused' }

/** A digest that stands for the n-th sample. */
export function digest(n: number): string {
  return createHash('sha256').update(`sample ${n}`).digest('hex')
}

export function digests(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => digest(n))
}

const NO_TEXT = { groups: ['document'], charset: '', testString: '', links: [] }

export function content(n: number, changes: Partial<Content> = {}): Content {
  const size = 1000 + n
  return { sha256: digest(n), size, type: 'application/pdf', types: ['application/pdf'], ...NO_TEXT, ...changes }
}

export function contents(count: number): readonly Content[] {
  return Array.from({ length: count }, (_, n) => content(n))
}

/** A container with members at these places. */
export function within(...paths: readonly string[]): Members {
  const root = { formats: ['zip'], anomalies: [], limit: '', isEncrypted: false, openedBy: '' }
  const members = paths.map((path, n) => ({
    ...{ path, depth: path.split('/').length, name: `ü${n}`, names: [{ value: 'a\u0000b', origin: 'zip.name' }] },
    ...{ storedPath: `x/ü${n}`, kind: 'file', declaredSize: -1, declaredType: '', container: 'zip' },
    ...{ isEncrypted: false, content: content(n), opened: root, anomalies: [], mismatches: [] },
  }))
  return { root, members, name: 'x.zip' }
}

export function key(n: number, changes: Partial<AnalysisKey> = {}): AnalysisKey {
  return { analyzer: 'cape', optionsDigest: 'options', revision: '1', sha256: digest(n), ...changes }
}

export function keys(count: number): readonly AnalysisKey[] {
  return Array.from({ length: count }, (_, n) => key(n))
}

export function query(changes: Partial<LookupQuery> = {}): LookupQuery {
  return { digests: [], recipe: 'recipe', analyses: [], storyKey: '', ...changes }
}

export function judged(n: number): StorySample {
  const sample = {
    ...content(n),
    ...{
      role: 'attachment',
      declaredCharset: '',
      mismatches: [],
      name: `Rechnung ${n} „Größe“.pdf`,
      names: [{ value: 'a\u0000b\ud800', origin: 'type.name' }],
      path: '2.1',
      depth: 0,
    },
    ...{ declaredType: 'application/pdf', disposition: 'attachment', readings: ['strict'], anomalies: [] },
  }
  return {
    sample,
    outcome: { kind: 'decided', verdict: 'ignored', rule: 'final', reason: 'nothing known against it' },
    disposition: 'accept',
    reports: { av: { analyzer: 'clamav', version: '1', score: 0.5, evidence: ['scanned'] }, sandbox: 'unmapped' },
  }
}

export function draft(changes: Partial<StoryDraft> = {}): StoryDraft {
  return {
    ref: 'ref-1',
    key: 'key-1',
    queueId: '4Zk1',
    listener: 'inet:127.0.0.1:8095',
    profile: 'mx',
    mode: 'enforce',
    clientAddress: '192.0.2.1',
    helo: 'mail.example.org',
    sender: 'a@example.org',
    recipients: ['b@example.net'],
    subject: 'Grüße 🎉',
    messageId: '<1@example.org>',
    size: 12_345,
    rulesetVersion: 'rules-1',
    samples: [judged(1)],
    outcome: { kind: 'pending', roles: ['sandbox'] },
    answer: TEMPFAIL,
    ...changes,
  }
}
