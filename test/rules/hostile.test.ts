import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate, loadText, outcomeOf, problemsOf, short } from './harness.ts'

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

/** A rule that asks all names of a sample whether they are in a list. */
function namesRule(patterns: readonly string[]): string {
  const listed = JSON.stringify(patterns)
  return `lists: { x: { patterns: ${listed} } }\nrules:\n- { id: a, verdict: bad, when: "sample.names.exists(n, n.value in lists.x)" }\n`
}

test('a list of very many patterns answers for many long names within the steps of a rule', () => {
  const ruleset = loadText(namesRule(Array.from({ length: 3000 }, (_, i) => `^inv.*-x${i}y\\.exe$`)))
  const named = (last: string) => {
    const names = Array.from({ length: 30 }, (_, i) => ({ value: `${i}${'long name '.repeat(100)}`, origin: 'x' }))
    return { sample: { names: [...names, { value: last, origin: 'x' }] } }
  }

  assert.equal(outcomeOf(ruleset, named('invoice-x2999y.exe')), 'bad by a')
  assert.equal(outcomeOf(ruleset, named('invoice-x3000y.exe')), 'unknown by (none)')
})

test('what is found in a long list of patterns does not depend on case where case is none of its business', () => {
  const many = Array.from({ length: 100 }, (_, i) => `never${i}`)
  const list = (...more: readonly string[]) => `{ patterns: ${JSON.stringify([...many, ...more])}, ignoreCase: true }`
  const applies = (lists: string, name: string) =>
    outcomeOf(loadText(`lists: { x: ${lists} }\nrules:\n- { id: a, verdict: bad, when: sample.name in lists.x }\n`), {
      sample: { name },
    }) === 'bad by a'

  assert.ok(applies(list('task\\.exe$'), 'TA\u017f\u212a.EXE'))
  assert.ok(applies(list('^a?b'), 'B'))
  assert.ok(applies(list('invoice|rechnung'), 'Die Rechnung'))
  assert.ok(!applies(list('^invoice$'), 'invoices'))
})

test('a list with too many patterns that every text must be tried on is refused when it is loaded', () => {
  const unsure = Array.from({ length: 201 }, (_, i) => `^[a-z]{${(i % 9) + 1}}x?${i % 10}$`)
  const found = problemsOf(namesRule(unsure))

  assert.deepEqual(
    found.map(({ line, column, message }) => [line, column, message]),
    [[1, 10, '201 patterns of the list "x" must be tried on every text, more than 200; "^[a-z]{1}x?0$" is one']],
  )
  assert.doesNotThrow(() => loadText(namesRule(unsure.slice(1))))
})

test('a name that has what very many patterns want within is refused its steps by name, never silently', () => {
  const ruleset = loadText(namesRule(Array.from({ length: 3000 }, (_, i) => `needle.*[x]${i}$`)))
  const names = [{ value: 'needle '.repeat(140), origin: 'x' }]

  assert.equal(outcomeOf(ruleset, { sample: { names } }), 'failed(rule-error) by a')
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
