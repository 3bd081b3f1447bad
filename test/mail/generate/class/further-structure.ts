/** Multiparts, delimiters, headers and line ends that differ by little from those of the other classes. */
import { attachment, base64, between, entity, message, multipart, textPart } from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'
import { B, lines, type ShapeRow, shapes } from '../shape.ts'

const TYPE = `Content-Type: multipart/mixed; boundary="${B}"`
const typed =
  (...head: readonly string[]) =>
  (f: string, t: string) =>
    entity(head, between(B, [t, f]))
const body = (write: (f: string, t: string) => string) => (f: string, t: string) => entity([TYPE], write(f, t))

const SUBTYPE = 'RFC 2046 section 5.1.7: an unknown subtype is read as mixed'
const TYPES: readonly ShapeRow[] = [
  ['subtype-star', SUBTYPE, typed(`Content-Type: multipart/*; boundary="${B}"`)],
  ['subtype-signed', 'RFC 1847: the first part is shown', (f) => signed(f)],
  [
    'subtype-encrypted',
    'without a control part programs show the parts',
    typed(`Content-Type: multipart/encrypted; boundary="${B}"`),
  ],
  ['subtype-form-data', SUBTYPE, typed(`Content-Type: multipart/form-data; boundary="${B}"`)],
  ['subtype-byteranges', SUBTYPE, typed(`Content-Type: multipart/byteranges; boundary="${B}"`)],
  ['subtype-parallel', 'RFC 2046 section 5.1.6', typed(`Content-Type: multipart/parallel; boundary="${B}"`)],
  ['subtype-with-dot', SUBTYPE, typed(`Content-Type: multipart/x.none+y; boundary="${B}"`)],
  ['subtype-report', 'RFC 6522: further parts are shown', (f, t) => report(f, t)],
  [
    'boundary-pieces-encoded',
    'RFC 2231 section 4.1',
    typed("Content-Type: multipart/mixed; boundary*0*=us-ascii''%3D_; boundary*1*=ed%67e"),
  ],
  [
    'boundary-tab-around-equals',
    'blanks are allowed by RFC 822',
    typed(`Content-Type: multipart/mixed; boundary\t=\t"${B}"`),
  ],
  ['boundary-folded-at-equals', 'RFC 5322 section 3.2.2', typed(`Content-Type: multipart/mixed; boundary=\r\n "${B}"`)],
  [
    'boundary-last-of-many',
    'further parameters say nothing',
    typed(`Content-Type: multipart/mixed; charset=utf-8; format=flowed; type="x/y"; start="<1>"; boundary="${B}"`),
  ],
  ['field-upper-case', 'field names have no case', typed(`CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY="${B}"`)],
  ['field-no-blank', 'RFC 5322 section 2.2', typed(`Content-Type:multipart/mixed;boundary="${B}"`)],
  ['field-many-blanks', 'RFC 5322 section 2.2', typed(`Content-Type: \t   multipart/mixed \t; \t boundary="${B}" \t`)],
  [
    'field-folded-each-token',
    'RFC 5322 section 2.2.3',
    typed('Content-Type:', ' multipart/mixed', ' ;', ` boundary="${B}"`),
  ],
  [
    'field-after-long-fields',
    'the order of fields says nothing',
    typed(...Array.from({ length: 60 }, (_, i) => `X-Field-${i}: ${'word '.repeat(12)}`), TYPE),
  ],
  ['field-in-8bit-header', 'RFC 6532', typed('X-N\xc3\xb6te: gr\xc3\xbc\xc3\x9fe', TYPE)],
  ['field-after-empty-field', 'RFC 5322 section 2.2: a value may be empty', typed('X-Empty:', 'X-Blank: ', TYPE)],
  [
    'resent-type-before',
    'a field of another name is another field',
    typed('Resent-Content-Type: text/plain', 'X-Content-Type: text/plain', TYPE),
  ],
  [
    'html-before',
    'RFC 2045 section 5.2: the first of two; PHP and GMime take the last',
    typed('Content-Type: text/html', TYPE),
  ],
]

