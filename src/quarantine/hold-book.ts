/**
 * What of this host lies in hold queues, as far as the filter needs it while mail comes: whether one more may be held, the record and the
 * signed field of one that is, and what an alert is made of.
 */
import { type Clock, Repeated } from '../core/index.ts'
import type { Decision, Envelope } from '../pipeline/index.ts'
import type { Held, Store } from '../store/store.ts'
import { describeError, type Logger } from '../telemetry/index.ts'
import { mayQuarantine, withoutQuarantine } from './fate.ts'
import { isNotifiable } from './notice.ts'
import type { QuarantineOptions } from './options.ts'
import { isLongQueueId, LONG_QUEUE_IDS_REMEDY } from './queue-id.ts'
import { HOLD_HEADER, sealOf } from './ticket.ts'

/** What lies in the hold queues of this host because of us. Times are Unix milliseconds, 0 where nothing lies there. */
export interface HoldStatus {
  readonly messages: number
  readonly bytes: number
  readonly oldest: number
  /** Those whose time is over and that still lie there: an operator decides, or nobody runs the release. */
  readonly overdue: number
  readonly maxMessages: number
  readonly maxBytes: number
}

/** What quarantining needs of the filter. */
export interface HoldBookDeps {
  readonly store: Pick<Store, 'held' | 'saveHeld'>
  readonly clock: Clock
  readonly log: Logger
  readonly options: QuarantineOptions
}

const COUNT_EVERY_MS = 30_000
const WARN_EVERY_MS = 600_000
/** How much later than its time a message may be taken care of without being called overdue. */
const SLACK_MS = 600_000

interface Counted {
  readonly bytes: number
  readonly at: number
  readonly until: number
}

export class HoldBook {
  readonly #deps: HoldBookDeps
  #held = new Map<string, Counted>()
  #key: Buffer | undefined
  readonly #counting: Repeated
  #warnedAt = Number.NEGATIVE_INFINITY

  constructor(deps: HoldBookDeps) {
    this.#deps = deps
    this.#counting = new Repeated(deps.clock, COUNT_EVERY_MS, () => this.#count())
  }

  /** Counts what lies there, as far as the store answers, and from then on again and again. */
  async start(key: Buffer): Promise<void> {
    this.#key = key
    await this.#counting.start()
  }

  stop(): void {
    this.#counting.stop()
  }

  /** For metrics and health checks. */
  get status(): HoldStatus {
    const { clock, options } = this.#deps
    const all = [...this.#held.values()]
    const late = clock.now() - SLACK_MS
    return {
      messages: all.length,
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      oldest: all.reduce((oldest, { at }) => (oldest === 0 ? at : Math.min(oldest, at)), 0),
      overdue: all.filter(({ until }) => until < late).length,
      maxMessages: options.messages,
      maxBytes: options.bytes,
    }
  }

  /** The envelope by which a message is judged: where it could not be quarantined, what would be is put off instead. */
  admit(envelope: Envelope, instance: string, bytes: number): Envelope {
    const { profile, queueId, listener } = envelope
    if (profile.mode === 'monitor' || !mayQuarantine(profile)) return envelope
    const obstacle = this.#obstacle(queueId, instance, bytes)
    if (obstacle === undefined) return envelope
    this.#deps.log.error(
      { queueId, listener, ...obstacle },
      'quarantine is not possible: answered 451 where it would be',
    )
    return { ...envelope, profile: withoutQuarantine(profile) }
  }

  /** Notes that a message is being held, and gives the field that proves it ours. */
  async hold(decision: Decision, envelope: Envelope, instance: string, bytes: number): Promise<HeaderOf | undefined> {
    const { store, log, options } = this.#deps
    if (!this.#key) return undefined
    const held = heldOf(decision, envelope, { host: options.host, instance, bytes, at: this.#deps.clock.now() })
    await store.saveHeld(held).catch((error: unknown) => {
      // The signed field says enough to go on with, and the story is kept besides.
      log.warn({ ref: held.ref, cause: describeError(error) }, 'held message not noted: store unavailable')
    })
    this.#held.set(held.queueId, held)
    this.#warn()
    return { name: HOLD_HEADER, value: sealOf(this.#key, held) }
  }

  /** It no longer lies there. */
  forget(queueId: string): void {
    this.#held.delete(queueId)
  }

  #obstacle(queueId: string, instance: string, bytes: number): Obstacle | undefined {
    const { options } = this.#deps
    const { messages, bytes: held } = this.status
    if (!isLongQueueId(queueId)) return { why: 'the queue id is short', remedy: LONG_QUEUE_IDS_REMEDY }
    if (options.instances[instance] === undefined)
      return { why: `there is no instance ${instance}`, remedy: 'name it in quarantine.instances' }
    if (messages >= options.messages)
      return { why: `${messages} messages lie in the hold queue`, remedy: 'see peekaboo quarantine list' }
    if (held + bytes > options.bytes)
      return { why: `${held} bytes lie in the hold queue`, remedy: 'see peekaboo quarantine list' }
    return undefined
  }

  #warn(): void {
    const { clock, log, options } = this.#deps
    const { messages, overdue } = this.status
    if ((messages < options.alert && overdue === 0) || clock.now() - this.#warnedAt < WARN_EVERY_MS) return
    this.#warnedAt = clock.now()
    log.warn({ ...this.status, remedy: 'see peekaboo quarantine list' }, 'hold queue needs a look')
  }

  async #count(): Promise<void> {
    const { store, options } = this.#deps
    try {
      const found = await store.held({ host: options.host, isOpen: true }, options.messages + 1)
      this.#held = new Map(found.map(({ queueId, bytes, at, until }) => [queueId, { bytes, at, until }]))
      this.#warn()
    } catch {
      // The store tells by itself that it is away; what was counted before goes on counting.
    }
  }
}

/** A header field to add. */
export interface HeaderOf {
  readonly name: string
  readonly value: string
}

interface Obstacle {
  readonly why: string
  readonly remedy: string
}

type Place = Pick<Held, 'host' | 'instance' | 'bytes' | 'at'>

function heldOf({ ref, message, outcome }: Decision, envelope: Envelope, place: Place): Held {
  const { profile, queueId, listener, profileName, clientAddress, helo, authenticated, sender, recipients } = envelope
  const direction = envelope.direction ?? message?.direction ?? (authenticated ? 'outbound' : 'inbound')
  const isOurs = authenticated || direction !== 'inbound'
  return {
    ...place,
    ...{ queueId, ref, state: 'held', listener, profileName, profileJson: JSON.stringify(profile) },
    ...{ clientAddress, helo, authenticated, direction, sender, recipients, until: place.at + profile.maxAge },
    ...{ intent: isOurs && isNotifiable(sender) ? 'return' : 'ask', note: outcome.kind, isNotified: false },
  }
}
