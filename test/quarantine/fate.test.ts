import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Disposition, Outcome } from '../../src/core/index.ts'
import { BUILTIN_PROFILES, resolveProfiles } from '../../src/policy/index.ts'
import { fateOf, mayQuarantine, withoutQuarantine } from '../../src/quarantine/index.ts'

const PENDING: Outcome = { kind: 'pending', roles: ['sandbox'] }
const FAILED: Outcome = { kind: 'failed', cause: 'analyzer-failed' }
const decided = (verdict: 'bad' | 'good' | 'suspicious'): Outcome => ({
  kind: 'decided',
  verdict,
  rule: 'r',
  reason: '',
})
const BEFORE = 999
const UNTIL = 1000

type Row = readonly [Disposition, Outcome, at: number, expired: Disposition, intent: 'return' | 'ask', fate: string]
const ROWS: readonly Row[] = [
  ['accept', decided('good'), BEFORE, 'reject', 'return', 'release'],
  ['tag', decided('suspicious'), BEFORE, 'reject', 'return', 'release'],
  ['reject', decided('bad'), BEFORE, 'reject', 'return', 'return'],
  ['discard', decided('bad'), BEFORE, 'reject', 'return', 'return'],
  ['reject', decided('bad'), BEFORE, 'reject', 'ask', 'ask'],
  ['quarantine', PENDING, BEFORE, 'reject', 'return', 'wait'],
  ['tempfail', FAILED, BEFORE, 'accept', 'return', 'wait'],
  ['quarantine', PENDING, UNTIL, 'reject', 'return', 'return'],
  ['quarantine', PENDING, UNTIL, 'reject', 'ask', 'ask'],
  ['quarantine', FAILED, UNTIL, 'accept', 'return', 'release'],
  ['quarantine', PENDING, UNTIL, 'quarantine', 'return', 'ask'],
  ['quarantine', decided('suspicious'), BEFORE, 'reject', 'return', 'ask'],
  ['quarantine', decided('suspicious'), UNTIL, 'accept', 'return', 'ask'],
]

for (const [disposition, outcome, at, expired, intent, fate] of ROWS) {
  const when = at < UNTIL ? 'in time' : 'too late'
  test(`${outcome.kind} → ${disposition}, ${when} (${expired}), ${intent}: ${fate}`, () => {
    const profile = expired as 'accept'

    assert.equal(fateOf({ disposition, outcome }, { until: UNTIL, intent }, profile, at), fate)
  })
}

test('where nothing can be quarantined it is put off, and every other answer stays', () => {
  const profiles = resolveProfiles({
    desk: { extends: 'mx', encrypted: { mail: 'quarantine' }, unknown: 'quarantine' },
  })
  const [desk, mx] = [profiles.get('desk'), profiles.get('mx')]
  assert.ok(desk && mx)

  const changed = withoutQuarantine(desk)

  assert.deepEqual(changed, { ...mx, unknown: 'tempfail', encrypted: { ...mx.encrypted, mail: 'tempfail' } })
  assert.deepEqual([mayQuarantine(desk), mayQuarantine(changed)], [true, false])
})

test('mail from outside is quarantined only where a site says so', () => {
  const quarantining = [...resolveProfiles({})].filter(([, profile]) => mayQuarantine(profile)).map(([name]) => name)

  // Neither counts for a listener that does not name it.
  assert.deepEqual(quarantining, ['submission', 'relay'])
  assert.ok(Object.keys(BUILTIN_PROFILES).includes('mx'))
})
