/**
 * One parser process as the supervisor sees it: a hostile peer behind a pipe, with at most one job, with its budget of
 * processor time, wall time and memory. What it says out of order, or about another job than its own, kills it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Clock } from '../core/index.ts'
import { LIFETIME_CPU_SECONDS } from './command.ts'
import { FrameReader, frame, GarbageError, HEAD_BYTES } from './frame.ts'
import type { InspectorOptions } from './options.ts'
import { describeExit, explainExit } from './process-ending.ts'
import { cpuMsOf, innermostPid } from './process-status.ts'
import {
  ANSWER_CAPS,
  decodeEnding,
  decodeFound,
  decodeReading,
  decodeTree,
  type Ending,
  FRAME,
  jobOf,
  RESULT_BYTES,
} from './protocol.ts'

/** How often a busy process is measured; a job that ends sooner costs nothing. */
const TICK_MS = 100
/** How long a process may take to let go of a job that nobody wants any more. */
const RELEASE_MS = 2000
/** Bytes that may wait for a pipe before its source is paused. */
const HIGH_BYTES = 256 * 1024
const STDERR_BYTES = 4096
const MEGABYTE = 1e6
/** How long in all a client may be slow to send a message to be read, in steps that bring less than `STEP_BYTES`. */
const SLOW_MS = 5000
/** What a client that is not slow sends or takes in one tick: 160 kB a second. */
const STEP_BYTES = 16 * 1024

/** Who gave the job. */
export interface JobOwner {
  /** An answer for the client; false asks to hold back further ones until `resumeAnswers`. */
  answer(raw: Buffer): boolean
  /** The job is over; `ending` says why where no answer came. */
  over(ending?: Ending): void
  /** The process takes more bytes. */
  drained(): void
}

/** Who owns the process. */
export interface ProcessOwner {
  ready(process: ParserProcess): void
  /** The job is over and the process may take another. */
  idle(process: ParserProcess): void
  ended(process: ParserProcess, why: string): void
}

interface Job {
  readonly number: number
  readonly kind: number
  readonly owner: JobOwner
  isEnded: boolean
  isReleased: boolean
  isHeldBack: boolean
  bytes: number
  /** Bytes of what was found before the whole. */
  found: number
  /** Bytes sent and taken since the last tick. */
  step: number
  /** Time while the process was to move, while the client was, and that part of the latter in which it hardly did. */
  wallMs: number
  clientMs: number
  slowMs: number
  cpuStart: number | undefined
}

export class ParserProcess {
  /** Jobs begun. */
  messages = 0
  readonly #child: ChildProcess
  readonly #channel: Socket
  readonly #owner: ProcessOwner
  readonly #options: InspectorOptions
  readonly #clock: Clock
  readonly #reader: FrameReader
  readonly #exited: Promise<void>
  #pid = 0
  #job: Job | undefined
  #number = (Math.random() * 0xffffffff) >>> 0
  #stderr = ''
  #verdict: Ending | undefined
  #isReady = false
  #isGone = false
  #isSpent = false
  #isRetired = false
  /** Not all at the same time: replacements come one a second. */
  readonly #lifetimeMs: number
  #readyAt = 0
  #stopTick: (() => void) | undefined
  #stopRelease: (() => void) | undefined

