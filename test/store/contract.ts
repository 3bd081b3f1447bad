/** What every store must do; run over each of them. */
import { describe } from 'node:test'
import type { Store } from '../../src/store/index.ts'
import { describeFacts } from './contract-facts.ts'
import { describeHeld } from './contract-held.ts'
import { describeLeases } from './contract-leases.ts'
import { describeOperator } from './contract-operator.ts'
import { describeRaces } from './contract-races.ts'
import { describeRenewal } from './contract-renewal.ts'
import { describeSearches } from './contract-searches.ts'
import { describeStories } from './contract-stories.ts'
import { describeSwitches } from './contract-switches.ts'

/** A store under test, started, with a clock that the test moves. */
export interface Bench {
  readonly store: Store
  advanceMs(ms: number): void
  readonly now: () => number
}

/** Runs one test on a fresh store and cleans up after it. */
export type OnStore = (test: (bench: Bench) => Promise<void>) => () => Promise<void>

/** Makes a store that is not started yet, and what removes it again. */
export type MakeStore = (now: () => number) => Promise<{ readonly store: Store; readonly end: () => Promise<void> }>

/** Declares all tests of the contract for one store. */
export function describeStore(name: string, make: MakeStore): void {
  const onStore: OnStore = (test) => async () => {
    let time = 1_800_000_000_000
    const now = () => time
    const advanceMs = (ms: number) => {
      time += ms
    }
    const { store, end } = await make(now)
    try {
      await store.start()
      await test({ store, now, advanceMs })
    } finally {
      await store.stop()
      await end()
    }
  }
  describe(`the contract of stores, ${name}`, () => {
    describeFacts(onStore)
    describeStories(onStore)
    describeLeases(onStore)
    describeRaces(onStore)
    describeRenewal(onStore)
    describeOperator(onStore)
    describeSwitches(onStore)
    describeSearches(onStore)
    describeHeld(onStore)
  })
}
