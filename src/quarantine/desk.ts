/**
 * The filter's side of the release: says what becomes of each held message, examines those again that are not decided yet, and notes what was
 * done. It acts on nothing itself; whoever asks shows the signed field of the message.
 */
import { type Clock, DIRECTIONS } from '../core/index.ts'
import type { Envelope, Pipeline } from '../pipeline/index.ts'
import type { Profile } from '../policy/index.ts'
import type { Held, HeldState, Store } from '../store/store.ts'
import { describeError, type Logger } from '../telemetry/index.ts'
import { withCrlf } from './crlf.ts'
import { type Fate, fateOf } from './fate.ts'
import type { HoldBook } from './hold-book.ts'
import { isNotifiable, noticeOf } from './notice.ts'
import { type Ticket, ticketOf } from './ticket.ts'
import type { Request, Todo } from './wire.ts'

/** What the desk is made of. */
export interface DeskDeps {
  readonly store: Pick<Store, 'held' | 'saveHeld' | 'stories'>
  /** One whose stories nobody keeps: that a held message is examined again is no try of its sender. */
  readonly pipeline: Pick<Pipeline, 'begin'>
  readonly profiles: ReadonlyMap<string, Profile>
  readonly book: Pick<HoldBook, 'forget'>
  readonly host: string
  readonly language: string
  readonly from: string
  readonly contact: string | undefined
  readonly clock: Clock
  readonly log: Logger
}

/** How long the answer of one examination may take, and how long it waits for analyzers: another one comes soon. */
const DEADLINE_MS = 240_000
const HOLD_MS = 1000
/** A large message is examined less often: a second of rest for so many bytes, at most five minutes. */
const BYTES_A_SECOND = 100_000
const LONGEST_REST_MS = 300_000
/** A message that Postfix was told to hold may come into its hold queue a little later. */
const ON_THE_WAY_MS = 600_000
const MOST_HELD = 20_000

export class Desk {
  readonly #deps: DeskDeps
  readonly #looked = new Map<string, number>()
  #key: Buffer | undefined

  constructor(deps: DeskDeps) {
    this.#deps = deps
  }

  start(key: Buffer): void {
    this.#key = key
  }

  /** What is to be done about each of these, and what is known of those that no longer lie there. */
  async seen({
    instance,
    seals,
    others,
    isWhole,
  }: Extract<Request, { ask: 'seen' }>): Promise<{ todos: readonly Todo[] }> {
    const { store, host } = this.#deps
    const found = await store.held({ host, instance, isOpen: true }, MOST_HELD)
    const open = new Map(found.map((held) => [held.queueId, held]))
    const tickets = seals.map((seal) => this.#ticketOf(seal))
    const todos: Todo[] = []
    for (const ticket of tickets) todos.push(await this.#todo(open.get(ticket.queueId) ?? (await this.#heldOf(ticket))))
    if (isWhole && found.length < MOST_HELD) {
      const there = new Set([...others, ...tickets.map(({ queueId }) => queueId)])
      for (const held of found) if (!there.has(held.queueId)) await this.#gone(held)
    }
    return { todos }
  }

  /** Examines it as if it came now, by the profile under which it came. */
  async examine(seal: string, bytes: AsyncIterable<Uint8Array>): Promise<{ todo: Exclude<Todo, 'examine'> }> {
    const held = await this.#heldOf(this.#ticketOf(seal))
    const { clock, log } = this.#deps
    if (!held) return { todo: 'wait' }
    const profile = this.#profileOf(held)
    if (!profile) return this.#noted(held, 'wait', `the profile ${held.profileName} is no more: an operator decides`)
    const decision = await this.#examined(held, profile, bytes)
    this.#looked.set(held.queueId, clock.now())
    const fate = fateOf(decision, held, profile.expired, clock.now())
    const verdict = decision.header.replace(/^verdict=|; id=.*$/g, '')
    log.info(
      { ref: held.ref, queueId: held.queueId, verdict, disposition: decision.disposition, fate, rules: decision.rules },
      'held message examined',
    )
    const isUndecided = decision.outcome.kind === 'pending' || decision.outcome.kind === 'failed'
    // It may have taken minutes, and an operator may have given an order meanwhile.
    const fresh = await this.#heldOf(this.#ticketOf(seal))
    if (fresh?.order) return { todo: orderOf(await this.#todo(fresh)) }
    return this.#noted(held, fate, fate === 'return' && isUndecided ? UNDECIDED : verdict)
  }

  /** The notice to who submitted it; from then on it is being returned. */
  async notice(seal: string): Promise<{ notice?: { to: string; text: string; isSent: boolean } }> {
    const held = await this.#heldOf(this.#ticketOf(seal))
    if (!held || !isNotifiable(held.sender)) return {}
    const { store, clock, language, from, contact } = this.#deps
    const [story] = await store.stories({ ref: held.ref }, 1)
    const isUndecided = held.note === UNDECIDED
    const facts = { held, subject: story?.subject ?? '', isUndecided, language, from, contact, now: clock.now() }
    return { notice: { to: held.sender, text: noticeOf(facts), isSent: held.isNotified } }
  }

  /** Notes what the release did. */
  async did({ seal, what, detail }: Extract<Request, { ask: 'did' }>): Promise<Record<string, never>> {
    const ticket = this.#ticketOf(seal)
    const held = await this.#heldOf(ticket)
    const { order } = held ?? {}
    const line = { ref: ticket.ref, queueId: ticket.queueId, what, by: order?.who, detail: detail || undefined }
    if (what === 'failed') this.#deps.log.error(line, 'held message could not be taken care of')
    else this.#deps.log.info(line, 'held message taken care of')
    if (held) await this.#deps.store.saveHeld({ ...held, ...changeBy(what, detail, this.#deps.clock.now()) })
    if (what === 'released' || what === 'returned' || what === 'deleted') this.#forget(ticket.queueId)
    return {}
  }

  async #todo(held: Held | undefined): Promise<Todo> {
    // What is over and lies there again was put there by somebody else.
    if (!held || !OPEN.has(held.state)) return 'wait'
    if (held.order?.what === 'delete') return 'delete'
    if (held.order) return (await this.#noted(held, held.order.what, `by order of ${held.order.who}`)).todo
    if (held.state === 'releasing') return 'release'
    if (held.state === 'returning') return 'return'
    const rest = Math.min(LONGEST_REST_MS, (held.bytes / BYTES_A_SECOND) * 1000)
    const looked = this.#looked.get(held.queueId) ?? Number.NEGATIVE_INFINITY
    return this.#deps.clock.now() - looked >= rest ? 'examine' : 'wait'
  }

  /** Writes down what becomes of it before anybody acts on it. */
  async #noted(held: Held, fate: Fate, note: string): Promise<{ todo: Exclude<Todo, 'examine'> }> {
    const state = STATES[fate]
    if (held.state !== state || held.note !== note) await this.#deps.store.saveHeld({ ...held, state, note })
    return { todo: fate === 'ask' ? 'wait' : fate }
  }

  async #gone(held: Held): Promise<void> {
    const { store, clock, log } = this.#deps
    if (clock.now() - held.at < ON_THE_WAY_MS && held.state === 'held') return
    const state = held.state === 'releasing' ? 'released' : held.isNotified ? 'returned' : 'gone'
    const { ref, queueId } = held
    if (state === 'gone') log.warn({ ref, queueId }, 'somebody else took a message out of the hold queue')
    await store.saveHeld({ ...held, state, ended: clock.now() })
    this.#forget(queueId)
  }

  async #examined(held: Held, profile: Profile, bytes: AsyncIterable<Uint8Array>) {
    const { pipeline, clock } = this.#deps
    const examination = pipeline.begin()
    const deadline = new AbortController()
    const cancel = clock.after(DEADLINE_MS, () => deadline.abort())
    try {
      for await (const chunk of withCrlf(bytes)) if (!examination.write(chunk)) await examination.drained()
      return await examination.finish(envelopeOf(held, profile), deadline.signal)
    } catch (error) {
      examination.abort()
      throw error
    } finally {
      cancel()
    }
  }

  /** As it was when the message came; a key that came with a newer program is taken from the profile as it is now. */
  #profileOf({ profileName, profileJson }: Held): Profile | undefined {
    const now = this.#deps.profiles.get(profileName)
    const then = profileJson === '' ? {} : (JSON.parse(profileJson) as Profile)
    return profileJson === '' && !now ? undefined : ({ ...now, ...then } as Profile)
  }

