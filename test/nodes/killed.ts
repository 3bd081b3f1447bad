/** Walks SIGKILL through the life of one message: a process that ends at a step, and another one that goes on with what is there. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Store } from '../../src/store/index.ts'
import { query } from '../store/build.ts'
import { fileSandbox, tasksOf } from './file-sandbox.ts'
import { messageNode, SHA256 } from './message-node.ts'

const child = fileURLToPath(new URL('./killed-child.ts', import.meta.url))
const KEY = { analyzer: 'box', optionsDigest: '', revision: '1', sha256: SHA256 }
const LEASE = '60s'
const BEATING = '600ms'

/** A database for one walk: as the child is told it, and for the node that goes on when every lease of the child is over. */
export interface Place {
  readonly where: string
  readonly later: () => Store
}

/** What a process left that was killed at a step, and what became of it. */
export interface Left {
  readonly step: string
  readonly analysis: string
  readonly story: string
  readonly tasks: number
  /** What the mail server was told before the end; nothing: it tells its client 451 and the sender comes again. */
  readonly told: string
  /** Whether the analysis ended before anybody came again. */
  readonly isGoneOnWith: boolean
  readonly runs: number
}

/** The steps of a message, in order, as a process that is not killed says them. */
export async function stepsOf(folder: string, place: Place): Promise<readonly string[]> {
  await mkdir(folder)
  const lines = await run(folder, place, '')
  assert.ok(lines.includes('reply reject'), lines.join('\n'))
  return lines.filter((line) => line.startsWith('step ')).map((line) => line.slice('step '.length))
}

/** Kills a process at the step and has another one go on; asserts what must be so whatever the step. */
export async function killAt(folder: string, place: Place, step: string): Promise<Left> {
  await mkdir(folder)
  const isBeat = step.includes('renewal of the lease')
  if (isBeat) writeFileSync(join(folder, 'slow'), '')
  const lines = await run(folder, place, step)
  const told = lines.find((line) => line.startsWith('reply '))?.slice('reply '.length) ?? ''
  await rm(join(folder, 'slow'), { force: true })
  const tasks = tasksOf(folder).length
  const store = place.later()
  await store.start()
  const node = await messageNode(folder, store, fileSandbox(folder), LEASE)
  try {
    const [row] = (await store.lookup(query({ analyses: [KEY] }))).analyses
    const story = await newestTry(store)
    await node.scheduler.start()
    await node.scheduler.stop()
    const isGoneOnWith = row?.state !== 'reported' && (await stateOf(store)) === 'reported'
    const again = await messageNode(folder, store, fileSandbox(folder), LEASE)
    const answers: string[] = []
    await again.bring('Q2', (disposition) => answers.push(disposition)).finally(() => again.stop())

    assert.deepEqual(answers, ['reject'], `${step}: the retry is not refused`)
    assert.ok(told === '' || told === 'reject', `${step}: the mail server was told ${told}`)
    assert.equal(await stateOf(store), 'reported', `${step}: the analysis is lost`)
    return { step, analysis: row?.state ?? '–', story, tasks, told, isGoneOnWith, runs: tasksOf(folder).length }
  } finally {
    await node.stop()
    await store.stop()
  }
}

async function stateOf(store: Store): Promise<string | undefined> {
  return (await store.lookup(query({ analyses: [KEY] }))).analyses[0]?.state
}

async function newestTry(store: Store): Promise<string> {
  const [story] = await store.stories({ sha256: SHA256 }, 1)
  return story?.tries.at(-1)?.state ?? '–'
}

/** What the child printed; one that was told a step must not come to its end. */
async function run(folder: string, { where }: Place, step: string): Promise<readonly string[]> {
  const lease = step.includes('renewal of the lease') ? BEATING : LEASE
  const process_ = spawn(process.execPath, [child, folder, where, step, lease], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  process_.stdout.on('data', (data: Buffer) => {
    text += data
  })
  const [, signal] = await once(process_, 'close')
  assert.equal(signal, step === '' ? null : 'SIGKILL', `${step}: ended otherwise\n${text}`)
  return text.split('\n').filter(Boolean)
}
