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
  // The message as a whole is measured too.
  assert.ok(plain.measured >= 2 * FILE.length + mail.length)
  assert.ok(cut.measured < 1.1 * FILE.length + mail.length, `${cut.measured}`)
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
