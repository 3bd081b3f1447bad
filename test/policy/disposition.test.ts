import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  CAUSES,
  type Cause,
  DISPOSITIONS,
  type EncryptedKind,
  LIMITS,
  type Limit,
  type Outcome,
  VERDICTS,
} from '../../src/core/index.ts'
import { decide, dispositionOf, type Profile, resolveProfiles } from '../../src/policy/index.ts'
import { anyProfile } from './any-profile.ts'

const causes = Object.keys(CAUSES) as Cause[]
const limits = Object.keys(LIMITS) as Limit[]
const kinds: readonly EncryptedKind[] = ['mail', 'container', 'document']

/** Every outcome that there can be, with one name for what cannot matter. */
const everyOutcome: readonly Outcome[] = [
  ...VERDICTS.map((verdict): Outcome => ({ kind: 'decided', verdict, rule: 'r', reason: '' })),
  { kind: 'pending', roles: ['av'] },
  ...causes.map((cause): Outcome => ({ kind: 'failed', cause })),
  ...limits.map((limit): Outcome => ({ kind: 'unscannable', limit })),
  ...kinds.map((what): Outcome => ({ kind: 'encrypted', what })),
  ...(['role', 'cap'] as const).map((why): Outcome => ({ kind: 'unanalysed', why, role: 'av', rule: 'r' })),
]

const anyOutcome = fc.constantFrom(...everyOutcome)

test('every outcome is answered with what the profile says under its key', () => {
  const mx = resolveProfiles({}).get('mx') as Profile
  const table = (outcome: Outcome) => dispositionOf(outcome, mx)

  assert.equal(table({ kind: 'decided', verdict: 'bad', rule: 'r', reason: '' }), 'reject')
  assert.equal(table({ kind: 'decided', verdict: 'suspicious', rule: 'r', reason: '' }), 'tag')
  assert.equal(table({ kind: 'decided', verdict: 'good', rule: 'r', reason: '' }), 'accept')
  assert.equal(table({ kind: 'decided', verdict: 'ignored', rule: 'r', reason: '' }), 'accept')
  assert.equal(table({ kind: 'decided', verdict: 'unknown', rule: 'r', reason: '' }), 'tag')
  assert.equal(table({ kind: 'pending', roles: [] }), 'tempfail')
  assert.equal(table({ kind: 'failed', cause: 'internal' }), 'tempfail')
  assert.equal(table({ kind: 'unscannable', limit: 'parts' }), 'reject')
  assert.equal(table({ kind: 'encrypted', what: 'mail' }), 'accept')
  assert.equal(table({ kind: 'encrypted', what: 'container' }), 'tag')
  assert.equal(table({ kind: 'encrypted', what: 'document' }), 'tag')
  assert.equal(table({ kind: 'unanalysed', why: 'role', role: 'av', rule: 'r' }), 'tag')
})

test('monitor accepts whatever the outcome is and whatever else the profile says', () => {
  fc.assert(
    fc.property(anyOutcome, anyProfile, (outcome, profile) => {
      assert.equal(dispositionOf(outcome, { ...profile, mode: 'monitor' }), 'accept')
    }),
  )
})

test('failure is never answered with what a profile says for a verdict', () => {
  const only = (key: 'bad' | 'good', value: 'accept' | 'reject') => {
    const mx = resolveProfiles({}).get('mx') as Profile
    return { ...mx, [key]: value } as Profile
  }

  for (const outcome of everyOutcome.filter(({ kind }) => kind !== 'decided')) {
    assert.equal(dispositionOf(outcome, only('good', 'reject')), dispositionOf(outcome, only('good', 'accept')))
    assert.equal(dispositionOf(outcome, only('bad', 'accept')), dispositionOf(outcome, only('bad', 'reject')))
  }
})

test('adding a sample never weakens the answer', () => {
  fc.assert(
    fc.property(fc.array(anyOutcome), anyOutcome, anyProfile, (outcomes, another, profile) => {
      const before = DISPOSITIONS.indexOf(decide(outcomes, profile))
      const after = DISPOSITIONS.indexOf(decide([...outcomes, another], profile))

      assert.ok(after >= before)
    }),
  )
})

test('the order of the samples does not matter', () => {
  fc.assert(
    fc.property(fc.array(anyOutcome), anyProfile, (outcomes, profile) => {
      assert.equal(decide(outcomes, profile), decide(outcomes.toReversed(), profile))
    }),
  )
})

test('a message with nothing to judge is accepted', () => {
  assert.equal(decide([], resolveProfiles({}).get('mx') as Profile), 'accept')
})
