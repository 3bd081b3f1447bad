import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CATALOG } from '../../../src/facts/type/index.ts'
import { cat, latin, noise } from './bytes.ts'
import { allSamples } from './samples/index.ts'
import { typesOf } from './types-of.ts'

const contents = allSamples().flatMap(({ genuine }) => genuine.filter((content) => content.length < 4000))

test('any bytes have types of the catalog, in any pieces', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 700 }), (bytes, size) => {
      const content = Buffer.from(bytes)
      const types = typesOf(content, size)

      assert.deepEqual(types, typesOf(content))
      assert.ok(types.every((type) => CATALOG.has(type)))
    }),
    { numRuns: 300 },
  )
})

test('damaged contents of any type do no harm', () => {
  const content = fc.constantFrom(...contents)
  fc.assert(
    fc.property(
      content,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
      fc.nat(),
      (bytes, changes, cut) => {
        const copy = Buffer.from(bytes)
        for (const [place, value] of changes) copy[place % copy.length] = value

        assert.ok(typesOf(copy).every((type) => CATALOG.has(type)))
        assert.ok(typesOf(copy.subarray(0, cut % (copy.length + 1))).every((type) => CATALOG.has(type)))
      },
    ),
    { numRuns: 2000 },
  )
})

/** Beginnings that are repeated until any search that is not linear shows. */
const REPEATED = [
  ...[
    '<!--',
    '<!-- -->',
    '<?x?>',
    '<!DOCTYPE svg>',
    '<a',
    '<a ',
    '<',
    'a:\r\n ',
    'a: b\r\n',
    '[a]\n',
    '[',
    '{"a":',
    '{"a":1}\n',
    '"\\',
    '/*',
    '"',
    "'",
    '`',
  ],
  ...[
    '# ',
    '#',
    '^a',
    'a^',
    'a-',
    '-a ',
    '$(',
    '<#',
    'rem \n',
    "' \n",
    'a,',
    ',',
    '\t',
    'PK\x03\x04',
    'PK\x01\x02',
    'PK\x05\x06',
    'From ',
    '\\',
    '% ',
    '%\n',
  ],
  ...[
    'ContentType="',
    '-----BEGIN ',
    'dn: ',
    'a:s:',
    'Set x = ',
    'function (',
    '[]',
    '(',
    '\n',
    ' ',
    '\xff\xfb\x90\x64',
    'G',
    '0\n',
    'a=b\n',
    ';\n',
    '=ybegin ',
    '\x30\x80',
  ],
]

test('whatever is repeated costs time that grows with its length', () => {
  for (const unit of REPEATED) {
    const content = latin(unit.repeat(Math.ceil(200_000 / unit.length)))
    const before = process.threadCpuUsage().user
    typesOf(content)
    const ms = (process.threadCpuUsage().user - before) / 1000
    assert.ok(ms < 300, `${JSON.stringify(unit)}: ${ms} ms`)
  }
})

test('a large sample costs no more than its head and tail', () => {
  const content = cat('MZ', noise(20_000_000))
  const before = process.threadCpuUsage().user
  typesOf(content)
  assert.ok((process.threadCpuUsage().user - before) / 1000 < 200)
})
