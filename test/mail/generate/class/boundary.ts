/** The boundary parameter: several values, comments, quotes, blanks, other forms; what stands in the body is one of them. */
import { between, entity, multipart } from '../build.ts'
import type { CaseClass } from '../case.ts'
import { type ShapeRow, shapes } from '../shape.ts'

/** Parameters as written, and the boundary of the delimiter lines. */
type Row = readonly [name: string, why: string, parameters: string, used: string]

function rowsOf(rows: readonly Row[]): readonly ShapeRow[] {
  return rows.map(([name, why, parameters, used]) => [
    name,
    why,
    (file, text) => entity([`Content-Type: multipart/mixed; ${parameters}`], between(used, [text, file])),
  ])
}

const FIRST = 'the first parameter counts: mailparser, Python, GMime, Camel, JSMime'
const LAST = 'the last parameter counts: MIME-tools, PHP'
const PLAIN = 'the plain form counts: Python, GMime, Camel, JSMime'
const EXTENDED = 'the extended form counts (RFC 2231 section 5): mailparser, postal-mime'

const DUPLICATES: readonly Row[] = [
  ['first-used', FIRST, 'boundary=one; boundary=two', 'one'],
  ['last-used', LAST, 'boundary=one; boundary=two', 'two'],
  ['other-case-first-used', FIRST, 'boundary=one; BOUNDARY=two', 'one'],
  ['other-case-last-used', LAST, 'boundary=one; BOUNDARY=two', 'two'],
  ['extended-and-plain-plain-used', PLAIN, "boundary=one; boundary*=us-ascii''two", 'one'],
  ['extended-and-plain-extended-used', EXTENDED, "boundary=one; boundary*=us-ascii''two", 'two'],
  ['extended-first-plain-used', PLAIN, "boundary*=us-ascii''two; boundary=one", 'one'],
  ['extended-first-extended-used', EXTENDED, "boundary*=us-ascii''two; boundary=one", 'two'],
  ['pieces-used', EXTENDED, 'boundary=one; boundary*0=tw; boundary*1=o', 'two'],
  ['pieces-not-used', PLAIN, 'boundary=one; boundary*0=tw; boundary*1=o', 'one'],
  ['extended-only', 'RFC 2231 section 4', "boundary*=utf-8''%74wo", 'two'],
  ['pieces-only', 'RFC 2231 section 3', 'boundary*0=t; boundary*1=w; boundary*2=o', 'two'],
  ['pieces-out-of-order', 'RFC 2231 section 3', 'boundary*1=w; boundary*0=t; boundary*2=o', 'two'],
  ['extended-not-decoded', 'a program that knows no RFC 2231', "boundary*=us-ascii''two", "us-ascii''two"],
  ['empty-then-value', LAST, 'boundary=""; boundary=two', 'two'],
  ['value-then-empty', FIRST, 'boundary=one; boundary=""', 'one'],
]

const STOPS = 'a token ends there: Python, Camel, JSMime, MIME-tools'
const TOKENS: readonly Row[] = [
  ['comma-prefix-used', STOPS, 'boundary=one,two', 'one'],
  ['comma-kept', 'mailparser and GMime take it whole', 'boundary=one,two', 'one,two'],
  ['inner-blank-prefix-used', STOPS, 'boundary=one two', 'one'],
  ['inner-blank-kept', 'mailparser takes what stands up to the semicolon', 'boundary=one two', 'one two'],
  ['slash-prefix-used', STOPS, 'boundary=one/two', 'one'],
  ['equals-prefix-used', STOPS, 'boundary=one=two', 'one'],
  ['equals-kept', 'most take it whole', 'boundary=one=two', 'one=two'],
  ['colon-kept', 'most take it whole', 'boundary=one:two', 'one:two'],
  ['quoted-then-junk-joined', 'Camel and MIME-tools join', 'boundary="one"two', 'onetwo'],
  [
    'quoted-then-junk-quoted-used',
    'mailparser, Python and JSMime end at the quotation mark',
    'boundary="one"two',
    'one',
  ],
  ['token-then-quoted', 'mailparser drops quotation marks', 'boundary=one"two"', 'onetwo'],
  ['token-then-quoted-prefix-used', STOPS, 'boundary=one"two"', 'one'],
  ['single-quotes-kept', 'single quotation marks mean nothing (RFC 2045 section 5.1)', "boundary='one'", "'one'"],
  ['single-quotes-removed', 'a program that takes them for quotation marks', "boundary='one'", 'one'],
  ['unclosed-quote', 'mailparser, Python and Camel go up to the end', 'boundary="one', 'one'],
  ['unclosed-quote-kept', 'a program that takes the mark as it stands', 'boundary="one', '"one'],
  ['backslash-removed', 'quoted pairs (RFC 5322 section 3.2.4)', 'boundary="on\\e"', 'one'],
  ['backslash-kept', 'a program that knows no quoted pairs', 'boundary="on\\e"', 'on\\e'],
  ['escaped-quote', 'quoted pairs (RFC 5322 section 3.2.4)', 'boundary="on\\"e"', 'on"e'],
  ['8bit', 'Camel, JSMime and MIME-tools compare bytes', 'boundary="on\xe9"', 'on\xe9'],
  ['8bit-utf-8', 'Camel, JSMime and MIME-tools compare bytes', 'boundary="on\xc3\xa9"', 'on\xc3\xa9'],
  [
    '300-characters',
    'nobody holds to the 70 of RFC 2046 section 5.1.1',
    `boundary="${'x'.repeat(300)}"`,
    'x'.repeat(300),
  ],
  ['trailing-blank-in-quotes', 'RFC 2046 section 5.1.1: no boundary ends in a blank', 'boundary="one "', 'one'],
  ['leading-blank-in-quotes', 'a program that trims', 'boundary=" one"', 'one'],
  ['leading-blank-kept', 'most compare it as it stands', 'boundary=" one"', ' one'],
  ['nul-cut', 'C programs end the value there', 'boundary="one\0two"', 'one'],
  ['folded-in-quotes', 'unfolding keeps the blank (RFC 5322 section 2.2.3)', 'boundary="one\r\n two"', 'one two'],
  ['folded-in-quotes-joined', 'a program that drops the blank too', 'boundary="one\r\n two"', 'onetwo'],
  ['percent-kept', 'only extended values are percent-encoded', 'boundary="on%65"', 'on%65'],
]