  constructor(command: readonly string[], options: InspectorOptions, owner: ProcessOwner, clock: Clock) {
    this.#options = options
    this.#owner = owner
    this.#clock = clock
    this.#lifetimeMs = options.lifetime * (1 - Math.random() / 4)
    this.#reader = new FrameReader(ANSWER_CAPS, (type, raw) => this.#take(type, raw))
    // A session of its own: a signal to "my process group" must not reach the supervisor.
    this.#child = spawn(command[0] ?? '', command.slice(1), {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: {},
      cwd: '/',
      detached: true,
    })
    this.#channel = this.#child.stdio[3] as Socket
    this.#exited = new Promise((resolve) => this.#listen(resolve))
  }

  /** The process itself, as the system numbers it outside of its namespace. */
  get pid(): number {
    return this.#pid || (this.#child.pid ?? 0)
  }

  get isIdle(): boolean {
    return this.#isReady && !this.#isGone && !this.#verdict && this.#job === undefined
  }

  get isBusy(): boolean {
    return this.#job !== undefined
  }

  /** Whether its job goes at the pace of a client, who still sends or takes bytes. */
  get isTied(): boolean {
    return this.#job !== undefined && (!this.#job.isEnded || this.#job.kind === FRAME.bytes)
  }

  /** Whether it ended, or is to end, because it has done its share. */
  get isRetired(): boolean {
    return this.#isRetired
  }

  /** Gives it a job; `opening` is the client's first frame, whose job number is replaced by ours. */
  begin(owner: JobOwner, opening: Buffer): void {
    this.messages += 1
    this.#number = (this.#number + 1) >>> 0
    const kind = opening[HEAD_BYTES - 1] as number
    this.#job = {
      ...{ number: this.#number, kind, owner, isEnded: false, isReleased: false, isHeldBack: false },
      ...{ bytes: 0, found: 0, step: 0, wallMs: 0, clientMs: 0, slowMs: 0, cpuStart: undefined },
    }
    opening.writeUInt32BE(this.#number, HEAD_BYTES)
    this.#channel.write(opening)
    this.#tickLater()
  }

  /** Passes a DATA or END frame on; false asks to wait for `drained`. */
  send(type: number, raw: Buffer): boolean {
    const job = this.#job
    if (job === undefined) return true
    if (type === FRAME.end) job.isEnded = true
    else job.bytes += raw.length - HEAD_BYTES
    job.step += raw.length
    this.#channel.write(raw)
    return this.#channel.writableLength < HIGH_BYTES
  }

  /** Collects what is sent now and writes it at once. */
  cork(call: () => void): void {
    this.#channel.cork()
    call()
    this.#channel.uncork()
  }

  /** The client takes answers again. */
  resumeAnswers(): void {
    if (this.#job) this.#job.isHeldBack = false
    this.#channel.resume()
  }

  /** Nobody wants the answer any more. The process keeps its place if it lets go of the job soon. */
  release(): void {
    const job = this.#job
    if (job === undefined || job.isReleased) return
    job.isReleased = true
    this.resumeAnswers()
    this.#channel.write(frame(FRAME.release, job.number))
    this.#stopRelease = this.#clock.after(RELEASE_MS, () => {
      this.kill({ cause: 'inspector-crashed', detail: 'did not let go of a job' })
    })
  }

  /** Ends the process now; its job ends with `verdict`. */
  kill(verdict: Ending): void {
    if (this.#isGone || this.#verdict) return
    this.#verdict = verdict
    this.#reader.stop()
    this.#channel.resume()
    // The process first: its wrapper ends with it, and where the wrapper is the process, with the second signal.
    const inner = innermostPid(this.#child.pid ?? 0)
    if (inner > 0 && inner !== this.#child.pid) signal(inner)
    this.#child.kill('SIGKILL')
    this.#endJob(verdict)
  }

  /** Ends an idle process in order; resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#job || !this.#isReady) this.kill({ cause: 'shutting-down', detail: '' })
    else this.#retire()
    await this.#exited
  }

  get #isWorn(): boolean {
    if (this.#isSpent || this.messages >= this.#options.messagesPerProcess) return true
    return this.#clock.now() - this.#readyAt >= this.#lifetimeMs
  }

  #retire(): void {
    this.#isReady = false
    this.#isRetired = true
    this.#channel.end()
    const cancel = this.#clock.after(RELEASE_MS, () => this.kill({ cause: 'shutting-down', detail: 'did not end' }))
    void this.#exited.then(cancel)
  }

  #listen(resolve: () => void): void {
    this.#channel.on('data', (chunk: Buffer) => this.#feed(chunk))
    this.#channel.on('drain', () => this.#job?.owner.drained())
    this.#channel.on('error', () => {})
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('latin1')).slice(0, STDERR_BYTES)
    })
    const gone = (why: string) => {
      if (this.#isGone) return
      this.#gone(why)
      resolve()
    }
    this.#child.on('error', (error) => gone(error.message))
    this.#child.on('close', (code, signal) => gone(signal ?? `exit code ${code}`))
    // A grandchild may hold the pipes open where there is no namespace that ends it.
    this.#child.on('exit', (code, signal) => this.#clock.after(500, () => gone(signal ?? `exit code ${code}`)))
  }

  #feed(chunk: Buffer): void {
    try {
      this.#reader.feed(chunk)
    } catch (error) {
      const detail = error instanceof GarbageError ? error.message : String(error)
      this.kill({ cause: 'inspector-garbage', detail: detail.slice(0, 500) })
    }
  }

  #take(type: number, raw: Buffer): void {
    if (type === FRAME.ready) {
      if (this.#isReady) throw new GarbageError('ready twice')
      this.#isReady = true
      this.#readyAt = this.#clock.now()
      this.#pid = innermostPid(this.#child.pid ?? 0)
      this.#owner.ready(this)
      return
    }
    const job = this.#job
    if (job === undefined) throw new GarbageError('an answer without a job')
    if (jobOf(raw) !== job.number) throw new GarbageError('an answer to another job')
    if (job.isReleased) {
      if (type === FRAME.released) this.#finish()
    } else {
      this.#answer(job, type, raw)
    }
  }

  #answer(job: Job, type: number, raw: Buffer): void {
    if (type === FRAME.fault) {
      this.#fault(raw)
      return
    }
    if (type === FRAME.result) {
      if (job.kind === FRAME.bytes || !job.isEnded) throw new GarbageError('a result out of order')
      if (job.kind === FRAME.open) decodeTree(raw, job.bytes, true)
      else decodeReading(raw, job.bytes)
    } else if (type === FRAME.found) {
      this.#checkFound(job, raw)
    } else if (type === FRAME.chunk) {
      if (job.kind !== FRAME.bytes) throw new GarbageError('bytes out of order')
    } else if (type !== FRAME.done || job.kind !== FRAME.bytes || !job.isEnded) {
      throw new GarbageError('an answer out of order')
    }
    job.step += raw.length
    const mayGoOn = job.owner.answer(raw)
    if (type !== FRAME.chunk && type !== FRAME.found) {
      this.#finish()
    } else if (!mayGoOn) {
      job.isHeldBack = true
      this.#channel.pause()
    }
  }

  /** All that is told before the whole fills no more than the whole may. */
  #checkFound(job: Job, raw: Buffer): void {
    job.found += raw.length
    if (job.kind !== FRAME.open || !job.isEnded || job.found > RESULT_BYTES)
      throw new GarbageError('findings out of order')
    decodeFound(raw)
  }

  /** A process may say that the message broke a limit, nothing else; and it is not trusted after it. */
  #fault(raw: Buffer): void {
    const ending = decodeEnding(raw)
    if (!('limit' in ending)) throw new GarbageError('a cause that is not its to name')
    this.kill(ending)
  }

  #finish(): void {
    this.#endJob(undefined)
    if (this.#isWorn) this.#retire()
    else this.#owner.idle(this)
  }

  #endJob(ending: Ending | undefined): void {
    const job = this.#job
    this.#job = undefined
    this.#stopTick?.()
    this.#stopRelease?.()
    this.#stopTick = undefined
    this.#stopRelease = undefined
    if (job && !job.isReleased) job.owner.over(ending)
  }

  #gone(why: string): void {
    this.#isGone = true
    this.#isReady = false
    const ending = this.#verdict ?? explainExit(why, this.#stderr)
    this.#channel.destroy()
    this.#endJob(ending)
    this.#owner.ended(this, describeExit(ending, why, this.#stderr))
  }

  #tickLater(): void {
    this.#stopTick = this.#clock.after(TICK_MS, () => {
      const job = this.#job
      if (job === undefined) return
      this.#tickLater()
      this.#measure(job)
    })
  }

  #measure(job: Job): void {
    if (!this.#isWithinCpu(job)) return
    const { wall } = this.#options.limits
    const isClientsTurn = job.isHeldBack || (!job.isEnded && this.#channel.writableLength === 0)
    if (isClientsTurn && !job.isReleased) {
      this.#waitForClient(job)
    } else {
      job.wallMs += TICK_MS
      if (job.wallMs > wall) this.kill({ cause: 'deadline', detail: `the parser process had ${wall} ms` })
    }
    job.step = 0
  }

  /**
   * The first measure is the base of the job, so that the work of earlier ones is never charged to it; it may therefore
   * use up to a tick more than its budget.
   */
  #isWithinCpu(job: Job): boolean {
    const used = cpuMsOf(this.pid)
    if (used === undefined) return true
    const { cpu, cpuPerMegabyte } = this.#options.limits
    job.cpuStart ??= used
    if (used > (LIFETIME_CPU_SECONDS * 1000) / 2) this.#isSpent = true
    const budget = cpu + (cpuPerMegabyte * job.bytes) / MEGABYTE
    if (used - job.cpuStart <= budget) return true
    this.kill({ limit: 'cpu-time', detail: `${used - job.cpuStart} ms, at most ${Math.round(budget)}` })
    return false
  }

  /**
   * A client that dawdles must not keep a process from others. Its job ends like that of a process that was lost, so that who
   * kept the bytes sends them again when all are there. The bytes of a sample go at the pace of an analyzer, which may be
   * slow but not dead.
   */
  #waitForClient(job: Job): void {
    const { wall } = this.#options.limits
    const isReading = job.kind !== FRAME.bytes
    job.clientMs += TICK_MS
    if (job.step < STEP_BYTES) job.slowMs += TICK_MS
    if (!isReading && job.step > 0) job.slowMs = 0
    const isTooSlow = job.slowMs > (isReading ? SLOW_MS : wall)
    if (!isTooSlow && (!isReading || job.clientMs <= wall)) return
    this.release()
    job.owner.over({ cause: 'inspector-crashed', detail: 'the process was taken back from a client too slow to send' })
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}
