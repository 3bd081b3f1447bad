import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OnStore } from './contract.ts'

const HOUR_MS = 3_600_000
const BRAKE = { kind: 'brake', name: '', mode: 'monitor', reason: 'Größe „x“', who: 'root' } as const
const RULE = { kind: 'rule', name: 'office-macro', mode: 'off', reason: 'false alarms', who: 'alice' } as const

export function describeSwitches(onStore: OnStore): void {
  test(
    'what is switched is told with times of the store and the time now, and switching it again replaces it',
    onStore(async ({ store, now, advanceMs }) => {
      assert.deepEqual(await store.switches(), { switches: [], now: now() })
      await store.setSwitch(BRAKE, HOUR_MS)
      advanceMs(10)
      const rule = await store.setSwitch(RULE, 2 * HOUR_MS)
      const made = await store.setSwitch({ ...BRAKE, mode: 'tempfail' }, HOUR_MS)

      assert.deepEqual(made, { ...BRAKE, mode: 'tempfail', made: now(), until: now() + HOUR_MS })
      assert.deepEqual(rule, { ...RULE, made: now(), until: now() + 2 * HOUR_MS })
      const { switches } = await store.switches()
      assert.deepEqual(new Set(switches), new Set([made, rule]))
    }),
  )

  test(
    'taking back says whether anything was on: not what ended, not what was never switched',
    onStore(async ({ store, advanceMs }) => {
      await store.setSwitch(BRAKE, HOUR_MS)
      await store.setSwitch(RULE, 3 * HOUR_MS)
      assert.equal(await store.removeSwitch('rule', 'another'), false)
      advanceMs(2 * HOUR_MS)

      assert.equal(await store.removeSwitch('brake', ''), false)
      assert.equal(await store.removeSwitch('rule', RULE.name), true)
      assert.equal(await store.removeSwitch('rule', RULE.name), false)

      assert.deepEqual((await store.switches()).switches, [])
    }),
  )

  test(
    'nothing is switched for ever, for no time, or about no rule',
    onStore(async ({ store }) => {
      for (const lastsMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 31 * 24 * HOUR_MS])
        await assert.rejects(store.setSwitch(BRAKE, lastsMs), /up to 30 days/)
      await assert.rejects(store.setSwitch({ ...RULE, name: '' }, 1000), /1 to 255/)

      assert.deepEqual((await store.switches()).switches, [])
    }),
  )
}
