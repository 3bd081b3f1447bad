import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate, loadText, outcomeOf, short } from './harness.ts'

const PATTERNS = ['(a+)+$', '(a|aa)+$', '(.*a){20}$', '^(([a-z])+.)+[A-Z]([a-z])+$']

/** Processor time of one evaluation, in milliseconds. */
function cpuOf(pattern: string, length: number): number {
  const text = `lists: { x: { patterns: ['${pattern}'] } }\nrules:\n- { id: a, verdict: bad, when: "sample.name.matches('${pattern}')" }\n- { id: b, verdict: bad, when: sample.name in lists.x }\n`
  const ruleset = loadText(text)
  const sample = { name: `${'a'.repeat(length)}!` }
  outcomeOf(ruleset, { sample })
  const before = process.cpuUsage()
  outcomeOf(ruleset, { sample })
  return process.cpuUsage(before).user / 1000
}

test('patterns that take other engines for ever take linear time, in conditions and in lists', () => {
  for (const pattern of PATTERNS) assert.ok(cpuOf(pattern, 20_000) < 2000, pattern)
})

test('a list of very many patterns is refused its steps by name, never silently', () => {
  const patterns = Array.from({ length: 3000 }, (_, i) => `x${i}y`)
  const ruleset = loadText(
    `lists: { x: { patterns: [${patterns}] } }\nrules:\n- { id: a, verdict: bad, when: sample.name in lists.x }\n`,
  )

  assert.equal(outcomeOf(ruleset, { sample: { name: 'x2999y' } }), 'bad by a')
  assert.equal(outcomeOf(ruleset, { sample: { name: 'n'.repeat(1000) } }), 'failed(rule-error) by a')
})

test('a rule that throws makes the outcome failed, with the rule named', () => {
  const ruleset = loadText(
    '- { id: breaks, verdict: bad, when: "sample.name.contains(\'x\')" }\n- { id: rest, verdict: good, when: "true" }\n',
  )
  const name = { toString: () => assert.fail('thrown by a value') } as unknown as string

  assert.equal(short(evaluate(ruleset, { sample: { name } }).outcome), 'failed(rule-error) by breaks')
})

test('deep and wide YAML, many rules and many problems end in time', () => {
  const many = Array.from({ length: 3000 }, (_, i) => `- { id: r${i}, verdict: bda, when: sample.tpye == "x" }\n`).join(
    '',
  )

  assert.throws(
    () => loadText(many),
    (error) => error instanceof Error && error.name === 'RulesetError',
  )
})
