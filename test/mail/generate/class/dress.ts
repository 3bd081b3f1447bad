/** Messages within the message, in all dresses (RFC 2046 section 5.2, RFC 6532, RFC 2557, RFC 4155). */
import { attachment, base64, entity, message, multipart, placed, quotedPrintable, textPart } from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'

/** Writes the inner message as a part. */
type Dress = (inner: string) => string
type Row = readonly [name: string, why: string, dress: Dress]

function plain(...head: readonly string[]): Dress {
  return (inner) => entity(head, inner)
}

function packed(...head: readonly string[]): Dress {
  return (inner) => entity([...head, 'Content-Transfer-Encoding: base64'], base64(inner))
}

function quoted(...head: readonly string[]): Dress {
  return (inner) => entity([...head, 'Content-Transfer-Encoding: quoted-printable'], quotedPrintable(inner))
}

const FILE = (name: string) => `Content-Disposition: attachment; filename="${name}"`
const TYPE = 'by its type every program opens it as a message'
const NAME = 'by its name every program opens it as a message'
const LOOK = 'who saves it and opens it sees a message'
const MBOX = 'From alex@src.test Mon Mar  2 09:12:44 2026\r\n'

const ROWS: readonly Row[] = [
  ['rfc822', TYPE, plain('Content-Type: message/rfc822')],
  ['rfc822-inline', TYPE, plain('Content-Type: message/rfc822', 'Content-Disposition: inline')],
  ['rfc822-attachment', TYPE, plain('Content-Type: message/rfc822', FILE('old.eml'))],
  [
    'rfc822-base64',
    'RFC 2046 section 5.2.1 forbids it; mailparser, JSMime and others decode',
    packed('Content-Type: message/rfc822'),
  ],
  [
    'rfc822-quoted',
    'RFC 2046 section 5.2.1 forbids it; mailparser, JSMime and others decode',
    quoted('Content-Type: message/rfc822'),
  ],
  ['rfc822-case', TYPE, plain('Content-Type: Message/RFC822; name=old')],
  ['global', 'RFC 6532 section 3.7', plain('Content-Type: message/global')],
  ['global-base64', 'RFC 6532 section 3.7 allows the encoding', packed('Content-Type: message/global')],
  ['news', 'RFC 5537 section 5.1 replaced it by message/rfc822', plain('Content-Type: message/news')],
  ['message-unknown', LOOK, plain('Content-Type: message/x-none')],
  ['octet-eml', NAME, packed('Content-Type: application/octet-stream', FILE('old.eml'))],
  ['octet-eml-quoted', NAME, quoted('Content-Type: application/octet-stream', FILE('old.eml'))],
  ['octet-eml-upper', NAME, packed('Content-Type: application/octet-stream', FILE('OLD.EML'))],
  ['text-eml', NAME, plain('Content-Type: text/plain; name="old.eml"', FILE('old.eml'))],
  ['text-eml-base64', NAME, packed('Content-Type: text/plain', FILE('old.eml'))],
  ['type-name-eml', NAME, packed('Content-Type: application/octet-stream; name="old.eml"')],
  ['no-extension', LOOK, packed('Content-Type: application/octet-stream', FILE('old'))],
  ['no-name', LOOK, packed('Content-Type: application/octet-stream')],
  ['other-extension', LOOK, packed('Content-Type: image/png', FILE('old.png'))],
  ['unnamed-text', LOOK, plain('Content-Type: text/plain', 'Content-Disposition: attachment')],
  ['mht', NAME, packed('Content-Type: application/octet-stream', FILE('page.mht'))],
  ['mhtml', NAME, packed('Content-Type: application/x-mimearchive', FILE('page.mhtml'))],
  ['multipart-related-mht', 'RFC 2557 section 5', packed('Content-Type: message/rfc822', FILE('page.mht'))],
  ['mbox', 'RFC 4155', (inner) => packed('Content-Type: application/mbox', FILE('old.mbox'))(`${MBOX}${inner}`)],
  [
    'mbox-second',
    'RFC 4155',
    (inner) =>
      packed(
        'Content-Type: application/mbox',
        FILE('old.mbox'),
      )(`${MBOX}${message(textPart())}\r\n\r\n${MBOX}${inner}\r\n\r\n`),
  ],
  ['mbox-by-look', LOOK, (inner) => packed('Content-Type: application/octet-stream', FILE('old'))(`${MBOX}${inner}`)],
  [
    'rfc822-mbox-from',
    'the line of the mbox format is passed over',
    (inner) => plain('Content-Type: message/rfc822')(`${MBOX}${inner}`),
  ],
  [
    'rfc822-blank-first',
    'a program that passes over blank lines before the header',
    (inner) => plain('Content-Type: message/rfc822')(`\r\n${inner}`),
  ],
  [
    'eml-blank-first',
    'a program that passes over blank lines before the header',
    (inner) => packed('Content-Type: application/octet-stream', FILE('old.eml'))(`\r\n\r\n${inner}`),
  ],
  [
    'eml-byte-order-mark',
    'all but Python pass over it',
    (inner) => packed('Content-Type: application/octet-stream', FILE('old.eml'))(`\xef\xbb\xbf${inner}`),
  ],
  [
    'eml-lf',
    'a line may end in LF',
    (inner) => packed('Content-Type: application/octet-stream', FILE('old.eml'))(inner.replaceAll('\r\n', '\n')),
  ],
  [
    'eml-cr',
    'Python and JSMime end a line at CR',
    (inner) => packed('Content-Type: application/octet-stream', FILE('old.eml'))(inner.replaceAll('\r\n', '\r')),
  ],
  [
    'partial-of-one',
    'RFC 2046 section 5.2.2: Outlook Express put the pieces together',
    plain('Content-Type: message/partial; id="1@src.test"; number=1; total=1'),
  ],
  [
    'external-body',
    'RFC 2046 section 5.2.3: postal-mime and MIME-tools read the phantom body',
    (inner) =>
      plain('Content-Type: message/external-body; access-type=local-file; name="x"')(
        inner.slice(inner.indexOf('Content-Type: multipart')),
      ),
  ],
  [
    'delivery-status-report',
    'RFC 3462 section 2: the third part is the message',
    (inner) =>
      multipart(
        [
          textPart(),
          entity(
            ['Content-Type: message/delivery-status'],
            'Reporting-MTA: dns; mx.dst.test\r\n\r\nAction: failed\r\n',
          ),
          entity(['Content-Type: message/rfc822'], inner),
        ],
        'report',
      ),
  ],
  [
    'twice',
    TYPE,
    (inner) => plain('Content-Type: message/rfc822')(message(plain('Content-Type: message/rfc822')(inner))),
  ],
  [
    'twice-base64',
    TYPE,
    (inner) => packed('Content-Type: message/rfc822')(message(packed('Content-Type: message/rfc822')(inner))),
  ],
]

const inner = (content: Buffer) => message(multipart([textPart(), attachment('enclosed.bin', content)]))

const dresses = ROWS.flatMap(([name, why, dress]): CaseSpec[] =>
  (['mixed', 'single'] as const).map((place) => ({
    name: `${name}-${place}`,
    why,
    names: ['enclosed.bin'],
    build: (content) => placed(dress(inner(content)), place),
  })),
)

/** The header of the inner message runs into what follows. */
const BLURRED: CaseSpec[] = (['mixed', 'single'] as const).map((place) => ({
  name: `rfc822-no-blank-line-${place}`,
  why: 'GMime and PHP end the header at the first line that is no field',
  names: ['enclosed.bin'],
  build: (content) =>
    placed(entity(['Content-Type: message/rfc822'], inner(content).replace('\r\n\r\n', '\r\n')), place),
}))

export const dress: readonly CaseClass[] = [{ name: 'message-dress', cases: [...dresses, ...BLURRED] }]
