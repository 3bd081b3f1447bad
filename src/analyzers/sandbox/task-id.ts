/**
 * The handle of an analysis as it is written down: the host, the numbers of its tasks there, when they were made, and the digest that their
 * reports must be about. A sandbox that was set up anew counts from 1 again: its task 1 is then another one's, which the digest shows.
 */
import { createHash, randomBytes } from 'node:crypto'

/** What a handle says. */
export interface Handle {
  readonly host: string
  readonly tasks: readonly number[]
  readonly since: number
  readonly sha256: string
}

/** Short name of a host in handles: its address may hold what the store need not know. */
export function hostKey(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 12)
}

/** Writes a handle; none is ever made twice. */
export function formatHandle({ host, tasks, since, sha256 }: Handle): string {
  return [host, tasks.join('+'), since, randomBytes(6).toString('hex'), sha256].join('.')
}

/** Reads a handle; undefined for what was not written by `formatHandle`. */
export function parseHandle(text: string): Handle | undefined {
  const match = /^([0-9a-f]{12})\.(\d{1,15}(?:\+\d{1,15}){0,999})\.(\d{1,15})\.[0-9a-f]{12}\.([0-9a-f]{64})$/.exec(text)
  if (!match) return undefined
  const [, host = '', tasks = '', since = '', sha256 = ''] = match
  return { host, tasks: tasks.split('+').map(Number), since: Number(since), sha256 }
}
