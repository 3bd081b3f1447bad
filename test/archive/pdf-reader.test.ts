import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { open, openWithBytes } from './rig.ts'

const FILE = Buffer.from(`MZ${'\x90\x00\x03'.repeat(40)}the whole of a program`, 'latin1')
const PACKED = deflateSync(FILE)
const SPEC = '2 0 obj<</Type/Filespec/F(run.dat)/EF<</F 3 0 R>>>>endobj\n'
const FLATE = '/Type/EmbeddedFile/Filter/FlateDecode'

interface Case {
  readonly spec?: string
  readonly dictionary?: string
  readonly data?: Buffer
  readonly before?: string
  readonly edit?: (head: string) => string
}

function pdf({ spec = SPEC, dictionary = FLATE, data = PACKED, before = '', edit = (head) => head }: Case): Buffer {
  const head = edit(`3 0 obj<<${dictionary}/Length ${data.length}>>stream\n`)
  return Buffer.concat([
    Buffer.from(`%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n${spec}${before}${head}`),
    data,
    Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF'),
  ])
}

/** The rows of a file with the kinds of PNG's filters, in turn. */
function filtered(row: number): Buffer {
  const rows: Buffer[] = []
  for (let at = 0; at < FILE.length; at += row) {
    const kind = (at / row) % 3
    const own = Buffer.alloc(Math.min(row, FILE.length - at))
    for (let i = 0; i < own.length; i++) {
      const base = [0, i > 0 ? (FILE[at + i - 1] ?? 0) : 0, at > 0 ? (FILE[at + i - row] ?? 0) : 0][kind] ?? 0
      own[i] = ((FILE[at + i] ?? 0) - base) & 0xff
    }
    rows.push(Buffer.from([kind]), own)
  }
  return deflateSync(Buffer.concat(rows))
}

const CASES: Readonly<Record<string, Case>> = {
  'as every writer does it': {},
  'of which nothing says that it is one': { dictionary: '/Filter/FlateDecode' },
  'whose filter stands behind a comment': { dictionary: '/Type/EmbeddedFile/Filter%x\n/FlateDecode' },
  'whose filter has its name elsewhere': {
    dictionary: '/Type/EmbeddedFile/Filter 4 0 R',
    before: '4 0 obj/FlateDecode endobj\n',
  },
  'with another number in a comment': { dictionary: '/Type/EmbeddedFile%9 0 obj\n/Filter/FlateDecode' },
  'with another number in a string': { dictionary: '/Type/EmbeddedFile/Desc(9 0 obj<<)/Filter/FlateDecode' },
  'behind a comment that looks like a stream': { before: '%stream\n' },
  'behind a string that looks like a stream': { before: '8 0 obj(>>stream\n)endobj\n' },
  'behind a bracket that nobody closes': { before: '(\n' },
  'with a blank behind the word': { edit: (head) => head.replace('stream\n', 'stream \n') },
  'with comments within its number': { edit: (head) => head.replace('3 0 obj', '3%x\n0%y\nobj') },
  'whose description has a comment': { spec: SPEC.replace('/EF<<', '/EF%\n<<'), dictionary: '/Filter/FlateDecode' },
  'whose description stands apart': {
    spec: '2 0 obj<</Type/Filespec/F(run.dat)/EF 4 0 R>>endobj\n4 0 obj<</F 3 0 R>>endobj\n',
    dictionary: '/Filter/FlateDecode',
  },
  'whose data has the word that ends it': {
    dictionary: '/Type/EmbeddedFile',
    data: Buffer.concat([FILE.subarray(0, 20), Buffer.from('endstream'), FILE]),
  },
  'packed by rows as in PNG': {
    dictionary: `${FLATE}/DecodeParms<</Predictor 12/Columns 10>>`,
    data: filtered(10),
  },
}

for (const [name, made] of Object.entries(CASES)) {
  test(`a file in PDF is found whole, ${name}`, async () => {
    const { bytes } = await openWithBytes(pdf(made))

    assert.ok([...bytes.values()].some((content) => content.subarray(-FILE.length).equals(FILE)))
  })
}

test('a file in PDF whose rows are packed in another way than PNG is not taken for read', async () => {
  const { nodes } = await open(pdf({ dictionary: `${FLATE}/DecodeParms<</Predictor 2/Columns 10>>` }))

  assert.ok(nodes[0]?.anomalies.some(({ name }) => name === 'unsupported'))
})

test('a file in PDF comes once where nothing is odd', async () => {
  const { nodes } = await open(pdf({}))

  assert.deepEqual(
    nodes.map(({ name }) => name),
    ['run.dat'],
  )
})
