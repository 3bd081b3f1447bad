/** A real Postfix and the real filter under mixed mail, while what the filter consists of is killed again and again. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { residentBytes } from '../bench/process-tree.ts'
import { type Filter, startFilter } from '../daemon/filter.ts'
import { descendants } from '../daemon/processes.ts'
import { type PostfixInstance, startPostfix } from '../postfix/instance.ts'
import { type Sink, startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { faultsOf, type Sent, senderOf, summaryOf } from './accounts.ts'
import { soakMail } from './mails.ts'
import { Mischief } from './mischief.ts'

export interface SoakPlan {
  readonly seed: string
  readonly mails: number
  readonly minutes: number
  /** Told every now and then how far it is. */
  readonly tell: (line: string) => void
}

export interface SoakResult {
  readonly sent: number
  readonly summary: readonly string[]
  readonly mischief: ReadonlyMap<string, number>
  /** Resident memory of the daemon in MiB: when warm, and the most that it reached. */
  readonly memory: { readonly warm: number; readonly most: number }
  /** Everything that is not as it must be. */
  readonly faults: readonly string[]
}

const CLIENTS = 8
/** Far beyond what any mail needs, and far below what a client waits. */
const DEADLINE_MS = 90_000
/** The part of all mails after which the daemon itself is killed. */
const DAEMON_DIES_AT = 0.75
const WARM_AT = 0.2
/** MiB from warm to the end that are no leak: V8 lets garbage lie while there is room. What stays is measured by leak.long.ts. */
const MOST_GROWTH = 256
const MIB = 1024 * 1024
const SETTLE_MS = 30_000

/** Runs one soak and tells what it found. */
export async function soak(plan: SoakPlan): Promise<SoakResult> {
  const run = new Soak(plan)
  try {
    await run.start()
    return await run.run()
  } finally {
    await run.stop()
  }
}

class Soak {
  readonly #plan: SoakPlan
  readonly #dataDir = join(mkdtempSync(join(tmpdir(), 'peekaboo-soak-')), 'data')
  readonly #mischief: Mischief
  readonly #sent: Sent[] = []
  readonly #pids = new Map<number, string>()
  readonly #faults: string[] = []
  #filter: Filter | undefined
  #sink: Sink | undefined
  #postfix: PostfixInstance | undefined
  #port = 0
  #serial = 0
  #end = Number.POSITIVE_INFINITY
  #memory = { warm: 0, most: 0 }

  constructor(plan: SoakPlan) {
    this.#plan = plan
    this.#mischief = new Mischief(plan.seed)
  }

