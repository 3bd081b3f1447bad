import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { readCut, readPlain } from './skeleton.ts'

/** `isPlain` gives mailparser the message itself. */
function read(message: Buffer, chunkSize: number, isPlain: boolean): ReturnType<typeof readCut> {
  return isPlain ? readPlain(message, chunkSize) : readCut(message, chunkSize)
}

function lines(bytes: Buffer, width: number, lineEnd: string): string {
  return `${(bytes.toString('base64').match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(lineEnd)}${lineEnd}`
}

function message(bodies: readonly string[], lineEnd = '\r\n', header = 'Content-Transfer-Encoding: base64'): Buffer {
  const parts = bodies.map((body, i) => {
    const head = ['--b', `Content-Type: application/octet-stream; name="${i}.bin"`, header, '', ''].join(lineEnd)
    return head + body
  })
  const head = ['Subject: x', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '', ''].join(lineEnd)
  return Buffer.from(`${head}${parts.join(lineEnd)}${lineEnd}--b--${lineEnd}`, 'latin1')
}

const FILE = randomBytes(150_000)

test('a large attachment is measured once instead of twice', async () => {
  const mail = message([lines(FILE, 76, '\r\n')])

  const cut = await read(mail, 65_536, false)
  const plain = await read(mail, 65_536, true)

  assert.deepEqual(cut.reading, plain.reading)
  assert.ok(plain.measured >= 2 * FILE.length)
  assert.ok(cut.measured < 1.1 * FILE.length, `${cut.measured}`)
})

const PLACES: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'padding in the middle': (text) => `${text.slice(0, 40_000)}QQ==\r\n${text.slice(40_000)}`,
  'a line of other letters': (text) => `${text.slice(0, 78 * 400)}-- not base64 --\r\n${text.slice(78 * 400)}`,
  'a letter too many': (text) => `${text.slice(0, 78 * 400)}A\r\n${text.slice(78 * 400)}`,
  'url alphabet': (text) => text.replaceAll('+', '-'),
  'a trailing text': (text) => `${text}\r\nThis mail was scanned.\r\n`,
  'a false boundary': (text) => `${text.slice(0, 78 * 300)}--bb\r\n${text.slice(78 * 300)}`,
  'a boundary early': (text) => `${text.slice(0, 78 * 300)}--b\r\n\r\n${text.slice(78 * 300)}`,
}

for (const [name, change] of Object.entries(PLACES)) {
  test(`the skeleton changes nothing: ${name}`, async () => {
    const mail = message([change(lines(FILE, 76, '\r\n')), lines(FILE, 76, '\r\n')])

    for (const chunkSize of [4096, 65_536, mail.length]) {
      const cut = await read(mail, chunkSize, false)
      assert.deepEqual(cut.reading, (await read(mail, chunkSize, true)).reading)
    }
  })
}

test('of a large text mailparser is given a few lines', async () => {
  const text = 'Dear all,\r\nplease find the minutes below.\r\n-- \r\nthe office\r\n'
    .repeat(500)
    .replaceAll('-- ', '- ')
  const mail = message([text], '\r\n', 'Content-Transfer-Encoding: 8bit')

  const cut = await read(mail, 65_536, false)

  assert.deepEqual(cut.reading, (await read(mail, 65_536, true)).reading)
  assert.ok(cut.measured < 1.1 * text.length, `${cut.measured}`)
})

const LINES = [
  'a line of text',
  '',
  ' ',
  '-- ',
  '--b',
  '--b--',
  '--c',
  '\r--b',
  '- x',
  '=41=',
  'QUJD',
  'Subject: x',
  '\0',
  'é',
]

