/** Encodings under words and fields that are nearly right or none, and files packed into text in further places. */
import { gzipSync } from 'node:zlib'
import {
  attachment,
  attachmentHead,
  base64,
  type Encoding,
  encode,
  entity,
  multipart,
  quotedPrintable,
  textPart,
  uuencode,
} from '../build.ts'
import type { CaseClass } from '../case.ts'
import { yEnc } from '../codec.ts'
import { FILE_NAME as NAME, placedRows, type PartRow as Row } from '../shape.ts'

const CTE = 'Content-Transfer-Encoding'

/** Fields of HTTP and news, or nearly ours; what they say is seen from the content. */
const NEAR = 'who saves it sees what it is'
const FIELDS: readonly Row[] = [
  [
    'transfer-encoding',
    NEAR,
    (content) => entity([...attachmentHead(NAME), 'Transfer-Encoding: base64'], base64(content)),
  ],
  [
    'content-encoding',
    NEAR,
    (content) => entity([...attachmentHead(NAME), 'Content-Encoding: base64'], base64(content)),
  ],
  [
    'content-coding',
    NEAR,
    (content) => entity([...attachmentHead(NAME), 'Content-Transfer-Coding: base64'], base64(content)),
  ],
  ['encoding', NEAR, (content) => entity([...attachmentHead(NAME), 'Encoding: base64'], base64(content))],
  ['x-encoding', NEAR, (content) => entity([...attachmentHead(NAME), `X-${CTE}: base64`], base64(content))],
  ['none', NEAR, (content) => entity(attachmentHead(NAME), base64(content))],
  [
    'encoding-in-type',
    NEAR,
    (content) => entity([`Content-Type: application/octet-stream; encoding=base64; name="${NAME}"`], base64(content)),
  ],
  [
    'ebcdic-word',
    NEAR,
    (content) => entity([...attachmentHead(NAME), `${CTE}: \x82\x81\xa2\x85\xf6\xf4`], base64(content)),
  ],
  [
    'utf-16-word',
    NEAR,
    (content) => entity([...attachmentHead(NAME), `${CTE}: b\0a\0s\0e\x006\x004\0`], base64(content)),
  ],
  [
    'full-width-word',
    NEAR,
    (content) =>
      entity(
        [...attachmentHead(NAME), `${CTE}: \xef\xbd\x82\xef\xbd\x81\xef\xbd\x93\xef\xbd\x85\xef\xbc\x96\xef\xbc\x94`],
        base64(content),
      ),
  ],
  ['homoglyph-word', NEAR, (content) => entity([...attachmentHead(NAME), `${CTE}: b\xd0\xb0se64`], base64(content))],
  ['percent-word', NEAR, (content) => entity([...attachmentHead(NAME), `${CTE}: base%36%34`], base64(content))],
  [
    'spaced-word',
    'blanks within a word are dropped by some',
    (content) => entity([...attachmentHead(NAME), `${CTE}: b a s e 6 4`], base64(content)),
  ],
  [
    'said-quoted-is-base64',
    NEAR,
    (content) => entity([...attachmentHead(NAME), `${CTE}: quoted-printable`], base64(content)),
  ],
  [
    'said-uuencode-is-base64',
    NEAR,
    (content) => entity([...attachmentHead(NAME), `${CTE}: x-uuencode`], base64(content)),
  ],
  [
    'said-base64-is-uuencode',
    NEAR,
    (content) => entity([...attachmentHead(NAME), `${CTE}: base64`], uuencode(content, NAME)),
  ],
  [
    'said-7bit-is-quoted',
    NEAR,
    (content) => entity([...attachmentHead(NAME), `${CTE}: 7bit`], quotedPrintable(content)),
  ],
]

/** Bytes as they stand. */
const RAW: readonly Row[] = [
  [
    'binary',
    'RFC 2045 section 2.9: any bytes',
    (content) => entity([...attachmentHead(NAME), `${CTE}: binary`], content.toString('latin1')),
  ],
  [
    '8bit',
    'programs hand the bytes out as they stand',
    (content) => entity([...attachmentHead(NAME), `${CTE}: 8bit`], content.toString('latin1')),
  ],
  [
    'none',
    'programs hand the bytes out as they stand',
    (content) => entity(attachmentHead(NAME), content.toString('latin1')),
  ],
  [
    'binary-inline',
    'RFC 2045 section 2.9: any bytes',
    (content) => entity([`Content-Type: image/x-none; name="${NAME}"`, `${CTE}: binary`], content.toString('latin1')),
  ],
]

