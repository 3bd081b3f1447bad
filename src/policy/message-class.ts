/** The recipients of one message: which of them may share it, and what counts for it then. */
import type { Profile } from './options.ts'
import type { PolicyClass } from './policy.ts'
import { strictest } from './strictest.ts'

/** What counts for a whole message. */
export interface Ruling {
  readonly profile: Profile
  /** Names of the profiles, as the log and the story tell them. */
  readonly profileName: string
  /** Names of the overrides by which they were changed. */
  readonly overrides: readonly string[]
  /** Recipients have different policies, and the strictest counts for all. */
  readonly isMixed: boolean
}

/** Gathers the classes of a message, recipient by recipient. */
export class MessageClass {
  readonly #maySplit: boolean
  readonly #taken = new Map<string, PolicyClass>()
  #first: PolicyClass | undefined

  /** `maySplit`: a recipient may be told to come in a message of its own. */
  constructor(maySplit: boolean) {
    this.#maySplit = maySplit
  }

  /**
   * Takes a recipient, or says no: it shall come in a message of its own. The first one decides who may share the message; a monitored
   * one is never sent away, nor is who has to be reachable.
   */
  take(next: PolicyClass): boolean {
    const isFree = !this.#maySplit || next.isSoft || next.profile.mode === 'monitor'
    if (!isFree && this.#first && this.#first.id !== next.id) return false
    if (!next.isSoft) this.#first ??= next
    if (!this.#taken.has(next.id)) this.#taken.set(next.id, next)
    return true
  }

  /** What counts; `base` where there is no recipient. */
  ruling(base: PolicyClass): Ruling {
    const taken = [...this.#taken.values()]
    const [first = base, ...others] = taken
    const names = (all: readonly (string | undefined)[]) => [...new Set(all.filter((name) => name !== undefined))]
    return {
      profile: strictest([first.profile, ...others.map(({ profile }) => profile)]),
      profileName: names([first, ...others].map(({ profileName }) => profileName)).join('+'),
      overrides: names([first, ...others].map(({ override }) => override)),
      isMixed: taken.length > 1,
    }
  }
}
