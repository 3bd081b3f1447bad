import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodings } from '../../../src/mail/decode/decodings.ts'
import { assertOutcome, outcomes } from './outcomes.ts'

const content = Array.from({ length: 300 }, (_, i) => String.fromCharCode((i * 89 + (i >> 3)) & 255)).join('')
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')
const inLines = (text: string, end = '\r\n') => base64(text).replace(/.{76}/g, `$&${end}`)

test('base64 that all read alike has one outcome', () => {
  for (const text of [
    inLines(content),
    inLines(`${content}x`),
    inLines(`${content}xy`, '\n'),
    `${inLines(content)}\r\n\r\n`,
    '',
  ])
    assert.equal(outcomes(text, 'base64').length, 1)
})

test('the first outcome is the strict one', () => {
  const [first] = decodings(Buffer.from('QUJD!QQ==QUJD'), 'base64')

  assert.deepEqual(first, { name: 'base64', bytes: Buffer.from('ABCAABC') })
})

const rows: readonly (readonly [what: string, raw: string, expected: string])[] = [
  ['goes on after padding', `${base64('ab')}${base64('c')}`, 'abc'],
  ['ends at padding', `${base64('ab')}${base64('c')}`, 'ab'],
  ['passes over padding after each quartet', base64('abcdef').replace(/..../g, '$&='), 'abcdef'],
  ['passes over padding where none can be', `=\r\n${base64('abcdef')}`, 'abcdef'],
  ['passes over padding within a quartet', base64('abcdef').replaceAll('Y', '=Y='), 'abcdef'],
  ['passes over what is no letter', base64('abcdef').replaceAll('Y', '*Y.'), 'abcdef'],
  ['ends at what is no letter', `${base64('abc')}.${base64('def')}`, 'abc'],
  ['ends before other text', `${inLines(content)}\r\n-- \r\nThis mail was scanned for you\r\n`, content],
  ['begins after other text', `This is the file\r\n\r\n${inLines(content)}`, content],
  ['begins after one word and ends before one', `file\r\n${inLines(content)}\r\nscanned`, content],
  ['takes off armour', `-----BEGIN FILE-----\r\n${inLines(content)}\r\n-----END FILE-----\r\n`, content],
  ['leaves out lines of other text', inLines(content, '\r\n# a line #\r\n'), content],
  ['reads the url alphabet', base64(content).replaceAll('+', '-').replaceAll('/', '_'), content],
  ['reads both alphabets', base64(content).replaceAll('/', '_'), content],
  ['reads lines that end in CR', `Some text here\r${inLines(content, '\r')}`, content],
]
for (const [what, raw, expected] of rows)
  test(`an outcome of base64 ${what}`, () => {
    assertOutcome(raw, 'base64', expected)
  })

test('no more than twelve outcomes are given, and none twice', () => {
  const all = outcomes('some words\r\nQUJD=-_QQ==\r\n!QUJD\r\nQUJDREVG==QQ=\r\n# -\r\nQQ', 'base64')

  assert.ok(all.length > 5 && all.length <= 12)
  assert.equal(new Set(all).size, all.length)
})