  /** What the store knows of it, else what field and story say; undefined where the store cannot tell. */
  async #heldOf(ticket: Ticket): Promise<Held | undefined> {
    const { store, log } = this.#deps
    const { host, instance, queueId, ref } = ticket
    const [known] = await store.held({ host, instance, queueId }, 1)
    if (known) return known
    const [story] = await store.stories({ ref }, 1)
    if (!story) {
      log.warn({ ref, queueId }, 'nothing is known of a held message yet')
      return undefined
    }
    const { listener, profile: profileName, clientAddress, helo, sender, recipients, size: bytes } = story
    const authenticated = ticket.intent === 'return'
    const rebuilt: Held = {
      ...ticket,
      ...{ state: 'held', listener, profileName, profileJson: '', clientAddress, helo, authenticated },
      ...{ direction: authenticated ? 'outbound' : 'inbound', sender, recipients, bytes, note: '', isNotified: false },
    }
    await store.saveHeld(rebuilt)
    return rebuilt
  }

  #ticketOf(seal: string): Ticket {
    const ticket = this.#key && ticketOf(this.#key, seal)
    if (!ticket || ticket.host !== this.#deps.host) throw new Error('no field of ours')
    return ticket
  }

  #forget(queueId: string): void {
    this.#looked.delete(queueId)
    this.#deps.book.forget(queueId)
  }
}

const OPEN: ReadonlySet<HeldState> = new Set(['held', 'releasing', 'returning'])
const UNDECIDED = 'not decided in time'

/** What was ordered needs no further look. */
function orderOf(todo: Todo): Exclude<Todo, 'examine'> {
  return todo === 'examine' ? 'wait' : todo
}

const STATES = { release: 'releasing', return: 'returning', wait: 'held', ask: 'held' } as const

function changeBy(what: Extract<Request, { ask: 'did' }>['what'], detail: string, now: number): Partial<Held> {
  if (what === 'notified') return { isNotified: true, state: 'returning' }
  if (what === 'failed') return { note: detail }
  return { state: what, ended: now }
}

function envelopeOf(held: Held, profile: Profile): Envelope {
  const { queueId, listener, profileName, clientAddress, helo, authenticated, sender, recipients, at } = held
  const direction = DIRECTIONS.find((one) => one === held.direction)
  return {
    ...{ queueId, listener, profileName, clientAddress, helo, authenticated, direction, sender, recipients },
    profile: { ...profile, hold: Math.min(profile.hold, HOLD_MS) },
    heldSince: at,
  }
}

/** Says in the log what went wrong at the desk. */
export function logDeskError(log: Logger, error: unknown): void {
  log.warn({ cause: describeError(error) }, 'the release asked what could not be answered')
}
