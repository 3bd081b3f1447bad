/** Rows as SQLite gives them ↔ the words of the contract. */
import type { SQLOutputValue } from 'node:sqlite'
import type { Cause, Report, Story, StorySample, Try } from '../../core/index.ts'
import type { Override } from '../override.ts'
import type { Analysis, AnalysisChange, AnalysisKey, AnalysisState, History } from '../store.ts'
import { unionRecipients } from '../story-life.ts'
import type { ChangeRow, Row } from './operation.ts'

/** The columns of an analysis in the order and under the names of `analysisOf`. */
export const ANALYSIS_COLUMNS = `lower(hex(a.sha256)) AS sha256, a.analyzer, a.options, a.revision, a.state, a.owner, a.token,
  a.lease_until AS leaseUntil, a.attempts, a.marker, a.task_id AS taskId, a.report, a.cause, a.updated`

/** An analysis as the contract has it. */
export function analysisOf(row: Row): Analysis {
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
    marker: textOf(row.marker),
    taskId: textOf(row.taskId),
    report: row.report === null ? null : parsed<Report>(row.report),
    cause: textOf(row.cause) as Cause | '',
    updated: Number(row.updated),
  }
}

/** Keys as the statements take them. */
export function keysJson(keys: readonly AnalysisKey[]): string {
  return JSON.stringify(keys.map((key) => [key.sha256, key.analyzer, key.optionsDigest, key.revision]))
}

/** A change as the statement takes it. */
export function changeRow(change: AnalysisChange): ChangeRow {
  return {
    sha256: change.key.sha256,
    analyzer: change.key.analyzer,
    options: change.key.optionsDigest,
    revision: change.key.revision,
    owner: change.owner,
    token: change.token,
    state: change.state,
    attempts: change.attempts ?? null,
    marker: change.marker ?? null,
    taskId: change.taskId ?? null,
    reportJson: change.report === undefined ? null : JSON.stringify(change.report),
    cause: change.cause ?? null,
  }
}

/** A story from its row, its tries (newest first) and its samples. */
export function storyOf(row: Row, tries: readonly Row[], samples: readonly Row[]): Story {
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
export function parsed<T>(value: SQLOutputValue | undefined): T {
  return JSON.parse(textOf(value)) as T
}

/** An override as the contract has it. */
export function overrideOf(row: Row): Override {
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

/** What was seen of one digest. */
export function historyEntry(row: Row): [string, History] {
  const worst = row.score === null ? {} : { worstScore: Number(row.score) }
  const { first_seen, last_seen, count } = row
  return [
    textOf(row.sha256),
    { firstSeen: Number(first_seen), lastSeen: Number(last_seen), count: Number(count), ...worst },
  ]
}

function tryOf(row: Row): Try {
  const state = row.state === 'answered' ? 'answered' : 'deciding'
  return { queueId: textOf(row.queue_id), at: Number(row.at), state, answer: parsed(row.answer) }
}

function textOf(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`a column holds ${typeof value} where text was expected`)
  return value
}
