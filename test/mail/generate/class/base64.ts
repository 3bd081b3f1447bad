/** Base64 that decoders read differently (RFC 2045 section 6.8, RFC 4648 sections 3 and 5). */
import { attachmentHead, base64, entity, type Place, placed } from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'

type Write = (content: Buffer) => string
type Row = readonly [name: string, why: string, write: Write, expected?: (content: Buffer) => Buffer]

const HEAD = [...attachmentHead('enclosed.bin'), 'Content-Transfer-Encoding: base64']

function each(rows: readonly Row[], places: readonly Place[] = ['mixed', 'single', 'rfc822']): CaseSpec[] {
  return rows.flatMap(([name, why, write, expected]) =>
    places.map((place) => ({
      name: `${name}-${place}`,
      why,
      names: ['enclosed.bin'],
      build: (content: Buffer) => placed(entity(HEAD, write(content)), place),
      ...(expected && { expect: (content: Buffer) => [{ bytes: expected(content), names: ['enclosed.bin'] }] }),
    })),
  )
}

/** Something after each n-th character. */
function strewn(junk: string, every: number): Write {
  return (content) => base64(content).replace(new RegExp(`[\\s\\S]{${every}}`, 'g'), `$&${junk}`)
}

const SKIP = 'all but PHP pass over what is not in the alphabet (RFC 2045 section 6.8)'
const JUNK: readonly Row[] = [
  ['dot-after-each', SKIP, strewn('.', 1)],
  ['nul-after-four', SKIP, strewn('\0', 4)],
  ['8bit-after-four', SKIP, strewn('\xe4', 4)],
  ['star-after-three', SKIP, strewn('*', 3)],
  ['blank-after-five', SKIP, strewn(' ', 5)],
  ['brackets', SKIP, strewn('()<>', 10)],
  ['leading-hyphen-line', SKIP, (content) => `-\r\n${base64(content)}`],
  ['exclamation-lines', SKIP, (content) => base64(content, 76, '\r\n!!!!\r\n')],
  ['empty-lines', SKIP, (content) => base64(content, 60, '\r\n\r\n\r\n')],
  ['one-per-line', 'a line may be short', (content) => base64(content, 1)],
  ['three-per-line', 'a quartet may be split over lines', (content) => base64(content, 3)],
  ['lines-of-77', 'a line may be long', (content) => base64(content, 77)],
  ['one-line', 'a line may be very long', (content) => base64(content, 1_000_000)],
  ['bare-lf', 'a line may end in LF', (content) => base64(content, 76, '\n')],
  ['bare-cr', 'CR is no letter of the alphabet', (content) => base64(content, 76, '\r')],
  ['byte-order-mark', SKIP, (content) => `\xef\xbb\xbf${base64(content)}`],
]

/** Pieces of so many bytes, each with a padding of its own. */
function chunks(content: Buffer, size: number, lineEnd: string): string {
  const pieces: string[] = []
  for (let at = 0; at < content.length; at += size) pieces.push(content.toString('base64', at, at + size))
  return pieces.join(lineEnd)
}

const JOIN = 'mailparser, postal-mime and Camel go on after a padding'
const STOP = 'Python, JSMime and MIME-tools end at the padding'
const half = (content: Buffer) => content.subarray(0, Math.floor(content.length / 6) * 3 + 1)

const PADDING: readonly Row[] = [
  ['padded-chunks-1', JOIN, (content) => chunks(content, 1, '\r\n')],
  ['padded-chunks-2', JOIN, (content) => chunks(content, 2, '\r\n')],
  ['padded-chunks-4-inline', JOIN, (content) => chunks(content, 4, '')],
  ['padded-chunks-55', JOIN, (content) => chunks(content, 55, '\r\n')],
  ['padded-halves', JOIN, (content) => `${base64(half(content))}\r\n${base64(content.subarray(half(content).length))}`],
  [
    'stop-at-padding',
    STOP,
    (content) => `${base64(half(content))}\r\n${base64(content.subarray(half(content).length))}`,
    half,
  ],
  ['stop-before-text', STOP, (content) => `${base64(half(content))}\r\nEndOfDocumentWasReachedHere\r\n`, half],
  ['equals-after-four', 'mailparser, JSMime and Python pass over a padding where none can be', strewn('=', 4)],
  [
    'equals-at-line-end',
    'GMime, JSMime and Python pass over a padding where none can be',
    (content) => base64(content, 76, '=\r\n'),
  ],
  ['no-padding', 'all complete the last quartet', (content) => base64(content).replace(/=+$/, '')],
  ['extra-padding', 'all end at a complete quartet', (content) => `${base64(content).replace(/=+$/, '')}======`],
  ['padding-on-own-line', 'a quartet may be split over lines', (content) => base64(content).replace(/=+$/, '\r\n$&')],
  ['leading-padding', 'GMime and Python pass over a padding where none can be', (content) => `=\r\n${base64(content)}`],
]

const WORDS: readonly Row[] = [
  [
    'leading-comment-line',
    'a program that passes over lines which are not base64',
    (content) => `This is the document:\r\n${base64(content)}`,
  ],
  [
    'armour',
    'a program that passes over lines which are not base64',
    (content) => `-----BEGIN FILE-----\r\n${base64(content)}\r\n-----END FILE-----`,
  ],
  [
    'blank-then-footer',
    'Python, GMime and JSMime end at the padding',
    (content) => `${padded(content)}\r\n\r\n-- \r\nThis mail was scanned.`,
    paddedBytes,
  ],
  [
    'list-footer',
    'Python, GMime and JSMime end at the padding',
    (content) =>
      `${padded(content)}\r\n_______________________________________________\r\nUsers mailing list\r\nUsers@lists.test`,
    paddedBytes,
  ],
  [
    'url-alphabet',
    'RFC 4648 section 5; Node and browsers take both alphabets',
    (content) => base64(content).replaceAll('+', '-').replaceAll('/', '_'),
  ],
  [
    'url-alphabet-no-padding',
    'RFC 4648 section 5; Node and browsers take both alphabets',
    (content) => base64(content).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
  ],
  [
    'half-url-alphabet',
    'RFC 4648 section 5; Node and browsers take both alphabets',
    (content) => base64(content).replaceAll('/', '_'),
  ],
]

/** Content whose base64 ends in a padding. */
function paddedBytes(content: Buffer): Buffer {
  return content.length % 3 === 0 ? content.subarray(0, -1) : content
}

function padded(content: Buffer): string {
  return base64(paddedBytes(content))
}

/** Ways of writing that other classes combine with their own. */
export const base64Writers: readonly Row[] = [...JUNK, ...PADDING, ...WORDS].filter(
  ([, , , expected]) => expected === undefined,
)

export const base64s: readonly CaseClass[] = [
  { name: 'base64-junk', cases: each(JUNK, ['mixed', 'rfc822']) },
  { name: 'base64-padding', cases: each(PADDING) },
  { name: 'base64-words', cases: each(WORDS) },
]
