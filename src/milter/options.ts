// The options of a server and their defaults, in one table.
import { type Clock, systemClock } from './clock.ts'
import type { MilterEvent } from './events.ts'
import type { MilterHooks } from './hooks.ts'
import type { Action, MacroStage, NoReply, Wishes } from './negotiate.ts'
import { accept, encodeReply, type FinalReply, quarantine, type Stage, tempfail } from './reply.ts'
import type { SmtpText } from './reply-text.ts'
import type { Transaction } from './session.ts'
import { STAGE_BITS } from './stages.ts'

/** What to answer in place of a hook: by name, with a text of our own, or any final reply. */
export type Fallback = 'tempfail' | 'accept' | 'quarantine' | FinalReply

/** The same, chosen for the message at hand; undefined stands for a fault outside of any message. */
export type FallbackFor<S = unknown, T = unknown> = Fallback | ((tx: Transaction<S, T> | undefined) => Fallback)

/** Ceilings; what is beyond one is answered with `onLimit`, the session stays open. */
export interface MilterLimits {
  /** Open sessions; more are closed at once, which the MTA takes as an unavailable filter. */
  readonly connections: number
  readonly recipients: number
  readonly headers: number
  readonly headerBytes: number
  /** Bytes of one macro list; a longer one is ignored and reported. */
  readonly macroBytes: number
}

/** How long to wait for the MTA. */
export interface MilterTimeouts {
  readonly negotiateMs: number
  /** Postfix is silent between `DATA` and the first header for as long as the client sends (libmilter: 7210 s). */
  readonly idleMs: number
  /** From the first to the last byte of one frame. */
  readonly frameMs: number
  /** For the MTA to take what was written. */
  readonly writeMs: number
}

/** Options of `createMilterServer`; all but the hooks have a default. */
export interface MilterServerOptions<S = unknown, T = unknown> {
  readonly hooks: MilterHooks<S, T>
  /** Modifications that hooks may make; default none. */
  readonly actions?: readonly Action[]
  /** Stages not replied to: the MTA sends on without waiting. A stage named here is asked for even without a hook. */
  readonly noReply?: NoReply
  /** Macros to ask for by stage; default: whatever the MTA sends. */
  readonly macros?: Readonly<Partial<Record<MacroStage, readonly string[]>>>
  readonly headerLeadingSpace?: boolean
  readonly skip?: boolean
  readonly rcptRej?: boolean
  readonly maxDataSize?: 65535 | 262143 | 1048575
  readonly limits?: Partial<MilterLimits>
  readonly timeouts?: Partial<MilterTimeouts>
  /** How often to tell the MTA that end of message is still being worked on; 0 for never. */
  readonly progressEveryMs?: number
  /** How long a content hook may take (Postfix waits 300 s without progress). */
  readonly deadlineMs?: number
  /** How long a connect, helo, mail, rcpt, data or unknown hook may take (Postfix waits 30 s). */
  readonly commandDeadlineMs?: number
  readonly onDeadline?: FallbackFor<S, T>
  /** Also for an event whose payload cannot be read. */
  readonly onHookError?: FallbackFor<S, T>
  readonly onLimit?: FallbackFor<S, T>
  /** For messages that begin while the server closes; `go on` leaves them to the hooks. */
  readonly onDrain?: Fallback | 'go on' | (() => Fallback | 'go on')
  readonly clock?: Clock
  /** Told about everything odd; must not throw. */
  readonly onEvent?: (event: MilterEvent<S>) => void
}

/** What a fault of a message is answered. */
export type FallbackReply<S, T> = (tx: Transaction<S, T> | undefined) => FinalReply

/** Options with every default filled in. */
export interface Settings<S, T> {
  readonly hooks: MilterHooks<S, T>
  readonly wishes: Wishes
  readonly limits: MilterLimits
  readonly timeouts: MilterTimeouts
  readonly progressEveryMs: number
  readonly deadlineMs: number
  readonly commandDeadlineMs: number
  readonly onDeadline: FallbackReply<S, T>
  readonly onHookError: FallbackReply<S, T>
  readonly onLimit: FallbackReply<S, T>
  readonly onDrain: () => FinalReply | undefined
  readonly clock: Clock
  readonly onEvent: ((event: MilterEvent<S>) => void) | undefined
}

