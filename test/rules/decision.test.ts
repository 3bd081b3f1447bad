import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoleState } from '../../src/core/index.ts'
import { evaluate, FAILED, outcomeOf, PENDING, reported, rulesetOf, type ShortRule } from './harness.ts'

const sandboxBad: ShortRule = ['sandbox.score >= 5.0', 'bad']
const sandboxGood: ShortRule = ['sandbox.score < 1.0', 'good']
const avSuspicious: ShortRule = ['av.score >= 3.0', 'suspicious']
const bytesBad: ShortRule = ['sample.size == 100', 'bad']
const everything = (verdict: string): ShortRule => ['true', verdict]
const error: ShortRule = ['1 / sample.depth > 0', 'bad']

test('the first rule that applies decides', () => {
  const ruleset = rulesetOf(['sample.size > 1000', 'bad'], ['sample.size > 10', 'suspicious'], everything('good'))

  assert.deepEqual(evaluate(ruleset).outcome, { kind: 'decided', verdict: 'suspicious', rule: 'r2', reason: 'r2' })
})

test('where no rule applies the verdict is unknown, by no rule', () => {
  const { outcome, needs } = evaluate(rulesetOf(['sample.size > 1000', 'bad']))

  assert.deepEqual(outcome, { kind: 'decided', verdict: 'unknown', rule: '(none)', reason: 'no rule applies' })
  assert.deepEqual(needs, [])
})

test('a role is needed when a condition depends on it, and only then', () => {
  const ruleset = rulesetOf(['sample.size > 1000 && sandbox.score >= 5.0', 'bad'], everything('ignored'))

  assert.equal(outcomeOf(ruleset), 'ignored by r2')
  assert.equal(outcomeOf(ruleset, { sample: { size: 2000 } }), 'pending(sandbox)')
  assert.deepEqual(evaluate(ruleset, { sample: { size: 2000 } }).needs, ['sandbox'])
})

test('a role is not needed by rules after the one that decides', () => {
  assert.equal(outcomeOf(rulesetOf(everything('good'), sandboxBad)), 'good by r1')
})

test('a role that was asked already is waited for but not needed again', () => {
  const { outcome, needs } = evaluate(rulesetOf(sandboxBad, avSuspicious, everything('ignored')), {
    roles: { sandbox: PENDING, av: { state: 'wanted' } },
  })

  assert.deepEqual(outcome, { kind: 'pending', roles: ['sandbox', 'av'] })
  assert.deepEqual(needs, ['av'])
})

test('good and ignored never decide past a rule that waits or failed', () => {
  for (const verdict of ['good', 'ignored']) {
    assert.equal(outcomeOf(rulesetOf(sandboxBad, everything(verdict))), 'pending(sandbox)')
    assert.equal(
      outcomeOf(rulesetOf(sandboxBad, everything(verdict)), { roles: { sandbox: FAILED } }),
      'failed(analyzer-failed) by r1',
    )
    assert.equal(outcomeOf(rulesetOf(error, everything(verdict))), 'failed(rule-error) by r1')
    assert.equal(
      outcomeOf(rulesetOf(sandboxGood, everything(verdict)), { roles: { sandbox: FAILED } }),
      'failed(analyzer-failed) by r1',
    )
  }
})

test('bad by the bytes alone decides past every rule that waits or failed', () => {
  assert.equal(outcomeOf(rulesetOf(sandboxGood, avSuspicious, bytesBad)), 'bad by r3')
  assert.equal(outcomeOf(rulesetOf(sandboxGood, error, bytesBad), { roles: { sandbox: FAILED } }), 'bad by r3')
})

test('bad by the bytes alone stays bad when the report of an earlier rule comes', () => {
  const ruleset = rulesetOf(sandboxGood, bytesBad, everything('ignored'))

  assert.equal(outcomeOf(ruleset), 'bad by r2')
  assert.equal(outcomeOf(ruleset, { roles: { sandbox: reported({ score: 0 }) } }), 'bad by r2')
})

test('an earlier rule that needs no report spares what is bad by the bytes alone', () => {
  assert.equal(outcomeOf(rulesetOf(["sample.name == 'notes.txt'", 'good'], sandboxGood, bytesBad)), 'good by r1')
  assert.equal(
    outcomeOf(rulesetOf(sandboxGood, ["sample.name == 'notes.txt'", 'suspicious'], bytesBad), {
      roles: { sandbox: reported({ score: 0 }) },
    }),
    'good by r1',
  )
})

test('bad by a report decides past rules that say bad too, whatever they wait for', () => {
  const roles = { av: reported({ score: 9 }) }

  assert.equal(outcomeOf(rulesetOf(sandboxBad, ['av.score >= 5.0', 'bad']), { roles }), 'bad by r2')
})

test('bad by a report decides past rules that can no longer apply', () => {
  const roles = { av: reported({ score: 9 }), sandbox: FAILED }

  assert.equal(outcomeOf(rulesetOf(sandboxGood, error, ['av.score >= 5.0', 'bad']), { roles }), 'bad by r3')
})

