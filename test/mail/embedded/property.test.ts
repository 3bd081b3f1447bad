import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { createEmbedScout, embeddedIn, type Hint, mayEmbed } from '../../../src/mail/embedded/index.ts'
import { bytesOf, run, runOnFile } from './tools.ts'

const uri = `data:x/y;base64,${bytesOf(90).toString('base64')}`
const zipped = deflateRawSync(Buffer.concat([Buffer.from('cbff00000200' + '62000000000041', 'hex'), bytesOf(500)]))
/** Content that holds a file, with its type. */
const SAMPLES: readonly (readonly [content: Buffer, type: string])[] = [
  [run('uuencode', ['a'], bytesOf(100)), 'text/plain'],
  [run('uuencode', ['-m', 'a'], bytesOf(100)), 'text/html'],
  [runOnFile('uuenview', ['-y'], 'a', bytesOf(300)), 'application/octet-stream'],
  [runOnFile('binhex', ['-d'], 'a', bytesOf(300)), 'text/plain'],
  [runOnFile('macstream', ['-d'], 'a', bytesOf(300)), ''],
  [Buffer.from(`<p><a href="${uri}">`), 'text/html'],
  [Buffer.from(`<p><a href="${uri.replace('a:', '&#97;&#58;')}">`), 'text/html'],
  [Buffer.from(`<script>"${bytesOf(300).toString('base64')}";atob`), 'text/html'],
  [Buffer.from(`BEGIN:VCARD\nPHOTO;ENCODING=b:${bytesOf(90).toString('base64')}`), ''],
  [Buffer.from('From a\nSubject: x\n\ny\n'), 'text/plain'],
  [
    Buffer.from(
      '30800609' + '2a864886f70d010702a080308002010130800609' + '2a864886f70d010701a080' + '0403616263',
      'hex',
    ),
    '',
  ],
  [Buffer.from('cb0962000000000061626300', 'hex'), 'application/pgp'],
  [Buffer.concat([Buffer.from('c8ff0000020001', 'hex'), zipped]), ''],
  [
    Buffer.from(
      `-----BEGIN PGP MESSAGE-----\n\n${Buffer.from('cb0962000000000061626300', 'hex').toString('base64')}\n`,
    ),
    'text/plain',
  ],
]

const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 })

function scouted(content: Buffer, hint: Hint, pieces: readonly number[]): boolean {
  const scout = createEmbedScout(hint)
  for (let at = 0, turn = 0; at < content.length; turn++) {
    const size = pieces[turn % pieces.length] as number
    scout.write(content.subarray(at, at + size))
    at += size
  }
  return scout.end()
}

test('each sample holds a file', () => {
  for (const [content, type] of SAMPLES) assert.ok(embeddedIn(content, { type, name: '' }).length > 0, String(content))
})

test('what holds a file is seen to, in whatever pieces it passes by and whatever text is around it', () => {
  const filler = 'Some text of no interest.\r\n'
  fc.assert(
    fc.property(fc.constantFrom(...SAMPLES), fc.nat(200), sizes, ([content, type], before, pieces) => {
      const isText = type.startsWith('text/') && !content.includes('From a')
      const whole = isText ? Buffer.concat([Buffer.from(filler.repeat(before)), content, Buffer.from(filler)]) : content
      const hint = { type, name: '' }

      assert.ok(embeddedIn(whole, hint).length > 0)
      assert.ok(mayEmbed(whole, hint))
      assert.ok(scouted(whole, hint, pieces))
    }),
    { numRuns: 500 },
  )
})

test('ordinary content is passed over', () => {
  const texts = [
    'Dear all,\r\nlet us begin at 10:00.\r\n',
    '<html><body style="color: red">a&nbsp;b &#8217;</body></html>',
    '',
  ]
  for (const text of texts) assert.ok(!mayEmbed(Buffer.from(text.repeat(50)), { type: 'text/html', name: '' }), text)
  for (const start of ['PK\x03\x04', '%PDF-1.7', 'GIF89a', '\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0', 'MZ\x90\x00', ''])
    assert.ok(!mayEmbed(Buffer.concat([Buffer.from(start, 'latin1'), bytesOf(5000)]), { type: '', name: 'a.bin' }))
})

