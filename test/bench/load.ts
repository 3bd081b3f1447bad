import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Corpus } from './corpus.ts'
import { pinned } from './program.ts'

/** Percentiles in milliseconds. */
export interface Times {
  readonly p50: number
  readonly p99: number
}

/** What the load generator saw. */
export interface LoadResult {
  readonly messages: number
  readonly answered: number
  /** Messages without an answer: the peer closed, said what Postfix does not understand, or was silent. */
  readonly lost: number
  readonly seconds: number
  /** From the connection to the final answer. */
  readonly wholeMs: Times
  /** From the last byte written to the final answer. */
  readonly eomMs: Times
  readonly replies: Readonly<Record<string, number>>
}

/** Sends every mail of the corpus `passes` times over. */
export function sendLoad(
  load: string,
  socket: string,
  corpus: Corpus,
  sessions: number,
  passes: number,
): Promise<LoadResult> {
  return runLoad(load, ['-c', `${sessions}`, '-p', `${passes}`, `unix:${socket}`, ...corpus.files])
}

/** Sends `count` mails, at most `rate` a second, and, when the peer has read them all and answers none, calls `whileHeld` before giving up on them. */
export function holdLoad(
  load: string,
  socket: string,
  corpus: Corpus,
  count: number,
  rate: number,
  whileHeld: () => Promise<void>,
): Promise<LoadResult> {
  return runLoad(
    load,
    ['-c', `${count}`, '-r', `${rate}`, '-h', '-t', '120', `unix:${socket}`, ...corpus.files],
    whileHeld,
  )
}

async function runLoad(load: string, args: readonly string[], whileHeld?: () => Promise<void>): Promise<LoadResult> {
  const [file = '', ...rest] = pinned('load', [load, ...args])
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => undefined)
  let last = ''
  try {
    for await (const line of createInterface(child.stdout)) {
      last = line
      if (line === 'held') {
        await whileHeld?.()
        child.stdin.end()
      }
    }
  } finally {
    child.kill()
  }
  if (!last.startsWith('{')) throw new Error(`bench: the load generator failed: ${last || 'see above'}`)
  return JSON.parse(last) as LoadResult
}
