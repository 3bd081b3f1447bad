/**
 * Events that go out to the site's webhook, one after the other, in order. Each lies as a file until it was taken, so a restart in between
 * loses none; what nobody takes after all its tries is told in the log and let go. Nothing waits for it.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../core/index.ts'
import { describeError, type Logger } from '../telemetry/index.ts'
import { eventBody, type TurnedEvent } from './event-body.ts'
import type { WebhookOptions } from './options.ts'
import { post } from './webhook.ts'

/** Events that wait; a receiver that is away for days must not fill the disk. */
const MOST_WAITING = 1000
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 3_600_000

export interface EventSenderDeps {
  readonly folder: string
  readonly webhook: WebhookOptions | undefined
  readonly clock: Clock
  readonly log: Logger
}

export class EventSender {
  readonly #deps: EventSenderDeps
  readonly #stop = new AbortController()
  /** Names of the files that wait, the oldest first. */
  #waiting: string[] = []
  #attempts = 0
  #isStarted = false
  #sending: Promise<void> | undefined
  #cancelPause: (() => void) | undefined
  #writing: Promise<unknown> = Promise.resolve()

  constructor(deps: EventSenderDeps) {
    this.#deps = deps
  }

  /** Takes up what an earlier start left. A folder that cannot be read is told, and no reason not to start. */
  async start(): Promise<void> {
    const { folder, webhook, log } = this.#deps
    if (!webhook) return
    this.#isStarted = true
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const names = await readdir(folder)
      this.#waiting = names.filter((name) => name.endsWith('.json')).sort()
      const drafts = names.filter((name) => name.endsWith('.part'))
      await Promise.all(drafts.map((name) => rm(join(folder, name), { force: true })))
    } catch (error) {
      log.error({ cause: describeError(error) }, 'events of an earlier start not read')
    }
    this.#next()
  }

  /** Takes an event of a filter that was started; it is safe when its file is written. Never rejects and keeps nobody waiting. */
  send(event: TurnedEvent): void {
    if (!this.#isStarted || this.#stop.signal.aborted) return
    this.#writing = this.#writing.then(() => this.#write(event))
  }

  /** What was not taken yet lies where it is for the next start. */
  async stop(): Promise<void> {
    await this.#writing
    this.#stop.abort(new Error('the filter is stopping'))
    this.#cancelPause?.()
    await this.#sending
  }

  async #write(event: TurnedEvent): Promise<void> {
    const { folder, clock, log } = this.#deps
    const id = randomUUID()
    try {
      if (this.#waiting.length >= MOST_WAITING) throw new Error(`${MOST_WAITING} events wait already`)
      const name = `${clock.now()}-${id}.json`
      const draft = join(folder, `${id}.part`)
      await writeFile(draft, eventBody(id, clock.now(), event), { mode: 0o600, flush: true })
      await rename(draft, join(folder, name))
      this.#waiting.push(name)
      this.#next()
    } catch (error) {
      log.error({ id, sha256: event.sha256, cause: describeError(error) }, 'event lost')
    }
  }

  #next(): void {
    const [name] = this.#waiting
    if (name === undefined || this.#sending || this.#cancelPause || this.#stop.signal.aborted) return
    this.#sending = this.#try(name).finally(() => {
      this.#sending = undefined
      this.#next()
    })
  }

  async #try(name: string): Promise<void> {
    const { folder, webhook, clock, log } = this.#deps
    const id = name.slice(name.indexOf('-') + 1, -'.json'.length)
    if (!webhook) return
    try {
      this.#attempts += 1
      await post(webhook, id, await readFile(join(folder, name), 'utf8'), clock, this.#stop.signal)
      await this.#letGo(name)
      log.info({ id }, 'event sent')
    } catch (error) {
      if (this.#stop.signal.aborted) return
      const isLost = this.#attempts >= webhook.attempts
      const about = { id, attempt: this.#attempts, cause: describeError(error) }
      log[isLost ? 'error' : 'warn'](about, isLost ? 'event lost' : 'event not sent yet')
      if (isLost) await this.#letGo(name)
      else this.#pause()
    }
  }

  #pause(): void {
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** (this.#attempts - 1), LONGEST_PAUSE_MS)
    this.#cancelPause = this.#deps.clock.after(ms, () => {
      this.#cancelPause = undefined
      this.#next()
    })
  }

  async #letGo(name: string): Promise<void> {
    this.#waiting = this.#waiting.filter((other) => other !== name)
    this.#attempts = 0
    await rm(join(this.#deps.folder, name), { force: true }).catch((error: unknown) => {
      this.#deps.log.warn({ name, cause: describeError(error) }, 'event not removed')
    })
  }
}
