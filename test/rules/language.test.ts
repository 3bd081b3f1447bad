import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Environment } from '@marcbachmann/cel-js'
import { evaluate, FAILED, finding, type Known, outcomeOf, PENDING, reported, rulesetOf } from './harness.ts'

const applies = (condition: string, known?: Known) => outcomeOf(rulesetOf([condition, 'bad']), known) === 'bad by r1'

/** Conditions without facts mean what the CEL library itself makes of them. */
const SAME_AS_LIBRARY = [
  '1 + 2 * 3 == 7',
  '7 / 2 == 3',
  '-7 / 2 == -3',
  '-7 % 3 == -1',
  '7.0 / 2.0 == 3.5',
  '2 < 2.5 && 3 >= 2.5',
  '-(3) < -2',
  '!(1 == 2) && 1 != 2',
  '"b" > "a" && "B" < "a"',
  '"a" + "b" == "ab"',
  '[1, 2] + [3] == [1, 2, 3]',
  '[1, 2] == [2, 1]',
  '[[1], [2]] == [[1], [2]]',
  '3 in [1, 2, 3] && !(4 in [1, 2, 3])',
  '[1] in [[2], [1]]',
  '[1, 2, 3][1] == 2',
  '1 == 1 ? 2 == 2 : 3 == 4',
  '"a,b,c".split(",") == ["a", "b", "c"]',
  '["a", "b"].join("-") == "a-b" && ["a", "b"].join() == "ab"',
  '"añ😀".size() == 3 && size("añ😀") == 3',
  '[1, 2, 3].size() == 3',
  '"Hello".startsWith("He") && "Hello".endsWith("lo") && "Hello".contains("ell")',
  '"HeLLo1".lowerAscii() == "hello1" && "HeLLo1".upperAscii() == "HELLO1"',
  '"  x ".trim() == "x"',
  '[1, 2, 3].exists(x, x > 2) && ![1, 2].exists(x, x > 2)',
  '[1, 2, 3].all(x, x > 0) && ![1, 2].all(x, x > 1)',
  '[1, 2, 3].exists_one(x, x > 2) && ![1, 2, 3].exists_one(x, x > 1)',
  '[1, 2, 3].filter(x, x > 1) == [2, 3]',
  '[1, 2, 3].map(x, x * 2) == [2, 4, 6]',
  '[[1, 2], [3]].exists(x, x.exists(y, y == 3))',
  '[1, 2].map(x, [10, 20].map(y, x + y)) == [[11, 21], [12, 22]]',
  '[].all(x, false) && ![].exists(x, true)',
  'string(5) == "5" && string(true) == "true" && string(2.5) == "2.5"',
  'int(2.9) == 2 && int(-2.9) == -2 && double(3) == 3.0',
  '"abc".matches("b") && "abc".matches("^a.c$") && !"abc".matches("^b")',
  String.raw`"a.b".matches("a\\.b") && r"\d" == "\\d"`,
]

for (const condition of SAME_AS_LIBRARY) {
  test(`${condition} is what CEL says`, () => {
    assert.equal(applies(condition), new Environment().evaluate(condition))
  })
}

test('facts are read where the schema has them', () => {
  const known: Known = {
    sample: { size: 7, names: [{ value: 'a.exe', origin: 'type.name' }], types: ['x/y'] },
    message: { recipients: ['b@example.net'], authenticated: true },
  }

  assert.ok(applies('sample.size == 7 && message.authenticated', known))
  assert.ok(applies('sample.names[0].origin == "type.name"', known))
  assert.ok(applies('"x/y" in sample.types && message.recipients.exists(r, r.endsWith("@example.net"))', known))
  assert.ok(applies('has(sample.name) && has(message.subject)', known))
})

test('reports are read where the schema has them', () => {
  const roles = { av: reported({ score: 7.5, findings: [finding(3), finding(8)], families: ['emotet'] }) }

  assert.ok(applies('av.score > 7 && av.findings.exists(f, f.severity > 7.0 && f.id == "s8")', { roles }))
  assert.ok(applies('"emotet" in av.families && av.families.size() == 1 && !av.failed', { roles }))
})

test('lower case in ASCII leaves other letters alone', () => {
  assert.ok(applies('"ÄA\u212a".lowerAscii() == "Äa\u212a"'))
})

test('a pattern is searched in linear time, whatever the pattern and the text are', () => {
  const condition = '["(a+)+$", "x"].size() > 0 && sample.name.matches("(a+)+$") && sample.name.matches("^(a|a?)+$")'
  const started = process.cpuUsage()

  applies(condition, { sample: { name: `${'a'.repeat(20_000)}!` } })

  const { user } = process.cpuUsage(started)
  assert.ok(user < 2_000_000, `${user} µs of CPU`)
})

