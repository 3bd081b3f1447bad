import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Losses } from '../../../src/cli/import/losses.ts'
import { parseExpression } from '../../../src/cli/import/parse.ts'
import { ExpressionError } from '../../../src/cli/import/syntax.ts'
import type { Side } from '../../../src/cli/import/term.ts'
import { conditionOf } from '../../../src/cli/import/translation.ts'

function condition(text: string, side: Side = 'wide', losses = new Losses(side === 'wide')): string {
  return conditionOf(parseExpression(`${text} -> bad`).condition, side, losses)
}

const NAME = 'sample.filename'

test('operators bind as the predecessor binds them', () => {
  const rows: readonly (readonly [text: string, cel: string])[] = [
    ['sample.file_size > 1 + 2 * 3', 'sample.size > 7'],
    ['sample.file_size > (1 + 2) * 3', 'sample.size > 9'],
    ['sample.file_size > 2 ** 3 ** 2', 'sample.size > 512'],
    ['sample.file_size > 1 << 2 + 3', 'sample.size > 32'],
    ['sample.file_size > 7 // 2 % 2', 'sample.size > 1'],
    ['sample.file_size > -1', 'sample.size > (-1)'],
    ['sample.file_size / 1024 > 10', '(double(sample.size) / 1024.0) > 10.0'],
    ['sample.file_size > 1.5', 'double(sample.size) > 1.5'],
    [`not ${NAME} == "a" and ${NAME} == "b"`, "sample.name != 'a' && sample.name == 'b'"],
    [`not (${NAME} == "a" and ${NAME} == "b")`, "!(sample.name == 'a' && sample.name == 'b')"],
    [
      `${NAME} == "a" or ${NAME} == "b" and sample.file_size > 1`,
      "sample.name == 'a' || (sample.name == 'b' && sample.size > 1)",
    ],
    ['1 < sample.file_size <= 9', '1 < sample.size && sample.size <= 9'],
    [`${NAME} is "a"`, "sample.name == 'a'"],
    [`${NAME} is not "a"`, "sample.name != 'a'"],
    ['True', 'true'],
    ['not True', 'false'],
    [`${NAME} == "a" and False`, 'false'],
  ]
  for (const [text, cel] of rows) assert.equal(condition(text), cel, text)
})

test('nothing is in None, and nothing is "not in" None', () => {
  assert.equal(condition('"a" in None'), 'false')
  assert.equal(condition('"a" not in None'), 'false')
  assert.equal(condition(`"a" not in ${NAME}`), "sample.name != '' && !sample.name.contains('a')")
  assert.equal(condition(`${NAME} == None`), "sample.name == ''")
  assert.equal(condition('knownreport.worst == None'), 'true')
  assert.equal(condition('/a/ == None'), 'false')
  assert.equal(condition('/a/ != None'), 'true')
})

test('a set drops None, and the empty set lies within every set', () => {
  assert.equal(condition('{None} <= {"a"}'), 'true')
  assert.equal(condition('{} <= {"a"}'), 'true')
  assert.equal(
    condition('{sample.type_declared} <= {"a/a", "b/b"}'),
    "sample.declaredType == '' || sample.declaredType in ['a/a', 'b/b']",
  )
})

test('sets have union, intersection, difference and the rest', () => {
  const rows: readonly (readonly [text: string, cel: string])[] = [
    ['"a" in {"a"} | {"b"}', 'true'],
    ['"a" in {"a"} & {"b"}', 'false'],
    ['"a" in {"a", "b"} - {"a"}', 'false'],
    ['"b" in {"a", "b"} ^ {"a"}', 'true'],
    ['{"a"} < {"a", "b"}', 'true'],
    ['{"a"} < {"a"}', 'false'],
    ['{"a", "b"} >= {"b"}', 'true'],
    ['{"a", "b"} == {"b", "a"}', 'true'],
    ['{"a"} isdisjoint {"b"}', 'true'],
    [`{${NAME}} isdisjoint {"b"}`, "!(sample.name != '' && sample.name == 'b')"],
    [`"b" in {${NAME}, "c"} & {"b"}`, "sample.name == 'b'"],
  ]
  for (const [text, cel] of rows) assert.equal(condition(text), cel, text)
})

test('a pattern is anchored by == and found anywhere by in', () => {
  assert.equal(condition(`/a.c/ in ${NAME}`), "sample.name.matches('a.c')")
  assert.equal(condition(`/a.c/ == ${NAME}`), String.raw`sample.name.matches(r'^(?:a.c\n?$)')`)
  assert.equal(condition(`${NAME} == /a.c/`, 'narrow'), "sample.name.matches('^(?:a.c)$')")
  assert.equal(condition(`["/", /a/, /b/] == ${NAME}`, 'narrow').split('||').length, 2)
  assert.equal(
    condition('/a/ in cuckooreport.signature_descriptions'),
    "sandbox.findings.exists(f, f.description.matches('a'))",
  )
})

