/** How the steps of a message are called: the calls of its store by what they are for. */
import type { AnalysisChange, Store } from '../../src/store/index.ts'

const WRITE = ['uncommitted', 'committed'] as const

/**
 * At which moments of a call a process can end; all others can end before it. Before a write the database holds what it held after the one
 * before. Facts are written with the next claim.
 */
export const MOMENTS: Partial<Record<keyof Store, readonly string[]>> = {
  claim: WRITE,
  advance: WRITE,
  openStory: WRITE,
  answerStory: WRITE,
}

const NAMES: Partial<Record<keyof Store, string>> = {
  lookup: 'lookup',
  saveFacts: 'facts',
  claim: 'claim',
  openStory: 'story `deciding`',
  answerStory: 'story `answered`',
}

/** What a call is for; undefined where it is none of a message's steps. */
export function nameOf(method: keyof Store, args: readonly unknown[]): string | undefined {
  if (method !== 'advance') return NAMES[method]
  const [change] = (args[0] ?? []) as readonly AnalysisChange[]
  if (!change) return undefined
  const isBeat = Object.keys(change).every((field) => ['key', 'owner', 'token', 'state'].includes(field))
  return isBeat ? 'renewal of the lease' : `\`${change.state}\``
}
