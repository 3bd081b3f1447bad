/**
 * The leases that this process holds, kept alive by one statement for all. A lease that the store no longer grants ends its run without a
 * word; while the store is away nothing is known, and the next write of the run will tell.
 */
import type { Clock, Fault } from '../core/index.ts'
import type { Analysis, AnalysisChange, AnalysisState, Store } from '../store/store.ts'

/** The row belongs to somebody else now. */
export class LeaseLost extends Error {}

type Step = Omit<AnalysisChange, 'key' | 'owner' | 'token'>

/** One analysis that this process works on. */
export class Lease {
  readonly row: Analysis
  readonly #leases: Leases
  readonly #given = new AbortController()
  #state: AnalysisState
  #isLost = false
  #isWriting = false

  constructor(row: Analysis, leases: Leases) {
    this.row = row
    this.#state = row.state
    this.#leases = leases
  }

  /** Fires when somebody else has it, or when all are to stop: one signal for both, as a run may wait for hours. */
  get signal(): AbortSignal {
    return this.#given.signal
  }

  /** Whether somebody else has it. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** Writes the next step down; rejects with `LeaseLost` where it is no longer ours to write. */
  async write(step: Step): Promise<void> {
    this.#isWriting = true
    try {
      if (!(await this.#leases.write(this.change(step)))) throw new LeaseLost()
      this.#state = step.state
    } finally {
      this.#isWriting = false
    }
  }

  /** Whether a step is on its way, which keeps the lease alive by itself. */
  get isWriting(): boolean {
    return this.#isWriting
  }

  /** The change that leaves everything as it is. */
  beat(): AnalysisChange {
    return this.change({ state: this.#state })
  }

  lose(): void {
    this.#isLost = true
    this.#given.abort(new LeaseLost())
  }

  stop(reason: Fault): void {
    this.#given.abort(reason)
  }

  change(step: Step): AnalysisChange {
    const { analyzer, optionsDigest, revision, sha256, owner, token } = this.row
    return { key: { analyzer, optionsDigest, revision, sha256 }, owner, token, ...step }
  }
}

export interface LeasesDeps {
  readonly store: Store
  readonly clock: Clock
  readonly leaseMs: number
  readonly onTrouble: (error: unknown) => void
}

export class Leases {
  readonly #deps: LeasesDeps
  readonly #held = new Set<Lease>()
  #cancelTimer: (() => void) | undefined
  #beating: Promise<void> = Promise.resolve()
  #stopped: Fault | undefined

  constructor(deps: LeasesDeps) {
    this.#deps = deps
  }

  hold(row: Analysis): Lease {
    const lease = new Lease(row, this)
    this.#held.add(lease)
    if (this.#stopped) lease.stop(this.#stopped)
    this.#later()
    return lease
  }

  /** Ends the runs of all, also of those that begin later; `letGo` then gives the leases back. */
  stop(reason: Fault): void {
    this.#stopped = reason
    for (const lease of this.#held) lease.stop(reason)
  }

  /** The run has ended and wrote how. */
  end(lease: Lease): void {
    this.#held.delete(lease)
    if (this.#held.size === 0) this.#rest()
  }

  /** A write waits for a beat under way: another connection could otherwise set its state back. */
  async write(change: AnalysisChange): Promise<boolean> {
    await this.#beating
    const [isHeld = false] = await this.#deps.store.advance([change], this.#deps.leaseMs)
    return isHeld
  }

  /** Lets go of all that is left as it is, so that the next owner need not wait for the leases to run out. */
  async letGo(): Promise<void> {
    this.#rest()
    await this.#beating
    const left = [...this.#held].map((lease) => lease.beat())
    this.#held.clear()
    if (left.length > 0) await this.#deps.store.advance(left, 0).catch(this.#deps.onTrouble)
  }

  #later(): void {
    this.#cancelTimer ??= this.#deps.clock.after(this.#deps.leaseMs / 3, () => {
      this.#cancelTimer = undefined
      this.#beating = this.#beat().finally(() => {
        if (this.#held.size > 0) this.#later()
      })
    })
  }

  #rest(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  async #beat(): Promise<void> {
    const held = [...this.#held].filter((lease) => !lease.isWriting)
    try {
      const granted = await this.#deps.store.advance(
        held.map((lease) => lease.beat()),
        this.#deps.leaseMs,
      )
      for (const [i, lease] of held.entries()) if (!granted[i] && this.#held.has(lease)) lease.lose()
    } catch (error) {
      this.#deps.onTrouble(error)
    }
  }
}
