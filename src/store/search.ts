/** What operators look for among stories and analyses, and how both databases say it. */
import type { Where } from './removal.ts'
import type { AnalysisState } from './store.ts'
import { type AddressPart, addressKey } from './story-address.ts'

/** Which stories; what is not given does not restrict. Addresses are compared without regard to capitals. */
export interface MessageQuery {
  readonly sender?: string
  readonly recipient?: string
  readonly sha256?: string
  /** Their newest try was so long ago at most. */
  readonly withinMs?: number
}

/** Which analyses; what is not given does not restrict. */
export interface AnalysisQuery {
  readonly sha256?: string
  readonly analyzer?: string
  readonly states?: readonly AnalysisState[]
  readonly cause?: string
  /** Nothing happened to them for so long. */
  readonly olderThanMs?: number
  /** Something happened to them so long ago at most. */
  readonly withinMs?: number
}

/** States in which nobody has an answer yet. */
export const UNFINISHED = ['wanted', 'leased', 'submitting', 'submitted'] as const satisfies readonly AnalysisState[]

/**
 * A statement that finds the ids of stories, newest try first, by the index that restricts most: an address, then a digest, then the time.
 * `join` is the database's word for a join in the order in which it is written.
 */
export function messagesStatement(query: MessageQuery, time: string, join: string): Where {
  const { sender, recipient, sha256, withinMs } = query
  const since = withinMs === undefined ? '0' : `${time} - ${Math.round(withinMs)}`
  const addresses = Object.entries({ recipient, sender }).flatMap(([part, address]) =>
    address === undefined ? [] : [[part as AddressPart, addressKey(address)] as const],
  )
  const [first, ...others] = addresses
  const values = addresses.map(([, address]) => address)
  const has = (story: string) => [
    ...(first ? others : addresses).map(([part]) => isOf(part, story)),
    ...(first && sha256 !== undefined ? [isWith(sha256, story)] : []),
  ]
  const and = (story: string) =>
    has(story)
      .map((one) => ` AND ${one}`)
      .join('')
  if (first) {
    const where = `a.address = ? AND a.part = '${first[0]}' AND a.at >= ${since}${and('a.story')}`
    return {
      sql: `SELECT a.story AS id FROM story_address a WHERE ${where} ORDER BY a.at DESC, a.story DESC LIMIT ?`,
      values,
    }
  }
  if (sha256 !== undefined) {
    return {
      sql: `SELECT DISTINCT p.story AS id FROM story_sample p ${join} story s ON s.id = p.story
        WHERE p.sha256 = x'${sha256}' AND s.tried >= ${since} ORDER BY p.story DESC LIMIT ?`,
      values,
    }
  }
  return { sql: `SELECT s.id FROM story s WHERE s.tried >= ${since} ORDER BY s.tried DESC, s.id DESC LIMIT ?`, values }
}

function isOf(part: AddressPart, story: string): string {
  return `EXISTS (SELECT 1 FROM story_address o WHERE o.story = ${story} AND o.address = ? AND o.part = '${part}')`
}

function isWith(sha256: string, story: string): string {
  return `EXISTS (SELECT 1 FROM story_sample o WHERE o.sha256 = x'${sha256}' AND o.story = ${story})`
}

/** The rows of a question about analyses as a condition on their table. `states` may be restricted further by who asks. */
export function analysesWhere(query: AnalysisQuery, time: string, only?: readonly AnalysisState[]): Where {
  const { sha256, analyzer, cause, olderThanMs, withinMs } = query
  const states = statesOf(query, only)
  const parts: string[] = []
  const values: string[] = []
  if (sha256 !== undefined) parts.push(`sha256 = x'${sha256}'`)
  if (states) parts.push(states.length > 0 ? `state IN (${states.map((state) => `'${state}'`).join(', ')})` : '1 = 0')
  if (olderThanMs !== undefined) parts.push(`updated < ${time} - ${Math.round(olderThanMs)}`)
  if (withinMs !== undefined) parts.push(`updated >= ${time} - ${Math.round(withinMs)}`)
  for (const [column, value] of [
    ['analyzer', analyzer],
    ['cause', cause],
  ] as const) {
    if (value === undefined) continue
    parts.push(`${column} = ?`)
    values.push(value)
  }
  return { sql: parts.length > 0 ? parts.join(' AND ') : '1 = 1', values }
}

/** The states that are asked for and that count; undefined for any. */
export function statesOf(
  { states }: AnalysisQuery,
  only?: readonly AnalysisState[],
): readonly AnalysisState[] | undefined {
  if (!states || !only) return states ?? only
  return states.filter((state) => only.includes(state))
}
