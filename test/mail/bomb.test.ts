/** Messages built to cost much, to lose what comes behind, or to be nothing at all: bounded, and what can be found is found. */
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Reading } from '../../src/core/index.ts'
import { file, lines, mixed, read, sha256 } from './read.ts'

interface Bomb {
  /** The message of so many units, of which each has about `bytes`. */
  readonly make: (units: number) => string
  readonly bytes: number
  /** What the reading must tell. */
  readonly told: (reading: Reading) => boolean
}

const A = file('a.bin', 'content')

function all(reading: Reading): string[] {
  return [reading, ...reading.attachments, ...reading.bodies].flatMap(({ anomalies }) =>
    anomalies.map(({ name }) => name),
  )
}

function many(units: number, unit: (i: number) => string, between = ''): string {
  return Array.from({ length: units }, (_, i) => unit(i)).join(between)
}

const hasFile = ({ attachments }: Reading): boolean => attachments.some((sample) => sample.sha256 === sha256('content'))
const tells =
  (name: string) =>
  (reading: Reading): boolean =>
    all(reading).includes(name)

const deep = many(99, (i) => `Content-Type: multipart/mixed; boundary=n${i}\r\n\r\n--n${i}\r\n`)

const BOMBS: Readonly<Record<string, Bomb>> = {
  'lines that would delimit parts of nothing': {
    make: (n) =>
      mixed(
        A,
        many(n, () => '\r\nx', '\r\n--x\r\n'),
      ),
    bytes: 10,
    told: hasFile,
  },
  'a long header line': { make: (n) => `X: ${'x'.repeat(n)}\r\n${mixed(A)}`, bytes: 1, told: hasFile },
  'many header lines': { make: (n) => `${'X-Y: z\r\n'.repeat(n)}${mixed(A)}`, bytes: 8, told: hasFile },
  'pieces of a name': {
    make: (n) =>
      mixed(lines(`Content-Disposition: attachment;${many(n, (i) => `filename*${i}*=%41`, ';')}`, '', 'content')),
    bytes: 18,
    told: hasFile,
  },
  'names of a part': {
    make: (n) =>
      mixed(lines(`Content-Disposition: attachment;${many(n, (i) => `filename=a${i}.exe`, ';')}`, '', 'content')),
    bytes: 18,
    told: hasFile,
  },
  'pieces of a boundary': {
    make: (n) =>
      `Content-Type: multipart/mixed;boundary=b;${many(n, (i) => `boundary*${i}=c`, ';')}\r\n\r\n--b\r\n${A}`,
    bytes: 18,
    told: hasFile,
  },
  'boundaries of a multipart': {
    make: (n) => `Content-Type: multipart/mixed;${many(n, (i) => `boundary=b${i}`, ';')}\r\n\r\n--b0\r\n${A}`,
    bytes: 15,
    told: tells('boundary-ambiguous'),
  },
  'Content-Types of a part': {
    make: (n) => mixed(A, `${many(n, (i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n`)}\r\nx`),
    bytes: 45,
    told: tells('ct-duplicate'),
  },
  'transfer encodings of a part': {
    make: (n) => mixed(A, `${many(n, (i) => `Content-Transfer-Encoding: base64 ${i}\r\n`)}\r\nx`),
    bytes: 40,
    told: tells('cte-duplicate'),
  },
  'lines that are almost fields': {
    make: (n) => mixed(A, `${'Content_Type: a/b\r\n'.repeat(n)}\r\nx`),
    bytes: 19,
    told: tells('header-malformed'),
  },
  'bare CR in a header': {
    make: (n) => mixed(A, `${'X: y\r'.repeat(n)}\r\n\r\nx`),
    bytes: 5,
    told: tells('header-control-char'),
  },
  'NUL in a header': {
    make: (n) => mixed(A, `X: ${'\0'.repeat(n)}\r\n\r\nx`),
    bytes: 1,
    told: tells('header-control-char'),
  },
  'comments in a header': {
    make: (n) => mixed(A, `Content-Type: x/y ${'('.repeat(n)}\r\n\r\nx`),
    bytes: 1,
    told: hasFile,
  },
  'base64 of one character a line': {
    make: (n) =>
      mixed(A, lines('Content-Type: x/y; name=n', 'Content-Transfer-Encoding: base64', '', 'Q\r\n'.repeat(n))),
    bytes: 3,
    told: hasFile,
  },
  'padding after each quartet': {
    make: (n) =>
      mixed(A, lines('Content-Type: x/y; name=n', 'Content-Transfer-Encoding: base64', '', 'QQ=='.repeat(n))),
    bytes: 4,
    told: tells('base64-padding-inside'),
  },
  'broken quoted-printable': {
    make: (n) =>
      mixed(A, lines('Content-Type: x/y; name=n', 'Content-Transfer-Encoding: quoted-printable', '', '=='.repeat(n))),
    bytes: 2,
    told: tells('qp-broken'),
  },
  'lines of dashes below a hundred multiparts': {
    make: (n) => `${deep}${A}\r\n${'--\r\n'.repeat(n)}`,
    bytes: 4,
    told: ({ attachments }) => attachments.length > 0,
  },
  'lines that are almost delimiters below a hundred multiparts': {
    make: (n) => `${deep}${A}\r\n${'--n98x\r\n'.repeat(n)}`,
    bytes: 8,
    told: tells('delimiter-odd'),
  },
  'messages in messages': {
    make: (n) => mixed(A, 'Content-Type: message/rfc822\r\n\r\n'.repeat(n)),
    bytes: 32,
    told: tells('limit-message-depth'),
  },
  'a message that is its own boundary': {
    make: (n) =>
      `Content-Type: multipart/mixed; boundary="--b"\r\n\r\n----b\r\n${A}\r\n${'----b\r\n--b\r\n'.repeat(n)}`,
    bytes: 12,
    told: ({ attachments }) => attachments.length > 0,
  },
}

/** Milliseconds of processor time, the least of some runs: other work on the machine only adds to it. */
async function costOf(message: string, runs: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage()
    await read(message)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

for (const [name, { make, bytes, told }] of Object.entries(BOMBS)) {
  test(`${name}: told, and four times as many cost no more than about four times as much`, async () => {
    const units = Math.ceil(30_000 / bytes)

    assert.ok(told(await read(make(units))))
    const [few, more] = [await costOf(make(units), 3), await costOf(make(4 * units), 2)]
    // What grows with the square costs sixteen times as much.
    assert.ok(more < 9 * few + 30, `${few} ms, then ${more} ms`)
  })
}

test('8,000 nested multiparts cost no more than about four times as much as 2,000', async () => {
  const nested = (n: number) =>
    mixed(
      A,
      many(n, (i) => `Content-Type: multipart/mixed; boundary=n${i}\r\n\r\n--n${i}\r\n`),
    )

  const [few, more] = [await costOf(nested(2000), 2), await costOf(nested(8000), 1)]

  assert.ok(more < 9 * few + 30, `${few} ms, then ${more} ms`)
})

test('a message of which a piece is missing is read in other ways nevertheless', async () => {
  const odd = A.replace('Encoding: base64', 'Encoding: base64;')

  const reading = await read(mixed(lines('Content-Type: message/partial; total=2', '', 'x'), odd))

  assert.ok(hasFile(reading))
})

test('100,000 parts end in a limit, and the first 9,000 are found', async () => {
  const reading = await read(mixed(A, ...Array.from({ length: 100_000 }, () => '\r\nx')))

  assert.equal(reading.unscannable, 'parts')
  assert.ok(hasFile(reading))
  assert.ok(reading.attachments.length > 9000)
})

test('50,000 pieces of one name are one name, and the part is found', async () => {
  const pieces = many(50_000, (i) => `filename*${i}*=%41`, ';')

  const reading = await read(mixed(lines(`Content-Disposition: attachment;${pieces}`, '', 'content')))

  assert.ok(hasFile(reading))
  assert.match(reading.attachments[0]?.name ?? '', /^A{20,1024}$/)
})

test('wherever a message ends, the parts that came whole before are found', async () => {
  const names = ['one', 'two', 'three', 'four']
  const inner = lines(
    'Content-Type: message/rfc822',
    '',
    mixed(file('two', 'content of two'), file('three', 'content of three')),
  )
  const message = mixed(file('one', 'content of one'), inner, file('four', 'content of four'))
  const ends = names.map((name) => message.indexOf('\r\n--', message.indexOf(`"${name}"`)))

  for (let cut = 0; cut < message.length; cut += 17) {
    const { attachments } = await read(message.slice(0, cut))

    const digests = attachments.map((sample) => sample.sha256)
    const whole = names.filter((_, i) => (ends[i] ?? 0) <= cut)
    assert.deepEqual(
      whole.filter((name) => !digests.includes(sha256(`content of ${name}`))),
      [],
      `cut at ${cut}`,
    )
  }
})

test('a piece of a larger message is unscannable, and what it has is found', async () => {
  for (const parameters of ['number=1; total=2', 'number=2; total=2', 'number=1', '']) {
    const reading = await read(mixed(A, lines(`Content-Type: message/partial; id=x; ${parameters}`, '', mixed(A))))

    assert.equal(reading.unscannable, 'partial-message')
    assert.ok(hasFile(reading))
  }
  const whole = await read(mixed(lines('Content-Type: message/partial; id=x; number=1; total=1', '', mixed(A))))
  assert.equal(whole.unscannable, '')
  assert.ok(hasFile(whole))
})
