/** Two riddles at once: an odd multipart, and in it a part that is odd itself. */
import { attachmentHead, base64, encode, entity, placed, quotedPrintable, textPart, uuencode } from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'
import type { ShapeRow } from '../shape.ts'
import { boundaryShapes } from './boundary.ts'
import { contentTypeShapes } from './content-type.ts'
import { structureShapes } from './structure.ts'

const FILE = 'enclosed.bin'
const CTE = 'Content-Transfer-Encoding'

/** How the part is odd, why it is shown, and the part; without a name where it says none. */
type Leaf = readonly [name: string, why: string, names: readonly string[], write: (content: Buffer) => string]

const head = (...more: readonly string[]) => [...attachmentHead(FILE), ...more]
const LEAVES: readonly Leaf[] = [
  [
    'cte-twice',
    'GMime and PHP follow the last field',
    [FILE],
    (content) => entity(head(`${CTE}: 7bit`, `${CTE}: base64`), base64(content)),
  ],
  [
    'cte-near',
    'postal-mime compares the beginning',
    [FILE],
    (content) => entity(head(`${CTE}: base64base64`), base64(content)),
  ],
  [
    'cte-comment',
    'PHP removes comments',
    [FILE],
    (content) => entity(head(`${CTE}: quoted(x)-printable`), quotedPrintable(content)),
  ],
  [
    'cte-word',
    'Python decodes encoded words',
    [FILE],
    (content) => entity(head(`${CTE}: =?us-ascii?Q?base64?=`), base64(content)),
  ],
  [
    'padded',
    'mailparser and Camel go on after a padding',
    [FILE],
    (content) =>
      entity(
        head(`${CTE}: base64`),
        (content.toString('latin1').match(/[\s\S]{1,40}/g) ?? []).map((piece) => base64(piece)).join('\r\n'),
      ),
  ],
  [
    'uuencode',
    'Python, GMime and Camel know the word',
    [FILE],
    (content) => entity(head(`${CTE}: x-uuencode`), uuencode(content, FILE)),
  ],
  [
    'no-name',
    'a file without a word about it',
    [],
    (content) => entity(['Content-Type: application/octet-stream', `${CTE}: base64`], base64(content)),
  ],
  [
    'lf',
    'a line may end in LF',
    [FILE],
    (content) => entity(head(`${CTE}: base64`), base64(content)).replaceAll('\r\n', '\n'),
  ],
  [
    'message',
    'every program opens messages',
    [FILE],
    (content) =>
      entity(
        ['Content-Type: message/rfc822'],
        placed(entity(head(`${CTE}: base64`), encode(content, 'base64')), 'single'),
      ),
  ],
]

const CHOSEN = [
  'text-then-multipart',
  'last-boundary-valid',
  'no-semicolon',
  'missing',
  'space-before-colon',
  'last-used',
  'extended-and-plain-extended-used',
  'comma-prefix-used',
  'comment-removed',
  'empty-quoted',
  'inner-same',
  'leading-blank',
  'close-one-dash',
  'early-close',
  'epilogue-other-boundary',
]

const rows: readonly ShapeRow[] = [...contentTypeShapes, ...boundaryShapes, ...structureShapes]

function combinations(name: string): CaseSpec[] {
  const row = rows.find((each) => each[0] === name)
  if (row === undefined) throw new Error(`there is no shape ${name}`)
  const [, why, shape] = row
  return LEAVES.map(([leaf, because, names, write], i) => ({
    name: `${name}-with-${leaf}`,
    why: `${why}; ${because}`,
    names,
    build: (content) => placed(shape(write(content), textPart()), i % 2 === 0 ? 'single' : 'mixed'),
  }))
}

export const combined: readonly CaseClass[] = [{ name: 'combined', cases: CHOSEN.flatMap(combinations) }]