test('a text that begins with a wrong half of a character is still searched', () => {
  assert.ok(applies('sample.name.matches("x$")', { sample: { name: '\ud800x' } }))
})

test('a condition that takes too many steps errs, and says so', () => {
  const names = Array.from({ length: 3000 }, () => ({ value: 'n', origin: 'o' }))
  const ruleset = rulesetOf(
    ['sample.names.exists(a, sample.names.exists(b, a.value != b.value))', 'bad'],
    ['true', 'good'],
  )

  const { outcome } = evaluate(ruleset, { sample: { names } })

  assert.deepEqual(outcome, {
    kind: 'failed',
    cause: 'rule-error',
    detail: 'the condition takes more than 200000 steps',
    rule: 'r1',
  })
})

test('the budget of steps is for each condition, not for all', () => {
  const names = Array.from({ length: 5000 }, () => ({ value: 'n', origin: 'o' }))
  const heavy = ['sample.names.exists(n, n.value == "x" || n.origin == "x")', 'suspicious'] as const
  const ruleset = rulesetOf(...Array.from({ length: 50 }, () => heavy), ['true', 'good'])

  assert.equal(outcomeOf(ruleset, { sample: { names } }), 'good by r51')
})

const ERRORS: readonly (readonly [condition: string, detail: string])[] = [
  ['1 / sample.depth > 0', 'division by zero: 1 / sample.depth'],
  ['sample.size % sample.depth > 0', 'division by zero: sample.size % sample.depth'],
  ['sample.names[5].value == "x"', 'there is no such element: sample.names[5]'],
  ['sample.names[-1].value == "x"', 'there is no such element: sample.names[-1]'],
  ['sample.size * 9007199254740991 > 0', 'the number is too large: sample.size * 9007199254740991'],
]

for (const [condition, detail] of ERRORS) {
  test(`${condition} is an error of the rule, not false`, () => {
    for (const written of [condition, `!(${condition})`]) {
      const { outcome } = evaluate(rulesetOf([written, 'bad'], ['true', 'good']))

      assert.deepEqual(outcome, { kind: 'failed', cause: 'rule-error', detail, rule: 'r1' })
    }
  })
}

/** Condition × what is known of the roles → what is needed. */
const NEEDS: readonly (readonly [condition: string, roles: NonNullable<Known['roles']>, needs: readonly string[]])[] = [
  ['av.score > 5.0', {}, ['av']],
  ['av.score > 5.0', { av: PENDING }, []],
  ['av.score > 5.0', { av: FAILED }, []],
  ['av.failed', {}, ['av']],
  ['av.score > 5.0 && sandbox.score > 5.0', {}, ['av', 'sandbox']],
  ['av.score > 5.0 && sandbox.score > 5.0', { av: reported({ score: 1 }) }, []],
  ['av.score > 5.0 && sandbox.score > 5.0', { av: reported({ score: 9 }) }, ['sandbox']],
  ['av.score > 5.0 || sandbox.score > 5.0', { av: reported({ score: 9 }) }, []],
  ['av.score > 5.0 || sandbox.score > 5.0', { av: FAILED }, ['sandbox']],
  ['av.score + sandbox.score > 5.0', {}, ['av', 'sandbox']],
  ['av.failed ? sandbox.score > 5.0 : av.score > 5.0', { av: FAILED }, ['sandbox']],
  ['av.failed ? sandbox.score > 5.0 : av.score > 5.0', { av: reported({ score: 1 }) }, []],
  ['sample.size > 1000 && av.score > 5.0', {}, []],
  ['[av.score, sandbox.score, lookup.score].all(s, s > 5.0)', {}, ['av', 'sandbox', 'lookup']],
  ['av.findings.exists(f, f.severity > sandbox.score)', {}, ['av']],
  ['av.findings.exists(f, f.severity > sandbox.score)', { av: reported({ findings: [finding(1)] }) }, ['sandbox']],
  ['sample.names.exists(n, n.value == "notes.txt" || av.score > 5.0)', {}, []],
]

for (const [condition, roles, needs] of NEEDS) {
  const known = Object.entries(roles).map(([role, { state }]) => `${role} ${state}`)
  test(`${condition} with ${known.join(' and ') || 'nothing known'} needs ${needs.join(' and ') || 'nothing'}`, () => {
    assert.deepEqual(evaluate(rulesetOf([condition, 'bad']), { roles }).needs, needs)
  })
}
