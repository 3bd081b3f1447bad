import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { assertOutcome, outcomes, python } from './outcomes.ts'

const QP = 'quoted-printable'

test('quoted-printable that all read alike has one outcome', () => {
  for (const text of ['plain', 'a=3Db=\r\nc\r\n', '=E4=C3=A4 x\r\n=\r\n', ''])
    assert.deepEqual(outcomes(text, QP).length, 1, text)
})

const rows: readonly (readonly [what: string, raw: string, expected: string])[] = [
  ['blanks after a soft break', 'one= \t\r\ntwo', 'onetwo'],
  ['a soft break of bare CR', 'one=\rtwo', 'onetwo'],
  ['a soft break of CR CR LF', 'one=\r\r\ntwo', 'onetwo'],
  ['a form feed after a soft break, a blank to C', 'one=\f\r\ntwo', 'onetwo'],
  ['NUL after a soft break, the end of the line to C', 'one=\0\r\ntwo', 'onetwo'],
  ['two equals signs at a line end, dropped', 'one==\r\ntwo', 'onetwo'],
  ['two equals signs at a line end, one kept', 'one==\r\ntwo', 'one=two'],
  ['an equals sign that is no code, kept', 'a=Go', 'a=Go'],
  ['an equals sign that is no code, dropped', 'a=Go', 'aGo'],
  ['a broken code, dropped', 'a=G!b', 'ab'],
  ['a code in lower case', 'a=c3=a4', 'a\xc3\xa4'],
  ['a code in lower case, kept by those who want capitals', 'a=c3=A4', 'a=c3\xa4'],
  ['a code that a soft break divides', 'a=4=\r\n1', 'aA'],
  ['a code that a loose soft break divides', 'a=4= \r\n1', 'aA'],
  ['a code that a soft break divides, in one pass', 'a=4=\r\n1', 'a=41'],
  ['blanks at a line end, dropped', 'a  \r\nb', 'a\r\nb'],
  ['blanks at a line end, kept', 'a  \r\nb', 'a  \r\nb'],
  ['blanks that are encoded, kept', 'a=20 \r\nb', 'a \r\nb'],
  ['an equals sign at the end', 'a=', 'a'],
]
for (const [what, raw, expected] of rows)
  test(`an outcome of quoted-printable knows ${what}`, () => {
    assertOutcome(raw, QP, expected)
  })

test('what Python reads is among the outcomes', () => {
  const unit = fc.constantFrom('a', 'b ', '=41', '=4', '=e4', '=\n', '=\r\n', '\r\n', '\n', '=G', ' \n', 'x=')
  const texts = fc.sample(fc.array(unit, { maxLength: 12 }), { numRuns: 300, seed: 4 }).map((units) => units.join(''))
  const code =
    'import binascii, json\nprint(json.dumps([binascii.a2b_qp(t.encode()).decode("latin1") for t in json.loads(data)]))'

  const answers: readonly string[] = JSON.parse(python(code, Buffer.from(JSON.stringify(texts))).toString())

  const missed = texts.filter((text, i) => !outcomes(text, QP).includes(answers[i] ?? ''))
  assert.deepEqual(missed, [])
})
