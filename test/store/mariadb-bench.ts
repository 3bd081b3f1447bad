/** A store on a server of the test's own, and what the tests of its failures need. */
import type { TestContext } from 'node:test'
import type { MariadbSettings, Store, StoreEvent } from '../../src/store/index.ts'
import type { MariadbServer } from './mariadb-server.ts'
import { soon } from './sqlite-bench.ts'

export interface MariadbBench {
  readonly store: Store
  readonly database: string
  readonly events: readonly StoreEvent[]
  /** Resolves with the next event of that kind, or the one that was there already. */
  seen<K extends StoreEvent['kind']>(kind: K): Promise<Extract<StoreEvent, { kind: K }>>
}

/** A store on a database of its own that is not started; it is stopped with the test. */
export async function benchOn(
  t: TestContext,
  server: MariadbServer,
  settings: Partial<MariadbSettings> = {},
): Promise<MariadbBench> {
  const database = await server.database()
  const events: StoreEvent[] = []
  let wake = () => {}
  const onEvent = (event: StoreEvent) => {
    events.push(event)
    wake()
  }
  const seen = async <K extends StoreEvent['kind']>(kind: K): Promise<Extract<StoreEvent, { kind: K }>> => {
    for (;;) {
      const found = events.find((event): event is Extract<StoreEvent, { kind: K }> => event.kind === kind)
      if (found) return found
      await soon(new Promise<void>((resolve) => (wake = resolve)), `the event "${kind}"`)
    }
  }
  const store = server.store(database, { onEvent, ...settings })
  t.after(() => store.stop())
  return { store, database, events, seen }
}
