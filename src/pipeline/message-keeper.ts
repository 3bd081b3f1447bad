/**
 * Keeps the bytes of messages in work: small ones in memory, larger ones in one spool file each (mode 0600), both within budgets.
 * Nothing that was taken out of a message is ever written, and nobody but this process reads the files.
 */
import { mkdir, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Budget } from './budget.ts'
import { KeptMessage } from './kept-message.ts'
import type { PipelineOptions } from './options.ts'

export class MessageKeeper {
  readonly memory: Budget
  readonly spool: Budget
  readonly #dir: string
  readonly #perMessage: number
  #count = 0

  /** `dir` is made when needed; only this process may use it. */
  constructor(dir: string, options: PipelineOptions) {
    this.#dir = dir
    this.#perMessage = options.memoryPerMessage
    this.memory = new Budget(options.memory)
    this.spool = new Budget(options.spool)
  }

  /**
   * Makes the folder and removes what processes that are gone left there: those messages were answered 451 or not at all. Returns
   * how many there were.
   */
  async start(): Promise<number> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 })
    const left = (await readdir(this.#dir)).filter((name) => name.endsWith('.msg') && !isInUse(name))
    await Promise.all(left.map((name) => unlink(join(this.#dir, name))))
    return left.length
  }

  begin(): KeptMessage {
    this.#count += 1
    return new KeptMessage(this.#dir, this.#count, this.#perMessage, this.memory, this.spool)
  }
}

/** Whether the process that wrote the file still runs; one with our own number is a predecessor. */
function isInUse(name: string): boolean {
  const pid = Number.parseInt(name, 10)
  if (pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
