/** Builds rulesets and samples for the tests of this room. */
import type { Finding, MessageFacts, Outcome, Report, RoleState, Sample } from '../../src/core/index.ts'
import {
  loadRuleset,
  type Ruleset,
  type RulesetContext,
  RulesetError,
  type RulesetProblem,
} from '../../src/rules/index.ts'

export const ROLES = ['av', 'sandbox', 'lookup'] as const

/** A rule in short: its condition, its verdict. */
export type ShortRule = readonly [when: string, verdict: string]

/** A ruleset of rules that are called r1, r2, … */
export function rulesetOf(...rules: readonly ShortRule[]): Ruleset {
  return loadText(
    rules
      .map(([when, verdict], i) => `- id: r${i + 1}\n  when: ${JSON.stringify(when)}\n  verdict: ${verdict}\n`)
      .join(''),
  )
}

export function loadText(text: string, context: Partial<RulesetContext> = {}): Ruleset {
  return loadRuleset([{ path: 'rules/x.yaml', text }], { roles: ROLES, ...context })
}

/** Loads rule files that lie in `files` in this order; those that only others name lie in `named`. */
export function loadFiles(
  files: Readonly<Record<string, string>>,
  named: Readonly<Record<string, string>> = {},
  context: Partial<RulesetContext> = {},
): Ruleset {
  const readText = (path: string) => {
    const text = named[path] ?? files[path]
    return text === undefined ? { problem: 'there is no such file' } : { text }
  }
  const all = Object.entries(files).map(([path, text]) => ({ path, text, shipped: path.startsWith('shipped/') }))
  return loadRuleset(all, { roles: ROLES, readText, ...context })
}

/** What is wrong with such files: place, message and remedy, each on a line. */
export function refusedFiles(...load: Parameters<typeof loadFiles>): readonly string[] {
  try {
    loadFiles(...load)
  } catch (error) {
    if (!(error instanceof RulesetError)) throw error
    return error.problems.map((one) => `${one.file}:${one.line}:${one.column}: ${one.message}; ${one.remedy}`)
  }
  throw new Error('the rules were accepted')
}

/** The problems of a rule file that must be refused. */
export function problemsOf(text: string, roles: readonly string[] = ROLES): readonly RulesetProblem[] {
  try {
    loadText(text, { roles })
  } catch (error) {
    if (error instanceof RulesetError) return error.problems
    throw error
  }
  throw new Error('the rules were accepted')
}

/** A sample of which nothing is remarkable but what the test says. */
export function sampleWith(facts: Partial<Sample> = {}): Sample {
  return {
    sha256: '0'.repeat(64),
    size: 100,
    type: 'text/plain',
    types: ['text/plain'],
    testString: '',
    links: [],
    role: 'attachment',
    groups: [],
    charset: '',
    declaredCharset: '',
    mismatches: [],
    name: 'notes.txt',
    names: [{ value: 'notes.txt', origin: 'disposition.filename' }],
    path: '2',
    depth: 0,
    declaredType: 'text/plain',
    disposition: 'attachment',
    readings: ['standard'],
    anomalies: [],
    ...facts,
  }
}

export function messageWith(facts: Partial<MessageFacts> = {}): MessageFacts {
  return {
    sender: 'a@example.org',
    recipients: ['b@example.net'],
    clientAddress: '192.0.2.1',
    helo: 'mail.example.org',
    authenticated: false,
    size: 1000,
    subject: 'Hello',
    attachments: 1,
    direction: 'inbound',
    headers: [],
    headersCut: false,
    from: [],
    replyTo: [],
    auth: [],
    anomalies: [],
    ...facts,
  }
}

export function reported(report: Partial<Report> = {}): RoleState {
  return { state: 'reported', report: { analyzer: 'test', version: '1', evidence: [], ...report } }
}

export function finding(severity: number): Finding {
  return { id: `s${severity}`, severity, description: '' }
}

export const PENDING: RoleState = { state: 'pending' }
export const FAILED: RoleState = { state: 'failed', cause: 'analyzer-failed' }

export interface Known {
  readonly sample?: Partial<Sample>
  readonly message?: Partial<MessageFacts>
  readonly roles?: Readonly<Record<string, RoleState>>
}

/** Evaluates a sample of which this is known. */
export function evaluate(ruleset: Ruleset, { sample, message, roles = {} }: Known = {}, explain = false) {
  const input = { sample: sampleWith(sample), message: messageWith(message), roles: new Map(Object.entries(roles)) }
  return ruleset.evaluate(input, { explain })
}

/** An outcome in short: `bad by r1`, `pending(av,sandbox)`, `failed(rule-error) by r1`, `unanalysed(role sandbox) by r2`. */
export function short(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'decided':
      return `${outcome.verdict} by ${outcome.rule}`
    case 'pending':
      return `pending(${outcome.roles.join(',')})`
    case 'failed':
      return `failed(${outcome.cause}) by ${outcome.rule}`
    case 'unanalysed':
      return `unanalysed(${outcome.why} ${outcome.role}) by ${outcome.rule}`
    default:
      return outcome.kind
  }
}

export function outcomeOf(ruleset: Ruleset, known: Known = {}): string {
  return short(evaluate(ruleset, known).outcome)
}
