/** What operators look for in the memory store, and what they do to analyses, as pure functions. */
import type { Story } from '../../core/index.ts'
import { statesOf, UNFINISHED } from '../search.ts'
import type { Analysis, AnalysisQuery, MessageQuery } from '../store.ts'
import { addressKey } from '../story-address.ts'
import { newAnalysis } from './leases.ts'

/** Those that match, the newest try first. */
export function messagesOf(stories: Iterable<Story>, query: MessageQuery, now: number): readonly Story[] {
  const { sender, recipient, sha256, withinMs = Number.POSITIVE_INFINITY } = query
  const newest = (story: Story) => story.tries.at(-1)?.at ?? 0
  return [...stories]
    .filter((story) => {
      const isOf = (addresses: readonly string[], address: string | undefined) =>
        address === undefined || addresses.some((one) => addressKey(one) === addressKey(address))
      const hasSample = sha256 === undefined || story.samples.some(({ sample }) => sample.sha256 === sha256)
      const isNew = newest(story) >= now - withinMs
      return isNew && hasSample && isOf([story.sender], sender) && isOf(story.recipients, recipient)
    })
    .reverse()
    .sort((a, b) => newest(b) - newest(a))
}

/** Those that match, the one that changed last first. */
export function analysesOf(rows: Iterable<Analysis>, query: AnalysisQuery, now: number): readonly Analysis[] {
  return [...rows].filter((row) => isMeant(row, query, now)).sort((a, b) => b.updated - a.updated || b.token - a.token)
}

/** Whether a row is asked for. */
export function isMeant(row: Analysis, query: AnalysisQuery, now: number): boolean {
  const { sha256, analyzer, cause, olderThanMs, withinMs } = query
  const isSame = (wanted: string | undefined, is: string) => wanted === undefined || wanted === is
  if (!isSame(sha256, row.sha256) || !isSame(analyzer, row.analyzer) || !isSame(cause, row.cause)) return false
  if (query.states && !query.states.includes(row.state)) return false
  if (olderThanMs !== undefined && row.updated >= now - olderThanMs) return false
  return withinMs === undefined || row.updated >= now - withinMs
}

/** The row as it was when nobody had asked, but for its token; undefined where it did not fail. */
export function retried(row: Analysis, query: AnalysisQuery, now: number): Analysis | undefined {
  const isAsked = isMeant(row, { ...query, states: statesOf(query, ['failed']) ?? [] }, now)
  return isAsked ? { ...newAnalysis(row, now), token: row.token } : undefined
}

/** The row after an operator ended it; undefined where it has ended already. */
export function cancelled(row: Analysis, query: AnalysisQuery, now: number): Analysis | undefined {
  if (!isMeant(row, { ...query, states: statesOf(query, UNFINISHED) ?? [] }, now)) return undefined
  return { ...row, state: 'failed', cause: 'cancelled', token: row.token + 1, leaseUntil: 0, updated: now }
}
