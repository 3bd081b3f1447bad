/** The words of the contract as SQLite's statements take them. */
import type { AnalysisChange, AnalysisKey } from '../store.ts'
import type { ChangeRow } from './operation.ts'

/** The columns of an analysis in the order and under the names of `analysisOf`. */
export const ANALYSIS_COLUMNS = `lower(hex(a.sha256)) AS sha256, a.analyzer, a.options, a.revision, a.state, a.owner, a.token,
  a.lease_until AS leaseUntil, a.attempts, a.begun, a.marker, a.task_id AS taskId, a.report, a.cause, a.updated`

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
    begins: change.begins === true ? 1 : 0,
    marker: change.marker ?? null,
    taskId: change.taskId ?? null,
    reportJson: change.report === undefined ? null : JSON.stringify(change.report),
    cause: change.cause ?? null,
    note: change.note ?? null,
  }
}
