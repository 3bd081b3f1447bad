/** Two riddles at once: an odd multipart, and in it a part that is odd itself. */
import {
  attachmentHead,
  base64,
  encode,
  entity,
  type Place,
  placed,
  quotedPrintable,
  textPart,
  uuencode,
} from '../build.ts'
import { bytesOf, type CaseClass, type CaseSpec } from '../case.ts'
import { B, type ShapeRow } from '../shape.ts'
import { base64Writers } from './base64.ts'
import { boundaryShapes } from './boundary.ts'
import { contentTypeShapes } from './content-type.ts'
import { structureShapes } from './structure.ts'
import { encodingFields } from './transfer-encoding.ts'

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

/** Rows of other classes side by side: which ones follows from the number. */
const CROSSED: Readonly<
  Record<string, (i: number) => readonly [names: string, why: string, write: (content: Buffer) => string]>
> = {
  'field-and-letters': (i) => {
    const [field, why, fields] = pick(encodingFields, `field ${i}`)
    const [writer, because, write] = pick(base64Writers, `writer ${i}`)
    return [
      `${field}-and-${writer}`,
      `${why}; ${because}`,
      (content) => entity(head(...fields('base64')), write(content)),
    ]
  },
  'shape-and-field': (i) => {
    const [shape, why, draw] = pick(rows, `shape ${i}`)
    const [field, because, fields] = pick(encodingFields, `field of shape ${i}`)
    const encoding = i % 2 === 0 ? 'base64' : 'quoted-printable'
    const file = (content: Buffer) => entity(head(...fields(encoding)), encode(content, encoding))
    return [`${shape}-and-${field}`, `${why}; ${because}`, (content) => draw(file(content), textPart())]
  },
  'shape-and-letters': (i) => {
    const [shape, why, draw] = pick(rows, `shape of letters ${i}`)
    const [writer, because, write] = pick(base64Writers, `writer of shape ${i}`)
    const file = (content: Buffer) => entity(head(`${CTE}: base64`), write(content))
    return [`${shape}-and-${writer}`, `${why}; ${because}`, (content) => draw(file(content), textPart())]
  },
  'shape-in-shape': (i) => {
    const [outer, why, drawOuter] = pick(rows, `outer ${i}`)
    const [inner, because, drawInner] = pick(rows, `inner ${i}`)
    const file = (content: Buffer) => entity(head(`${CTE}: base64`), base64(content))
    // Each has a boundary of its own.
    const within = (content: Buffer) => drawInner(file(content), textPart()).replaceAll(B, '=_inner')
    return [`${inner}-in-${outer}`, `${why}; ${because}`, (content) => drawOuter(within(content), textPart())]
  },
}

function pick<T>(from: readonly T[], seed: string): T {
  const picked = from[bytesOf(seed, 5).readUInt32BE(1) % from.length]
  if (picked === undefined) throw new Error('nothing to pick from')
  return picked
}

const PLACES: readonly Place[] = ['single', 'mixed', 'rfc822', 'rfc822-base64']
const EACH = 40

const crossed = Object.entries(CROSSED).flatMap(([kind, make]) =>
  Array.from({ length: EACH }, (_, i): CaseSpec => {
    const [name, why, write] = make(i)
    const place = PLACES[i % PLACES.length] ?? 'mixed'
    const build = (content: Buffer) => placed(write(content), place)
    return { name: `${kind}-${i}-${name}-${place}`, why, names: [FILE], build }
  }),
)

export const combined: readonly CaseClass[] = [
  { name: 'combined', cases: CHOSEN.flatMap(combinations) },
  { name: 'crossed', cases: crossed },
]
