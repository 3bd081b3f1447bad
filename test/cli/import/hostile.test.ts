import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseExpression } from '../../../src/cli/import/parse.ts'
import { ExpressionError } from '../../../src/cli/import/syntax.ts'
import { carried, loaded, withExpressions } from './harness.ts'

const words = fc.constantFrom(
  ...[
    'and',
    'or',
    'not',
    'in',
    'is',
    '->',
    'bad',
    'ignore',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    '.',
    '/',
    '//',
    '**',
    '%',
  ],
  ...[
    'sample.filename',
    'sample',
    'cuckooreport.score',
    'olereport.vba_code',
    'None',
    'True',
    '1',
    '1.5',
    '"a"',
    '/a/',
  ],
  ...['<=', '==', '!=', '&', '|', '^', '<<', '~', '-', "'\\'", '\n', 'isdisjoint'],
)

test('words in any order are an expression or a mistake with its place, never anything else', () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 25 }), fc.string({ unit: 'binary', maxLength: 5 }), (list, noise) => {
      const text = `${list.join(' ')}${noise}`
      try {
        parseExpression(text)
      } catch (error) {
        assert.ok(error instanceof ExpressionError, String(error))
        assert.ok(error.at >= 0 && error.at <= text.length)
      }
    }),
    { numRuns: 3000 },
  )
})

test('whatever bytes a file has, it is refused with places, or what comes of it loads', (t) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string({ unit: 'binary' })), { maxLength: 12 }), (list) => {
      const { items, problems } = carried(t, withExpressions(`${list.join(' ')} -> bad`, 'True -> ignore'))
      for (const { place } of problems) assert.ok(place.line >= 1)
      if (problems.length === 0) loaded(items)
    }),
    { numRuns: 150 },
  )
})

test('a list of nine thousand texts and a very deep tree are carried over, or stay a question, in a short time', (t) => {
  const many = Array.from({ length: 9000 }, (_, i) => `"name-${i}"`).join(', ')
  const deep = `${'not ('.repeat(20)}sample.filename == "a"${')'.repeat(20)}`
  const wide = Array.from({ length: 2000 }, (_, i) => `sample.filename == "${i}"`).join(' or ')

  const { items, problems } = carried(
    t,
    withExpressions(`sample.filename in {${many}} -> bad`, `${wide} -> bad`, `${deep} -> bad`),
  )

  assert.deepEqual(
    problems.map(({ message }) => message),
    [],
  )
  for (const { how } of items.slice(1)) assert.ok(how === 'exact' || how === 'guarded', how)
  loaded(items)
})