  async start(): Promise<void> {
    this.#sink = await startSink()
    this.#filter = await startFilter({ dataDir: this.#dataDir })
    this.#port = this.#filter.port()
    const deliverTo = { port: this.#sink.port }
    this.#postfix = await startPostfix({ fragment: 'mx', milterPort: this.#port, deliverTo })
    this.#end = performance.now() + this.#plan.minutes * 60_000
  }

  async run(): Promise<SoakResult> {
    const { tell, mails } = this.#plan
    this.#mischief.start(this.#alive)
    const looking = setInterval(() => this.#look(), 1000)
    const telling = setInterval(() => tell(`${this.#sent.length} mails`), 10_000)
    await this.#send(Math.round(mails * DAEMON_DIES_AT), DAEMON_DIES_AT)
    await Promise.all([this.#killDaemon(), this.#send(mails, 1)])
    for (const timer of [looking, telling]) clearInterval(timer)
    await this.#mischief.stop()
    await this.#settle()
    const mischief = new Map([...this.#mischief.done, ['daemon', 1]])
    const summary = summaryOf(this.#sent)
    return { sent: this.#sent.length, summary, mischief, memory: this.#memory, faults: this.#faults }
  }

  async stop(): Promise<void> {
    await this.#mischief.stop()
    await Promise.all([this.#postfix?.stop(), this.#sink?.stop(), this.#filter?.stop('SIGKILL')])
    rmSync(join(this.#dataDir, '..'), { recursive: true, force: true })
  }

  /** From 0 to 1, by mails or by time. */
  get #progress(): number {
    const { mails, minutes } = this.#plan
    return Math.max(this.#sent.length / mails, 1 - (this.#end - performance.now()) / (minutes * 60_000))
  }

  get #alive(): Filter {
    if (!this.#filter) throw new Error('the filter was not started')
    return this.#filter
  }

  /** Several clients send until that many mails, or that part of the time, is over. */
  async #send(upTo: number, part: number): Promise<void> {
    const end = part === 1 ? this.#end : performance.now() + (this.#end - performance.now()) * part
    const client = async () => {
      while (this.#serial < upTo && performance.now() < end) await this.#sendOne()
    }
    await Promise.all(Array.from({ length: CLIENTS }, client))
  }

  async #sendOne(): Promise<void> {
    this.#serial += 1
    const { message, ...mail } = soakMail(this.#plan.seed, this.#serial)
    const began = performance.now()
    const envelope = { from: senderOf(mail.serial), to: 'b@dst.test', message, deadlineMs: DEADLINE_MS }
    const reply = await sendMail(this.#postfix?.port ?? 0, envelope).catch(() => undefined)
    this.#sent.push({ mail, reply, ms: performance.now() - began })
  }

  /** What processes there are, and what memory the daemon has. */
  #look(): void {
    for (const { pid, command } of descendants(this.#alive.pid)) this.#pids.set(pid, command)
    const now = Math.round(residentBytes(this.#alive.pid) / MIB)
    if (this.#progress < WARM_AT) this.#memory.warm = Math.max(this.#memory.warm, now)
    this.#memory.most = Math.max(this.#memory.most, now)
  }

  /** Mail goes on coming while there is no filter; then there is one again, at the same address and with the same data. */
  async #killDaemon(): Promise<void> {
    await this.#mischief.stop()
    this.#look()
    await this.#alive.stop('SIGKILL')
    await wait(1000)
    const listeners = [{ listen: `inet:127.0.0.1:${this.#port}`, profile: 'mx' }]
    this.#filter = await startFilter({ dataDir: this.#dataDir, listeners })
    this.#mischief.start(this.#alive)
  }

  /** All mail is out: nothing may be left of it. */
  async #settle(): Promise<void> {
    const accepted = this.#sent.filter(({ reply }) => reply?.code === 250).length
    const sink = this.#sink
    await sink?.waitFor(accepted, SETTLE_MS).catch((error: Error) => this.#faults.push(error.message))
    this.#faults.push(...faultsOf(this.#sent, sink?.messages ?? []))
    await this.#until('spool files', () =>
      readdirSync(join(this.#dataDir, 'spool')).map((name) => `spool file ${name}`),
    )
    this.#look()
    const { warm, most } = this.#memory
    if (most - warm > MOST_GROWTH) this.#faults.push(`the daemon grew from ${warm} to ${most} MiB`)
    await this.#alive.stop('SIGTERM')
    await this.#until('processes', () => this.#orphans())
  }

  #orphans(): readonly string[] {
    const ours = [...this.#pids].filter(([pid, command]) => command !== '' && isRunning(pid, command))
    return ours.map(([pid, command]) => `process ${pid} lives on: ${command.slice(0, 80)}`)
  }

  /** Waits until nothing is left, or says what is. */
  async #until(what: string, left: () => readonly string[]): Promise<void> {
    const end = performance.now() + SETTLE_MS
    while (left().length > 0 && performance.now() < end) await wait(100)
    const rest = left()
    if (rest.length > 0) this.#faults.push(`${what} are left: ${rest.join(', ')}`)
  }
}

function isRunning(pid: number, command: string): boolean {
  return descendants(1).some((one) => one.pid === pid && one.command === command)
}
