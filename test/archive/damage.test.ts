import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Tree } from '../../src/archive/index.ts'
import { FILES, FORMATS_MADE, make } from './corpus.ts'
import { makeZip } from './make-zip.ts'
import { faults, open } from './rig.ts'
import { inWorkshop, prose } from './tools.ts'

const FOLDER = '/usr/share/clamav-testfiles'
const SEEDS = readdirSync(FOLDER)
  .map((name) => readFileSync(`${FOLDER}/${name}`))
  .filter((content) => content.length < 100_000)
const LIMITS = { bytes: 64 * 1024 ** 2, memory: 64 * 1024 ** 2 }

/** Numbers that are the same in every run. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function damage(content: Buffer, random: () => number): Buffer {
  const out = Buffer.from(content)
  const at = () => Math.floor(random() * out.length)
  const kind = Math.floor(random() * 5)
  if (kind === 0) return out.subarray(0, at())
  if (kind === 1) return Buffer.concat([out.subarray(0, at()), out.subarray(at())])
  const times = kind === 2 ? 1 : 12
  for (let i = 0; i < times; i++) {
    const place = at()
    if (kind === 4 && place + 4 <= out.length)
      out.writeUInt32LE([0xffffffff, 0x7fffffff, 0, 1, out.length][i % 5] ?? 0, place)
    else out[place] = Math.floor(random() * 256)
  }
  return out
}

function check(tree: Tree): void {
  const paths = tree.nodes.map(({ path }) => path)
  assert.equal(new Set(paths).size, paths.length)
  for (const path of paths) assert.match(path, /^1(?:\/\d+)+$/)
}

test('damaged containers end in a tree, never in an exception, and in bounded time', async () => {
  const random = generator(20261123)
  for (let round = 0; round < 4; round++) {
    for (const seed of SEEDS) {
      const content = damage(seed, random)
      const start = process.threadCpuUsage().user

      check(await open(content, { limits: LIMITS }))

      const ms = (process.threadCpuUsage().user - start) / 1000
      assert.ok(ms < 3000, `${ms} ms for ${content.toString('hex', 0, 8)}`)
    }
  }
})

test('a zip file cut at any byte ends in a tree that names what is missing', async () => {
  const whole = makeZip([
    { name: 'a', data: Buffer.from('stored'), isStored: true },
    { name: 'b', data: prose('b', 400) },
  ])

  for (let length = 4; length < whole.length; length++) {
    const tree = await open(whole.subarray(0, length))
    const named = [...tree.root.anomalies, ...tree.nodes.flatMap(({ anomalies }) => anomalies)]
    assert.ok(named.length > 0 || tree.root.formats.length === 0, `cut at ${length}`)
  }
})

test('cost grows with the number of members, not with its square', async () => {
  const ms: number[] = []
  for (const count of [100, 1000, 10_000]) {
    const content = makeZip(
      Array.from({ length: count }, (_, i) => ({ name: `folder/member ${i}.txt`, data: prose(`${i}`, 300) })),
    )
    const start = process.threadCpuUsage().user
    const tree = await open(content, { limits: { members: 20_000 } })
    ms.push((process.threadCpuUsage().user - start) / 1000)
    assert.equal(tree.nodes.length, count)
  }

  assert.ok((ms[2] ?? 0) < 25 * Math.max(20, ms[1] ?? 0), `${ms}`)
})

test('pages and documents full of what looks like the beginning of something cost time in proportion', async () => {
  const heads: readonly (readonly [string, string])[] = [
    ['<html>', '"aaaa'],
    ['<html>', '"'.repeat(7)],
    ['<html>', 'data:'],
    ['<html>', '["1",'],
    ['<html>', '[1,1,'],
    ['<html>', '"AAAA"+'],
    ['<html>', 'msSaveBlob('],
    ['<svg>', '<script '],
    ['<svg>', '<script></'],
    ['%PDF-1.7 ', '1 0 obj '],
    ['%PDF-1.7 ', 'stream\n'],
    ['%PDF-1.7 ', '/EF<<'],
    ['%PDF-1.7 ', '/EF<</F 1 0 R>>'],
    ['%PDF-1.7 ', '/UF('],
    ['{\\rtf1', '\\objdata'],
    ['{\\rtf1\\objdata', '{'],
    ['{\\rtf1', '{\\objdata 00'],
    ['From a@b Mon Nov 23 18:00:00 2026\n', '\nFrom '],
    ['MZ', 'MSCF\0\0\0\0'],
    ['PK\x03\x04', 'PK\x03\x04'],
    ['PK\x03\x04', 'PK\x05\x06'],
    ['PK\x03\x04', 'PK\x07\x08'],
  ]
  for (const [head, body] of heads) {
    const measure = async (bytes: number) => {
      const content = Buffer.from(head + body.repeat(Math.ceil(bytes / body.length)), 'latin1')
      const start = process.threadCpuUsage().user
      await open(content, { limits: LIMITS })
      return (process.threadCpuUsage().user - start) / 1000
    }
    const small = await measure(250_000)
    const large = await measure(1_000_000)

    assert.ok(large < 10 * Math.max(30, small), `${head} ${body}: ${small} ms, then ${large} ms`)
  }
})

test('an archive of any format that is cut off names what is missing, and tells what lies before', async () => {
  const random = generator(7)
  // A stream of compress has no end: what is cut off between two members of the tar file in it, nobody can tell.
  for (const format of FORMATS_MADE.filter((name) => name !== 'tar.Z')) {
    const { content } = await make(format)
    for (const share of [0.2 + 0.3 * random(), 0.6 + 0.3 * random()]) {
      const cut = Math.floor(content.length * share)

      const tree = await open(content.subarray(0, cut), { limits: LIMITS })

      const whole = FILES.filter(({ data }) =>
        tree.nodes.some(({ content: found, anomalies }) => found?.size === data.length && anomalies.length === 0),
      )
      const all = [tree.root, ...tree.nodes, ...tree.nodes.map(({ opened }) => opened)]
      const named = all.flatMap(({ anomalies }) => anomalies).filter(({ name }) => name !== 'appended-data')
      const isTold = named.length > 0 || tree.limit !== '' || tree.root.formats.length === 0
      assert.ok(whole.length === FILES.length || isTold, `${format} of ${content.length} bytes, cut at ${cut}`)
    }
  }
})

test('a tar file that ends within a header is cut off', async () => {
  const content = await inWorkshop((shop) => {
    for (const { name, data } of FILES) shop.put(name, data)
    shop.run('tar', '--format=v7', '-cf', 'out', 'a.txt', 'dir/b.bin')
    return shop.read('out')
  })
  const second = 512 + Math.ceil(5000 / 512) * 512

  const tree = await open(content.subarray(0, second + 300))

  assert.deepEqual(
    tree.root.anomalies.map(({ name }) => name),
    ['truncated'],
  )
})

/** Images of disks: where the file system in one is wiped out, a disk is left that has none. */
const DISKS = /^(?:dmg|gpt|mbr|vhd|vmdk|vdi|qcow)/

