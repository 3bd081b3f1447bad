import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { loadFiles, outcomeOf, refusedFiles } from './harness.ts'

const rule = (id: string, place = '', verdict = 'bad') =>
  `- { id: ${id}, verdict: ${verdict}, when: "true"${place === '' ? '' : `, ${place}`} }\n`
const shipped = `${rule('one')}${rule('two')}${rule('three')}`

function orderOf(site: string): string {
  const { rules, off } = loadFiles({ 'site.yaml': site, 'shipped/x.yaml': shipped })
  const told = rules.map(({ id, file }) => (file === 'site.yaml' ? `${id}!` : id)).join(' ')
  return off.length === 0 ? told : `${told} off ${off.map(({ id }) => id).join(' ')}`
}

const ORDERS: readonly (readonly [what: string, site: string, order: string])[] = [
  ['rules of a site come first where they say nothing', rule('a'), 'a! one two three'],
  ['a rule stands before another', rule('a', 'before: two'), 'one a! two three'],
  ['a rule stands after another', rule('a', 'after: three'), 'one two three a!'],
  [
    'several stand in the order in which they are written',
    rule('a', 'after: two') + rule('b', 'after: two'),
    'one two a! b! three',
  ],
  ['a rule stands instead of another', rule('a', 'instead: two'), 'one a! three'],
  ['a rule takes the place of another with its id', rule('two', 'instead: two'), 'one two! three'],
  [
    'what stands beside an id stands beside the rule that took its place',
    rule('two', 'instead: two') + rule('a', 'before: two') + rule('b', 'after: two'),
    'one a! two! b! three',
  ],
  [
    'rules stand beside rules that stand beside others',
    rule('a', 'after: one') + rule('b', 'after: a') + rule('c', 'before: a'),
    'one c! a! b! two three',
  ],
  [
    'a rule takes the place of one that took a place',
    rule('a', 'instead: two') + rule('b', 'instead: a'),
    'one b! three',
  ],
  ['a rule is switched off', 'off: [two]\n', 'one three off two'],
  [
    'what stands beside a rule that is off stays there',
    `off: [two]\nrules:\n${rule('a', 'before: two')}`,
    'one a! three off two',
  ],
]

for (const [what, site, order] of ORDERS) {
  test(what, () => {
    assert.equal(orderOf(site), order)
  })
}

test('a rule that is off decides nothing, and its cases are not run', () => {
  const ruleset = loadFiles({
    'site.yaml': 'off: [a]\n',
    'shipped/a.yaml': '- { id: a, verdict: bad, when: "true", tests: [{ expect: none }] }\n',
  })

  assert.equal(outcomeOf(ruleset), 'unknown by (none)')
  assert.deepEqual(ruleset.test(), [])
})

const REFUSED: readonly (readonly [what: string, site: string, problems: readonly string[]])[] = [
  [
    'a place beside a rule that does not exist',
    rule('a', 'before: tow'),
    ['1:48: there is no rule "tow"; did you mean "two"?'],
  ],
  [
    'the place of a rule that does not exist',
    rule('a', 'instead: nothing-like-it'),
    ['1:49: there is no rule "nothing-like-it"; peekaboo rules list shows them all'],
  ],
  [
    'a rule beside itself',
    rule('a', 'before: a'),
    ['1:48: there is no rule "a" but this one; peekaboo rules list shows them all'],
  ],
  [
    'rules beside each other in a circle',
    rule('a', 'before: b') + rule('b', 'after: a'),
    [
      '1:48: these rules are placed in a circle; let one of them stand where it is written',
      '2:47: these rules are placed in a circle; let one of them stand where it is written',
    ],
  ],
  [
    'two rules in the place of one',
    rule('a', 'instead: two') + rule('b', 'instead: two'),
    ['2:49: the rule "two" is replaced already; site.yaml:1 does; keep one'],
  ],
  [
    'two places at once',
    rule('a', 'before: one, after: two'),
    ['1:60: the rule stands before another one already; keep one of the two'],
  ],
  [
    'an id that is taken',
    rule('two'),
    ['1:9: the id "two" is taken; shipped/x.yaml:2 has it already; write instead: two to take its place'],
  ],
  [
    'an id that is taken in the same file',
    rule('a') + rule('a'),
    ['2:9: the id "a" is taken; site.yaml:1 has it already; each rule needs its own'],
  ],
  [
    'a rule switched off that does not exist',
    'off: [thre]\n',
    ['1:7: there is no rule "thre" to switch off; did you mean "three"?'],
  ],
]

for (const [what, site, problems] of REFUSED) {
  test(`${what} is refused, with its place and a remedy`, () => {
    const files = what.startsWith('an id')
      ? { 'shipped/x.yaml': shipped, 'site.yaml': site }
      : { 'site.yaml': site, 'shipped/x.yaml': shipped }

    assert.deepEqual(
      refusedFiles(files).map((problem) => problem.replace('site.yaml:', '')),
      problems,
    )
  })
}

test('however rules are placed, each is there once or the rules are refused', () => {
  const place = fc.option(fc.tuple(fc.constantFrom('before', 'after', 'instead'), fc.nat(9)), { nil: undefined })

  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 10 }), (places) => {
      const site = places.map((one, i) => rule(`r${i}`, one && `${one[0]}: r${one[1]}`)).join('')
      const replaced = new Set(places.flatMap((one) => (one?.[0] === 'instead' ? [`r${one[1]}`] : [])))
      try {
        const ids = loadFiles({ 'site.yaml': site }).rules.map(({ id }) => id)
        assert.deepEqual(
          ids.toSorted(),
          places
            .map((_, i) => `r${i}`)
            .filter((id) => !replaced.has(id))
            .toSorted(),
        )
      } catch (error) {
        assert.equal((error as Error).name, 'RulesetError')
      }
    }),
    { numRuns: 300 },
  )
})
