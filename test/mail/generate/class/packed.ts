/** Files packed into text (uuencode, yEnc, BinHex), into a further encoding, or into a container of one mail program. */
import { gzipSync } from 'node:zlib'
import { attachmentHead, base64, type Encoding, encode, entity, type Place, placed, uuencode } from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'
import { bytesOf } from '../case.ts'
import { appleSingle, binHex, macBinary, tnef, yEnc } from '../codec.ts'

type Row = readonly [name: string, why: string, part: (content: Buffer) => string, places?: readonly Place[]]

const NAME = 'enclosed.bin'

function each(rows: readonly Row[]): CaseSpec[] {
  return rows.flatMap(([name, why, part, places = ['mixed', 'single', 'rfc822']]) =>
    places.map((place) => ({
      name: `${name}-${place}`,
      why,
      names: [NAME],
      build: (content: Buffer) => placed(part(content), place),
    })),
  )
}

/** The file as a part with that encoding. */
function encoded(word: string, write: (content: Buffer) => string, type?: string) {
  return (content: Buffer) =>
    entity([...attachmentHead(NAME, type), `Content-Transfer-Encoding: ${word}`], write(content))
}

/** The file in the middle of a text. */
function inText(write: (content: Buffer) => string, encoding: Encoding = '7bit', type = 'text/plain') {
  return (content: Buffer) =>
    entity(
      [`Content-Type: ${type}`, `Content-Transfer-Encoding: ${encoding}`],
      encode(Buffer.from(`Good morning,\r\n\r\n${write(content)}\r\n\r\nRegards\r\n`, 'latin1'), encoding),
    )
}

const uu = (content: Buffer) => uuencode(content, NAME)
const OUTLOOK = 'Outlook and MIME-tools make an attachment of it'
const WORD = 'Python, GMime, Camel and MIME-tools know the word'
const UU: readonly Row[] = [
  ['x-uuencode', WORD, encoded('x-uuencode', uu)],
  ['uuencode', WORD, encoded('uuencode', uu)],
  ['x-uue', 'Python knows the word', encoded('x-uue', uu)],
  ['x-uu', 'the next known word', encoded('x-uu', uu)],
  ['upper-case', 'values have no case (RFC 2045 section 6.1)', encoded('X-UUENCODE', uu)],
  ['word-with-text-before', WORD, encoded('x-uuencode', (content) => `The file:\r\n\r\n${uu(content)}`)],
  ['in-text', OUTLOOK, inText(uu)],
  ['in-quoted-text', OUTLOOK, inText(uu, 'quoted-printable')],
  ['in-base64-text', OUTLOOK, inText(uu, 'base64')],
  ['in-html', 'a program that looks into every text', inText(uu, '7bit', 'text/html')],
  ['blank-for-zero', 'POSIX uuencode: a blank is zero', inText((content) => uuencode(content, NAME, ' '))],
  ['four-digit-mode', OUTLOOK, inText((content) => uu(content).replace('begin 644', 'begin 0755'))],
  ['no-end', 'MIME-tools reads up to the end', inText((content) => uu(content).replace(/\r\nend$/, ''))],
  ['no-zero-line', OUTLOOK, inText((content) => uu(content).replace('\r\n`\r\nend', '\r\nend'))],
  ['trailing-blanks', OUTLOOK, inText((content) => uu(content).replaceAll('\r\n', ' \r\n'))],
  ['begin-base64', 'POSIX uuencode -m', inText((content) => `begin-base64 644 ${NAME}\r\n${base64(content)}\r\n====`)],
  ['octet-stream-7bit', 'who saves it decodes it', encoded('7bit', uu)],
]

const twoFiles: CaseSpec = {
  name: 'two-files',
  why: OUTLOOK,
  build: (content) =>
    placed(inText((first) => `${uu(first)}\r\n\r\n${uuencode(bytesOf('second', 500), 'second.bin')}`)(content)),
  expect: (content) => [
    { bytes: content, names: [NAME] },
    { bytes: bytesOf('second', 500), names: ['second.bin'] },
  ],
}

const yenc = (content: Buffer) => yEnc(content, NAME)
const YENC: readonly Row[] = [
  ['in-text', 'yEnc 1.3; news readers and their mail programs', inText(yenc)],
  ['word', 'yEnc 1.3', encoded('x-yenc', yenc)],
  ['plain-word', 'yEnc 1.3', encoded('yenc', yenc)],
  ['in-quoted-text', 'yEnc 1.3', inText(yenc, 'quoted-printable')],
  ['octet-stream', 'who saves it decodes it', encoded('8bit', yenc)],
]

const hqx = (content: Buffer) => binHex(content, NAME)
const BINHEX: readonly Row[] = [
  ['application', 'RFC 1741 section 2', encoded('7bit', hqx, 'application/mac-binhex40')],
  [
    'application-base64',
    'RFC 1741 section 2',
    encoded('base64', (content) => base64(hqx(content)), 'application/mac-binhex40'),
  ],
  ['in-text', 'RFC 1741 appendix A', inText(hqx)],
  ['runs', 'RFC 1741 appendix A: runs are shortened', inText((content) => binHex(content, NAME, true))],
  ['word', 'the next known word', encoded('x-binhex', hqx)],
]

const GZIP: readonly Row[] = [
  ['x-gzip64', 'MIME-tools knows the word', encoded('x-gzip64', (content) => base64(gzipSync(content)))],
  ['gzip64', 'MIME-tools knows the word', encoded('gzip64', (content) => base64(gzipSync(content)))],
]

const packed = (type: string, file: string, write: (content: Buffer) => Buffer) => (content: Buffer) =>
  entity([...attachmentHead(file, type), 'Content-Transfer-Encoding: base64'], base64(write(content)))
const apple = (content: Buffer) => appleSingle(content, NAME)
const SINGLE: readonly Row[] = [
  ['applefile', 'RFC 1740 section 3', packed('application/applefile', 'letter', apple)],
  ['octet-stream', 'by its magic number', packed('application/octet-stream', 'letter', apple)],
]

/** Of a container the reading gives the container itself, whole. */
function containers(
  rows: readonly (readonly [string, string, string, string, (content: Buffer) => Buffer])[],
): CaseSpec[] {
  return rows.flatMap(([name, why, type, file, write]) =>
    (['mixed', 'single', 'rfc822'] as const).map((place) => ({
      name: `${name}-${place}`,
      why,
      build: (content: Buffer) => placed(packed(type, file, write)(content), place),
      expect: (content: Buffer) => [{ bytes: write(content), names: [file] }],
    })),
  )
}

const CONTAINERS = containers([
  [
    'tnef',
    'all show winmail.dat; what is in it is for who opens containers',
    'application/ms-tnef',
    'winmail.dat',
    (content) => tnef(content, NAME),
  ],
  [
    'tnef-octet-stream',
    'all show the file',
    'application/octet-stream',
    'letter.dat',
    (content) => tnef(content, NAME),
  ],
  ['macbinary', 'all show the file', 'application/x-macbinary', 'letter.bin', (content) => macBinary(content, NAME)],
])

export const packedFiles: readonly CaseClass[] = [
  { name: 'uuencode', cases: [...each(UU), twoFiles] },
  { name: 'yenc', cases: each(YENC) },
  { name: 'binhex', cases: each(BINHEX) },
  { name: 'gzip64', cases: each(GZIP) },
  { name: 'apple-single', cases: each(SINGLE) },
  { name: 'container', cases: CONTAINERS },
]
