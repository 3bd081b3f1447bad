import { setTimeout as wait } from 'node:timers/promises'
import type { Corpus } from './corpus.ts'
import { holdLoad, sendLoad } from './load.ts'
import type { Peer } from './peers.ts'
import { cpuSeconds, processTree, residentBytes } from './process-tree.ts'

/** What held mails cost the process that holds them. */
export interface HeldResult {
  readonly subject: string
  readonly corpus: string
  readonly count: number
  /** How many of them were still held when memory was read: all, else the measurement says nothing. */
  readonly held: number
  readonly residentBytes: number
  readonly bytesEach: number
  /** The same for all processes of the peer together. */
  readonly treeBytesEach: number
  readonly limitBytesEach: number
}

/** Which mails are held, and what one may cost. */
export interface HeldPlan {
  readonly corpus: Corpus
  readonly count: number
  /** How many arrive in a second. */
  readonly rate: number
  readonly limitBytesEach: number
  /** How often it is measured, each time with a new process: how its heap grows differs from run to run. */
  readonly rounds: number
}

interface Memory {
  readonly own: number
  readonly tree: number
}

/** Rounds of clean mails before the first look, and what part of the mails is held at it. */
const WARM_ROUNDS = 60
const FIRST_SHARE = 1 / 20

/**
 * Growth of resident memory from a few held mails to many. Mails without an attachment (`warm`) are answered at once and go
 * first, so that what a running filter needs in any case, such as compiled code, is there before.
 */
export async function measureHeld(load: string, peer: Peer, warm: Corpus, plan: HeldPlan): Promise<HeldResult> {
  const first = Math.ceil(plan.count * FIRST_SHARE)
  await sendLoad(load, peer.socket, warm, 10, WARM_ROUNDS)
  const few = await hold(load, peer, plan, first)
  const many = await hold(load, peer, plan, plan.count)
  return {
    subject: peer.name,
    corpus: plan.corpus.name,
    count: plan.count,
    held: few.held === first ? many.held : 0,
    residentBytes: many.memory.own,
    bytesEach: (many.memory.own - few.memory.own) / (plan.count - first),
    treeBytesEach: (many.memory.tree - few.memory.tree) / (plan.count - first),
    limitBytesEach: plan.limitBytesEach,
  }
}

async function hold(
  load: string,
  peer: Peer,
  { corpus, rate }: HeldPlan,
  count: number,
): Promise<{ held: number; memory: Memory }> {
  let memory = { own: 0, tree: 0 }
  const result = await holdLoad(load, peer.socket, corpus, count, rate, async () => {
    memory = await settled(peer.pid)
  })
  return { held: result.replies.held ?? 0, memory }
}

/** What an idle filter uses of a processor at most, timers and health included. */
const IDLE_SHARE = 0.03

/**
 * Memory once nothing is done any more and it has not moved by more than a hundredth for two seconds: a mail is held when it was read,
 * opened and asked about, and until then it costs what work costs.
 */
async function settled(pid: number): Promise<Memory> {
  const deadline = performance.now() + 180_000
  let last = memoryOf(pid)
  while (performance.now() < deadline) {
    const [begun, cpu] = [performance.now(), cpuSeconds(pid)]
    await wait(2000)
    const isIdle = cpuSeconds(pid) - cpu < (IDLE_SHARE * (performance.now() - begun)) / 1000
    const now = memoryOf(pid)
    const isStill = Math.abs(now.own - last.own) < last.own / 100 && Math.abs(now.tree - last.tree) < last.tree / 100
    if (isIdle && isStill) return now
    last = now
  }
  return last
}

function memoryOf(pid: number): Memory {
  return { own: residentBytes(pid), tree: processTree(pid).reduce((sum, each) => sum + residentBytes(each), 0) }
}
