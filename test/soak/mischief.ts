/** What goes wrong around the filter while mail runs: one thing after the other, at times that follow from a seed. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { type Random, seededRandom } from '../bench/random.ts'
import type { Filter } from '../daemon/filter.ts'
import { descendants } from '../daemon/processes.ts'

const DEEDS = ['parser', 'parser', 'supervisor', 'lock'] as const
type Deed = (typeof DEEDS)[number]

const LONGEST_PAUSE_MS = 4000
const LOCKED_MS = 1000

export class Mischief {
  readonly #random: Random
  readonly #done = new Map<string, number>()
  #isOver = false
  #running: Promise<void> | undefined

  constructor(seed: string) {
    this.#random = seededRandom(`${seed}/mischief`)
  }

  /** What was done, and how often. */
  get done(): ReadonlyMap<string, number> {
    return this.#done
  }

  start(filter: Filter): void {
    this.#isOver = false
    this.#running = this.#run(filter)
  }

  /** Lets the deed at hand be done and does no further one. */
  async stop(): Promise<void> {
    this.#isOver = true
    await this.#running
  }

  async #run(filter: Filter): Promise<void> {
    while (!this.#isOver) {
      const deed = DEEDS[this.#random.below(DEEDS.length)] ?? 'parser'
      await this.#do(deed, filter)
      this.#done.set(deed, (this.#done.get(deed) ?? 0) + 1)
      const end = performance.now() + 500 + this.#random.below(LONGEST_PAUSE_MS)
      while (!this.#isOver && performance.now() < end) await wait(50)
    }
  }

  async #do(deed: Deed, filter: Filter): Promise<void> {
    if (deed === 'lock') return lockStore(join(filter.dataDir, 'peekaboo.db'))
    const victims = descendants(filter.pid).filter(({ command }) => command.includes(`${deed}-main`))
    const some = victims.filter(() => deed === 'supervisor' || this.#random.below(2) === 0)
    for (const { pid } of some) killQuietly(pid)
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself, or with its parent.
  }
}

async function lockStore(path: string): Promise<void> {
  if (!existsSync(path)) return
  const database = new DatabaseSync(path, { timeout: LOCKED_MS })
  try {
    database.exec('BEGIN IMMEDIATE')
    await wait(LOCKED_MS)
    database.exec('ROLLBACK')
  } catch (error) {
    if (!/locked|busy/i.test(String(error))) throw error
  } finally {
    database.close()
  }
}
