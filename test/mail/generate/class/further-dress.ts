/** Messages and files in dresses beyond those of the other classes: charsets of two bytes, signatures, old and odd containers. */
import {
  attachment,
  attachmentHead,
  base64,
  type Encoding,
  encode,
  entity,
  message,
  multipart,
  quotedPrintable,
  textPart,
  uuencode,
} from '../build.ts'
import type { CaseClass } from '../case.ts'
import { armour, cmsDer, PGP } from '../crypto-codec.ts'
import { FILE_NAME as NAME, placedRows, type PartRow as Row, wholeRows } from '../shape.ts'

const CTE = 'Content-Transfer-Encoding'
const mail = (content: Buffer) => message(multipart([textPart(), attachment(NAME, content)]))
const wide = (text: string, order: 'le' | 'be', mark: boolean): string => {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le')
  return (order === 'le' ? bytes : bytes.swap16()).toString('latin1')
}
const eml = (text: string, name = 'old.eml') => entity([...attachmentHead(name), `${CTE}: base64`], base64(text))
const UNICODE = 'Windows programs save text as UTF-16; who opens the file sees the message'
const WIDE_MESSAGES: readonly Row[] = [
  ['eml-le-mark', UNICODE, (content) => eml(wide(mail(content), 'le', true))],
  ['eml-be-mark', UNICODE, (content) => eml(wide(mail(content), 'be', true))],
  ['eml-le', UNICODE, (content) => eml(wide(mail(content), 'le', false))],
  ['eml-be', UNICODE, (content) => eml(wide(mail(content), 'be', false))],
  ['eml-le-lf', UNICODE, (content) => eml(wide(mail(content).replaceAll('\r\n', '\n'), 'le', true))],
  ['no-extension', UNICODE, (content) => eml(wide(mail(content), 'le', true), 'old')],
  ['mht', UNICODE, (content) => eml(wide(mail(content), 'le', true), 'page.mht')],
  [
    'rfc822-base64',
    UNICODE,
    (content) => entity(['Content-Type: message/rfc822', `${CTE}: base64`], base64(wide(mail(content), 'le', true))),
  ],
  [
    'rfc822-8bit',
    UNICODE,
    (content) => entity(['Content-Type: message/rfc822', `${CTE}: binary`], wide(mail(content), 'le', true)),
  ],
  ['text-with-uuencode', 'Outlook makes an attachment of it', (content) => wideText(content, 'le')],
  ['text-with-uuencode-be', 'Outlook makes an attachment of it', (content) => wideText(content, 'be')],
]
const WIDE_WHOLE: readonly Row[] = [
  ['message-le-mark', UNICODE, (content) => wide(mail(content), 'le', true)],
  ['message-be-mark', UNICODE, (content) => wide(mail(content), 'be', true)],
  ['message-le', UNICODE, (content) => wide(mail(content), 'le', false)],
  ['message-be-lf', UNICODE, (content) => wide(mail(content).replaceAll('\r\n', '\n'), 'be', false)],
]

function wideText(content: Buffer, order: 'le' | 'be'): string {
  const text = wide(`Good morning,\r\n\r\n${uuencode(content, NAME)}\r\n`, order, true)
  return entity(['Content-Type: text/plain; charset=utf-16', `${CTE}: base64`], base64(text))
}

const inText = (text: string, type = 'text/plain', encoding: Encoding = '7bit') =>
  entity(
    [`Content-Type: ${type}`, `${CTE}: ${encoding}`],
    encode(Buffer.from(`Good morning,\r\n\r\n${text}\r\n\r\nRegards\r\n`, 'latin1'), encoding),
  )

const SIGNED_TYPE = 'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"'
const signed = (content: Buffer) => cmsDer(Buffer.from(multipart([textPart(), attachment(NAME, content)]), 'latin1'))
const OPENED = 'RFC 8551 section 3.5.2: Outlook, Apple Mail and Thunderbird show what is signed'
const WRAPPED: readonly Row[] = [
  ['smime-binary', OPENED, (content) => entity([SIGNED_TYPE, `${CTE}: binary`], signed(content).toString('latin1'))],
  [
    'smime-quoted',
    OPENED,
    (content) => entity([SIGNED_TYPE, `${CTE}: quoted-printable`], quotedPrintable(signed(content))),
  ],
  [
    'smime-in-signed',
    'RFC 8551 section 3.7: signatures may be nested',
    (content) => multipart([textPart(), entity([SIGNED_TYPE, `${CTE}: base64`], base64(signed(content)))], 'signed'),
  ],
  [
    'smime-pem',
    'OpenSSL writes and reads it',
    (content) =>
      entity(
        [SIGNED_TYPE, `${CTE}: 7bit`],
        `-----BEGIN PKCS7-----\r\n${base64(signed(content), 64)}\r\n-----END PKCS7-----\r\n`,
      ),
  ],
  [
    'smime-of-one-file',
    OPENED,
    (content) =>
      entity([SIGNED_TYPE, `${CTE}: base64`], base64(cmsDer(Buffer.from(attachment(NAME, content), 'latin1')))),
  ],
  [
    'smime-of-lf-lines',
    OPENED,
    (content) =>
      entity(
        [SIGNED_TYPE, `${CTE}: base64`],
        base64(cmsDer(Buffer.from(attachment(NAME, content).replaceAll('\r\n', '\n'), 'latin1'))),
      ),
  ],
  [
    'pgp-binary-file',
    'RFC 9580 section 5.9',
    (content) => attachment('letter.gpg', Buffer.from(PGP.zip(content, NAME))),
  ],
  [
    'pgp-of-entity',
    'RFC 3156 section 4: what is inside is a MIME entity',
    (content) =>
      inText(armour(PGP.zlib(Buffer.from(multipart([textPart(), attachment(NAME, content)]), 'latin1'), ''))),
  ],
  [
    'pgp-in-base64-text',
    'RFC 9580 section 6.2',
    (content) => inText(armour(PGP.new(content, NAME)), 'text/plain', 'base64'),
  ],
  [
    'pgp-in-html',
    'RFC 9580 section 6.2',
    (content) => inText(`<pre>${'\r\n'}${armour(PGP.new(content, NAME))}${'\r\n'}</pre>`, 'text/html'),
  ],
  ['pgp-lf', 'RFC 9580 section 6.2', (content) => inText(armour(PGP.old(content, NAME))).replaceAll('\r\n', '\n')],
]

