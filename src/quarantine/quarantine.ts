/** Everything about held messages that lives in the filter, as one part with a start and a stop. */
import { join } from 'node:path'
import type { Decision, Envelope } from '../pipeline/index.ts'
import { describeError, type Logger } from '../telemetry/index.ts'
import { Desk, type DeskDeps } from './desk.ts'
import { DeskServer } from './desk-server.ts'
import { HoldBook, type HoldStatus } from './hold-book.ts'
import type { QuarantineOptions } from './options.ts'
import { HOLD_HEADER, readHoldKey } from './ticket.ts'

/** Where the release finds the filter, in the data folder. */
export const DESK_SOCKET = 'quarantine.sock'
/** Where the secret lies with which the site signs. */
export const SITE_KEY = 'site.key'

export class Quarantine {
  readonly headerName = HOLD_HEADER
  readonly #book: HoldBook
  readonly #desk: Desk
  readonly #server: DeskServer
  readonly #log: Logger

  constructor(deps: Omit<DeskDeps, 'book' | 'host' | 'from'> & { readonly options: QuarantineOptions }) {
    const { options, log } = deps
    this.#log = log
    this.#book = new HoldBook(deps)
    this.#desk = new Desk({ ...deps, book: this.#book, host: options.host, from: options.from })
    this.#server = new DeskServer(this.#desk, log)
  }

  /** After the site's secret was made and the store started. */
  async start(dataDir: string): Promise<void> {
    const key = await readHoldKey(join(dataDir, SITE_KEY))
    this.#desk.start(key)
    await this.#book.start(key)
  }

  /** Listens for the release. Where it cannot, mail goes on, and what is held stays there. */
  async listen(dataDir: string): Promise<void> {
    const path = join(dataDir, DESK_SOCKET)
    await this.#server.start(path).catch((error: unknown) => {
      this.#log.error(
        { path, cause: describeError(error) },
        'quarantined messages stay there: no socket for the release',
      )
    })
  }

  async stop(): Promise<void> {
    this.#book.stop()
    await this.#server.stop()
  }

  get status(): HoldStatus {
    return this.#book.status
  }

  admit(envelope: Envelope, instance: string, bytes: number): Envelope {
    return this.#book.admit(envelope, instance, bytes)
  }

  hold(decision: Decision, envelope: Envelope, instance: string, bytes: number): ReturnType<HoldBook['hold']> {
    return this.#book.hold(decision, envelope, instance, bytes)
  }
}
