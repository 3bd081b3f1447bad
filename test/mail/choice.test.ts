/** Points in which mail programs differ: what any of them shows is found. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { testStrings } from '../../src/facts/index.ts'
import { extract, file, lines, mixed, named, read, sha256 } from './read.ts'

const text = lines('Content-Type: text/plain', '', 'hi')
const eicar = file('e.com', testStrings.eicar)
const letters = Buffer.from(testStrings.eicar).toString('base64')

/** The test file in base64 with a `=` behind so many letters. */
function padded(at: number): string {
  return eicar.replace(letters.slice(0, 10), `${letters.slice(0, at)}=${letters.slice(at, 10)}`)
}

/** The test file is a sample by that name, and its bytes come out of the message again. */
async function found(message: string): Promise<string> {
  const sample = (await read(message)).attachments.find(({ testString }) => testString === 'eicar')

  assert.equal(sample?.name, 'e.com')
  assert.equal(sha256(await extract(message, sample?.path ?? '')), sample?.sha256)
  for (const size of [1, 17]) assert.deepEqual(await read(message, {}, [size]), await read(message))
  return sample?.path ?? ''
}

for (const [declared, used] of [
  ['boundary=abc(c)', 'abc'],
  ['boundary=(c)abc', 'abc'],
  ['boundary=abc (c)', 'abc (c)'],
  ['boundary=ab c', 'ab'],
  ['boundary=abc,def', 'abc'],
  ["boundary=abc'def", 'abc'],
  ['boundary=zzz; boundary=abc', 'abc'],
  ["boundary=zzz; boundary*=utf-8''a%62c", 'abc'],
] as const) {
  for (const decoy of [
    '',
    `--zzz\r\n${text}\r\n--abc(c)\r\n${text}\r\n--(c)abc\r\n${text}\r\n--ab c\r\n${text}\r\n--abc,def`,
  ]) {
    test(`a part behind --${used} of ${declared} is found, ${decoy === '' ? 'alone' : 'and behind other parts'}`, async () => {
      const parts = [text, eicar].map((part) => `--${used}\r\n${part}`)
      await found(
        lines(`Content-Type: multipart/mixed; ${declared}`, '', `${decoy}\r\n\r\n`, ...parts, `--${used}--`, ''),
      )
    })
  }
}

test('a part that holds a line which others take for a boundary is found whole and in pieces', async () => {
  const script = lines('a()', '--abc', 'b()')
  const message = lines(
    'Content-Type: multipart/mixed; boundary=abc(c)',
    '',
    '--abc(c)',
    text,
    '--abc(c)',
    'Content-Type: x/y',
    '',
    script,
    '--abc(c)--',
  )

  const digests = (await read(message)).attachments.map((sample) => sample.sha256)

  assert.ok(digests.includes(sha256(script)))
})

for (const at of [1, 2, 5, 6]) {
  test(`a = behind letter ${at} of base64 is passed over too, as Python does`, async () => {
    const message = mixed(text, padded(at))

    assert.match(await found(message), /^tolerant:\d+\/base64/)
    const [first] = (await read(message)).attachments
    assert.deepEqual(
      first?.anomalies.map(({ name }) => name),
      ['base64-padding-inside'],
    )
  })
}

test('both points in one message are found together', async () => {
  const broken = padded(1)
  const type = 'Content-Type: multipart/mixed; boundary=abc(c)'

  const path = await found(lines(type, '', '--abc(c)', text, '--abc', broken, '--abc--', ''))

  assert.match(path, /^tolerant:/)
})

test('padding between lines is odd, and what ends at it is a sample as well', async () => {
  const body = lines('QQ==', 'QUI=', 'QUJD', 'QUI')

  const { attachments } = await read(
    mixed(lines('Content-Type: x/y; name=n', 'Content-Transfer-Encoding: base64', '', body)),
  )

  assert.deepEqual(
    attachments[0]?.anomalies.map(({ name }) => name),
    ['base64-padding-inside'],
  )
  assert.ok(attachments.some(({ size }) => size === 1))
  assert.equal(named({ attachments } as never, 'n').size, 8)
})