const SAVED = 'by its name or look a program opens it as a message'
const emlx = (text: string) =>
  `${text.length}\n${text}<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict/></plist>\n`
const MESSAGES: readonly Row[] = [
  [
    'emlx',
    'Apple Mail: length, message, property list',
    (content) => attachment('12.emlx', Buffer.from(emlx(mail(content)), 'latin1')),
  ],
  [
    'nws',
    'Outlook Express opens news articles',
    (content) => attachment('a.nws', Buffer.from(mail(content), 'latin1')),
  ],
  ['mim', 'WinZip opens it', (content) => attachment('a.mim', Buffer.from(mail(content), 'latin1'))],
  [
    'mime-extension',
    SAVED,
    (content) => attachment('a.mime', Buffer.from(mail(content).replace(/^[\s\S]*?(?=MIME-Version)/, ''), 'latin1')),
  ],
  [
    'doc-mht',
    'Word opens an MHT under any name',
    (content) =>
      attachment(
        'report.doc',
        Buffer.from(mail(content).replace(/^[\s\S]*?(?=MIME-Version)/, ''), 'latin1'),
        'application/msword',
      ),
  ],
  [
    'doc-mht-blank-lines',
    'Word passes over blank lines',
    (content) =>
      attachment(
        'report.doc',
        Buffer.from(`\r\n\r\n${mail(content).replace(/^[\s\S]*?(?=MIME-Version)/, '')}`, 'latin1'),
        'application/msword',
      ),
  ],
  ['eml-upper-type', SAVED, (content) => entity(['CONTENT-TYPE: MESSAGE/RFC822'], mail(content))],
  [
    'rfc822-uuencode',
    'programs that decode any part',
    (content) =>
      entity(
        ['Content-Type: message/rfc822', `${CTE}: x-uuencode`],
        uuencode(Buffer.from(mail(content), 'latin1'), 'old.eml'),
      ),
  ],
  [
    'rfc822-said-base64',
    'RFC 2046 section 5.2.1 forbids it: most do not look at the field',
    (content) => entity(['Content-Type: message/rfc822', `${CTE}: base64`], mail(content)),
  ],
  [
    'rfc822-said-quoted',
    'RFC 2046 section 5.2.1 forbids it: most do not look at the field',
    (content) => entity(['Content-Type: message/rfc822', `${CTE}: quoted-printable`], mail(content)),
  ],
  [
    'rfc822-in-text',
    'a forwarded message pasted with its source; ClamAV reads it',
    (content) => textPart(`See below.\r\n\r\n${mail(content)}`),
  ],
  [
    'mbox-in-rfc822',
    'the line of the mbox format is passed over',
    (content) =>
      entity(['Content-Type: message/rfc822'], `>From alex@src.test Mon Mar  2 09:12:44 2026\r\n${mail(content)}`),
  ],
  [
    'mbox-lf',
    'RFC 4155: lines end in LF',
    (content) =>
      attachment(
        'old.mbox',
        Buffer.from(
          `From alex@src.test Mon Mar  2 09:12:44 2026\n${mail(content).replaceAll('\r\n', '\n')}\n`,
          'latin1',
        ),
      ),
  ],
  [
    'eml-with-cr-lines',
    'Python and JSMime end a line at CR',
    (content) =>
      entity(['Content-Type: message/rfc822', `${CTE}: base64`], base64(mail(content).replaceAll('\r\n', '\r'))),
  ],
  ['resent-envelope', SAVED, (content) => eml(`Resent-From: a@src.test\r\nResent-To: b@src.test\r\n${mail(content)}`)],
  [
    'eml-with-x-fields-first',
    SAVED,
    (content) => eml(`X-Spam-Level: ***\r\nX-Long: ${'w '.repeat(700)}\r\n${mail(content)}`, 'old'),
  ],
]

export const furtherDresses: readonly CaseClass[] = [
  { name: 'further-wide', cases: [...placedRows(WIDE_MESSAGES), ...wholeRows(WIDE_WHOLE)] },
  { name: 'further-wrapped', cases: placedRows(WRAPPED) },
  { name: 'further-message', cases: placedRows(MESSAGES) },
]
