import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate, FAILED, loadFiles, loadText, outcomeOf, PENDING, refusedFiles, reported } from './harness.ts'

function file(define: readonly string[], when: string): string {
  const lines = define.map((line) => `  ${line}\n`).join('')
  return `define:\n${lines}rules:\n  - id: r\n    verdict: bad\n    when: ${JSON.stringify(when)}\n`
}

test('definitions stand for their conditions, also in each other and in any order', () => {
  const ruleset = loadText(
    file(['isOdd: isBig && isNamed', "isNamed: sample.name == 'x'", 'isBig: sample.size > 1000'], 'isOdd || !isBig'),
  )

  assert.equal(outcomeOf(ruleset, { sample: { size: 2000, name: 'x' } }), 'bad by r')
  assert.equal(outcomeOf(ruleset, { sample: { size: 2000, name: 'y' } }), 'unknown by (none)')
  assert.equal(outcomeOf(ruleset, { sample: { size: 20, name: 'y' } }), 'bad by r')
})

test('a definition may be any value, not only a condition', () => {
  const ruleset = loadText(
    file(['lower: sample.name.lowerAscii()', 'limit: 3 + 4'], "lower.endsWith('.x') && lower.size() < limit"),
  )

  assert.equal(outcomeOf(ruleset, { sample: { name: 'A.X' } }), 'bad by r')
  assert.equal(outcomeOf(ruleset, { sample: { name: 'AAAAAAA.X' } }), 'unknown by (none)')
})

test('definitions of one file are there for all files', () => {
  const ruleset = loadFiles({
    'a.yaml': '- { id: r, verdict: bad, when: isBig }\n',
    'b.yaml': 'define: { isBig: sample.size > 1000 }\n',
  })

  assert.equal(outcomeOf(ruleset, { sample: { size: 2000 } }), 'bad by r')
})

test('loops in definitions do not disturb the loops around them', () => {
  const ruleset = loadText(
    file(
      ['hasA: "sample.names.exists(n, [1, 2].exists(k, k == 2) && n.value == \'a\')"'],
      "sample.names.exists(n, hasA && n.value == 'b' && hasA)",
    ),
  )
  const name = (value: string) => ({ value, origin: 'x' })

  assert.equal(outcomeOf(ruleset, { sample: { names: [name('b'), name('a')] } }), 'bad by r')
  assert.equal(outcomeOf(ruleset, { sample: { names: [name('c'), name('a')] } }), 'unknown by (none)')
})

test('a definition waits, fails and errs as its condition would', () => {
  const ruleset = loadText(
    file(['isEvil: sandbox.score > 5.0', 'isWrong: 1 / sample.depth > 0'], 'isEvil || sample.size < 0'),
  )

  assert.equal(outcomeOf(ruleset), 'pending(sandbox)')
  assert.equal(outcomeOf(ruleset, { roles: { sandbox: FAILED } }), 'failed(analyzer-failed) by r')
  assert.equal(outcomeOf(ruleset, { roles: { sandbox: reported({ score: 6 }) } }), 'bad by r')
  assert.deepEqual(ruleset.rules[0]?.roles, ['sandbox'])
  assert.equal(outcomeOf(loadText(file(['isWrong: 1 / sample.depth > 0'], 'isWrong'))), 'failed(rule-error) by r')
})

test('what errs in a definition because of what a role reported is no error of the rule', () => {
  const when = "sandbox.findings.exists(f, isWrong || f.id == 'y') || av.score > 5.0"
  const ruleset = loadText(file(['isWrong: 1 / sample.depth > 0'], when))
  const roles = { sandbox: reported({ findings: [{ id: 'x', severity: 1, description: '' }] }) }

  assert.equal(outcomeOf(ruleset, { roles: { ...roles, av: PENDING } }), 'pending(av)')
  assert.equal(outcomeOf(ruleset, { roles: { ...roles, av: reported({ score: 9 }) } }), 'bad by r')
})

