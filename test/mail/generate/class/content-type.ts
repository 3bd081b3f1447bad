/** Content-Type of a multipart: given twice, malformed, missing, with an encoding of its own; MIME-Version missing. */
import { base64, between, entity, message, quotedPrintable } from '../build.ts'
import type { CaseClass } from '../case.ts'
import { B, type ShapeRow, shapeCase, shapes } from '../shape.ts'

/** A multipart whose header is the lines. */
function headed(...head: readonly string[]) {
  return (file: string, text: string) => entity(head, between(B, [text, file]))
}

const GOOD = `Content-Type: multipart/mixed; boundary="${B}"`
const OTHER = 'Content-Type: multipart/mixed; boundary="=_other"'
const FIRST = 'the first of two fields counts: mailparser, Python, Camel'
const LAST = 'the last of two fields counts: GMime, PHP'

const DUPLICATES: readonly ShapeRow[] = [
  ['multipart-then-text', FIRST, headed(GOOD, 'Content-Type: text/plain')],
  ['text-then-multipart', LAST, headed('Content-Type: text/plain', GOOD)],
  ['html-then-multipart', LAST, headed('Content-Type: text/html', GOOD)],
  ['first-boundary-valid', FIRST, headed(GOOD, OTHER)],
  ['last-boundary-valid', LAST, headed(OTHER, GOOD)],
  [
    'multipart-then-octet',
    'Python and GMime see the multipart',
    headed(GOOD, 'Content-Type: application/octet-stream'),
  ],
  ['octet-then-multipart', LAST, headed('Content-Type: application/octet-stream', GOOD)],
  ['empty-then-multipart', LAST, headed('Content-Type:', GOOD)],
  ['multipart-then-empty', FIRST, headed(GOOD, 'Content-Type:')],
  ['message-then-multipart', LAST, headed('Content-Type: message/rfc822', GOOD)],
  ['three-middle-valid', 'some program follows each of the fields', headed('Content-Type: text/plain', GOOD, OTHER)],
  ['no-boundary-then-boundary', LAST, headed('Content-Type: multipart/mixed', GOOD)],
]

const ANY = 'RFC 2046 section 5.1.7: any multipart is read as mixed'
const LENIENT = 'a program that looks for the word multipart and for boundary='
const SYNTAX: readonly ShapeRow[] = [
  ['no-semicolon', LENIENT, headed(`Content-Type: multipart/mixed boundary="${B}"`)],
  ['comma', LENIENT, headed(`Content-Type: multipart/mixed, boundary="${B}"`)],
  ['two-semicolons', 'empty parameters are passed over', headed(`Content-Type: multipart/mixed;; boundary="${B}"`)],
  ['leading-space', 'JSMime and others trim the line', headed('X-Mailer: none', ` ${GOOD}`)],
  ['nul-in-type', 'mailparser and JSMime drop the NUL', headed(`Content-Type: multi\0part/mixed; boundary="${B}"`)],
  ['nul-after-type', 'C programs end the type there', headed(`Content-Type: multipart/mixed\0; boundary="${B}"`)],
  ['no-subtype', LENIENT, headed(`Content-Type: multipart; boundary="${B}"`)],
  ['empty-subtype', LENIENT, headed(`Content-Type: multipart/; boundary="${B}"`)],
  ['unknown-subtype', ANY, headed(`Content-Type: multipart/x-none; boundary="${B}"`)],
  ['two-slashes', LENIENT, headed(`Content-Type: multipart/mixed/x; boundary="${B}"`)],
  [
    'blanks-around-slash',
    'RFC 822 section 3.1.4 lets blanks stand between tokens',
    headed(`Content-Type: multipart / mixed; boundary="${B}"`),
  ],
  ['quoted-type', LENIENT, headed(`Content-Type: "multipart/mixed"; boundary="${B}"`)],
  [
    'comment-in-type',
    'comments may stand between tokens (RFC 2045 section 5.1)',
    headed(`Content-Type: multipart/(x)mixed; boundary="${B}"`),
  ],
  [
    'comment-before-type',
    'comments may stand between tokens (RFC 2045 section 5.1)',
    headed(`Content-Type: (x) multipart/mixed; boundary="${B}"`),
  ],
  [
    'upper-case',
    'types and field names have no case (RFC 2045 section 5.1)',
    headed(`CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY="${B}"`),
  ],
  ['folded', 'folding (RFC 5322 section 2.2.3)', headed('Content-Type:', ' multipart/mixed;', `\tboundary="${B}"`)],
  ['folded-in-word', 'PHP joins the lines', headed('Content-Type: multi', ` part/mixed; boundary="${B}"`)],
  ['encoded-word', 'Python decodes it', headed(`Content-Type: =?us-ascii?Q?multipart/mixed?=; boundary="${B}"`)],
  [
    'space-before-colon',
    'obsolete syntax (RFC 5322 section 4.5)',
    headed(`Content-Type : multipart/mixed; boundary="${B}"`),
  ],
  ['underscore-name', 'the next known name', headed(`Content_Type: multipart/mixed; boundary="${B}"`)],
  ['nul-in-name', 'C programs end the name there', headed(`Content-Type\0: multipart/mixed; boundary="${B}"`)],
  ['parameter-first', LENIENT, headed(`Content-Type: boundary="${B}"; multipart/mixed`)],
  ['text-with-boundary', 'a program that looks for boundary=', headed(`Content-Type: text/plain; boundary="${B}"`)],
  ['missing', 'a program that recognises delimiter lines', headed('X-Mailer: none')],
  [
    'blank-around-equals',
    'mailparser, Python and Camel trim',
    headed(`Content-Type: multipart/mixed; boundary = "${B}"`),
  ],
]

