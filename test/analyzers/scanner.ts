import type { TestContext } from 'node:test'
import type { AnalyzerEvent } from '../../src/analyzers/analyzer.ts'
import { ClamavAnalyzer } from '../../src/analyzers/clamav/clamav.ts'
import { clamavOptions } from '../../src/analyzers/clamav/options.ts'
import type { Clock } from '../../src/core/index.ts'
import { FakeClock } from '../fakes/clock.ts'

/** What it told the log, and somebody who waits for it. */
export class Told {
  readonly events: AnalyzerEvent[] = []
  #wake = Promise.withResolvers<void>()

  readonly take = (event: AnalyzerEvent) => {
    this.events.push(event)
    this.#wake.resolve()
    this.#wake = Promise.withResolvers()
  }

  /** Resolves with the newest event of that kind, past or to come. */
  async event(kind: AnalyzerEvent['event'], since = 0): Promise<AnalyzerEvent> {
    for (;;) {
      const found = this.events.slice(since).find(({ event }) => event === kind)
      if (found) return found
      await this.#wake.promise
    }
  }
}

/** A clamav analyzer that ends with the test. */
export function scanner(t: TestContext, options: object, clock: Clock = new FakeClock()) {
  const told = new Told()
  const parsed = clamavOptions.parse({ type: 'clamav', ...options })
  const analyzer = new ClamavAnalyzer('av', parsed, { clock, onEvent: told.take })
  t.after(() => analyzer.stop())
  return { analyzer, told }
}
