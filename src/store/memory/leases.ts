/** What a claim and a change do to one row, as pure functions. */
import type { Analysis, AnalysisChange, AnalysisKey, AnalysisState } from '../store.ts'

const HELD: ReadonlySet<AnalysisState> = new Set(['leased', 'submitting', 'submitted'])

/** A row that nobody has asked for before. */
export function newAnalysis(key: AnalysisKey, now: number): Analysis {
  const { analyzer, optionsDigest, revision, sha256 } = key
  return {
    ...{ analyzer, optionsDigest, revision, sha256 },
    ...{ state: 'wanted', owner: '', token: 0, leaseUntil: 0, attempts: 0, begun: 0 },
    ...{ marker: '', taskId: '', report: null, cause: '', updated: now },
  }
}

/** The row after somebody asked for it: theirs when it was free, or failed before that time, else as it was. */
export function claimAnalysis(
  row: Analysis,
  owner: string,
  now: number,
  leaseMs: number,
  failedBefore: number,
): Analysis {
  const taken = { owner, token: row.token + 1, leaseUntil: now + leaseMs, updated: now }
  if (row.state === 'failed' && row.updated < failedBefore)
    return { ...newAnalysis(row, now), state: 'leased', ...taken }
  const isFree = row.state === 'wanted' || isExpired(row, now)
  if (!isFree) return row
  return { ...row, state: row.state === 'wanted' ? 'leased' : row.state, ...taken }
}

/** Whether somebody held the row and does no more. */
export function isExpired({ state, leaseUntil }: Analysis, now: number): boolean {
  return HELD.has(state) && leaseUntil <= now
}

/** The row after a change, or undefined where the change comes from somebody who does not hold it. */
export function advanceAnalysis(
  row: Analysis,
  change: AnalysisChange,
  now: number,
  leaseMs: number,
): Analysis | undefined {
  if (!HELD.has(row.state) || row.owner !== change.owner || row.token !== change.token) return undefined
  return {
    ...row,
    state: change.state,
    owner: change.state === 'wanted' ? '' : row.owner,
    leaseUntil: HELD.has(change.state) ? now + leaseMs : 0,
    attempts: change.attempts ?? row.attempts,
    begun: change.begins ? now : row.begun,
    marker: change.marker ?? row.marker,
    taskId: change.taskId ?? row.taskId,
    report: change.report ?? row.report,
    cause: change.cause ?? row.cause,
    updated: now,
  }
}