test('the skeleton changes nothing in texts, whatever their lines, encoding, line ends, chunks and place', async () => {
  const line = fc.oneof(
    { weight: 9, arbitrary: fc.constant(LINES[0] ?? '') },
    { weight: 1, arbitrary: fc.constantFrom(...LINES) },
  )
  const block = fc.record({
    text: fc.array(line, { minLength: 1, maxLength: 4 }),
    times: fc.integer({ min: 1, max: 200 }),
  })
  const mails = fc.record({
    blocks: fc.array(block, { minLength: 1, maxLength: 4 }),
    lineEnds: fc.array(fc.constantFrom('\r\n', '\n', '\r', '\r\r\n'), { minLength: 1, maxLength: 2 }),
    encoding: fc.constantFrom('7bit', '8bit', 'binary', 'none', 'base64', 'quoted-printable', '8 bit'),
    type: fc.constantFrom(
      'text/plain',
      'text/plain; format=flowed',
      'text/html',
      'message/rfc822',
      'multipart/mixed; boundary=c',
    ),
    isRoot: fc.boolean(),
    chunkSize: fc.integer({ min: 500, max: 70_000 }),
  })
  const isSame = fc.asyncProperty(mails, async ({ blocks, lineEnds, encoding, type, isRoot, chunkSize }) => {
    const body = blocks
      .map(({ text, times }) =>
        text
          .map((each, n) => each + (lineEnds[n % lineEnds.length] ?? ''))
          .join('')
          .repeat(times),
      )
      .join('')
    const part = `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`
    const mail = isRoot
      ? `Subject: x\r\nMIME-Version: 1.0\r\n${part}`
      : `Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${part}\r\n--b\r\n\r\nx\r\n--b--\r\n`
    const bytes = Buffer.from(mail, 'latin1')

    assert.deepEqual((await read(bytes, chunkSize, false)).reading, (await read(bytes, chunkSize, true)).reading)
  })

  await fc.assert(isSame, { numRuns: 300 })
})

for (const header of [
  'Content-Transfer-Encoding: base64 x',
  'Content-Transfer-Encoding: 7bit',
  'Content-Transfer-Encoding: BASE64',
]) {
  test(`the skeleton changes nothing: ${header}`, async () => {
    const mail = message([lines(FILE, 76, '\r\n')], '\r\n', header)

    assert.deepEqual((await read(mail, 65_536, false)).reading, (await read(mail, 65_536, true)).reading)
  })
}

test('a message in base64 is read through, not cut', async () => {
  const inner = message([lines(FILE, 76, '\r\n')])
  const mail = message([lines(inner, 76, '\r\n')])

  const { reading } = await read(mail, 65_536, false)

  assert.deepEqual(reading, (await read(mail, 65_536, true)).reading)
  assert.ok(reading.attachments.some(({ depth, size }) => depth === 1 && size === FILE.length))
})

test('the skeleton changes nothing, whatever the width, line end, length, chunks and damage', async () => {
  const damage = fc.record({
    at: fc.nat(200_000),
    with: fc.constantFrom('', '\n', '\r\n', '=', '-', '--b\r\n', '\0', 'A', '\r\n\r\n'),
  })
  const mails = fc.record({
    sizes: fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 3 }),
    width: fc.constantFrom(4, 60, 64, 72, 76, 77, 100, 1000),
    lineEnd: fc.constantFrom('\r\n', '\n'),
    damages: fc.array(damage, { maxLength: 3 }),
    chunkSize: fc.integer({ min: 1000, max: 70_000 }),
  })
  const isSame = fc.asyncProperty(mails, async ({ sizes, width, lineEnd, damages, chunkSize }) => {
    let text = message(
      sizes.map((size) => lines(FILE.subarray(0, size), width, lineEnd)),
      lineEnd,
    ).toString('latin1')
    for (const one of damages) text = `${text.slice(0, one.at)}${one.with}${text.slice(one.at)}`
    const mail = Buffer.from(text, 'latin1')

    assert.deepEqual((await read(mail, chunkSize, false)).reading, (await read(mail, chunkSize, true)).reading)
  })

  await fc.assert(isSame, { numRuns: 150 })
})
