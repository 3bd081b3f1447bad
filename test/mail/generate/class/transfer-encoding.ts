/** Content-Transfer-Encoding: given twice, with other words, nearly right, commented, broken, under odd field names. */
import { attachmentHead, type Encoding, encode, entity, type Place, placed } from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'

type Fields = (encoding: Encoding) => readonly string[]
type Row = readonly [name: string, why: string, fields: Fields]

const ENCODED: readonly Encoding[] = ['base64', 'quoted-printable']
const MARKERS = { after: 'after the disposition', before: 'before the type' } as const

/** One attachment whose encoding is said by the fields. */
function spec(row: Row, encoding: Encoding, place: Place, at: keyof typeof MARKERS = 'after'): CaseSpec {
  const [name, why, fields] = row
  const file = encoding === '7bit' ? 'enclosed.txt' : 'enclosed.bin'
  const suffix = at === 'after' ? '' : `-${at}`
  return {
    name: `${name}-${encoding}-${place}${suffix}`,
    why,
    kind: encoding === '7bit' ? 'text' : 'binary',
    names: [file],
    build(content) {
      const head = attachmentHead(file)
      const lines = at === 'after' ? [...head, ...fields(encoding)] : [...fields(encoding), ...head]
      return placed(entity(lines, encode(content, encoding)), place)
    },
  }
}

function each(rows: readonly Row[], encodings = ENCODED, places: readonly Place[] = ['mixed', 'rfc822']): CaseSpec[] {
  return rows.flatMap((row) => encodings.flatMap((encoding) => places.map((place) => spec(row, encoding, place))))
}

const CTE = 'Content-Transfer-Encoding'
const OTHERS = ['7bit', '8bit', 'binary', 'x-nothing', '', 'base64', 'quoted-printable']

/** Two fields, of which the first or the last tells the truth. */
function twice(other: string): readonly Row[] {
  const label = other === '' ? 'empty' : other
  return [
    [
      `true-then-${label}`,
      'the first of two fields counts: mailparser, Python, Camel',
      (e) => [`${CTE}: ${e}`, `${CTE}: ${other}`],
    ],
    [`${label}-then-true`, 'the last of two fields counts: GMime, PHP', (e) => [`${CTE}: ${other}`, `${CTE}: ${e}`]],
  ]
}

const duplicates = OTHERS.flatMap((other) =>
  ENCODED.filter((encoding) => encoding !== other).flatMap((encoding) =>
    twice(other).flatMap((row) => [
      spec(row, encoding, 'mixed'),
      spec(row, encoding, 'single'),
      spec(row, encoding, 'rfc822'),
      spec(row, encoding, 'mixed', 'before'),
    ]),
  ),
)
const plainDuplicates = ENCODED.flatMap((other) =>
  twice(other).flatMap((row) => [spec(row, '7bit', 'mixed'), spec(row, '7bit', 'rfc822')]),
)
const THRICE: readonly Row[] = [
  [
    'three-middle-true',
    'some program follows each of the fields',
    (e) => [`${CTE}: 7bit`, `${CTE}: ${e}`, `${CTE}: 8bit`],
  ],
  ['apart', 'the two fields need not be neighbours', (e) => [`${CTE}: 7bit`, 'X-Mailer: none', `${CTE}: ${e}`]],
  [
    'other-case',
    'field names have no case (RFC 5322 section 1.2.2)',
    (e) => [`content-transfer-encoding: 7bit`, `CONTENT-TRANSFER-ENCODING: ${e}`],
  ],
]

const LISTS: readonly Row[] = [
  ['list-true-first', 'Python and postal-mime take the beginning of a list', (e) => [`${CTE}: ${e}, 7bit`]],
  ['list-true-last', 'a program that looks for the word anywhere', (e) => [`${CTE}: 7bit, ${e}`]],
  ['trailing-semicolon', 'Python and JSMime parse parameters', (e) => [`${CTE}: ${e};`]],
  ['parameter', 'Python and JSMime parse parameters', (e) => [`${CTE}: ${e}; foo=bar`]],
  ['trailing-word', 'Python, Camel and JSMime stop at the blank', (e) => [`${CTE}: ${e} foo`]],
  ['leading-word', 'a program that looks for the word anywhere', (e) => [`${CTE}: foo ${e}`]],
  ['quoted', 'PHP and postal-mime remove the quotation marks', (e) => [`${CTE}: "${e}"`]],
  ['single-quoted', 'postal-mime looks for the word', (e) => [`${CTE}: '${e}'`]],
  ['bracketed', 'a program that looks for the word anywhere', (e) => [`${CTE}: <${e}>`]],
]

const NEAR: readonly Row[] = [
  ['followed-by-digit', 'postal-mime compares the beginning', (e) => [`${CTE}: ${e}5`]],
  ['x-prefix', 'postal-mime finds the word within', (e) => [`${CTE}: x-${e}`]],
  ['dash-within', 'the next known word', (e) => [`${CTE}: ${e.replace('e64', 'e-64').replace('d-p', 'd--p')}`]],
  ['doubled-value', 'postal-mime compares the beginning', (e) => [`${CTE}: ${e}${e}`]],
  ['dash-suffix', 'postal-mime compares the beginning', (e) => [`${CTE}: ${e}-`]],
  ['dot-suffix', 'postal-mime compares the beginning', (e) => [`${CTE}: ${e}.`]],
  ['letter-missing', 'the next known word', (e) => [`${CTE}: ${e.slice(0, -1)}`]],
  ['underscore', 'the next known word', (e) => [`${CTE}: ${e.replace('se6', 'se_6').replace('-', '_')}`]],
  ['upper-case', 'values have no case (RFC 2045 section 6.1)', (e) => [`${CTE}: ${e.toUpperCase()}`]],
  ['no-blank', 'no blank is needed after the colon (RFC 5322 section 2.2)', (e) => [`${CTE}:${e}`]],
  ['tab', 'a tab is white space as well', (e) => [`${CTE}:\t${e}\t`]],
]

