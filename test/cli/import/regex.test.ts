import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasTopLevelChoice, toRe2 } from '../../../src/cli/import/regex.ts'

const raw = String.raw

test("Python's patterns become what RE2 reads in the same way", () => {
  const rows: readonly (readonly [python: string, re2: string])[] = [
    ['a.c', 'a.c'],
    [raw`\d+`, raw`[\p{Nd}]+`],
    [raw`[\d.]`, raw`[\p{Nd}.]`],
    [raw`\W`, raw`[^\p{L}\p{N}_]`],
    [raw`a\Z`, raw`a\z`],
    ['a{,3}', 'a{0,3}'],
    ['a{2,}', 'a{2,}'],
    ['{0}', '{0}'],
    ['a{x}', raw`a\{x}`],
    ['[[a]', raw`[\[a]`],
    ['[]a]', raw`[\]a]`],
    ['[^]a]', raw`[^\]a]`],
    [raw`\u00e9`, raw`\x{00e9}`],
    ['(?#x)a', 'a'],
    ['(?i)a', '(?i)a'],
    ['(?P<n>a)', '(?P<n>a)'],
  ]
  for (const [python, re2] of rows) assert.deepEqual(toRe2(python, false), { pattern: re2 }, python)
})

test('what cannot be matched in linear time, or is not known, has a reason', () => {
  for (const python of [
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?<!a)',
    raw`(a)\1`,
    '(?P=n)',
    '(?(1)a)',
    '(?>a)',
    '(?x)a',
    '[a',
    'a\\',
  ]) {
    assert.ok('why' in toRe2(python, false), python)
  }
})

test('an end also stands before a last line feed where a pattern must rather match too much', () => {
  assert.deepEqual(toRe2('a$', true), { pattern: raw`a\n?$` })
  assert.deepEqual(toRe2('a$', false), { pattern: 'a$' })
})

test('a choice is seen only outside of groups, classes and escapes', () => {
  assert.ok(hasTopLevelChoice('a|b'))
  for (const pattern of ['(a|b)', '[|]', raw`a\|b`]) assert.ok(!hasTopLevelChoice(pattern), pattern)
})
