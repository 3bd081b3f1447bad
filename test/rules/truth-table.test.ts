import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertGenerated } from '../generated.ts'
import { evaluate, FAILED, type Known, PENDING, reported, rulesetOf } from './harness.ts'

/** What is known in every row: `av` says 9, `lookup` failed, `sandbox` is not there yet, and `1 / sample.depth` divides by zero. */
const known: Known = {
  sample: { depth: 0 },
  roles: { av: reported({ score: 9 }), lookup: FAILED, sandbox: PENDING },
}

/** One operand for each state. */
const OPERANDS = {
  T: 'av.score > 5.0',
  F: 'av.score < 5.0',
  P: 'sandbox.score > 5.0',
  X: 'lookup.score > 5.0',
  E: '1 / sample.depth > 0',
} as const
type State = keyof typeof OPERANDS
const STATES = Object.keys(OPERANDS) as State[]

/** What a condition comes to: T true, F false, P waits, X something failed, E the condition errs. */
function comesTo(condition: string): string {
  const { trace } = evaluate(rulesetOf([condition, 'bad']), known, true)
  const entry = trace?.[0]
  if (entry?.result === 'applied') return 'T'
  if (entry?.result === 'did not apply') return 'F'
  if (entry?.result === 'pending') return entry.roles.join() === 'sandbox' ? 'P' : `pending ${entry.roles}`
  return entry?.cause === 'rule-error' ? 'E' : entry?.cause === 'analyzer-failed' ? 'X' : `${entry?.cause}`
}

/** What was measured, as a page. */
const measured: string[] = []

/** Expected results as a table: a row per left side, a column per right side, both in the order T F P X E. */
function binaryTable(what: string, rows: readonly string[], condition: (a: string, b: string) => string): void {
  test(`the truth table of ${what}`, () => {
    const found = STATES.map((a) => STATES.map((b) => comesTo(condition(OPERANDS[a], OPERANDS[b]))).join(' '))

    measured.push(
      pageTable(
        what,
        ['a', ...STATES],
        found.map((row, i) => `${STATES[i]} ${row}`),
      ),
    )
    assert.deepEqual(found, rows)
  })
}

function pageTable(what: string, head: readonly string[], rows: readonly string[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const [, title = '', note = ''] = /^(.*?)(, (?:which|where) .*)?$/.exec(what) ?? []
  const all = [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.split(' ')))]
  return `\`${title}\`${note}\n\n${all.join('\n')}\n`
}

test('each operand of the tables comes to what it stands for', () => {
  assert.equal(STATES.map((state) => comesTo(OPERANDS[state])).join(' '), 'T F P X E')
})

binaryTable('a && b', ['T F P X E', 'F F F F F', 'P F P P P', 'X F P X E', 'E E E E E'], (a, b) => `${a} && ${b}`)
binaryTable('a || b', ['T T T T T', 'T F P X E', 'T P P P P', 'T X P X E', 'E E E E E'], (a, b) => `${a} || ${b}`)
binaryTable(
  '[1, 2].exists(i, i == 1 ? a : b)',
  ['T T T T T', 'T F P X E', 'T P P P P', 'T X P X E', 'E E E E E'],
  (a, b) => `[1, 2].exists(i, i == 1 ? ${a} : ${b})`,
)
binaryTable(
  '[1, 2].all(i, i == 1 ? a : b)',
  ['T F P X E', 'F F F F F', 'P F P P P', 'X F P X E', 'E E E E E'],
  (a, b) => `[1, 2].all(i, i == 1 ? ${a} : ${b})`,
)
binaryTable(
  '[1, 2].exists_one(i, i == 1 ? a : b), which needs every element',
  ['F T P X E', 'T F P X E', 'P P P P P', 'X X P X E', 'E E P E E'],
  (a, b) => `[1, 2].exists_one(i, i == 1 ? ${a} : ${b})`,
)
binaryTable(
  '[1, 2].map(i, i == 1 ? a : b).size() == 2, which needs every element',
  ['T T P X E', 'T T P X E', 'P P P P P', 'X X P X E', 'E E P E E'],
  (a, b) => `[1, 2].map(i, i == 1 ? ${a} : ${b}).size() == 2`,
)
binaryTable(
  'a == b, which needs both sides',
  ['T F P X E', 'F T P X E', 'P P P P P', 'X X P X E', 'E E P E E'],
  (a, b) => `(${a}) == (${b})`,
)
binaryTable(
  'a in [b], which needs both sides',
  ['T F P X E', 'F T P X E', 'P P P P P', 'X X P X E', 'E E P E E'],
  (a, b) => `(${a}) in [${b}]`,
)
binaryTable(
  'a ? true : b, where the branch that is not taken does not matter',
  ['T T T T T', 'T F P X E', 'T P P P P', 'T X P X E', 'E E E E E'],
  (a, b) => `(${a}) ? true : (${b})`,
)

test('the truth table of !a', () => {
  const found = STATES.map((state) => comesTo(`!(${OPERANDS[state]})`)).join(' ')

  measured.push(pageTable('!a', STATES, [found]))
  assert.equal(found, 'F T P X E')
})

test('the page about rules has these tables', () => {
  assertGenerated('docs/rules.md', 'truth-tables', measured.join('\n'))
})

test('a question whose answer does not matter does not wait', () => {
  assert.equal(comesTo('(sandbox.score > 5.0) ? true : true'), 'T')
  assert.equal(comesTo('(sandbox.score > 5.0) ? 1 == 2 : 2 == 1'), 'F')
})

test('all roles that a condition waits for are collected at once', () => {
  const ruleset = rulesetOf(['av.score > 5.0 && sandbox.score > 5.0 || [lookup.score].exists(s, s > 5.0)', 'bad'])

  assert.deepEqual(evaluate(ruleset).outcome, { kind: 'pending', roles: ['av', 'sandbox', 'lookup'] })
})

test('ROLE.failed is known when the role has ended, and waits before', () => {
  assert.equal(comesTo('av.failed'), 'F')
  assert.equal(comesTo('lookup.failed'), 'T')
  assert.equal(comesTo('sandbox.failed'), 'P')
})

test('a field that the report does not have makes the condition fail, never false', () => {
  const condition = "av.families.exists(f, f == 'emotet')"

  assert.equal(comesTo(condition), 'report-incomplete')
  assert.equal(comesTo(`!(${condition})`), 'report-incomplete')
})
