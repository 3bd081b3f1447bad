/** Held messages in memory. */
import { type Held, type HeldQuery, isOver } from '../held.ts'

/** One of them with the time when it was written last. */
export interface HeldEntry {
  readonly held: Held
  readonly updated: number
}

export function isHeldAsked(query: HeldQuery, held: Held): boolean {
  const { host, instance, queueId, ref, isOpen } = query
  const asked = [
    [host, held.host],
    [instance, held.instance],
    [queueId, held.queueId],
    [ref, held.ref],
  ]
  return asked.every(([wanted, is]) => wanted === undefined || wanted === is) && !(isOpen && isOver(held.state))
}

/** Which may be forgotten: what still lies in a hold queue never is. */
export function isHeldMeant(entry: HeldEntry, before: number): boolean {
  return isOver(entry.held.state) && entry.updated < before
}