test('a definition that many rules use costs each of them its steps', () => {
  const loops = 'sample.names.all(a, sample.names.all(b, a.value == b.value || true))'
  const rule = (id: string) =>
    `  - { id: ${id}, verdict: bad, when: "isSlow && !isSlow || ${id === 'r2' ? loops : 'false'}" }\n`
  const ruleset = loadText(`define: { isSlow: "${loops}" }\nrules:\n${rule('r1')}${rule('r2')}`)
  const names = Array.from({ length: 150 }, () => ({ value: 'x', origin: '' }))

  const { trace } = evaluate(ruleset, { sample: { names } }, true)

  assert.deepEqual(
    trace?.map(({ result, cause }) => [result, cause]),
    [
      ['failed', 'rule-error'],
      ['failed', 'rule-error'],
    ],
  )
})

test('explaining shows a definition with its value and what it looked at', () => {
  const ruleset = loadText(file(['isBig: sample.size > 1000'], 'isBig && sample.depth == 0'))

  const { trace } = evaluate(ruleset, {}, true)

  assert.deepEqual(
    trace?.[0]?.looked.map(({ path, value }) => `${path} = ${value}`),
    ['isBig = false', 'sample.size = 100', 'sample.depth = 0'],
  )
})

test('explaining definitions that use each other over and over takes no more time than they are long', () => {
  const chain = Array.from({ length: 30 }, (_, i) => `d${i + 1}: d${i} && d${i}`)
  const ruleset = loadText(file(['d0: sample.size > 1', ...chain], 'd30'))

  assert.equal(evaluate(ruleset, {}, true).trace?.[0]?.looked.length, 32)
  assert.equal(outcomeOf(ruleset), 'bad by r')
})

const REFUSED: readonly (readonly [what: string, text: string, problems: readonly string[]])[] = [
  [
    'a circle of definitions',
    file(['a: b && true', 'b: c', 'c: a || d', 'd: sample.size > 1', 'user: a'], 'user'),
    [
      'x.yaml:2:3: "a" is defined by itself: a → b → c → a; break the circle',
      'x.yaml:3:3: "b" is defined by itself: b → c → a → b; break the circle',
      'x.yaml:4:3: "c" is defined by itself: c → a → b → c; break the circle',
    ],
  ],
  ['a definition of itself', file(['a: a'], 'a'), ['x.yaml:2:3: "a" is defined by itself: a → a; break the circle']],
  [
    'a definition that is wrong, but not who uses it',
    file(['a: sample.sise > 1'], 'a && sample.tpye == ""'),
    [
      'x.yaml:2:13: sample has no field "sise"; did you mean "size"?',
      'x.yaml:6:24: sample has no field "tpye"; did you mean "type"?',
    ],
  ],
  [
    'a definition with the name of a fact or a role',
    file(['sample: "true"', 'av: "true"', 'lists: "true"'], 'true'),
    [
      'x.yaml:2:3: "sample" cannot be defined; use letters, digits and _, and none of the words that rules have already',
      'x.yaml:3:3: "av" is a role; use letters, digits and _, and none of the words that rules have already',
      'x.yaml:4:3: "lists" cannot be defined; use letters, digits and _, and none of the words that rules have already',
    ],
  ],
  [
    'a loop variable with the name of a definition',
    file(['a: sample.size > 1'], 'sample.names.exists(a, true)'),
    ['x.yaml:6:32: "a" means something else here; choose another name'],
  ],
  [
    'a name that is nearly a definition',
    file(['isBig: sample.size > 1'], 'isBug'),
    ['x.yaml:6:12: "isBug" is neither a fact nor a role nor defined; did you mean "isBig"?'],
  ],
  [
    'a role under another name',
    file(['box: sandbox'], 'true'),
    [
      'x.yaml:2:8: the role "sandbox" is no value of its own; name a field such as sandbox.score; sandbox.failed says whether it ended without a report',
    ],
  ],
  [
    'definitions as deep as a well',
    file(['d0: "true"', ...Array.from({ length: 32 }, (_, i) => `d${i + 1}: d${i}`)], 'true'),
    ['x.yaml:34:3: more than 32 definitions within each other; make it simpler'],
  ],
]

for (const [what, text, problems] of REFUSED) {
  test(`${what} is refused, with its place and a remedy`, () => {
    assert.deepEqual(refusedFiles({ 'x.yaml': text }), problems)
  })
}

test('a definition that two files have is refused, naming the other place', () => {
  assert.deepEqual(refusedFiles({ 'a.yaml': 'define: { a: "true" }', 'b.yaml': '\ndefine: { a: "true" }' }), [
    'b.yaml:2:11: "a" is defined already; a.yaml:1 has it; each definition needs its own name',
  ])
})