const COMMENTS: readonly Row[] = [
  ['comment-removed', 'RFC 2045 section 5.1: Python, Camel, MIME-tools, PHP', 'boundary=one(two)', 'one'],
  ['comment-kept', 'mailparser, postal-mime and GMime', 'boundary=one(two)', 'one(two)'],
  ['comment-after-blank', 'RFC 2045 section 5.1', 'boundary=one (two)', 'one'],
  ['comment-before', 'RFC 2045 section 5.1: Python, GMime, Camel, PHP', 'boundary=(two) one', 'one'],
  ['comment-before-name', 'RFC 2045 section 5.1', '(two) boundary=one', 'one'],
  [
    'comment-in-quotes-kept',
    'no comment stands in quotation marks (RFC 2045 section 5.1)',
    'boundary="one(two)"',
    'one(two)',
  ],
  ['comment-hides-parameter', 'what stands in a comment does not count', '(boundary=two) ; boundary=one', 'one'],
  ['comment-shows-parameter', 'a program that looks for boundary=', '(boundary=two) ; boundary=one', 'two'],
  ['encoded-word-decoded', 'GMime decodes the word', 'boundary="=?us-ascii?Q?one?="', 'one'],
  [
    'encoded-word-kept',
    'mailparser, postal-mime, MIME-tools and PHP',
    'boundary="=?us-ascii?Q?one?="',
    '=?us-ascii?Q?one?=',
  ],
  ['encoded-word-base64-decoded', 'GMime decodes the word', 'boundary="=?utf-8?B?b25l?="', 'one'],
]

const EMPTY: readonly Row[] = [
  ['empty-quoted', 'Python, GMime, Camel, JSMime, MIME-tools: the delimiter line is two dashes', 'boundary=""', ''],
  ['empty', 'JSMime and PHP: the delimiter line is two dashes', 'boundary=', ''],
  ['empty-with-found', 'a program that recognises delimiter lines', 'boundary=""', 'one'],
  ['missing', 'a program that recognises delimiter lines', 'charset=utf-8', 'one'],
  ['other-parameter', 'a program that recognises delimiter lines', 'bound=one', 'one'],
  ['wrong', 'a program that recognises delimiter lines', 'boundary=two', 'one'],
  ['dashes', 'a boundary of dashes only', 'boundary="--"', '--'],
  ['begins-with-dashes', 'a boundary may begin with dashes', 'boundary="--one"', '--one'],
]

const INSIDE: readonly ShapeRow[] = [
  [
    'inner-same',
    'all: the inner multipart hides the outer one',
    (file, text) =>
      entity(
        ['Content-Type: multipart/mixed; boundary=one'],
        between('one', [multipart([text, file], 'mixed', 'one')]),
      ),
  ],
  [
    'inner-begins-as-outer',
    'a delimiter line is compared whole (RFC 2046 section 5.1.1)',
    (file, text) =>
      entity(
        ['Content-Type: multipart/mixed; boundary=one'],
        between('one', [multipart([text, file], 'mixed', 'onetwo')]),
      ),
  ],
  [
    'outer-begins-as-inner',
    'a delimiter line is compared whole (RFC 2046 section 5.1.1)',
    (file, text) =>
      entity(
        ['Content-Type: multipart/mixed; boundary=onetwo'],
        between('onetwo', [multipart([text], 'mixed', 'one'), file]),
      ),
  ],
  [
    'inner-is-closing-outer',
    'the boundary of the inner multipart ends in dashes',
    (file, text) =>
      entity(
        ['Content-Type: multipart/mixed; boundary=one'],
        between('one', [text, multipart([file], 'mixed', 'one--')]),
      ),
  ],
  [
    'outer-in-inner-part',
    'an outer delimiter ends all within (RFC 2046 section 5.1.2)',
    (file, text) =>
      entity(
        ['Content-Type: multipart/mixed; boundary=one'],
        `--one\r\n${entity(['Content-Type: multipart/mixed; boundary=two'], `--two\r\n${text}\r\n`)}--one\r\n${file}\r\n--one--\r\n`,
      ),
  ],
]

/** Shapes that other classes combine with their own. */
export const boundaryShapes: readonly ShapeRow[] = [
  ...rowsOf([...DUPLICATES, ...TOKENS, ...COMMENTS, ...EMPTY]),
  ...INSIDE.filter(([name]) => name === 'inner-same'),
]

export const boundaries: readonly CaseClass[] = [
  { name: 'boundary-duplicate', cases: shapes(rowsOf(DUPLICATES)) },
  { name: 'boundary-token', cases: shapes(rowsOf(TOKENS), ['single', 'mixed']) },
  { name: 'boundary-comment', cases: shapes(rowsOf(COMMENTS)) },
  { name: 'boundary-empty', cases: shapes(rowsOf(EMPTY)) },
  { name: 'boundary-nested', cases: shapes(INSIDE, ['single', 'rfc822']) },
]
