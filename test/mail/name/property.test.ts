import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseStructured } from '../../../src/mail/header/parameter.ts'
import { MOST_NAMES, namesOf } from '../../../src/mail/name/name.ts'

const NOTHING = { descriptions: [], locations: [], ids: [], container: '' }

/** Pieces that mean something to some parser, and any bytes between them. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      'attachment',
      ';',
      '; ',
      'filename',
      'name',
      '=',
      '*',
      '*0',
      '*1*',
      '*0*=',
      '"',
      '\\',
      "'",
      "utf-8''",
      '(',
      ')',
      ',',
      ' ',
      '\t',
      '\0',
      '=?',
      '?=',
      '=?utf-8?Q?',
      '=?gb2312?B?',
      '=?utf-7?Q?',
      '?',
      '%',
      '%D1',
      '%u0435',
      '\x1b$B',
      '\x1b(B',
      '.exe',
      '.pdf',
      '/',
      ':',
      '\xe4',
      '\xd1\x82',
      '\xe2\x80\xae',
      'filename=',
      "filename*=utf-8''",
      'ZXZpbC5leGU=',
      '=D1=82',
      ' '.repeat(30),
      'x'.repeat(600),
    ),
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 6 }),
  ),
  { maxLength: 40 },
)

test('no bytes make the reading of names throw, or tell more than its bounds', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 3 }), fc.array(pieces, { maxLength: 2 }), pieces, (one, two, other) => {
      const structured = (each: readonly string[]) => parseStructured(each.join(''))
      const text = other.join('')
      const elsewhere = { descriptions: [text], locations: [text], ids: [text], container: '' }
      const { name, names } = namesOf(one.map(structured), two.map(structured), elsewhere)

      assert.ok(names.length <= MOST_NAMES)
      for (const { value } of names) assert.ok(value !== '' && value.isWellFormed() && Buffer.byteLength(value) <= 1024)
      assert.ok(name === '' || names.some(({ value }) => value === name))
    }),
    { numRuns: 1500 },
  )
})

test('whatever name is well written in the extended form is the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (text) => {
      const name = `n${text.replace(/\s/g, '')}`
      const value = encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)

      assert.equal(namesOf([parseStructured(`attachment; filename*=utf-8''${value}`)], []).name, name)
    }),
    { numRuns: 500 },
  )
})

/** Fields that grow, each of a kind that some parser reads again and again. */
const GROWING: Readonly<Record<string, (size: number) => string>> = {
  pieces: (size) => Array.from({ length: size / 16 }, (_, i) => `filename*${i}=p`).join(';'),
  'encoded pieces': (size) => Array.from({ length: size / 16 }, (_, i) => `filename*${i}*=%D1`).join(';'),
  'one piece again and again': (size) => 'filename*1=p;'.repeat(size / 13),
  names: (size) => 'filename=a.exe;'.repeat(size / 15),
  'raw bytes': (size) => `filename="${'\xba\xcf'.repeat(size / 2)}.exe"`,
  words: (size) => `filename="${'=?utf-8?Q?a?= '.repeat(size / 14)}"`,
  'words without end': (size) => `filename="${'=?utf-8?Q?a'.repeat(size / 11)}"`,
  'beginnings of words': (size) => `filename="${'=?'.repeat(size / 2)}"`,
  blanks: (size) => `filename="a${' '.repeat(size)}.exe"`,
  'blanks without quotes': (size) => `filename=a${' '.repeat(size)}.exe`,
  quotes: (size) => `filename=${'"'.repeat(size)}`,
  backslashes: (size) => `filename="${'\\'.repeat(size)}"`,
  brackets: (size) => `filename=${'('.repeat(size)}`,
  assignments: (size) => 'filename='.repeat(size / 9),
  'percent signs': (size) => `filename*=${'%'.repeat(size)}`,
  apostrophes: (size) => `filename*=${"'".repeat(size)}`,
  dots: (size) => `filename="${'.'.repeat(size)}"`,
  NUL: (size) => `filename="${'\0'.repeat(size)}"`,
  'escape sequences': (size) => `filename="${'\x1b$B'.repeat(size / 3)}"`,
}

test('eight times the name takes at most some forty times as long, whatever it is made of', () => {
  for (const [what, make] of Object.entries(GROWING)) {
    const [small, large] = [make(30_000), make(240_000)]
    const ratio = timeOf(large) / Math.max(2, timeOf(small))

    // A square would be 64; below that lies only noise of a busy machine.
    assert.ok(ratio < 40, `${what}: ${ratio.toFixed(1)}`)
  }
})

/** The best of three, in milliseconds of processor time. */
function timeOf(parameters: string): number {
  const structured = parseStructured(`attachment; ${parameters}`)
  return Math.min(
    ...[1, 2, 3].map(() => {
      const { user, system } = process.cpuUsage()
      namesOf([structured], [], NOTHING)
      const used = process.cpuUsage({ user, system })
      return (used.user + used.system) / 1000
    }),
  )
}
