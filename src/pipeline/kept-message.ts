/**
 * The bytes of one message: in memory while it is small, else in a spool file. As long as little of the memory for all messages is used, a
 * large one stays in memory too until it is held: most are answered before a disk would have heard of them. Freed when the last
 * holder lets go.
 */
import { createReadStream } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../core/index.ts'
import type { Budget } from './budget.ts'

/** Bytes that may wait for the disk before the sender is told to wait. */
const WRITE_AHEAD = 1024 * 1024
/** Bytes that are written at once; a write to the page cache costs little more than its call. */
const WRITE_LEAST = 256 * 1024
/** So many times what is small goes to the spool in any case. */
const HUGE = 64
/** What is larger than small may lie in memory while this share of the memory for all messages is not used. */
const LARGE_SHARE = 1 / 8
/** A chunk from this size on is kept as it is; a smaller one is copied, so that it does not hold the larger buffer it lies in. */
const KEEP_AS_IS = 16 * 1024

export class KeptMessage {
  readonly #dir: string
  readonly #number: number
  readonly #inMemory: number
  readonly #memory: Budget
  readonly #spool: Budget
  #chunks: Uint8Array[] = []
  #waiting = 0
  #size = 0
  #taken = 0
  #file: FileHandle | undefined
  #spooling = false
  #writing: Promise<void> = Promise.resolve()
  #fault: Fault | undefined
  #holders = 1

  /** `number` tells its spool file from those of all other messages of this process. */
  constructor(dir: string, number: number, inMemory: number, memory: Budget, spool: Budget) {
    this.#dir = dir
    this.#number = number
    this.#inMemory = inMemory
    this.#memory = memory
    this.#spool = spool
  }

  get size(): number {
    return this.#size
  }

  /** Made when it is needed: most messages have no file. */
  get #path(): string {
    return join(this.#dir, `${process.pid}-${this.#number}.msg`)
  }

  /** Whether one chunk more makes it too large for memory. */
  isLargeWith(chunk: Uint8Array): boolean {
    return this.#size + chunk.length > this.#inMemory
  }

  /** The bytes so far; all of them only while the message is not large. */
  get inMemory(): readonly Uint8Array[] {
    return this.#chunks
  }

  /** Why the message could not be kept; its bytes are of no use then. */
  get fault(): Fault | undefined {
    return this.#fault
  }

  /** Takes the chunk, which must not change afterwards; false asks to wait for `drained`. After a fault bytes are dropped. */
  write(chunk: Uint8Array): boolean {
    this.#size += chunk.length
    if (this.#fault) return true
    if (!this.#spooling && this.#mustSpool(chunk.length)) this.#toSpool()
    const budget = this.#spooling ? this.#spool : this.#memory
    if (!this.#fault && !budget.take(chunk.length)) this.#fail(full(budget, chunk.length))
    if (this.#fault) return true
    this.#taken += chunk.length
    this.#chunks.push(chunk.length < KEEP_AS_IS ? copyOf(chunk) : chunk)
    this.#waiting += chunk.length
    if (this.#spooling && this.#waiting >= WRITE_LEAST) this.#flush()
    return !this.#spooling || this.#waiting < WRITE_AHEAD
  }

  /** A large message that is held should not lie in memory, a small one in one piece: each costs as much again as a short header. */
  spill(): void {
    if (!this.#spooling && !this.#fault && this.#size > this.#inMemory) this.#toSpool()
    if (!this.#spooling && this.#chunks.length > 1) this.#chunks = [joined(this.#chunks, this.#size)]
    void this.drained()
  }

  /** Resolves when what was written has reached the spool file. */
  drained(): Promise<void> {
    if (this.#spooling) this.#flush()
    return this.#writing
  }

  /** One more holder: `release` must then be called once more. */
  retain(): void {
    this.#holders += 1
  }

  /** Lets go; the last one frees memory and file. */
  release(): void {
    this.#holders -= 1
    if (this.#holders === 0) this.#free()
  }

  /** The bytes, from the start; as often as needed while somebody holds the message. */
  async *stream(): AsyncGenerator<Uint8Array> {
    await this.drained()
    if (this.#fault) throw this.#fault
    if (!this.#spooling) {
      yield* this.#chunks
      return
    }
    for await (const chunk of createReadStream(this.#path)) yield chunk as Buffer
  }

  /** What lies in memory moves to the file, and is counted there. */
  #toSpool(): void {
    const bytes = this.#taken
    this.#giveBack()
    this.#spooling = true
    if (this.#spool.take(bytes)) this.#taken = bytes
    else this.#fail(full(this.#spool, bytes))
  }

  #mustSpool(bytes: number): boolean {
    if (this.#size <= this.#inMemory) return false
    return this.#size > HUGE * this.#inMemory || this.#memory.used + bytes > this.#memory.total * LARGE_SHARE
  }

  #giveBack(): void {
    const budget = this.#spooling ? this.#spool : this.#memory
    budget.give(this.#taken)
    this.#taken = 0
  }

  #flush(): void {
    this.#writing = this.#writing.then(() => this.#writeOut()).catch((error: unknown) => this.#fail(spoolFault(error)))
  }

  async #writeOut(): Promise<void> {
    const chunks = this.#chunks
    if (chunks.length === 0 || this.#fault) return
    this.#chunks = []
    this.#file ??= await open(this.#path, 'wx', 0o600)
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    const { bytesWritten } = await this.#file.writev(chunks)
    if (bytesWritten !== bytes) throw new Error(`only ${bytesWritten} of ${bytes} bytes could be written`)
    this.#waiting -= bytes
  }

  #fail(fault: Fault): void {
    this.#fault ??= fault
    this.#free()
  }

  #free(): void {
    this.#chunks = []
    if (this.#spooling) this.#writing = this.#writing.then(() => this.#remove()).catch(() => undefined)
    this.#giveBack()
  }

  async #remove(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    if (!file) return
    await file.close()
    await unlink(this.#path)
  }
}

/** A copy in memory of its own: one from Node's pool would hold the whole pool. */
function copyOf(chunk: Uint8Array): Buffer {
  return joined([chunk], chunk.length)
}

function joined(chunks: readonly Uint8Array[], size: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

function spoolFault(error: unknown): Fault {
  return new Fault('spool-error', 'the spool file could not be written', { cause: error })
}

function full(budget: Budget, bytes: number): Fault {
  return new Fault('spool-full', `no room for ${bytes} bytes: ${budget.used} of ${budget.total} are in use`)
}