/** The limits where none are given. */
export const DEFAULT_LIMITS: MilterLimits = {
  connections: 2048,
  recipients: 10_000,
  headers: 100_000,
  headerBytes: 16 * 1024 * 1024,
  macroBytes: 64 * 1024,
}

/** The timeouts where none are given. */
export const DEFAULT_TIMEOUTS: MilterTimeouts = {
  negotiateMs: 30_000,
  idleMs: 7_210_000,
  frameMs: 300_000,
  writeMs: 30_000,
}

const BUSY = { code: 451, enhanced: '4.3.0', text: 'Temporary failure of the mail filter - try again later' }
const CLOSING = { code: 451, enhanced: '4.3.2', text: 'The mail filter is restarting - try again later' }
const TOO_MUCH = { code: 451, enhanced: '4.3.1', text: 'The message exceeds a limit of the mail filter' }

/** Fills in the defaults; throws a RangeError on a number that cannot work. */
export function readOptions<S, T>(options: MilterServerOptions<S, T>): Settings<S, T> {
  const settings: Settings<S, T> = {
    hooks: options.hooks,
    wishes: wishesOf(options),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
    progressEveryMs: options.progressEveryMs ?? 5000,
    deadlineMs: options.deadlineMs ?? 240_000,
    commandDeadlineMs: options.commandDeadlineMs ?? 25_000,
    onDeadline: fallbackFor(options.onDeadline, BUSY),
    onHookError: fallbackFor(options.onHookError, BUSY),
    onLimit: fallbackFor(options.onLimit, TOO_MUCH),
    onDrain: onDrain(options.onDrain),
    clock: options.clock ?? systemClock,
    onEvent: options.onEvent,
  }
  checkNumbers('limits', settings.limits, 1)
  checkNumbers('timeouts', settings.timeouts, 1)
  const { progressEveryMs, deadlineMs, commandDeadlineMs } = settings
  checkNumbers('options', { deadlineMs, commandDeadlineMs }, 1)
  checkNumbers('options', { progressEveryMs }, 0)
  return Object.freeze(settings)
}

/** The stages of the hooks given, and those named as not replied to. */
function wishesOf<S, T>(options: MilterServerOptions<S, T>): Wishes {
  const stages = new Set<Stage>(['endOfMessage'])
  for (const stage of Object.keys(STAGE_BITS) as Stage[]) {
    const isNamed = stage !== 'endOfMessage' && options.noReply?.[stage] === true
    if (isNamed || options.hooks[stage] !== undefined) stages.add(stage)
  }
  return {
    stages,
    actions: options.actions ?? [],
    noReply: options.noReply ?? {},
    macros: options.macros ?? {},
    headerLeadingSpace: options.headerLeadingSpace ?? false,
    skip: options.skip ?? true,
    rcptRej: options.rcptRej ?? false,
    maxDataSize: options.maxDataSize ?? 65535,
  }
}

function fallbackFor<S, T>(given: FallbackFor<S, T> | undefined, smtp: SmtpText): FallbackReply<S, T> {
  if (typeof given === 'function') return (tx) => fallback(given(tx), smtp)
  const reply = fallback(given, smtp)
  return () => reply
}

function onDrain(given: MilterServerOptions['onDrain']): () => FinalReply | undefined {
  const choose = typeof given === 'function' ? given : () => given
  if (typeof given === 'object') fallback(given, CLOSING)
  return () => {
    const chosen = choose()
    return chosen === 'go on' ? undefined : fallback(chosen, CLOSING)
  }
}

function fallback(given: Fallback | undefined, smtp: SmtpText): FinalReply {
  if (given === 'accept') return accept()
  if (given === 'quarantine') return quarantine(smtp.text ?? '')
  if (given === undefined || given === 'tempfail') return tempfail(smtp)
  encodeReply(given)
  return given
}

function checkNumbers(where: string, table: object, least: number): void {
  for (const [name, value] of Object.entries(table)) {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < least) {
      throw new RangeError(`milter: ${where}.${name} is ${value}: give a number from ${least} on`)
    }
  }
}
