import assert from 'node:assert/strict'
import test from 'node:test'
import type { Reading } from '../../src/core/index.ts'
import { testStrings } from '../../src/facts/index.ts'
import { extract, file, lines, mixed, named, read, sha256 } from './read.ts'

function anomalyNames(reading: Reading): string[] {
  return reading.anomalies.map((anomaly) => anomaly.name)
}

test('an empty message has an empty body and nothing else', async () => {
  const reading = await read('')

  const { bodies, ...rest } = reading
  assert.deepEqual(
    bodies.map(({ role, size, sha256: digest }) => ({ role, size, sha256: digest })),
    [{ role: 'body', size: 0, sha256: sha256('') }],
  )
  assert.deepEqual(rest, { attachments: [], anomalies: [], unscannable: '', subject: '', messageId: '' })
})

test('a message without a header has its text as body, one without a body none', async () => {
  const noHeader = await read('\r\nhello')
  const noBody = await read('Subject: x')

  assert.equal(noHeader.bodies[0]?.sha256, sha256('hello'))
  assert.equal(noBody.bodies[0]?.size, 0)
  assert.equal(noBody.subject, 'x')
})

test('10,000 headers and a header line of 60,000 bytes are read', async () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `X-${i}: ${i}`)

  const reading = await read(lines(`Subject: ${'s'.repeat(60_000)}`, ...many, mixed(file('a.bin', 'a'))))

  assert.deepEqual(named(reading, 'a.bin').readings, ['strict', 'mailparser'])
  assert.equal(reading.unscannable, '')
})

test('8-bit bytes and NUL in a body stay as they are', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i).filter((byte) => byte !== 10 && byte !== 13))
  const header = Buffer.from('Content-Type: application/x; name=all.bin\r\nContent-Transfer-Encoding: 8bit\r\n\r\n')

  const reading = await read(Buffer.concat([header, bytes]))

  assert.equal(named(reading, 'all.bin').sha256, sha256(bytes))
})

test('lines that end in LF alone are read like those that end in CRLF', async () => {
  const message = mixed(lines('Content-Type: text/plain', '', 'body'), file('a.bin', 'content')).replaceAll(
    '\r\n',
    '\n',
  )

  const reading = await read(message)

  assert.deepEqual(named(reading, 'a.bin').readings, ['strict', 'mailparser'])
  assert.deepEqual(anomalyNames(reading), ['bare-lf'])
})

test('a multipart that never ends gives up its parts, and it is noted', async () => {
  const message = lines('Content-Type: multipart/mixed; boundary=b', '', '--b', file('a.bin', testStrings.eicar), '')

  const reading = await read(message)

  assert.equal(named(reading, 'a.bin').testString, 'eicar')
  assert.deepEqual(anomalyNames(reading), ['unclosed-multipart'])
})

test('a multipart whose boundary never comes is one sample of all its bytes, and what looks like its parts are others', async () => {
  const content = lines('--other', file('a.bin', 'a'), '--other--')

  const reading = await read(lines('Content-Type: multipart/mixed; boundary=b', '', content))

  assert.equal(reading.attachments[0]?.sha256, sha256(content))
  assert.ok(reading.attachments[0]?.anomalies.some((anomaly) => anomaly.name === 'boundary-missing'))
})

for (const type of [
  'multipart/mixed',
  'multipart/mixed; boundary=""',
  'multipart/mixed; boundary=other',
  `multipart/mixed; boundary=${'x'.repeat(3000)}`,
]) {
  test(`a multipart without a usable boundary is one sample, and its parts are found: ${type.slice(0, 40)}`, async () => {
    for (const boundary of ['', 'b', ' b c, d']) {
      const parts = [lines('Content-Type: text/plain', '', 'hi'), file('e.com', testStrings.eicar), file('a.bin', 'a')]
      const content = lines('preamble', ...parts.map((part) => `--${boundary}\r\n${part}`), `--${boundary}--`, '')
      const message = lines(`Content-Type: ${type}`, '', content)

      const reading = await read(message)

      assert.equal(reading.attachments[0]?.sha256, sha256(content))
      assert.ok(reading.attachments[0]?.anomalies.some((anomaly) => anomaly.name === 'boundary-missing'))
      assert.equal(named(reading, 'e.com').testString, 'eicar')
      assert.equal(named(reading, 'a.bin').sha256, sha256('a'))
      assert.equal(sha256(await extract(message, named(reading, 'e.com').path)), sha256(testStrings.eicar))
      for (const size of [1, 13]) assert.deepEqual(await read(message, {}, [size]), reading)
    }
  })
}

test('what looks like a part before the first part is one to a tolerant reading alone', async () => {
  const message = mixed(file('a.bin', 'a')).replace('\r\n--b', `\r\n--x\r\n${file('x.bin', 'x')}\r\n--b`)

  const reading = await read(message)

  assert.deepEqual(
    reading.attachments.map(({ name, readings }) => [name, readings[0]]),
    [
      ['a.bin', 'strict'],
      ['x.bin', 'tolerant'],
    ],
  )
})

test('a part is taken out with its own bytes where there is what looks like one before it', async () => {
  const inner = lines(
    'Content-Type: multipart/mixed; boundary=i',
    '',
    '--x',
    file('x.bin', 'x'),
    '--i',
    file('a.bin', 'a'),
  )

  const message = mixed(inner, file('b.bin', 'b'))

  assert.equal(sha256(await extract(message, named(await read(message), 'a.bin').path)), sha256('a'))
})