const LINE = 'RFC 2046 section 5.1.1: the line after the delimiter'
const DELIMITERS: readonly ShapeRow[] = [
  [
    'delimiter-trailing-tab',
    'RFC 2046 section 5.1.1: linear white space is passed over',
    body((f, t) => lines(`--${B}\t`, t, `--${B} \t `, f, `--${B}--`, '')),
  ],
  [
    'delimiter-crcrlf',
    'programs that take CR CR LF for a line end',
    body((f, t) => `--${B}\r\r\n${t}\r\n--${B}\r\r\n${f}\r\n--${B}--\r\n`),
  ],
  [
    'delimiter-form-feed',
    'programs in C pass over it as a blank',
    body((f, t) => lines(`--${B}`, t, `--${B}\f`, f, `--${B}--`, '')),
  ],
  [
    'delimiter-blank-after-dashes',
    'programs that look for the boundary in the line',
    body((f, t) => lines(`--${B}`, t, `-- ${B}`, f, `--${B}--`, '')),
  ],
  [
    'delimiter-quoted',
    'programs that do not remove the quotes',
    body((f, t) => lines(`--"${B}"`, t, `--"${B}"`, f, `--"${B}"--`, '')),
  ],
  [
    'delimiter-semicolon',
    'programs that compare the beginning',
    body((f, t) => lines(`--${B};`, t, `--${B};`, f, `--${B}--`, '')),
  ],
  ['delimiter-three-dashes', 'a guessing program', body((f, t) => lines(`---${B}`, t, `---${B}`, f, `---${B}--`, ''))],
  ['close-with-blanks', LINE, body((f, t) => lines(`--${B}`, t, `--${B}`, f, `--${B}-- \t`, 'epilogue'))],
  ['close-twice', LINE, body((f, t) => lines(`--${B}`, t, `--${B}--`, `--${B}`, f, `--${B}--`, ''))],
  [
    'close-thrice-between',
    'ClamAV and others read on',
    body((f, t) => lines(`--${B}`, t, `--${B}--`, `--${B}--`, `--${B}--`, `--${B}`, f, `--${B}--`, '')),
  ],
  [
    'delimiters-only',
    'parts without a blank line between',
    body((f, t) => lines(`--${B}`, `--${B}`, `--${B}`, f, `--${B}`, t, `--${B}--`, '')),
  ],
  [
    'preamble-like-header',
    'RFC 2046 section 5.1.1: a preamble is passed over',
    body((f, t) => `Content-Type: text/html\r\nSubject: none\r\n\r\nbefore\r\n${between(B, [t, f])}`),
  ],
  [
    'no-line-between-header-and-delimiter',
    'programs see the delimiter in the header',
    (f, t) => `${TYPE}\r\n${between(B, [t, f])}`,
  ],
  ['cut-in-close', 'truncated within the delimiter', body((f, t) => lines(`--${B}`, t, `--${B}`, f, `--${B}-`))],
  ['cut-after-boundary', 'truncated within the delimiter', body((f, t) => lines(`--${B}`, t, `--${B}`, f, `--${B}`))],
  [
    'empty-part-before',
    'a part may have no header and no content',
    body((f, t) => lines(`--${B}`, '', '', `--${B}`, '', `--${B}`, t, `--${B}`, f, `--${B}--`, '')),
  ],
  [
    'nested-unclosed',
    'RFC 2046 section 5.1.2: the outer delimiter ends it',
    body((f, t) =>
      lines(
        `--${B}`,
        entity([`Content-Type: multipart/mixed; boundary="in"`], lines('--in', t, '--in', f)),
        `--${B}--`,
        '',
      ),
    ),
  ],
  [
    'nested-closed-by-outer',
    'RFC 2046 section 5.1.2',
    body((f, t) =>
      lines(
        `--${B}`,
        entity([`Content-Type: multipart/mixed; boundary="in"`], lines('--in', t)),
        `--${B}`,
        f,
        `--${B}--`,
        '',
      ),
    ),
  ],
  [
    'inner-delimiter-after-outer-close',
    'programs that go on after the close',
    body((f, t) =>
      lines(
        `--${B}`,
        entity([`Content-Type: multipart/mixed; boundary="in"`], lines('--in', t)),
        `--${B}--`,
        '--in',
        f,
        '--in--',
        '',
      ),
    ),
  ],
  ['four-levels', 'RFC 2046 section 5.1.2', (f, t) => nest(f, t, 4)],
]

const HEAD = 'programs differ in what ends a header'
const HEADS: readonly ShapeRow[] = [
  ['blank-line-of-vertical-tab', HEAD, body((f, t) => between(B, [t, f.replace('\r\n\r\n', '\r\n\v\r\n')]))],
  ['blank-line-of-form-feed', HEAD, body((f, t) => between(B, [t, f.replace('\r\n\r\n', '\r\n\f\r\n')]))],
  ['blank-line-of-nul', HEAD, body((f, t) => between(B, [t, f.replace('\r\n\r\n', '\r\n\0\r\n')]))],
  ['blank-line-of-nbsp', HEAD, body((f, t) => between(B, [t, f.replace('\r\n\r\n', '\r\n\xa0\r\n')]))],
  ['colon-only-line', HEAD, body((f, t) => between(B, [t, f.replace('\r\n', '\r\n: none\r\n')]))],
  ['folded-first', 'a folded line without a field before it', body((f, t) => between(B, [t, ` folded\r\n${f}`]))],
  [
    'long-unknown-field',
    'RFC 2045 section 5: other fields say nothing',
    body((f, t) => between(B, [t, `X-Long: ${'x'.repeat(70_000)}\r\n${f}`])),
  ],
  [
    'mime-version-first',
    'RFC 2045 section 4: only the message has it',
    body((f, t) => between(B, [t, `MIME-Version: 1.0\r\n${f}`])),
  ],
  [
    'received-first',
    'RFC 2046 section 5.1: other fields say nothing',
    body((f, t) => between(B, [t, `Received: from x\r\nSubject: none\r\nFrom: a@src.test\r\n${f}`])),
  ],
]

