import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RulesetContext } from '../../src/rules/index.ts'
import { evaluate, type Known, loadText, problemsOf, reported } from './harness.ts'

function reasonOf(reason: string, known: Known = {}, context: Partial<RulesetContext> = {}): string {
  const ruleset = loadText(`- { id: r, verdict: bad, when: "true", reason: ${reason} }\n`, context)
  const { outcome } = evaluate(ruleset, known)
  return outcome.kind === 'decided' ? outcome.reason : outcome.kind
}

test('holes are filled with what their expressions come to', () => {
  assert.equal(
    reasonOf('"{{sample.name}} has {{ sample.size + 1 }} bytes{{sample.depth == 0}}"'),
    'notes.txt has 101 bytestrue',
  )
  assert.equal(
    reasonOf('"score {{av.score}}: {{av.families}}"', {
      roles: { av: reported({ score: 7.5, families: ['a', 'b'] }) },
    }),
    'score 7.5: a, b',
  )
  assert.equal(reasonOf('"{{ sample.names.map(n, n.origin) }}!"'), 'disposition.filename!')
})

test('what nobody knows is named so, and asks no role', () => {
  const ruleset = loadText(
    '- { id: r, verdict: bad, when: "true", reason: "{{sandbox.score}} {{1 / sample.depth}}" }\n',
  )

  const { outcome, needs } = evaluate(ruleset)

  assert.deepEqual(outcome, { kind: 'decided', verdict: 'bad', rule: 'r', reason: '(unknown) (unknown)' })
  assert.deepEqual(needs, [])
})

test('what a stranger wrote cannot break a line or hide in a reason', () => {
  const name = 'a\r\nX: y\u202egnp.exe\u0000\u{e0041}\ud800'

  assert.equal(
    reasonOf('"<{{sample.name}}>"', { sample: { name } }),
    '<a\\u{d}\\u{a}X: y\\u{202e}gnp.exe\\u{0}\\u{e0041}\\u{d800}>',
  )
})

test('values and reasons are shortened, never in the middle of a character', () => {
  const long = reasonOf('"{{sample.name}}"', { sample: { name: `${'n'.repeat(99)}😀😀${'x'.repeat(1_000_000)}` } })
  const many = reasonOf(`"${'{{sample.name}}'.repeat(20)}"`, { sample: { name: 'x'.repeat(99) } })
  const names = Array.from({ length: 20 }, (_, i) => ({ value: `${i}`, origin: '' }))

  assert.equal(long, `${'n'.repeat(99)}…`)
  assert.equal(many.length, 501)
  assert.equal(reasonOf('"{{sample.names.map(n, n.value)}}"', { sample: { names } }), '0, 1, 2, 3, 4, 5, 6, 7, …')
})

test('a hole that takes too many steps stays empty and disturbs nothing', () => {
  const names = Array.from({ length: 1000 }, () => ({ value: 'x', origin: '' }))

  assert.equal(reasonOf('"{{sample.names.all(a, sample.names.all(b, true))}}!"', { sample: { names } }), '(unknown)!')
})

test('of translations that of the installation is used, else English, else the first', () => {
  const both = '{ de: "Schädlich: {{sample.name}}", en: "Harmful: {{sample.name}}" }'

  assert.equal(reasonOf(both), 'Harmful: notes.txt')
  assert.equal(reasonOf(both, {}, { language: 'de' }), 'Schädlich: notes.txt')
  assert.equal(reasonOf(both, {}, { language: 'fr' }), 'Harmful: notes.txt')
  assert.equal(reasonOf('{ de: nur so }', {}, { language: 'fr' }), 'nur so')
})

test('the version of a ruleset follows the language', () => {
  const text = '- { id: r, verdict: bad, when: "true", reason: { de: a, en: b } }\n'

  assert.notEqual(loadText(text).version, loadText(text, { language: 'de' }).version)
})

test('severity and tags stand in the outcome, and not where there are none', () => {
  const ruleset = loadText('- { id: r, verdict: bad, when: "true", severity: high, tags: [office, attack.t1566] }\n')

  assert.deepEqual(evaluate(ruleset).outcome, {
    kind: 'decided',
    verdict: 'bad',
    rule: 'r',
    reason: 'r',
    severity: 'high',
    tags: ['office', 'attack.t1566'],
  })
})

const REFUSED: readonly (readonly [what: string, line: string, problems: readonly string[]])[] = [
  [
    'an unknown field in a hole',
    'reason: "of {{sample.sise}}"',
    ['4:24: sample has no field "sise"; did you mean "size"?'],
  ],
  [
    'an unknown field in a translation',
    'reason: { en: ok, de: "{{av.scor}}" }',
    ['4:31: av has no field "scor"; did you mean "score"?'],
  ],
  ['a hole that is not closed', 'reason: "so {{sample.size}"', ['4:15: the hole is not closed; write {{expression}}']],
  ['a hole without anything', 'reason: "so {{ }}"', ['4:17: the hole is empty; write {{expression}}']],
  [
    'a record in a hole',
    'reason: "{{sample}}"',
    ['4:14: sample cannot be shown in a sentence; name a field of it, or use map(…)'],
  ],
  [
    'a role in a hole',
    'reason: "{{av}}"',
    [
      '4:14: the role "av" is no value of its own; name a field such as av.score; av.failed says whether it ended without a report',
    ],
  ],
  ['a language that is none', 'reason: { english: x }', ['4:13: "english" is no language; write en, de, …']],
  ['a reason in no language', 'reason: {}', ['4:11: the reason is given in no language; write { en: …, de: … }']],
  ['an unknown severity', 'severity: hihg', ['4:13: "hihg" is no severity; did you mean "high"?']],
  ['a tag with blanks', 'tags: [ok, not ok]', ['4:14: "not ok" is no tag; use up to 64 letters, digits and . _ : / -']],
]

for (const [what, line, problems] of REFUSED) {
  test(`${what} is refused, with its place and a remedy`, () => {
    const told = problemsOf(`- id: x\n  when: "true"\n  verdict: bad\n  ${line}\n`)

    assert.deepEqual(
      told.map((one) => `${one.line}:${one.column}: ${one.message}; ${one.remedy}`),
      problems,
    )
  })
}

test('a case may say what the reason must come to', () => {
  const cases = ['notes.txt has 3', 'notes.txt has 4'].map(
    (reason) => `    - { facts: { sample: { name: notes.txt, size: 3 } }, expect: bad, reason: ${reason} }\n`,
  )
  const text = `- id: r\n  verdict: bad\n  when: "true"\n  reason: "{{sample.name}} has {{sample.size}}"\n  tests:\n${cases.join('')}`

  const [problem, ...others] = problemsOf(text)

  assert.deepEqual(others, [])
  assert.equal(problem?.line, 7)
  assert.equal(
    problem?.message,
    'a test of rule r fails: expected the reason "notes.txt has 4", got the reason "notes.txt has 3"',
  )
})

test('what a case says of the reason holds whatever the language of the installation', () => {
  const text =
    '- { id: r, verdict: bad, when: "true", reason: { en: One, de: Eins }, tests: [{ expect: bad, reason: One }, { expect: bad, reason: Eins }] }\n'

  for (const language of ['en', 'de', 'fr']) {
    assert.deepEqual(
      loadText(text, { language })
        .test()
        .map(({ passed }) => passed),
      [true, true],
    )
  }
})
