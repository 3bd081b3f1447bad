/** From a sample that the rules ask about to what an analyzer is given, and from what it says to what that is worth. */
import { BAD_SCORE, type RoleState, type Sample } from '../core/index.ts'
import type { SampleView, Want } from '../scheduler/index.ts'
import type { Case } from './case.ts'
import type { PipelineDeps } from './deps.ts'
import type { KeptMessage } from './kept-message.ts'
import type { KnownPasswords } from './known-passwords.ts'
import type { Opening } from './opening.ts'
import { MESSAGE_PATH } from './samples.ts'
import { viewOf } from './view.ts'

export interface WantsDeps extends Pick<PipelineDeps, 'inspector' | 'scheduler' | 'openings'> {
  readonly kept: KeptMessage
  readonly opening: Opening
  readonly passwords: KnownPasswords
  readonly signal: AbortSignal
}

/** What is wanted, and whether the analyzer must do without the password. */
export interface Wanted {
  readonly want: Want
  readonly isLockedOut: boolean
}

/** What is wanted for the samples of one message; each but once, however often it is asked after. */
export class Wants {
  readonly #deps: WantsDeps
  readonly #made = new Map<string, Promise<Wanted>>()

  constructor(deps: WantsDeps) {
    this.#deps = deps
  }

  /** Rejects where a password that must be told cannot be had. */
  of({ sample }: Case, analyzer: string): Promise<Wanted> {
    const key = [analyzer, sample.path, sample.sha256].join(' ')
    const made = this.#made.get(key) ?? this.#make(sample, analyzer)
    this.#made.set(key, made)
    return made
  }

  async #make(sample: Sample, analyzer: string): Promise<Wanted> {
    const view = this.#deps.scheduler.viewOf(analyzer)
    if (!view) return { want: this.#want(sample, analyzer), isLockedOut: false }
    const { sample: shown, locked, isClosed } = viewOf(sample, this.#deps.opening)
    const want = this.#want(shown, analyzer)
    if (locked.length === 0) return { want, isLockedOut: isClosed }
    if (!view.sharesPasswords) return { want, isLockedOut: true }
    const { isLockedOut, ...unlocked } = await this.#unlocked(want, locked, view)
    return { ...unlocked, isLockedOut: isLockedOut || isClosed }
  }

  /** A sandbox takes one password: who needs two is not opened by it. */
  async #unlocked(want: Want, locked: readonly string[], view: SampleView): Promise<Wanted> {
    const { openings, passwords, signal } = this.#deps
    const all = await passwords.of(locked, signal)
    const told = all.filter((value) => view.takesPassword(value)).slice(0, 1)
    const isLockedOut = told.length < all.length
    if (told.length === 0) return { want, isLockedOut }
    return { want: { ...want, passwords: told, variant: openings.markOf(want.sha256, told) }, isLockedOut }
  }

  #want({ sha256, size, type, path, links, name }: Sample, analyzer: string): Want {
    const { inspector, kept } = this.#deps
    return {
      analyzer,
      sha256,
      size,
      type,
      name,
      isLinked: links.length > 0,
      bytes: (signal: AbortSignal) =>
        path === MESSAGE_PATH ? kept.stream() : inspector.bytes(kept.stream(), path, signal),
      retain: () => kept.retain(),
      release: () => kept.release(),
    }
  }
}

/** What a state says of the sample: nothing harmless is believed of what stayed locked. */
export function credible(state: RoleState, { isLockedOut }: Pick<Wanted, 'isLockedOut'>): RoleState {
  const isHarmless = state.state === 'reported' && (state.report.score ?? 0) < BAD_SCORE
  return isLockedOut && isHarmless ? { state: 'failed', cause: 'not-unlocked' } : state
}
