import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { reject, renderReplyText, tempfail } from '../../src/milter/index.ts'

const render = (text: string, enhanced?: string) =>
  renderReplyText(enhanced === undefined ? { code: 550, text } : { code: 550, enhanced, text }, '5')

for (const { name, given, expected } of [
  { name: 'one line', given: render('No such user', '5.1.1'), expected: '550 5.1.1 No such user' },
  { name: 'no enhanced code', given: render('No'), expected: '550 No' },
  { name: 'no text', given: render('', '5.7.1'), expected: '550 5.7.1 Command rejected' },
  { name: 'two lines', given: render('a\nb', '5.7.1'), expected: '550-5.7.1 a\r\n550 5.7.1 b' },
  { name: 'an empty line between', given: render('a\r\n\r\nb'), expected: '550-a\r\n550-\r\n550 b' },
  { name: 'line ends at the end', given: render('a\r\n\n'), expected: '550 a' },
  { name: 'a percent sign', given: render('50% of %s'), expected: '550 50%% of %%s' },
  { name: 'control characters', given: render('a\0\x07\x1b[1mb\tc\x7f'), expected: '550 a[1mb c' },
  { name: 'UTF-8', given: render('Grüße ☃'), expected: '550 Grüße ☃' },
]) {
  test(`a reply text with ${name} is rendered so that every MTA takes it`, () => {
    assert.equal(given, expected)
  })
}

test('a code or class that an MTA would turn into its own error is refused at once', () => {
  assert.throws(() => reject({ code: 451, text: 'x' }), /451 must be 5xx/)
  assert.throws(() => tempfail({ code: 250, text: 'x' }), /250 must be 4xx/)
  assert.throws(() => reject({ code: 550, enhanced: '4.7.1', text: 'x' }), /must look like 5/)
  assert.throws(() => reject({ code: 550, enhanced: '5.7', text: 'x' }), /must look like 5/)
  assert.throws(() => reject({ code: 55, text: 'x' }), RangeError)
})

test('any text at all keeps the limits of 980 bytes a line and 32 lines, and all words that fit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), fc.boolean(), (text, hasEnhanced) => {
      const lines = render(text, hasEnhanced ? '5.7.1' : undefined).split('\r\n')

      assert.ok(lines.length >= 1 && lines.length <= 32)
      for (const [i, line] of lines.entries()) {
        assert.ok(Buffer.byteLength(line) <= 980)
        assert.match(line, i === lines.length - 1 ? /^550 / : /^550-/)
        assert.doesNotMatch(line, /[\0-\x1f\x7f]/)
        assert.equal((line.match(/%/g) ?? []).length % 2, 0)
      }
    }),
    { numRuns: 200 },
  )
})

test('a long line is folded at its spaces and loses no word', () => {
  const words = Array.from({ length: 600 }, (_, i) => `word${i}%`)

  const lines = render(words.join(' '), '5.7.1').split('\r\n')

  assert.deepEqual(
    lines
      .map((line) => line.slice(10))
      .join(' ')
      .replaceAll('%%', '%')
      .split(' '),
    words,
  )
})