test('the last alternative of a pattern alone is anchored, and the rule says so', () => {
  const wide = new Losses(true)
  const narrow = new Losses(false)

  assert.equal(condition(`/foo|bar/ == ${NAME}`, 'wide', wide), String.raw`sample.name.matches(r'^(?:foo|bar\n?$)')`)
  assert.equal(condition(`/foo|bar/ == ${NAME}`, 'narrow', narrow), "sample.name.matches('^(?:foo|bar)$')")

  assert.match([...wide.notes].join(), /only the last alternative/)
  assert.match([...narrow.notes].join(), /all of them are anchored/)
})

test('one backslash is taken away in texts and patterns, as the predecessor does', () => {
  assert.equal(condition(String.raw`/a\.b/ in sample.filename`), "sample.name.matches('a.b')")
  assert.equal(condition(String.raw`/a\\.b/ in sample.filename`), String.raw`sample.name.matches(r'a\.b')`)
  assert.equal(condition(String.raw`"a\"b" == sample.filename`), String.raw`sample.name == 'a\"b'`)
})

test('a set of patterns, at which the predecessor stopped, is a list', () => {
  const losses = new Losses(true)

  assert.equal(condition(`{/a/} in ${NAME}`, 'wide', losses), "sample.name.matches('a')")
  assert.match([...losses.notes].join(), /set of patterns/)
})

test('what is lost in a rule that refuses stays a question, in one that lets pass it is false', () => {
  const text = `${NAME} == "a" and olereport.vba_code == "b"`

  assert.equal(condition(text, 'wide'), "sample.name == 'a' && peekabooav.score > 0.0")
  assert.equal(condition(text, 'narrow'), 'false')
  assert.equal(condition(`${NAME} == "a" and not olereport.is_suspicious`, 'narrow'), 'false')
  assert.equal(condition(`${NAME} == "a" or olereport.is_suspicious`, 'narrow'), "sample.name == 'a'")
})

test('macros are no question where the content cannot have any', () => {
  const cel = condition('olereport.has_office_macros == True')

  assert.equal(cel, 'peekabooavMacros && peekabooav.score > 0.0')
  assert.equal(condition('olereport.has_office_macros'), cel)
  assert.equal(condition('olereport.has_office_macros == False'), 'peekabooav.score > 0.0')
})

test('a score beyond 10, which ours cannot have, is 10 in a rule that refuses', () => {
  assert.equal(condition('cuckooreport.score > 12'), 'sandbox.score >= 10.0')
  assert.equal(condition('12 < cuckooreport.score'), 'sandbox.score >= 10.0')
  assert.equal(condition('cuckooreport.score > 12', 'narrow'), 'sandbox.score > 12.0')
  assert.equal(condition('cuckooreport.score > 4'), 'sandbox.score > 4.0')
})

test('extensions count in any case where they refuse, exactly where they let pass', () => {
  assert.match(condition('sample.file_extension == "doc"', 'wide'), /matches\(r'\(\?i\)\\\.\(\?:doc\)\[\. \]\*\$'\)/)
  assert.equal(condition('sample.file_extension == "doc"', 'narrow'), String.raw`sample.name.matches(r'\.(?:doc)$')`)
  assert.match(
    condition('not sample.file_extension == "doc"', 'wide'),
    /^!\(?sample\.name\.matches\(r'\\\.\(\?:doc\)\$'\)\)?$/,
  )
})

test('names of types become ours, and one that is vague or strange is a question where it refuses', () => {
  assert.match(condition('filereport.type_by_content == "application/x-dosexec"'), /portable-executable/)
  assert.match(condition('filereport.type_by_content == "text/plain"'), /peekabooav\.score/)
  assert.match(condition('filereport.type_by_content == "application/x-never-heard"'), /^peekabooav\.score > 0\.0$/)
  assert.equal(condition('filereport.type_by_content == "application/x-never-heard"', 'narrow'), 'false')
  assert.equal(condition('filereport.type_by_content == "inode/x-empty"', 'narrow'), 'sample.size == 0')
})

test('what is wrong is told with its place in the text', () => {
  const rows: readonly (readonly [text: string, at: number, message: RegExp])[] = [
    ['sample.filename == "a"', 22, /"->" and a result/],
    ['sample.filenam == "a" -> bad', 0, /did you mean sample\.filename/],
    ['True and -> bad', 9, /a value must stand here/],
    ['sample.filename == "a -> bad', 19, /does not end/],
    ['(True -> bad', 6, /"\)" is missing/],
    ['True -> bad -> good', 12, /only one/],
    ['True -> bad x', 12, /cannot stand here/],
    ['True § False -> bad', 5, /means nothing/],
    ['["a" "b"] == None -> bad', 5, /comma is missing/],
    [`${'('.repeat(60)}True${')'.repeat(60)} -> bad`, 51, /nested deeper/],
  ]
  for (const [text, at, message] of rows) {
    assert.throws(
      () => {
        const { condition: node } = parseExpression(text)
        conditionOf(node, 'wide', new Losses(true))
      },
      (error) => error instanceof ExpressionError && error.at === at && message.test(error.message),
      text,
    )
  }
})

test('an endless expression is read in a short time', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `"${i}"`).join(', ')

  assert.ok(condition(`${NAME} in [${many}]`).length > 5000)
  assert.throws(() => parseExpression(`${'1 + '.repeat(15_000)}1 -> bad`), ExpressionError)
})