/** Any of the samples, cut, joined and damaged. */
const mixture = fc
  .array(
    fc.oneof(
      fc
        .tuple(fc.constantFrom(...SAMPLES), fc.nat(400), fc.nat(400))
        .map(([[content], from, to]) => content.subarray(from % 9, to)),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('\n', '\r', '"', ',', ':', 'data:', 'data:x/y,', 'begin 644 a\n', '=ypart begin=1\n', '&#100;')
        .map((text) => Buffer.from(text)),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => Buffer.concat(pieces))
const types = fc.constantFrom(
  'text/plain',
  'text/html',
  'text/calendar',
  'application/mac-binhex40',
  'application/octet-stream',
)

test('nothing that content holds makes it throw, and what is found was searched for', () => {
  fc.assert(
    fc.property(mixture, types, sizes, (content, type, pieces) => {
      const found = embeddedIn(content, { type, name: '' })

      assert.ok(found.length === 0 || scouted(content, { type, name: '' }, pieces))
      assert.ok(found.every(({ bytes }) => bytes.length <= 2 ** 20 + content.length))
    }),
    { numRuns: 3000 },
  )
})

test('so many files come out, and that there are more is named', () => {
  const found = embeddedIn(Buffer.from('"data:,x" '.repeat(11_000)), { type: 'text/html', name: '' })

  assert.equal(found.length, 10_001)
  assert.deepEqual(found.at(-1), { kind: 'data-uri', name: '', bytes: Buffer.alloc(0), anomaly: 'parts' })
})

const SIZE = 2 ** 18
const hostile: Readonly<Record<string, string>> = {
  'beginnings of uuencode': 'begin 644 x\n',
  'uuencode of one line': 'begin 644 x\n!!\n',
  'beginnings of yEnc': '=ybegin name=a\n=ypart begin=1\n',
  'beginnings of yEnc that end in CR': '=ybegin \r',
  'introductions of BinHex': '(This file must be converted\n:',
  armour: '-----BEGIN PGP MESSAGE-----\n',
  'armour of PEM': '-----BEGIN CMS-----\n',
  'URIs without an end': '"data:text/plain,',
  schemes: 'data:',
  parameters: 'data:;;; ; ;',
  'character references': '&#100;',
  'letters and line ends': 'd\n',
  'names of colons': '&colon;',
  literals: '"AAAA"+',
  messages: 'From \nA:b\n\n',
  'folded lines': 'A\n "',
  quotes: ';a="',
  'encoded properties': 'A;ENCODING=BASE64:\n ',
  elements: '0\x80',
  'strings in pieces': '\x24\x80',
  'lengths of packets': '\xcb\xe0',
  'line ends': '\n',
  'carriage returns': '\r',
}
const HEADS = ['', 'BEGIN:VCALENDAR\n', 'atob ', 'From a\nB: c\n\n', '0\x80\x06\t*\x86H\x86\xf7\r\x01\x07\x02\xa0\x80']

for (const [what, unit] of Object.entries(hostile)) {
  test(`many ${what} are read in time that grows with their number`, () => {
    const took = (size: number): number => {
      const start = process.cpuUsage()
      for (const head of HEADS) {
        const content = Buffer.from(head + unit.repeat(size / unit.length), 'latin1')
        for (const type of ['text/html', '']) embeddedIn(content, { type, name: '' })
        scouted(content, { type: 'text/html', name: '' }, [1000])
      }
      return process.cpuUsage(start).user / 1000
    }
    took(SIZE / 8)
    const [part, whole] = [took(SIZE / 4), took(SIZE)]

    // Four times the bytes; time that grows with their square would be sixteen times.
    assert.ok(whole < Math.max(200, 9 * part), `${whole} ms, a quarter of it ${part} ms`)
  })
}