const XX = '+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** uuencode with other letters, as old gateways to EBCDIC wanted them. */
function xxencode(content: Buffer, name: string): string {
  return uuencode(content, name, ' ')
    .split('\r\n')
    .map((line, i, all) =>
      i === 0 || i === all.length - 1 ? line : line.replace(/[\s\S]/g, (char) => XX[char.charCodeAt(0) - 32] ?? ''),
    )
    .join('\r\n')
}
const inText = (text: string, type = 'text/plain', encoding: Encoding = '7bit') =>
  entity(
    [`Content-Type: ${type}`, `${CTE}: ${encoding}`],
    encode(Buffer.from(`Good morning,\r\n\r\n${text}\r\n\r\nRegards\r\n`, 'latin1'), encoding),
  )
const OLD = 'WinZip, uudeview and old mail programs decode it'
const PACKED: readonly Row[] = [
  ['xx-in-text', OLD, (content) => inText(xxencode(content, NAME))],
  ['xx-in-base64-text', OLD, (content) => inText(xxencode(content, NAME), 'text/plain', 'base64')],
  ['xx-word', OLD, (content) => entity([...attachmentHead(NAME), `${CTE}: x-xxencode`], xxencode(content, NAME))],
  ['xx-word-plain', OLD, (content) => entity([...attachmentHead(NAME), `${CTE}: xxencode`], xxencode(content, NAME))],
  ['xx-file', OLD, (content) => attachment('letter.xxe', Buffer.from(xxencode(content, NAME), 'latin1'))],
  ['uu-file', OLD, (content) => attachment('letter.uue', Buffer.from(uuencode(content, NAME), 'latin1'))],
  [
    'uu-in-second-text',
    'Outlook makes an attachment of it',
    (content) => multipart([textPart(), inText(uuencode(content, NAME))]),
  ],
  ['uu-in-html-pre', OLD, (content) => inText(`<pre>\r\n${uuencode(content, NAME)}\r\n</pre>`, 'text/html')],
  ['uu-lf', OLD, (content) => inText(uuencode(content, NAME)).replaceAll('\r\n', '\n')],
  ['uu-in-enriched', OLD, (content) => inText(uuencode(content, NAME), 'text/enriched')],
  [
    'uu-name-with-blanks',
    'the name goes to the end of the line',
    (content) => inText(uuencode(content, 'the file.bin')),
    ['the file.bin'],
  ],
  [
    'uu-quoted-name',
    'the name goes to the end of the line',
    (content) => inText(uuencode(content, '"the file.bin"')),
    ['the file.bin', '"the file.bin"'],
  ],
  [
    'uu-utf-8-name',
    'the name is in the charset of the text',
    (content) => inText(uuencode(content, '\xc3\x9cber.bin'), 'text/plain; charset=utf-8'),
    ['Über.bin'],
  ],
  ['uu-mode-0644', OLD, (content) => inText(uuencode(content, NAME).replace('begin 644', 'begin 100644'))],
  [
    'uu-checksums',
    'some encoders end lines with a checksum',
    (content) => inText(uuencode(content, NAME).replace(/^[!-M][ -`]+$/gm, '$&X')),
  ],
  ['yenc-in-html', OLD, (content) => inText(yEnc(content, NAME), 'text/html')],
  ['yenc-in-second-text', OLD, (content) => multipart([textPart(), inText(yEnc(content, NAME))])],
  [
    'begin-base64-in-html',
    OLD,
    (content) => inText(`begin-base64 644 ${NAME}\r\n${base64(content)}\r\n====`, 'text/html'),
  ],
  [
    'begin-base64-quoted',
    OLD,
    (content) => inText(`begin-base64 644 ${NAME}\r\n${base64(content)}\r\n====`, 'text/plain', 'quoted-printable'),
  ],
  [
    'gzip64-upper',
    'MIME-tools knows the word',
    (content) => entity([...attachmentHead(NAME), `${CTE}: X-GZIP64`], base64(gzipSync(content))),
  ],
]

export const furtherEncodings: readonly CaseClass[] = [
  { name: 'further-encoding', cases: placedRows(FIELDS) },
  { name: 'further-raw', cases: placedRows(RAW) },
  { name: 'further-packed', cases: placedRows(PACKED) },
]
