/**
 * Both mail readers, against broken messages: they never throw, are done in time, and see the EICAR test file wherever
 * Python's email package still sees it as an attachment.
 */
import assert from 'node:assert/strict'
import type { Reading } from '../../src/core/index.ts'
import { createContentMeter } from '../../src/facts/index.ts'
import { createMessageReader, extractBytes, type MailLimits } from '../../src/mail/index.ts'
import type { Random } from '../bench/random.ts'
import { sha256 } from '../mail/read.ts'
import { MAILS } from './mail-seeds.ts'
import { memoryWatch } from './memory.ts'
import { mutateBytes, mutateLines, pump } from './mutate.ts'
import { Oracle, type Seen } from './oracle.ts'
import { type Attack, cutBy, few, oneIn, pick, type Target } from './target.ts'

/** The readers of messages; the first byte says how the message is cut, the rest is the message. */
export const mail: Target = { name: 'mail', make, open }

const LIMITS: MailLimits = {
  messageSize: 100 * 1024 ** 2,
  parts: 10_000,
  mimeDepth: 100,
  messageDepth: 20,
  headerBytes: 1024 ** 2,
}
/** Processor time: what starting costs, and a hundred times what a kilobyte takes. */
const BASE_MS = 400
const MS_PER_KB = 2
/** Messages up to this size are cut into pieces. */
const LONGEST_CUT = 8192
/** Samples of one message that are taken out again. */
const EXTRACTED = 3

const WORDS = [
  ...['Content-Type: multipart/mixed; boundary=part-of-a-test-mail', 'Content-Type: multipart/digest; boundary="b"'],
  ...['Content-Type: message/rfc822', 'Content-Type: message/partial; id=x; number=1', 'Content-Type: text/html'],
  ...['Content-Type: application/octet-stream; name="x', 'Content-Type: ;', 'Content-Type: text/plain; charset=utf-7'],
  ...['Content-Transfer-Encoding: base64', 'Content-Transfer-Encoding: quoted-printable', 'MIME-Version: 1.0'],
  ...['Content-Transfer-Encoding: 8bit', 'Content-Transfer-Encoding: "base64"', 'Content-Transfer-Encoding: base64 x'],
  ...['Content-Transfer-Encoding: binary', 'Content-Disposition: attachment', 'Content-Disposition: inline; filename='],
  ...["filename*0*=utf-8''%", '; boundary=', '(comment', '\\', '"', '=?utf-8?Q?', '?=', '=', '==', '=\r\n', '=3D', '%'],
  ...['; boundary=part-of-a-test-mail(c)', '; boundary=(c)part-of-a-test-mail', '; boundary=part-of-a-test-mail,x'],
  ...[' '.repeat(1100), `--part-of-a-test-mail${' '.repeat(977)}x`, 'Content-Type: message/x-other'],
  ...['--', '--part-of-a-test-mail', '--part-of-a-test-mail--', '--inner', '--inner--', '--part-of', '--b', '--b--'],
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\r\n',
    '\n\n',
    ' ',
    '\t',
    '\0',
    '\x1a',
    '\xa0',
    '\xff',
    ':',
    ' :',
    ';;',
    'From ',
    '>From ',
  ],
]

function make(random: Random): Buffer {
  let lines: readonly string[] = pick(random, MAILS)
  for (let n = few(random, 8); n > 0 && lines.length > 0; n -= 1) lines = mutateLines(lines, random, WORDS)
  if (oneIn(random, 8)) lines = lines.map((line) => line.replace(/\r\n$/, random.below(2) === 0 ? '\n' : '\r'))
  if (oneIn(random, 60)) lines = pump(lines, random, 3000)
  const message = Buffer.from(lines.join(''), 'latin1')
  const head = Buffer.from([oneIn(random, 2) ? 0 : random.below(256)])
  return Buffer.concat([head, oneIn(random, 4) ? mutateBytes(message, random) : message])
}

async function open(): Promise<Attack> {
  const oracle = new Oracle()
  const watch = memoryWatch()
  return {
    check: (input) => check(input, oracle),
    settle: watch,
    close: () => oracle.close(),
  }
}

async function check(input: Buffer, oracle: Oracle): Promise<void> {
  const message = input.subarray(1)
  const asMilter = asFromPostfix(message)
  const asked = oracle.ask(asMilter)
  // A line that comes byte by byte is put together anew with each of them; nobody sends a long one so.
  const pieces = message.length > LONGEST_CUT ? [message] : cutBy(input[0] ?? 0, message)
  const reading = await readInTime(pieces, message.length)
  for (const { path, sha256: digest } of reading.attachments.slice(0, EXTRACTED))
    assert.equal(sha256(await extract(message, path)), digest, 'a sample is taken out with other bytes')
  const seen = (await asked).filter((one) => !isPythonsOwn(one, asMilter))
  const same = asMilter.equals(message) ? reading : await readInTime([asMilter], asMilter.length)
  assert.ok(seen.length === 0 || isFound(same), `unseen: what Python sees as ${seen.join(' and as ')}`)
}

function isFound({ unscannable, attachments }: Reading): boolean {
  return unscannable !== '' || attachments.some(({ testString }) => testString === 'eicar')
}

/**
 * What a message is when it comes to a milter: cleanup(8) makes a blank of a CR without its LF (cleanup_replace_stray_cr_lf),
 * which Python takes for the end of a line, and puts an empty line between header and body where there is none.
 */
function asFromPostfix(message: Buffer): Buffer {
  const text = message.toString('latin1').replaceAll(/\r(?!\n)/g, ' ')
  const header = /^(?:[!-9;-~]+[ \t]*:.*\n(?:[ \t].*\n)*)+(?=[^\r\n])/.exec(text)?.[0] ?? ''
  return Buffer.from(header === '' ? text : `${header}\r\n${text.slice(header.length)}`, 'latin1')
}

/**
 * What no mail program but Python shows: parts whose header ends at a line that is none, without an empty line; the content of a
 * multipart itself; and what follows a closing delimiter that stands right behind an opening one.
 */
function isPythonsOwn(seen: Seen, message: Buffer): boolean {
  const own =
    /MissingHeaderBodySeparatorDefect|InvalidMultipartContentTransferEncodingDefect|StartBoundaryNotFoundDefect/
  return own.test(seen) || /^--(.+?)\r?\n--\1--/m.test(message.toString('latin1'))
}

async function readInTime(pieces: readonly Buffer[], size: number): Promise<Reading> {
  const before = process.threadCpuUsage().user
  const reading = await read(pieces)
  const ms = (process.threadCpuUsage().user - before) / 1000
  assert.notEqual(reading.unscannable, 'parser-error', 'the strict reader threw')
  assert.ok(ms < BASE_MS + (MS_PER_KB * size) / 1024, `${size} bytes took ${ms} ms of processor time`)
  return reading
}

async function read(pieces: readonly Buffer[]): Promise<Reading> {
  const reader = createMessageReader({ limits: LIMITS, newMeter: createContentMeter })
  for (const piece of pieces) if (!reader.write(piece)) await reader.drained()
  return reader.end()
}

async function extract(message: Buffer, path: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of extractBytes({ path, limits: LIMITS }, whole(message))) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function* whole(message: Buffer): AsyncGenerator<Buffer> {
  yield message
}