const COMMENTS: readonly Row[] = [
  ['comment-after', 'comments may stand anywhere (RFC 2045 section 5.1)', (e) => [`${CTE}: ${e} (as usual)`]],
  ['comment-before', 'comments may stand anywhere (RFC 2045 section 5.1)', (e) => [`${CTE}: (as usual) ${e}`]],
  ['comment-glued', 'comments need no blank', (e) => [`${CTE}: ${e}(as usual)`]],
  ['comment-inside', 'PHP removes comments before it compares', (e) => [`${CTE}: ${e.slice(0, 4)}(x)${e.slice(4)}`]],
  ['comment-nested', 'comments nest (RFC 5322 section 3.2.2)', (e) => [`${CTE}: (a (b) c) ${e}`]],
  ['half-comment', 'Camel and Python take what stands before it', (e) => [`${CTE}: ${e} (open`]],
  ['other-word-in-comment', 'what stands in a comment does not count', (e) => [`${CTE}: (7bit) ${e}`]],
]

const CONTROLS: readonly Row[] = [
  ['nul-at-end', 'C programs end the value there', (e) => [`${CTE}: ${e}\0`]],
  ['nul-then-junk', 'C programs end the value there', (e) => [`${CTE}: ${e}\0xyz`]],
  ['nul-inside', 'JSMime drops it', (e) => [`${CTE}: ${e.slice(0, 3)}\0${e.slice(3)}`]],
  ['folded-after-colon', 'folding (RFC 5322 section 2.2.3)', (e) => [`${CTE}:\r\n ${e}`]],
  ['folded-inside', 'PHP joins the lines', (e) => [`${CTE}: ${e.slice(0, 4)}\r\n ${e.slice(4)}`]],
  ['folded-blank-line', 'a line of a blank only is folding too', (e) => [`${CTE}:\r\n \r\n ${e}`]],
  ['encoded-word', 'Python decodes it', (e) => [`${CTE}: =?us-ascii?Q?${e.replace('-', '=2D')}?=`]],
  ['encoded-word-b', 'Python decodes it', (e) => [`${CTE}: =?utf-8?B?${Buffer.from(e).toString('base64')}?=`]],
  ['vertical-tab', 'white space in C', (e) => [`${CTE}: \v${e}\f`]],
  ['bare-cr-before', 'Python and JSMime end the line at a CR', (e) => [`X-Note: one\r${CTE}: ${e}`]],
  ['8bit-blank', 'a no-break space is a blank for some', (e) => [`${CTE}:\xa0${e}`]],
]

const FIELD_NAMES: readonly Row[] = [
  ['space-before-colon', 'obsolete syntax (RFC 5322 section 4.5): mailparser, Python, GMime', (e) => [`${CTE} : ${e}`]],
  ['tab-before-colon', 'obsolete syntax (RFC 5322 section 4.5)', (e) => [`${CTE}\t: ${e}`]],
  ['nul-before-colon', 'C programs end the name there', (e) => [`${CTE}\0: ${e}`]],
  ['leading-space', 'the first field of a header cannot be folded', (e) => [` ${CTE}: ${e}`]],
  ['doubled-name', 'a program that looks for the name', (e) => [`${CTE}: ${CTE}: ${e}`]],
  ['underscore-name', 'the next known name', (e) => [`${CTE.replaceAll('-', '_')}: ${e}`]],
  ['equals', 'the next known name', (e) => [`${CTE}= ${e}`]],
  ['no-colon', 'the next known name', (e) => [`${CTE} ${e}`]],
  ['two-colons', 'a program that drops what is no token', (e) => [`${CTE}:: ${e}`]],
]
/** The field after a line that is no field, where some end the header and some go on. */
const INTERRUPTED: readonly Row[] = [
  ['after-junk-line', 'most pass over a line that is no field', (e) => ['this is no field', `${CTE}: ${e}`]],
  ['after-mbox-from', 'most pass over a line of the mbox format', (e) => ['>From alex', `${CTE}: ${e}`]],
  ['after-empty-name', 'most pass over a field without a name', (e) => [': empty', `${CTE}: ${e}`]],
]

/** Fields that other classes combine with their own. */
export const encodingFields: readonly Row[] = [
  ...THRICE,
  ...LISTS,
  ...NEAR,
  ...COMMENTS,
  ...CONTROLS,
  ...FIELD_NAMES.filter(([name]) => name !== 'leading-space'),
  ...INTERRUPTED,
]

export const transferEncodings: readonly CaseClass[] = [
  { name: 'cte-duplicate', cases: [...duplicates, ...plainDuplicates, ...each(THRICE)] },
  { name: 'cte-list', cases: each(LISTS) },
  { name: 'cte-near', cases: each(NEAR, ENCODED, ['mixed']) },
  { name: 'cte-comment', cases: each(COMMENTS, ENCODED, ['mixed', 'single']) },
  { name: 'cte-control', cases: each(CONTROLS) },
  {
    name: 'cte-field-name',
    cases: [
      ...FIELD_NAMES.flatMap((row) =>
        ENCODED.flatMap((encoding) => [
          spec(row, encoding, 'mixed', row[0] === 'leading-space' ? 'before' : 'after'),
          spec(row, encoding, 'rfc822', row[0] === 'leading-space' ? 'before' : 'after'),
        ]),
      ),
      ...each(INTERRUPTED, ENCODED, ['mixed']),
    ],
  },
]
