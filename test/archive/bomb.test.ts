import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { makeQuine } from './make-quine.ts'
import { type MadeMember, makeZip } from './make-zip.ts'
import { faults, open } from './rig.ts'
import { inWorkshop } from './tools.ts'

const MIB = 1024 * 1024

function nested(levels: number, inner: Buffer): Buffer {
  let content = inner
  for (let i = 0; i < levels; i++) content = makeZip([{ name: `${i}.zip`, data: content }])
  return content
}

test('containers within containers end at the depth, and what is above stays', async () => {
  const tree = await open(nested(40, Buffer.from('core')))

  assert.equal(tree.limit, 'container-depth')
  assert.equal(tree.nodes.length, 12)
})

test('one more than the depth is too deep, the depth itself is not', async () => {
  assert.equal((await open(nested(12, Buffer.from('core')))).limit, '')
  assert.equal((await open(nested(13, Buffer.from('core')))).limit, 'container-depth')
})

test('a tar file in a gzip file counts once', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('core', 'x')
    let name = 'core'
    for (let i = 0; i < 12; i++) {
      shop.run('tar', '-czf', `${i}.tgz`, name)
      name = `${i}.tgz`
    }
    return shop.read(name)
  })

  const tree = await open(content)

  assert.equal(tree.limit, '')
  assert.equal(tree.nodes.at(-1)?.name, 'core')
})

test('a member that expands far beyond its container ends at the ratio, those before and their names stay', async () => {
  const content = makeZip([
    { name: 'before', data: Buffer.from('fine') },
    { name: 'bomb', data: Buffer.alloc(64 * MIB) },
    { name: 'after', data: Buffer.from('fine too') },
  ])

  const tree = await open(content)

  assert.equal(tree.limit, 'container-ratio')
  assert.deepEqual(
    tree.nodes.map((node) => [node.name, ...faults(node)]),
    [['before'], ['bomb', 'unopened'], ['after', 'unopened']],
  )
  assert.equal(tree.nodes[0]?.content?.size, 4)
})

test('all members together expand to no more than the limit, however many containers they lie in', async () => {
  const inner = makeZip([{ name: 'x', data: Buffer.alloc(3 * MIB, 'ab') }])
  const tree = await open(makeZip(Array.from({ length: 8 }, (_, i) => ({ name: `${i}.zip`, data: inner }))), {
    limits: { bytes: 10 * MIB },
  })

  assert.equal(tree.limit, 'container-bytes')
  assert.equal(tree.nodes.length, 8 + 4)
})

test('more members than the limit are named', async () => {
  const content = makeZip(Array.from({ length: 30 }, (_, i) => ({ name: `${i}`, data: Buffer.from('x') })))

  const tree = await open(content, { limits: { members: 20 } })

  assert.equal(tree.limit, 'container-members')
  assert.equal(tree.nodes.length, 20)
})

test('members that share their bytes are told, and cost no more than the limit', async () => {
  const data = Buffer.alloc(4 * MIB)
  const first: MadeMember = { name: 'x', data }
  const members = [
    first,
    ...Array.from({ length: 200 }, (_, i): MadeMember => ({ name: `${i}`, data: Buffer.alloc(0) })),
  ]
  const honest = makeZip(members)
  const overlapping = pointAllToFirst(honest, data)

  const tree = await open(overlapping)

  assert.ok(faults(tree.root).includes('overlap'))
  assert.equal(tree.limit, 'container-ratio')
})

test('a container that needs more memory than it may is named', async () => {
  const content = await inWorkshop((shop) => {
    shop.run('sh', '-c', 'head -c 12000000 /dev/urandom > big')
    shop.run('7zz', 'a', '-bd', '-mx=1', 'big.7z', 'big')
    return shop.read('big.7z')
  })

  const tree = await open(content, { limits: { memory: 8 * MIB } })

  assert.equal(tree.limit, 'container-memory')
  assert.deepEqual(
    tree.nodes.map(({ name }) => name),
    ['big'],
  )
})

test('a member that is too large to be looked into is told with its digest, and those after it are read', async () => {
  const content = makeZip([
    { name: 'large', data: Buffer.alloc(4 * MIB, 'abc'), isStored: true },
    { name: 'after', data: Buffer.from('fine') },
  ])

  const tree = await open(content, { limits: { memory: 2 * MIB } })

  assert.equal(tree.limit, 'container-memory')
  assert.deepEqual(
    tree.nodes.map((node) => [node.name, node.content?.size, node.opened.limit]),
    [
      ['large', 4 * MIB, 'container-memory'],
      ['after', 4, ''],
    ],
  )
})

test('a stream of gzip in gzip without end is bounded', async () => {
  let content = Buffer.from('core')
  for (let i = 0; i < 60; i++) content = gzipSync(content)

  assert.equal((await open(content)).limit, 'container-depth')
})

test('7-Zip meets the same limits', async () => {
  const content = await inWorkshop((shop) => {
    shop.run('truncate', '-s', '300000000', 'zeros')
    shop.run('7zz', 'a', '-bd', '-mx=1', 'bomb.7z', 'zeros')
    return shop.read('bomb.7z')
  })

  assert.equal((await open(content)).limit, 'container-ratio')
})

test('processor time that is used up ends the opening, and what was found stays', async () => {
  let ms = 0
  const content = makeZip(Array.from({ length: 30 }, (_, i) => ({ name: `${i}`, data: Buffer.from('x') })))

  const tree = await open(content, { limits: { cpuMs: 1000 }, cpuMs: () => (ms += 100) })

  assert.equal(tree.limit, 'container-time')
  assert.ok(tree.nodes.length > 3 && tree.nodes.length < 30)
})

test('passwords end at their number and at their time', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('a', 'x')
    shop.run('zip', '-q', '-P', 'secret', 'a.zip', 'a')
    return shop.read('a.zip')
  })
  const passwords = [...Array.from({ length: 20 }, (_, i) => `wrong${i}`), 'secret']
  let ms = 0
  const slow = () => {
    ms += 500
    return ms
  }

  const many = await open(content, { passwords })
  const long = await open(content, { passwords: passwords.slice(14), cpuMs: slow })

  assert.deepEqual(faults(many.root), ['password-budget'])
  assert.deepEqual(faults(long.root), ['password-budget'])
})

/** Every record of the directory leads to the first member, and says what it says. */
function pointAllToFirst(content: Buffer, data: Buffer): Buffer {
  const out = Buffer.from(content)
  const first = out.indexOf('PK\x01\x02')
  for (let at = first; at >= 0; at = out.indexOf('PK\x01\x02', at + 4)) {
    out.copy(out, at + 8, first + 8, first + 28)
    out.writeUInt32LE(0, at + 42)
  }
  assert.ok(data.length > 0)
  return out
}

test('a zip file of more members than are read names the limit, and no damage', async () => {
  const members = Array.from({ length: 30 }, (_, n) => ({ name: `${n}`, data: Buffer.from('x') }))

  const tree = await open(makeZip(members), { limits: { members: 20 } })

  assert.equal(tree.limit, 'container-members')
  assert.equal(tree.nodes.length, 20)
  assert.deepEqual(faults(tree.root), [])
})

test('a file that holds itself for ever ends at the depth', async () => {
  const quine = makeQuine()
  assert.deepEqual(gunzipSync(quine), quine)

  const tree = await open(quine)

  assert.equal(tree.limit, 'container-depth')
  assert.equal(tree.nodes.length, 12)
})
