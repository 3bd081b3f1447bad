import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { makeZip } from './make-zip.ts'
import { faults, memberNamed, open, openWithBytes } from './rig.ts'
import { inWorkshop, prose } from './tools.ts'

const TEXT = prose('stream', 1_200_000)
const PROGRAMS = [
  ['gzip', 'gz'],
  ['bzip2', 'bz2'],
  ['xz', 'xz'],
  ['lzma', 'lzma'],
  ['zstd', 'zst'],
  ['compress', 'Z'],
] as const

test('what one program compressed is one member, with the name that it had', async () => {
  for (const [program, extension] of PROGRAMS) {
    const content = await inWorkshop((shop) => {
      shop.put('a.txt', TEXT)
      return shop.run('sh', '-c', `${program} -c < a.txt`)
    })

    const { tree, bytes } = await openWithBytes(content, { name: `a.txt.${extension}` })

    assert.deepEqual(
      tree.nodes.map(({ name }) => name),
      ['a.txt'],
      program,
    )
    assert.ok(bytes.get('1/1')?.equals(TEXT), program)
    assert.deepEqual(tree.nodes.flatMap(faults).concat(faults(tree.root)), [], program)
  }
})

test('the members of a gzip file are one stream', async () => {
  const { bytes } = await openWithBytes(Buffer.concat([gzipSync('one '), gzipSync('two')]))

  assert.equal(bytes.get('1/1')?.toString(), 'one two')
})

test('the name within a gzip file counts more than that of the file', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('real.exe', 'x')
    shop.run('gzip', 'real.exe')
    return shop.read('real.exe.gz')
  })

  assert.equal((await open(content, { name: 'harmless.txt.gz' })).nodes[0]?.name, 'real.exe')
})

test('damaged and cut streams give what comes before', async () => {
  // `compress` has no end: what is cut is only shorter.
  for (const [program, extension] of PROGRAMS.filter(([name]) => name !== 'compress')) {
    const whole = await inWorkshop((shop) => {
      shop.put('a.txt', TEXT)
      return shop.run('sh', '-c', `${program} -c < a.txt`)
    })

    const { tree, bytes } = await openWithBytes(whole.subarray(0, whole.length / 2), { name: `a.txt.${extension}` })

    const named = [...faults(tree.root), ...tree.nodes.flatMap(faults)]
    assert.ok(named.includes('truncated') || named.includes('corrupt'), `${program}: ${named}`)
    const got = bytes.get('1/1') ?? Buffer.alloc(0)
    assert.ok(TEXT.subarray(0, got.length).equals(got), program)
    assert.ok(got.length > 50_000 || program === 'bzip2' || program === 'zstd', `${program}: ${got.length}`)
  }
})

test('what follows the stream is a member without a name', async () => {
  const { tree, bytes } = await openWithBytes(Buffer.concat([gzipSync('one'), Buffer.from('and more')]))

  assert.deepEqual(faults(tree.root), ['appended-data'])
  assert.equal(bytes.get('1/2')?.toString(), 'and more')
  assert.equal(memberNamed(tree, '').path, '1/1')
})

test('what lies behind frames that Zstandard skips is found, and LZ4 behind them is named', async () => {
  const skipped = Buffer.from('\x5a\x2a\x4d\x18\x05\0\0\0xxxxx', 'latin1')

  const { tree, bytes } = await openWithBytes(Buffer.concat([skipped, skipped, zstdCompressSync(TEXT)]))
  const other = await open(Buffer.concat([skipped, Buffer.from('\x04\x22\x4d\x18more', 'latin1')]))

  assert.deepEqual(tree.root.formats, ['zstd'])
  assert.deepEqual(bytes.get('1/1'), TEXT)
  assert.deepEqual([other.root.formats, faults(other.root)], [['lz4'], ['unsupported']])
})

test('the member of a stream has a name after each name of its file', async () => {
  const zip = makeZip([{ name: 'notes.txt.gz', data: gzipSync('one'), local: { name: 'invoice.vbs.gz' } }])

  const tree = await open(zip)

  const names = tree.nodes.at(-1)?.names.map(({ value }) => value)
  assert.deepEqual(names, ['notes.txt', 'invoice.vbs'])
})
