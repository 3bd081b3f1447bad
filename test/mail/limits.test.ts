import assert from 'node:assert/strict'
import test from 'node:test'
import type { Reading } from '../../src/core/index.ts'
import { file, lines, mixed, named, read } from './read.ts'

const first = file('first.bin', 'found before')

/** The limit is named, and what was found before it stays. */
function stopped(reading: Reading, limit: string): void {
  assert.equal(reading.unscannable, limit)
  assert.ok(reading.anomalies.some((each) => each.name === `limit-${limit}` && each.severity === 'unscannable'))
  assert.equal(named(reading, 'first.bin').size, 12)
}

test('a message that is too large is unscannable, what was found before the limit stays', async () => {
  const reading = await read(mixed(first, file('large.bin', Buffer.alloc(50_000))), { messageSize: 10_000 }, [1000])

  stopped(reading, 'message-size')
  assert.equal(reading.attachments.length, 1)
})

test('a message of exactly the largest size is read', async () => {
  const message = mixed(first)

  assert.equal((await read(message, { messageSize: message.length })).unscannable, '')
  assert.equal((await read(message, { messageSize: message.length - 1 })).unscannable, 'message-size')
})

test('too many parts end the reading, those before the limit stay', async () => {
  const many = Array.from({ length: 20 }, (_, i) => file(`${i}.bin`, `${i}`))

  const reading = await read(mixed(first, ...many), { parts: 10 })

  stopped(reading, 'parts')
  assert.ok(reading.attachments.length >= 8)
})

test('multiparts nested too deeply are kept as they stand, and what surrounds them is read', async () => {
  let nested = file('deep.bin', 'deep')
  for (let i = 0; i < 5; i++)
    nested = lines(`Content-Type: multipart/mixed; boundary=n${i}`, '', `--n${i}`, nested, `--n${i}--`)

  const reading = await read(mixed(first, nested, file('last.bin', 'last')), { mimeDepth: 3 })

  stopped(reading, 'mime-depth')
  assert.equal(named(reading, 'last.bin').size, 4)
  assert.ok(reading.attachments.some((sample) => sample.declaredType === 'multipart/mixed'))
})

test('a message nested too deeply is a sample that is not opened', async () => {
  let message = mixed(file('deep.bin', 'deep'))
  for (let i = 0; i < 4; i++) message = mixed(first, lines('Content-Type: message/rfc822', '', message))

  const reading = await read(message, { messageDepth: 2 })

  stopped(reading, 'message-depth')
  assert.equal(Math.max(...reading.attachments.map((sample) => sample.depth)), 2)
  assert.ok(!reading.attachments.some((sample) => sample.name === 'deep.bin'))
})

test('the header of a part that is too large ends the reading, with or without its end in sight', async () => {
  const large = `X-Large: ${'x'.repeat(5000)}`

  for (const sizes of [[65_536], [100]]) {
    stopped(await read(mixed(first, lines(large, '', 'content')), { headerBytes: 4000 }, sizes), 'header-bytes')
    stopped(await read(mixed(first, large), { headerBytes: 4000 }, sizes), 'header-bytes')
  }
})

test('a header of many short lines is counted as well', async () => {
  const many = 'X: y\r\n'.repeat(1000)

  stopped(await read(mixed(first, `${many}\r\ncontent`), { headerBytes: 4000 }), 'header-bytes')
})

test("1,200 parts, more than mailparser's own limit, are all found", async () => {
  const many = Array.from({ length: 1200 }, (_, i) => file(`${i}.bin`, `${i}`))

  const reading = await read(mixed(...many))

  assert.equal(reading.unscannable, '')
  assert.equal(reading.attachments.length, 1200)
  assert.ok(reading.attachments.every((sample) => sample.readings.length === 2))
})

test("a header of almost a MiB, more than mailparser's own limit, loses nothing", async () => {
  const reading = await read(
    lines('Subject: x', ...Array.from({ length: 60_000 }, () => 'X-Y: 12345678'), mixed(first)),
  )

  assert.equal(reading.unscannable, '')
  assert.deepEqual(named(reading, 'first.bin').readings, ['strict', 'mailparser'])
})

test('4,000 nested multiparts end in a limit and not in a crash', async () => {
  let nested = ''
  for (let i = 0; i < 4000; i++) nested += `Content-Type: multipart/mixed; boundary=n${i}\r\n\r\n--n${i}\r\n`

  stopped(await read(mixed(first, nested)), 'mime-depth')
})

test('where mailparser alone gives up, the strict reading stands and says so', async () => {
  let nested = file('deep.bin', 'deep')
  for (let i = 0; i < 2000; i++) nested = `Content-Type: multipart/mixed; boundary=n${i}\r\n\r\n--n${i}\r\n${nested}`

  const reading = await read(mixed(first, nested), { mimeDepth: 10_000 })

  assert.equal(reading.unscannable, '')
  assert.equal(named(reading, 'deep.bin').size, 4)
  assert.ok(reading.anomalies.some((anomaly) => anomaly.name === 'parser-error' && anomaly.severity === 'suspicious'))
})

test('lines that are almost delimiters cost no more than others', async () => {
  const almost = (filler: string) => mixed(first, lines('Content-Type: x/y', '', `${filler}\r\n`.repeat(1000)))
  const boundary = /boundary=(\w+)/.exec(almost(''))?.[1] ?? ''

  const before = process.cpuUsage()
  await read(almost(`--${boundary}${' '.repeat(990)}x`))
  const { user } = process.cpuUsage(before)

  // Two and a half seconds when each run of blanks was gone through again and again.
  assert.ok(user < 1_000_000, `${user} µs for 1 MB`)
})
