/** Rows of a database, whichever it is, as the words of the contract: both stores name their columns alike. */
import type { Cause, Report, Story, StorySample, Try } from '../core/index.ts'
import type { Override } from './override.ts'
import type { Analysis, AnalysisNote, AnalysisState, History, PastVerdict } from './store.ts'
import { unionRecipients } from './story-life.ts'
import { BRAKE_MODES, type Switch } from './switch.ts'

/** Columns by name; text and JSON are strings, times and counts numbers. */
export type Columns = Readonly<Record<string, unknown>>

/** An analysis as the contract has it. */
export function analysisOf(row: Columns): Analysis {
  return {
    analyzer: textOf(row.analyzer),
    optionsDigest: textOf(row.options),
    revision: textOf(row.revision),
    sha256: textOf(row.sha256),
    state: textOf(row.state) as AnalysisState,
    owner: textOf(row.owner),
    token: Number(row.token),
    leaseUntil: Number(row.leaseUntil),
    attempts: Number(row.attempts),
    begun: Number(row.begun),
    marker: textOf(row.marker),
    taskId: textOf(row.taskId),
    report: row.report === null ? null : parsed<Report>(row.report),
    cause: textOf(row.cause) as Cause | '',
    updated: Number(row.updated),
  }
}

/** A story from its row, its tries (newest first) and its samples. */
export function storyOf(row: Columns, tries: readonly Columns[], samples: readonly Columns[]): Story {
  const oldestFirst = tries.toReversed()
  return {
    ...parsed<Omit<Story, 'recipients'>>(row.facts),
    recipients: unionRecipients(oldestFirst.map((attempt) => parsed<readonly string[]>(attempt.recipients))),
    ref: textOf(row.ref),
    key: textOf(row.key),
    firstSeen: Number(row.first_seen),
    tries: oldestFirst.map(tryOf),
    samples: samples.map((sample) => parsed<StorySample>(sample.sample)),
    outcome: parsed(row.outcome),
  }
}

/** A JSON column. */
export function parsed<T>(value: unknown): T {
  return JSON.parse(textOf(value)) as T
}

/** An override as the contract has it. */
export function overrideOf(row: Columns): Override {
  return {
    kind: row.kind === 'family' ? 'family' : 'sha256',
    value: textOf(row.value),
    // Whatever is not plainly an allowance denies.
    verdict: row.verdict === 'allow' ? 'allow' : 'deny',
    reason: textOf(row.reason),
    who: textOf(row.who),
    made: Number(row.made),
    until: Number(row.until),
  }
}

/** What was switched, as the contract has it; nothing where a newer program switched what this one does not know. */
export function switchOf(row: Columns): readonly Switch[] {
  const name = textOf(row.name)
  const told = { reason: textOf(row.reason), who: textOf(row.who), made: Number(row.made), until: Number(row.until) }
  if (row.kind === 'rule') return [{ kind: 'rule', name, mode: 'off', ...told }]
  const mode = BRAKE_MODES.find((one) => one === row.mode)
  return row.kind === 'brake' && mode ? [{ kind: 'brake', name: '', mode, ...told }] : []
}

/** What an attempt came to. */
export function noteOf({ at, attempt, cause, detail }: Columns): AnalysisNote {
  return { at: Number(at), attempt: Number(attempt), cause: textOf(cause), detail: textOf(detail) }
}

/** How a sample of a story was judged; `facts` are those of the story. */
export function pastVerdictOf({ ref, tried, facts, sample }: Columns): PastVerdict {
  const { profile } = parsed<{ profile: string }>(facts)
  return { ref: textOf(ref), at: Number(tried), profile, outcome: parsed<StorySample>(sample).outcome }
}

/** What was seen of one digest. */
export function historyEntry(row: Columns): [string, History] {
  const worst = row.score == null ? {} : { worstScore: Number(row.score) }
  const { first_seen, last_seen, count } = row
  const families = typeof row.families === 'string' ? familiesOf(row.families.split('\n').flatMap(familyList)) : {}
  return [
    textOf(row.sha256),
    { firstSeen: Number(first_seen), lastSeen: Number(last_seen), count: Number(count), ...worst, ...families },
  ]
}

const MOST_FAMILIES = 20

/** Each family once, the first few; nothing where there is none. */
export function familiesOf(all: readonly string[]): Pick<History, 'families'> {
  const families = [...new Set(all)].slice(0, MOST_FAMILIES)
  return families.length > 0 ? { families } : {}
}

/** The families of one report, a JSON list; a database may have cut off the last of many. */
function familyList(line: string): readonly string[] {
  try {
    return parsed<readonly string[]>(line)
  } catch {
    return []
  }
}

function tryOf(row: Columns): Try {
  const state = row.state === 'answered' ? 'answered' : 'deciding'
  return { queueId: textOf(row.queue_id), at: Number(row.at), state, answer: parsed(row.answer) }
}

/** A text column; what holds anything else was not written by us. */
export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`a column holds ${typeof value} where text was expected`)
  return value
}