test('an archive of any format of which a part is wiped out never shows fewer files without naming why', async () => {
  const parts = 6
  for (const format of FORMATS_MADE.filter((name) => !DISKS.test(name))) {
    const { content } = await make(format)
    const whole = filesIn(await open(content, { limits: LIMITS }))
    for (let part = 0; part < parts; part++) {
      const wiped = Buffer.from(content)
      wiped.fill(0, Math.floor((content.length * part) / parts), Math.floor((content.length * (part + 1)) / parts))

      const tree = await open(wiped, { limits: LIMITS })

      const all = [tree.root, ...tree.nodes, ...tree.nodes.map(({ opened }) => opened)]
      const named = all.flatMap(({ anomalies }) => anomalies).filter(({ name }) => name !== 'appended-data')
      const isTold = named.length > 0 || tree.limit !== '' || tree.root.formats.length === 0
      assert.ok(isTold || filesIn(tree) >= whole, `${format}, part ${part} of ${parts}`)
    }
  }
})

function filesIn({ nodes }: Tree): number {
  return nodes.filter(({ content }) => content !== undefined).length
}

test('members of a cpio archive are found behind junk and behind its end', async () => {
  const content = await inWorkshop((shop) => {
    for (const name of ['one', 'two']) {
      shop.put(name, name)
      shop.run('sh', '-c', `echo ${name} | cpio -o -H newc --quiet > ${name}.cpio`)
    }
    return Buffer.concat([shop.read('one.cpio'), Buffer.from('junk'), shop.read('two.cpio')])
  })

  const { nodes } = await open(content)

  assert.deepEqual(nodes.map(({ name }) => name).sort(), ['', 'one', 'two'])
})

test('a cpio archive that goes on far behind its end is damaged, filled up with zeros it is not', async () => {
  const archive = await inWorkshop((shop) => {
    shop.put('one', 'one')
    shop.run('sh', '-c', 'echo one | cpio -o -H newc --quiet > one.cpio')
    return shop.read('one.cpio')
  })
  const zeros = Buffer.alloc(1_200_000)

  const more = await open(Buffer.concat([archive, zeros, archive]))
  const filled = await open(Buffer.concat([archive, zeros]))

  assert.ok(faults(more.root).includes('corrupt'))
  assert.ok(!faults(filled.root).includes('corrupt'))
})
