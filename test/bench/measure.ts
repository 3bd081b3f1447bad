import { setTimeout as wait } from 'node:timers/promises'
import type { Corpus } from './corpus.ts'
import { type LoadResult, sendLoad } from './load.ts'
import type { Peer } from './peers.ts'
import { cpuSeconds, peakBytes, resetPeak } from './process-tree.ts'

/** One peer under one load in one round. */
export interface Measurement {
  readonly peer: string
  readonly sessions: number
  readonly round: number
  readonly load: LoadResult
  readonly perSecond: number
  /** Processor seconds of all its processes for 1,000 messages. */
  readonly cpuPerThousand: number
  readonly peakBytes: number
}

/** How much is measured. */
export interface Plan {
  readonly rounds: number
  readonly sessions: readonly number[]
  /** How long one measurement should take; 0 for a single pass. */
  readonly seconds: number
}

/** How many passes over the corpus each peer was sent, warming up included. */
export type Sent = Map<string, number>

/** Visits every peer in every round with every number of sessions; in which order changes from round to round. */
export async function measureAll(
  load: string,
  peers: readonly Peer[],
  corpus: Corpus,
  plan: Plan,
  sent: Sent,
  progress: (text: string) => void,
): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  const passes = new Map<string, number>()
  for (const peer of peers) {
    progress(`warming up ${peer.name}`)
    passes.set(peer.name, await warmUp(load, peer, corpus, plan.seconds, sent))
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (const sessions of plan.sessions) {
      const turn = round % peers.length
      for (const peer of [...peers.slice(turn), ...peers.slice(0, turn)]) {
        progress(`round ${round + 1} of ${plan.rounds}, ${sessions} sessions: ${peer.name}`)
        const times = passes.get(peer.name) ?? 1
        measurements.push(await measure(load, peer, corpus, sessions, round, times))
        sent.set(peer.name, (sent.get(peer.name) ?? 0) + times)
      }
    }
  }
  return measurements
}

/** Lets caches and compilers settle; returns how many passes over the corpus take about as long as wanted. */
async function warmUp(load: string, peer: Peer, corpus: Corpus, seconds: number, sent: Sent): Promise<number> {
  if (seconds === 0) return 1
  const first = await sendLoad(load, peer.socket, corpus, 10, 1)
  const warm = Math.max(1, Math.round(seconds / 2 / first.seconds))
  sent.set(peer.name, 1 + warm)
  const second = await sendLoad(load, peer.socket, corpus, 10, warm)
  return Math.max(2, Math.round((seconds * warm) / second.seconds))
}

async function measure(
  load: string,
  peer: Peer,
  corpus: Corpus,
  sessions: number,
  round: number,
  passes: number,
): Promise<Measurement> {
  resetPeak(peer.pid)
  const before = await cpuWhenQuiet(peer.pid)
  const result = await sendLoad(load, peer.socket, corpus, sessions, passes)
  const cpu = (await cpuWhenQuiet(peer.pid)) - before
  return {
    peer: peer.name,
    sessions,
    round,
    load: result,
    perSecond: result.answered / result.seconds,
    cpuPerThousand: (cpu / result.messages) * 1000,
    peakBytes: peakBytes(peer.pid),
  }
}

/**
 * What is still done after the last answer belongs to the messages too. A process that ends while the tree is read is missed
 * once, so only what is read twice counts.
 */
async function cpuWhenQuiet(pid: number): Promise<number> {
  const deadline = performance.now() + 3000
  let last = -1
  let now = cpuSeconds(pid)
  while (now !== last && performance.now() < deadline) {
    last = now
    await wait(100)
    now = cpuSeconds(pid)
  }
  return Math.max(last, now)
}
