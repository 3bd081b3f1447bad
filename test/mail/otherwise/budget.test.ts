/** What a tolerant reading costs is counted: a limit is named, what was found before stays, and no input costs much. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContentMeter } from '../../../src/facts/index.ts'
import { Budget } from '../../../src/mail/budget.ts'
import { TolerantReading } from '../../../src/mail/otherwise/reading.ts'
import { file, limits, lines, mixed, read } from '../read.ts'

const top = 'Content-Type: multipart/mixed; boundary=b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n'
const boundaries = Array.from({ length: 48 }, (_, i) => `b${i}`)

function filled(start: string, unit: string): string {
  return start + unit.repeat(Math.ceil((500_000 - start.length) / unit.length))
}

function nested(depth: number, head: (i: number) => string): string {
  let all = ''
  for (let i = 0; i < depth; i++) all += `${head(i)}\r\n\r\n--${'n'.repeat(i + 1)}\r\n`
  return all
}

const EXPENSIVE: Readonly<Record<string, string>> = {
  'line ends': filled(top, '\n'),
  'bare CR': filled(top, '\r'),
  blanks: filled(top, ' '),
  'lines of dashes': filled(top, '--\n'),
  delimiters: filled(top, '--b\n'),
  'empty parts': filled(top, '--b\nContent-Type: a/b\n\n'),
  'multiparts that are their own boundary': filled(top, '--b\nContent-Type: multipart/mixed; boundary=b\n\n'),
  'headers without delimiters': filled(top, 'Content-Type: a/b; name=x\nx\n'),
  'one header': filled('', 'Content-Type: a/b; name=x\n'),
  'messages without end': filled('', 'Received: x\nContent-Type: message/rfc822\n\n'),
  'boundaries that begin with each other': filled(
    nested(90, (i) => `Content-Type: multipart/mixed; boundary=${'n'.repeat(i + 1)}`),
    '--nnnn\nContent-Type: a/b\n\nx\n',
  ),
  'multiparts that are files in two encodings': filled(
    nested(90, (i) =>
      lines(
        `Content-Type: multipart/mixed; boundary=${'n'.repeat(i + 1)}`,
        'Content-Type: x/y; name=f',
        'Content-Transfer-Encoding: base64',
        'Content-Transfer-Encoding: 7bit',
      ),
    ),
    'QUJD\n',
  ),
  'many boundaries': filled(
    `Content-Type: multipart/mixed; boundary=${boundaries.join('; boundary=')}\n\n`,
    boundaries.map((each) => `--${each}\nContent-Type: a/b\n\nx\n`).join(''),
  ),
  'declared boundaries': filled('', 'boundary=aaa\n'),
  'a boundary without end': filled('Content-Type: multipart/mixed; boundary=aaa\n\n', 'aaa'),
}

for (const [what, message] of Object.entries(EXPENSIVE)) {
  test(`half a megabyte of ${what} costs less than three quarters of a second`, () => {
    const before = process.cpuUsage()
    const reading = new TolerantReading({ limits, newMeter: createContentMeter }, Buffer.from(message))
    const { user } = process.cpuUsage(before)

    assert.ok(user < 750_000, `${user} µs`)
    assert.equal(typeof reading.isComplete, 'boolean')
  })
}

test('a message that can be read in too many ways is unscannable, and what was found before stays', async () => {
  const twice = lines(
    'Content-Type: multipart/mixed; boundary=x',
    'Content-Type: x/y; name=f',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: 7bit',
    '',
    '',
  )
  const deep = Array.from({ length: 50 }, (_, i) => `${twice.replace('=x', `=x${i}`)}--x${i}\r\n`).join('')

  const reading = await read(mixed(file('a.bin', 'a'), filled(deep, `${'QUJD'.repeat(19)}\r\n`)))

  assert.equal(reading.unscannable, 'readings')
  assert.ok(reading.attachments.some(({ name }) => name === 'a.bin'))
})

test('a budget is spent once one of its kinds is', () => {
  const bytes = new Budget(10_000_000)
  const steps = new Budget(0)

  assert.ok(bytes.takeBytes(40_000_000))
  assert.ok(!bytes.takeBytes(1))
  assert.ok(bytes.isSpent)
  assert.ok(steps.takeSteps(1000))
  assert.ok(!steps.takeSteps(1_000_000))
  assert.ok(!steps.takeBytes(0))
})