test('lines that are almost delimiters of a multipart without a boundary cost no more than others', async () => {
  const almost = lines('Content-Type: multipart/mixed', '', `--${'x'.repeat(60)}\r\n`.repeat(20_000))

  const before = process.cpuUsage()
  await read(almost)
  const { user } = process.cpuUsage(before)

  assert.ok(user < 1_500_000, `${user} µs for 1.3 MB`)
})

test('an inner multipart that is not closed ends at the delimiter of the outer one', async () => {
  const inner = lines('Content-Type: multipart/mixed; boundary=i', '', '--i', file('in.bin', 'in'))

  const reading = await read(mixed(inner, file('out.bin', 'out')))

  assert.equal(named(reading, 'in.bin').sha256, sha256('in'))
  assert.equal(named(reading, 'out.bin').path, '2')
  assert.deepEqual(anomalyNames(reading), ['unclosed-multipart'])
})

test('blanks behind a delimiter do not hide it, other text does', async () => {
  const message = lines(
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b \t',
    'Content-Type: x/y',
    '',
    '1',
    '--bx',
    '--b--  ',
    '2',
  )

  const reading = await read(message)

  const strict = reading.attachments.filter(({ readings }) => readings.includes('strict'))
  assert.deepEqual(
    strict.map((sample) => sample.sha256),
    [sha256('1\r\n--bx')],
  )
  assert.ok(anomalyNames(reading).includes('delimiter-odd'))
})

for (const blanks of [997, 1001, 1002, 1003, 1004, 1005, 1100, 200_000]) {
  test(`${blanks} blanks behind a delimiter do not hide it, in whatever pieces they come`, async () => {
    const plain = mixed(file('a.bin', 'a'), file('e.com', testStrings.eicar))
    const message = plain.replace(/^(--.+)\r$/gm, `$1${' \t'.repeat(blanks / 2)}${' '.repeat(blanks % 2)}\r`)

    const reading = await read(message)

    assert.deepEqual(
      reading.attachments.filter((sample) => sample.readings.includes('strict')).map((sample) => sample.sha256),
      [sha256('a'), sha256(testStrings.eicar)],
    )
    for (const size of [1, 7, 1000])
      assert.deepEqual(blanks > 9000 ? reading : await read(message, {}, [size]), reading)
  })
}

for (const [field, anomaly] of [
  ['Content-Transfer-Encoding: 7bit', 'cte-duplicate'],
  ['Content-Type: text/plain', 'ct-duplicate'],
  ['Content-Disposition: inline', 'cd-duplicate'],
] as const) {
  test(`a second field that says otherwise is ${anomaly}, with the byte where it stands; the first counts`, async () => {
    const message = mixed(file('a.bin', 'content').replace('\r\n\r\n', `\r\n${field}\r\n\r\n`))

    const sample = named(await read(message), 'a.bin')

    assert.equal(sample.sha256, sha256('content'))
    assert.deepEqual(sample.anomalies, [
      { name: anomaly, severity: 'suspicious', offset: message.indexOf(field, message.indexOf('--b')) },
    ])
  })
}

test('a second field that says the same is no anomaly', async () => {
  const message = mixed(file('a.bin', 'x').replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: BASE64\r\n\r\n'))

  assert.deepEqual(named(await read(message), 'a.bin').anomalies, [])
})

for (const [control, text] of [
  ['NUL', 'X-Odd: a\0b'],
  ['a bare CR', 'X-Odd: a\rb'],
] as const) {
  test(`${control} in a header is an anomaly at its byte`, async () => {
    const message = mixed(file('a.bin', 'x').replace('\r\n\r\n', `\r\n${text}\r\n\r\n`))

    const [anomaly] = named(await read(message), 'a.bin').anomalies

    assert.equal(anomaly?.name, 'header-control-char')
    assert.equal(anomaly?.offset, message.indexOf(text) + 'X-Odd: a'.length)
  })
}

test('what mailparser alone sees is a sample of that reading, and the disagreement is told', async () => {
  // mailparser joins a line without a colon with the next one and finds the field name in it.
  const message = mixed(file('a.bin', testStrings.eicar).replace('Encoding:', 'Encoding\r\n :'))

  const reading = await read(message)

  const seen = reading.attachments.filter(({ readings }) => !readings.includes('tolerant'))
  assert.deepEqual(
    seen.map((sample) => [sample.path, sample.readings, sample.testString]),
    [
      ['1', ['strict'], ''],
      ['mailparser:1', ['mailparser'], 'eicar'],
    ],
  )
  assert.ok(anomalyNames(reading).includes('parser-disagreement'))
  for (const sample of seen) {
    assert.ok(sample.anomalies.some(({ name }) => name === 'parser-disagreement'))
    assert.equal(sha256(await extract(message, sample.path)), sample.sha256)
  }
})

test('a part that mailparser has no type for is a sample of no type', async () => {
  const message = lines(
    "Content-Type: multipart/mixed; boundary*=us-ascii''b; boundary=c",
    '',
    '--b',
    'Content-Type:',
    'Content-Disposition: attachment',
    '',
    'content',
    '--b--',
  )

  const sample = (await read(message)).attachments.find(({ readings }) => readings.includes('mailparser'))

  assert.equal(sample?.declaredType, '')
})