test('bad by a report waits for an earlier rule that may still acquit, so that the order of reports does not matter', () => {
  const ruleset = rulesetOf(sandboxGood, ['av.score >= 5.0', 'bad'])
  const av = reported({ score: 9 })

  assert.equal(outcomeOf(ruleset, { roles: { av } }), 'pending(sandbox)')
  assert.equal(outcomeOf(ruleset, { roles: { av, sandbox: reported({ score: 0 }) } }), 'good by r1')
  assert.equal(outcomeOf(ruleset, { roles: { av, sandbox: reported({ score: 4 }) } }), 'bad by r2')
})

test('suspicious and unknown decide past rules that say the same', () => {
  for (const verdict of ['suspicious', 'unknown']) {
    assert.equal(outcomeOf(rulesetOf(['av.score > 1.0', verdict], everything(verdict))), `${verdict} by r2`)
  }
  assert.equal(outcomeOf(rulesetOf(['av.score > 1.0', 'unknown'])), 'unknown by (none)')
  assert.equal(outcomeOf(rulesetOf(avSuspicious, everything('unknown'))), 'pending(av)')
})

test('while anything can still be learnt the outcome is pending, whatever failed before', () => {
  const ruleset = rulesetOf(['av.score > 1.0', 'suspicious'], sandboxBad, everything('ignored'))

  assert.equal(outcomeOf(ruleset, { roles: { av: FAILED } }), 'pending(sandbox)')
})

test('a failed outcome names cause and detail of the first rule that failed', () => {
  const ruleset = rulesetOf(['av.link == "x"', 'bad'], error, everything('ignored'))

  assert.deepEqual(evaluate(ruleset, { roles: { av: reported() } }).outcome, {
    kind: 'failed',
    cause: 'report-incomplete',
    detail: 'the report does not say av.link',
    rule: 'r1',
  })
})

test('a role without an analyzer makes unanalysed what would have needed it, and nothing else', () => {
  const ruleset = rulesetOf(['sample.size > 1000 && sandbox.score > 5.0', 'bad'], everything('ignored'))
  const roles: Record<string, RoleState> = { sandbox: { state: 'unmapped' } }

  assert.equal(outcomeOf(ruleset, { roles }), 'ignored by r2')
  assert.equal(outcomeOf(ruleset, { roles, sample: { size: 2000 } }), 'unanalysed(role sandbox) by r1')
})

test('a role without an analyzer is not one that failed: asking ROLE.failed is unanalysed too', () => {
  const ruleset = rulesetOf(['sandbox.failed', 'suspicious'], everything('good'))

  assert.equal(outcomeOf(ruleset, { roles: { sandbox: { state: 'unmapped' } } }), 'unanalysed(role sandbox) by r1')
})

test('a role that a limit kept from being asked makes unanalysed by the cap', () => {
  const ruleset = rulesetOf(sandboxBad, everything('ignored'))

  assert.equal(outcomeOf(ruleset, { roles: { sandbox: { state: 'capped' } } }), 'unanalysed(cap sandbox) by r1')
})

test('a sample that an analyzer will never take for its size is unscannable, where nothing else failed that may pass', () => {
  const ruleset = rulesetOf(sandboxBad, avSuspicious, everything('ignored'))
  const sandbox: RoleState = { state: 'failed', cause: 'sample-too-large' }

  const alone = evaluate(ruleset, { roles: { sandbox, av: reported({ score: 1 }) } }).outcome
  assert.deepEqual(alone, { kind: 'unscannable', limit: 'analyzer-size' })
  assert.equal(outcomeOf(ruleset, { roles: { sandbox, av: { state: 'unmapped' } } }), 'unscannable')
  assert.equal(outcomeOf(ruleset, { roles: { sandbox, av: PENDING } }), 'pending(av)')
  assert.equal(outcomeOf(ruleset, { roles: { sandbox, av: FAILED } }), 'failed(analyzer-failed) by r2')
})

test('what an analyzer may not be given is unanalysed; a rule may say what then happens, as with any failure', () => {
  const ruleset = rulesetOf(sandboxBad, everything('good'))
  const asking = rulesetOf(['sandbox.failed', 'suspicious'], everything('good'))
  const upload: RoleState = { state: 'failed', cause: 'not-uploaded' }
  const password: RoleState = { state: 'failed', cause: 'not-unlocked' }

  assert.equal(outcomeOf(ruleset, { roles: { sandbox: upload } }), 'unanalysed(upload sandbox) by r1')
  assert.equal(outcomeOf(ruleset, { roles: { sandbox: password } }), 'unanalysed(password sandbox) by r1')
  assert.equal(outcomeOf(asking, { roles: { sandbox: upload } }), 'suspicious by r1')
})

test('failed outranks unanalysed', () => {
  const ruleset = rulesetOf(sandboxBad, avSuspicious, everything('ignored'))
  const roles: Record<string, RoleState> = { sandbox: { state: 'unmapped' }, av: FAILED }

  assert.equal(outcomeOf(ruleset, { roles }), 'failed(analyzer-failed) by r2')
})

test('a rule may say what happens when a role failed', () => {
  const ruleset = rulesetOf(['sandbox.failed', 'suspicious'], sandboxBad, everything('good'))

  assert.equal(outcomeOf(ruleset, { roles: { sandbox: FAILED } }), 'suspicious by r1')
  assert.equal(outcomeOf(ruleset, { roles: { sandbox: reported({ score: 2 }) } }), 'good by r3')
  assert.equal(outcomeOf(ruleset), 'pending(sandbox)')
})
