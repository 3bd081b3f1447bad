/** How fast rules are loaded and evaluated: beside the same conditions by hand, and with very many of them. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MessageFacts, Sample } from '../../src/core/index.ts'
import { loadRuleset, type Ruleset, STANDARD_ROLES } from '../../src/rules/index.ts'
import { messageWith, sampleWith } from '../rules/harness.ts'
import { type Spread, spread } from './ratios.ts'
import { TWINS } from './rules-peer.ts'
import type { Target } from './targets.ts'

/** What one run measured, and where rules and their hand-written twins disagree. */
export interface RulesFindings {
  readonly targets: readonly Target[]
  readonly losses: readonly string[]
}

const MANY_RULES = 2000
const MANY_HASHES = 100_000

/** Measures in so many rounds, all in each round, by the time of the processor. */
export function measureRules(rounds: number, short: boolean): RulesFindings {
  const shipped = shippedRules()
  const twins = load(twinText(), '')
  const samples = samplesOf()
  const hashes = Array.from({ length: MANY_HASHES }, (_, i) => createHash('sha256').update(`${i}`).digest('hex')).join(
    '\n',
  )
  const count = short ? MANY_RULES / 10 : MANY_RULES
  const text = manyText(count)
  const times = { shipped: [] as number[], ratio: [] as number[], load: [] as number[], many: [] as number[] }
  for (let round = 0; round < Math.max(rounds, 1) + 1; round++) {
    const many = { value: shipped }
    const load1 = cpuMs(() => {
      many.value = load(text, hashes)
    })
    const own = perSample(samples, short, (sample, message) => ask(shipped, sample, message))
    const byRules = perSample(samples, short, (sample, message) => ask(twins, sample, message))
    const byHand = perSample(samples, short, byHandOf)
    const large = perSample(samples, short, (sample, message) => ask(many.value, sample, message))
    if (round === 0) continue
    times.load.push(load1 / 1000)
    times.shipped.push(own)
    times.ratio.push(byRules / byHand)
    times.many.push(large / own)
  }
  const targets = [
    target('rules: shipped ruleset, a sample', times.shipped, 50, 'µs'),
    target(`rules: ${TWINS.length} rules ÷ the same by hand`, times.ratio, 15, ''),
    target(`rules: loading ${count} rules and ${MANY_HASHES} hashes`, times.load, 1, 's'),
    target(`rules: a sample, ${count} rules ÷ shipped`, times.many, 5, ''),
  ]
  return { targets, losses: disagreements(twins, samples) }
}

function target(what: string, values: readonly number[], limit: number, unit: string): Target {
  const measured: Spread = spread(values)
  return { what, limit, measured, unit, holds: measured.median <= limit }
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

interface Asked {
  readonly sample: Sample
  readonly message: MessageFacts
}

/** Microseconds of the processor for each sample. */
function perSample(
  samples: readonly Asked[],
  short: boolean,
  ask: (sample: Sample, message: MessageFacts) => void,
): number {
  const times = short ? 20 : 1000
  const ms = cpuMs(() => {
    for (let i = 0; i < times; i++) for (const { sample, message } of samples) ask(sample, message)
  })
  return (ms * 1000) / (times * samples.length)
}

const NO_ROLES = new Map(STANDARD_ROLES.map((role) => [role, { state: 'unmapped' }] as const))

function ask(ruleset: Ruleset, sample: Sample, message: MessageFacts): string {
  const { outcome } = ruleset.evaluate({ sample, message, roles: NO_ROLES })
  return outcome.kind === 'decided' ? outcome.rule : outcome.kind
}

function byHandOf(sample: Sample, message: MessageFacts): string {
  const first = TWINS.findIndex(({ byHand }) => byHand(sample, message))
  return first < 0 ? '(none)' : `r${first}`
}

function disagreements(twins: Ruleset, samples: readonly Asked[]): readonly string[] {
  return samples.flatMap(({ sample, message }) => {
    const [rule, hand] = [ask(twins, sample, message), byHandOf(sample, message)]
    return rule === hand ? [] : [`rules: ${sample.name} is decided by ${rule}, by hand ${hand}`]
  })
}

function load(text: string, hashes: string): Ruleset {
  return loadRuleset([{ path: 'rules.yaml', text }], { roles: STANDARD_ROLES, readText: () => ({ text: hashes }) })
}

function shippedRules(): Ruleset {
  const folder = join(import.meta.dirname, '../../rules')
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  const files = names
    .sort()
    .map((name) => ({ path: name, text: readFileSync(join(folder, name), 'utf8'), shipped: true }))
  return loadRuleset(files, { roles: [], spareRoles: STANDARD_ROLES })
}

function twinText(): string {
  return TWINS.map(({ when }, i) => `- { id: r${i}, verdict: bad, when: ${JSON.stringify(when)} }\n`).join('')
}

/** Rules of a site that lists what it has seen, kind by kind, none of which applies to most mail; each with a test. */
function manyText(count: number): string {
  const kinds: readonly ((i: number) => string)[] = [
    (i) => `sample.type == 'application/x-kind-${i}'`,
    (i) => `sample.type in ['application/x-a${i}', 'application/x-b${i}'] && sandbox.score >= 5.0`,
    (i) => `sample.name.lowerAscii().endsWith('.x${i}')`,
    (i) => `sample.size > ${i} && sample.names.exists(n, n.value == 'known-${i}.doc')`,
    (i) => `message.subject.matches('(?i)campaign ${i}$')`,
    (i) => `message.sender == 'x${i}@example.net' || message.sender == 'y${i}@example.net'`,
  ]
  const rules = Array.from({ length: count }, (_, i) => {
    const when = JSON.stringify((kinds[i % kinds.length] ?? String)(i))
    const tests = `    tests: [{ facts: { sample: { type: application/x-other-${i} } }, expect: none }]`
    return `  - id: r${i}\n    when: ${when}\n    verdict: bad\n    reason: Seen before, number ${i}\n${tests}\n`
  })
  const known = '  - { id: known, verdict: bad, when: sample.sha256 in lists.known }\n'
  return `lists: { known: { hashes: { file: known.sha256 } } }\nrules:\n${known}${rules.join('')}`
}

/** Samples as mail brings them, most of them harmless. */
function samplesOf(): readonly Asked[] {
  const names = [
    'notes.txt',
    'Report 2026.pdf',
    'photo.jpg',
    'logo.png',
    'Angebot.docx',
    'invoice.exe',
    'archive.zip',
    'script.JS',
  ]
  const types = [
    'text/plain',
    'application/pdf',
    'image/jpeg',
    'image/png',
    'application/vnd.ms-word',
    'application/x-dosexec',
    'application/zip',
    'text/plain',
  ]
  return names.map((name, i) => {
    const type = types[i] ?? ''
    const told = [
      { value: name, origin: 'disposition.filename' },
      { value: name, origin: 'type.name' },
    ]
    const sample = sampleWith({ name, names: told, type, types: [type], declaredType: type, size: 10_000 * (i + 1) })
    return { sample, message: messageWith({ subject: `Re: your letter of Monday, number ${i}`, attachments: 3 }) }
  })
}
