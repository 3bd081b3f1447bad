/**
 * Follows all tasks of one analyzer together: the number of questions grows with time and instances, not with tasks. A new task is asked
 * after once alone, so that what ends at once is known at once.
 */
import type { Analyzer, Progress } from '../analyzers/analyzer.ts'
import type { Clock } from '../core/index.ts'
import type { Deadline } from './deadline.ts'

/** How a task ended. */
export type TaskEnd = Exclude<Progress, { state: 'running' }>

interface FollowerDeps {
  readonly analyzer: Analyzer
  readonly clock: Clock
  readonly pollMs: number
  readonly signal: AbortSignal
  /** The analyzer cannot be asked; it will be asked again. Said once for all the time that it lasts. */
  readonly onTrouble: (error: unknown) => void
}

export class Follower {
  readonly #deps: FollowerDeps
  readonly #tasks = new Map<string, (end: TaskEnd) => void>()
  #cancelTimer: (() => void) | undefined
  #isTroubled = false

  constructor(deps: FollowerDeps) {
    this.#deps = deps
  }

  /**
   * Resolves with the end of the task, with nothing where it has none before the deadline; rejects only when the signal fires. An analyzer that does
   * not answer is asked on and on.
   */
  async follow(taskId: string, deadline: Deadline, signal: AbortSignal): Promise<TaskEnd | undefined> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<TaskEnd | undefined>()
    const stop = () => reject(signal.reason)
    let cancel: () => void = () => undefined
    signal.addEventListener('abort', stop, { once: true })
    this.#tasks.set(taskId, resolve)
    void this.#ask([taskId]).then(() => {
      // What ended while nobody looked has a report, however old it is.
      cancel = deadline.whenOver(() => resolve(undefined))
      this.#later()
    })
    try {
      return await promise
    } finally {
      cancel()
      signal.removeEventListener('abort', stop)
      this.#tasks.delete(taskId)
      if (this.#tasks.size === 0) this.#rest()
    }
  }

  #later(): void {
    if (this.#tasks.size === 0 || this.#cancelTimer) return
    this.#cancelTimer = this.#deps.clock.after(this.#deps.pollMs, () => {
      void this.#ask([...this.#tasks.keys()]).then(() => {
        this.#cancelTimer = undefined
        this.#later()
      })
    })
  }

  #rest(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  async #ask(taskIds: readonly string[]): Promise<void> {
    const { analyzer, signal, onTrouble } = this.#deps
    try {
      const answers = await analyzer.poll(taskIds, signal)
      this.#isTroubled = false
      for (const [i, id] of taskIds.entries()) {
        const answer = answers[i]
        if (answer && answer.state !== 'running') this.#tasks.get(id)?.(answer)
      }
    } catch (error) {
      if (signal.aborted || this.#isTroubled) return
      this.#isTroubled = true
      onTrouble(error)
    }
  }
}
