/**
 * What an operator switched for a while: the emergency brake, and rules that are not asked. Each ends by itself, by the clock of the store.
 */

/**
 * What the brake does to mail that is not monitored anyway. `monitor`: accepted at once, examined behind its back. `accept-known`: bytes
 * that were judged good or ignored before wait for no analysis. `tempfail`: all of it is told to come later.
 */
export const BRAKE_MODES = ['monitor', 'accept-known', 'tempfail'] as const
export type BrakeMode = (typeof BRAKE_MODES)[number]

interface Switched {
  readonly reason: string
  readonly who: string
  /** Unix milliseconds, by the store's clock. */
  readonly made: number
  /** The time from which on it does not count. */
  readonly until: number
}

/** The brake, of which there is one. */
export interface Brake extends Switched {
  readonly kind: 'brake'
  readonly name: ''
  readonly mode: BrakeMode
}

/** A rule that yields nothing meanwhile. */
export interface DisabledRule extends Switched {
  readonly kind: 'rule'
  /** The rule's id. */
  readonly name: string
  readonly mode: 'off'
}

export type Switch = Brake | DisabledRule

/** What is to be switched; when it ends follows from how long it lasts. */
export type SwitchDraft = Omit<Brake, 'made' | 'until'> | Omit<DisabledRule, 'made' | 'until'>

/** All that was switched and when that was read, both by the clock of the store. */
export interface Switches {
  readonly switches: readonly Switch[]
  readonly now: number
}

/** How long what was switched and ended is still there. */
export const ENDED_SWITCH_MS = 30 * 86_400_000

/** One sentence for people and logs: what, until when, by whom, why. */
export function describeSwitch({ kind, name, mode, until, who, reason }: Switch): string {
  const what = kind === 'brake' ? `brake ${mode}` : `rule ${name} disabled`
  return `${what} until ${new Date(until).toISOString()} by ${who}: ${reason}`
}