const END = 'a line may end in LF, and for Python and JSMime in CR'
const ENDS: readonly ShapeRow[] = [
  ['delimiters-lf-rest-crlf', END, body((f, t) => `--${B}\n${t}\n--${B}\n${f}\n--${B}--\n`)],
  [
    'rest-lf-delimiters-crlf',
    END,
    body((f, t) =>
      between(B, [
        t.replaceAll('\r\n', '\n'),
        f.replace(/^([\s\S]*?)\r\n\r\n/, (head) => head.replaceAll('\r\n', '\n')),
      ]),
    ),
  ],
  ['header-lfcr', HEAD, body((f, t) => between(B, [t, f.replace('\r\n\r\n', '\n\r\n')]))],
  ['header-ends-cr-lf-lf', HEAD, body((f, t) => between(B, [t, f.replace('\r\n\r\n', '\r\n\n')]))],
]

function signed(file: string): string {
  const signature = attachment('smime.p7s', Buffer.from('0\x03\x02\x01\x05', 'latin1'), 'application/pkcs7-signature')
  const head = `Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="${B}"`
  return entity([head], between(B, [multipart([textPart(), file]), signature]))
}

function report(file: string, text: string): string {
  const status = entity(
    ['Content-Type: message/delivery-status'],
    'Reporting-MTA: dns; mx.dst.test\r\n\r\nAction: failed\r\n',
  )
  const head = `Content-Type: multipart/report; report-type=delivery-status; boundary="${B}"`
  return entity(
    [head],
    between(B, [text, status, entity(['Content-Type: text/rfc822-headers'], 'Subject: x\r\n'), file]),
  )
}

function nest(file: string, text: string, levels: number): string {
  return levels === 0
    ? file
    : multipart([text, nest(file, text, levels - 1)], levels % 2 === 0 ? 'related' : 'alternative')
}

/** Digests (RFC 2046 section 5.1.5) in further dress. */
const inner = (content: Buffer) => message(attachment('enclosed.bin', content))
const digest = (children: readonly string[]) => between('=_digest', children)
const DIGEST = 'Content-Type: multipart/digest; boundary="=_digest"'
const CHILD = 'RFC 2046 section 5.1.5: a part of a digest is a message'
const DIGESTS: readonly (readonly [name: string, why: string, write: (content: Buffer) => string])[] = [
  [
    'in-rfc822',
    CHILD,
    (content) =>
      message(entity(['Content-Type: message/rfc822'], message(entity([DIGEST], digest([`\r\n${inner(content)}`]))))),
  ],
  [
    'in-base64-rfc822',
    CHILD,
    (content) =>
      message(
        entity(
          ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64'],
          base64(message(entity([DIGEST], digest([`\r\n${inner(content)}`])))),
        ),
      ),
  ],
  [
    'second-child',
    CHILD,
    (content) => message(entity([DIGEST], digest([`\r\n${message(textPart())}`, `\r\n${inner(content)}`]))),
  ],
  [
    'in-mixed',
    CHILD,
    (content) => message(multipart([textPart(), entity([DIGEST], digest([`\r\n${inner(content)}`]))])),
  ],
  [
    'in-digest',
    CHILD,
    (content) =>
      message(
        entity(
          [DIGEST],
          digest([
            `\r\n${message(entity([DIGEST.replace('=_digest', '=_in')], between('=_in', [`\r\n${inner(content)}`])))}`,
          ]),
        ),
      ),
  ],
  ['lf', CHILD, (content) => message(entity([DIGEST], digest([`\r\n${inner(content)}`]))).replaceAll('\r\n', '\n')],
  [
    'upper-case',
    CHILD,
    (content) =>
      message(entity([DIGEST.toUpperCase().replaceAll('=_DIGEST', '=_digest')], digest([`\r\n${inner(content)}`]))),
  ],
  [
    'mbox-line',
    'the line of the mbox format is passed over',
    (content) =>
      message(entity([DIGEST], digest([`\r\nFrom alex@src.test Mon Mar  2 09:12:44 2026\r\n${inner(content)}`]))),
  ],
]
const digests: readonly CaseSpec[] = DIGESTS.map(([name, why, build]) => ({
  name,
  why,
  names: ['enclosed.bin'],
  build,
}))

export const furtherStructures: readonly CaseClass[] = [
  { name: 'further-type', cases: shapes(TYPES, ['single', 'rfc822-base64'], ['base64']) },
  { name: 'further-delimiter', cases: shapes(DELIMITERS, ['single', 'rfc822'], ['base64']) },
  { name: 'further-head', cases: shapes(HEADS, ['single', 'rfc822-base64'], ['quoted-printable']) },
  { name: 'further-line-end', cases: shapes(ENDS, ['single', 'rfc822-base64'], ['base64']) },
  { name: 'further-digest', cases: digests },
]
