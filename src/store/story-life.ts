/** When a story goes on and when it is over; the same for every store. */
import type { Answer } from '../core/index.ts'

/** A story that nobody tried again for this long is over: senders give up after five days (RFC 5321, 4.5.4.1). */
export const ABANDONED_AFTER_MS = 5 * 86_400_000

/** How many of its newest tries a story tells; five days of retries are about a hundred. */
export const TRIES_TOLD = 1000

/** Whether an answer ends the story: everything does but "try again later". */
export function isFinal(answer: Answer): boolean {
  return answer.disposition !== 'tempfail'
}

/** The recipients of all tries, each once, in the order of their first appearance: a retry may name only some of them. */
export function unionRecipients(lists: Iterable<readonly string[]>): readonly string[] {
  const all = new Set<string>()
  for (const list of lists) for (const recipient of list) all.add(recipient)
  return [...all]
}

/** How a story ended, for how long it is kept: what was delivered, or what somebody may ask about. Empty while it goes on. */
export function endOf(answer: Answer): '' | 'accepted' | 'other' {
  if (!isFinal(answer)) return ''
  return ['accept', 'tag', 'redirect'].includes(answer.disposition) ? 'accepted' : 'other'
}