const AS_IT_IS = 'RFC 2045 section 6.4: a multipart has no encoding; most read it as it stands'
const DECODED = 'a program that decodes before it splits; RFC 2045 section 6.4 forbids the encoding'
const COMPOSITE: readonly ShapeRow[] = [
  ['base64-said', AS_IT_IS, headed(GOOD, 'Content-Transfer-Encoding: base64')],
  ['quoted-printable-said', AS_IT_IS, headed(GOOD, 'Content-Transfer-Encoding: quoted-printable')],
  [
    'base64-done',
    DECODED,
    (file, text) => entity([GOOD, 'Content-Transfer-Encoding: base64'], base64(between(B, [text, file]))),
  ],
  [
    'quoted-printable-done',
    DECODED,
    (file, text) =>
      entity([GOOD, 'Content-Transfer-Encoding: quoted-printable'], quotedPrintable(between(B, [text, file]))),
  ],
]

const VERSIONS = {
  none: [],
  two: ['MIME-Version: 2.0'],
  comment: ['MIME-Version: (made by hand) 1.0 (really)'],
  twice: ['MIME-Version: 0.9', 'MIME-Version: 1.0'],
  empty: ['MIME-Version:'],
  odd: ['Mime-version: one'],
}

const versions = Object.entries(VERSIONS).flatMap(([name, head]) =>
  (['base64', 'quoted-printable', '7bit'] as const).map((encoding) =>
    shapeCase(
      `${name}-${encoding}`,
      'everybody reads on without MIME-Version 1.0 (CVE-2003-0121)',
      encoding,
      (file, text) => message(headed(GOOD)(file, text), head),
    ),
  ),
)

/** Shapes that other classes combine with their own. */
export const contentTypeShapes: readonly ShapeRow[] = [...DUPLICATES, ...SYNTAX]

export const contentTypes: readonly CaseClass[] = [
  { name: 'ct-duplicate', cases: shapes(DUPLICATES) },
  { name: 'ct-syntax', cases: shapes(SYNTAX, ['single', 'mixed']) },
  { name: 'cte-composite', cases: shapes(COMPOSITE) },
  { name: 'mime-version', cases: versions },
]
