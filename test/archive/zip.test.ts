import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { endRecord, joined, makeZip } from './make-zip.ts'
import { faults, memberNamed, open, openWithBytes } from './rig.ts'
import { inWorkshop, prose } from './tools.ts'

const TEXT = Buffer.from('the text of a member')

test('every member of a zip file made by Info-ZIP is found with its bytes', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('a.txt', TEXT)
    shop.put('dir/b.bin', prose('b', 300_000))
    shop.put('empty', '')
    shop.run('zip', '-qr', 'out.zip', 'a.txt', 'dir', 'empty')
    return shop.read('out.zip')
  })

  const { tree, bytes } = await openWithBytes(content)

  assert.deepEqual(
    tree.nodes.map(({ storedPath, kind, declaredSize }) => [storedPath, kind, declaredSize]),
    [
      ['a.txt', 'file', 20],
      ['dir/', 'dir', 0],
      ['dir/b.bin', 'file', 300_000],
      ['empty', 'file', 0],
    ],
  )
  assert.deepEqual(bytes.get('1/3'), prose('b', 300_000))
  assert.deepEqual(tree.nodes.flatMap(faults).concat(faults(tree.root)), [])
})

test('a zip file written to a pipe has its sizes after the data, and opens', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('a.txt', prose('a', 9000))
    return shop.run('sh', '-c', 'zip -q - a.txt | cat')
  })

  const { tree, textOf } = await openWithBytes(content)

  assert.equal(textOf('a.txt'), prose('a', 9000).toString())
  assert.deepEqual(faults(memberNamed(tree, 'a.txt')), [])
})

test('a zip file after and before other data opens, and both are named', async () => {
  const content = Buffer.concat([
    Buffer.from('GIF89a and more'),
    makeZip([{ name: 'a', data: TEXT }]),
    Buffer.from('the end'),
  ])

  const { tree, textOf } = await openWithBytes(content)

  assert.equal(textOf('a'), TEXT.toString())
  assert.deepEqual(faults(tree.root).sort(), ['appended-data', 'prefixed-data'])
})

test('a member that the directory does not list is found', async () => {
  const content = makeZip([
    { name: 'shown', data: TEXT },
    { name: 'hidden', data: prose('h', 5000), isUnlisted: true },
    { name: 'last', data: TEXT },
  ])

  const { tree, textOf } = await openWithBytes(content)

  assert.equal(textOf('hidden'), prose('h', 5000).toString())
  assert.deepEqual(faults(memberNamed(tree, 'hidden')), ['hidden-member'])
})

test('a stored zip file within a zip file is one member, not hidden ones', async () => {
  const inner = makeZip([{ name: 'inner', data: TEXT }])

  const tree = await open(makeZip([{ name: 'inner.zip', data: inner, isStored: true }]))

  assert.deepEqual(
    tree.nodes.map(({ path, name }) => `${path} ${name}`),
    ['1/1 inner.zip', '1/1/1 inner'],
  )
})

test('where directory and local header disagree, both views are members', async () => {
  const content = makeZip([
    {
      name: 'a',
      data: Buffer.from('harmless or not?'),
      isStored: true,
      central: { packedSize: 8, size: 8, crc: crc32(Buffer.from('harmless')) },
    },
  ])

  const { tree, bytes } = await openWithBytes(content)

  assert.deepEqual([...bytes.values()].map(String), ['harmless', 'harmless or not?'])
  assert.deepEqual(faults(memberNamed(tree, 'a')), ['header-mismatch'])
})

test('two names for one member are both told', async () => {
  const tree = await open(makeZip([{ name: 'invoice.pdf', data: TEXT, local: { name: 'invoice.exe' } }]))

  assert.deepEqual(
    memberNamed(tree, 'invoice.pdf').names.map(({ value }) => value),
    ['invoice.pdf', 'invoice.exe'],
  )
  assert.deepEqual(faults(memberNamed(tree, 'invoice.pdf')), ['name-mismatch'])
})

test('members of every directory are found where there are several', async () => {
  const first = makeZip([{ name: 'first', data: TEXT }])
  const content = Buffer.concat([first, makeZip([{ name: 'second', data: TEXT }], first.length)])

  const tree = await open(content)

  assert.deepEqual(tree.nodes.map(({ name }) => name).sort(), ['first', 'second'])
  assert.deepEqual(
    faults(tree.root).filter((name) => name === 'several-directories'),
    ['several-directories'],
  )
})

test('without its directory the members of a zip file are found by their own headers', async () => {
  const whole = makeZip([
    { name: 'a', data: TEXT },
    { name: 'b', data: prose('b', 9000) },
  ])

  const { tree, textOf } = await openWithBytes(whole.subarray(0, whole.length - 60))

  assert.equal(textOf('a'), TEXT.toString())
  assert.equal(textOf('b'), prose('b', 9000).toString())
  assert.deepEqual(faults(tree.root), ['no-directory'])
})

test('a zip file that is cut within a member gives what is there, and says so', async () => {
  const whole = makeZip([
    { name: 'a', data: TEXT },
    { name: 'b', data: prose('b', 90_000) },
  ])

  const { tree, bytes } = await openWithBytes(whole.subarray(0, 4000))

  assert.equal(bytes.get('1/1')?.toString(), TEXT.toString())
  assert.ok((bytes.get('1/2')?.length ?? 0) > 1000)
  assert.deepEqual(faults(memberNamed(tree, 'b')), ['truncated'])
})

test('sizes and checksums that lie are named, the bytes are what they are', async () => {
  const content = makeZip([
    { name: 'huge', data: TEXT, central: { size: 0xfffffffe }, local: { size: 0xfffffffe } },
    { name: 'crc', data: TEXT, central: { crc: 1 }, local: { crc: 1 } },
  ])

  const { tree, textOf } = await openWithBytes(content)

  assert.equal(textOf('huge'), TEXT.toString())
  assert.deepEqual(faults(memberNamed(tree, 'huge')), ['size-mismatch'])
  assert.equal(textOf('crc'), TEXT.toString())
  assert.deepEqual(faults(memberNamed(tree, 'crc')), ['crc-mismatch'])
})

test('an end record that claims what is not there is a damaged directory, not a missing file', async () => {
  const whole = makeZip([{ name: 'a', data: TEXT }])
  const tree = await open(
    Buffer.concat([whole.subarray(0, whole.length - 22), endRecord(0xffff, 0xffffffff, 0xffffffff)]),
  )

  assert.deepEqual(
    tree.nodes.map(({ name }) => name),
    ['a'],
  )
  assert.deepEqual(faults(tree.root), ['no-directory'])
})

test('names are decoded as the flag, the extra field, or the old code page say', async () => {
  const raw = Buffer.from([0x81, 0x2e, 0x74, 0x78, 0x74])
  const path = Buffer.from('größe.txt')
  const head = Buffer.alloc(9)
  head.writeUInt16LE(0x7075)
  head.writeUInt16LE(5 + path.length, 2)
  head.writeUInt8(1, 4)
  head.writeUInt32LE(crc32(Buffer.from('plain.txt')), 5)
  const tree = await open(
    makeZip([
      { name: raw, data: TEXT },
      { name: 'plain.txt', data: TEXT, extra: Buffer.concat([head, path]) },
      { name: 'schön.txt', data: TEXT, local: { flags: 0x800 }, central: { flags: 0x800 } },
    ]),
  )

  assert.deepEqual(
    tree.nodes.map(({ name }) => name),
    ['ü.txt', 'plain.txt', 'schön.txt'],
  )
  assert.ok(tree.nodes[1]?.names.some(({ value, origin }) => value === 'größe.txt' && origin === 'zip.central.unicode'))
})

test('paths that lead out, links and devices are told', async () => {
  const tree = await open(
    makeZip([
      { name: '../../etc/passwd', data: TEXT },
      { name: 'C:\\windows\\evil.exe', data: TEXT },
      { name: 'link', data: Buffer.from('/etc/passwd'), mode: 0o120777 },
      { name: 'disk', data: Buffer.alloc(0), mode: 0o060644 },
    ]),
  )

  assert.deepEqual(
    tree.nodes.map((node) => [node.name, node.kind, ...faults(node)]),
    [
      ['passwd', 'file', 'unsafe-path'],
      ['evil.exe', 'file', 'unsafe-path'],
      ['link', 'symlink', 'link'],
      ['disk', 'device', 'device'],
    ],
  )
})

test('members in methods of old and new programs open', async () => {
  const contents = await inWorkshop((shop) => {
    shop.put('a.txt', prose('a', 20_000))
    for (const method of ['BZip2', 'LZMA', 'PPMd', 'Deflate64']) {
      shop.run('7zz', 'a', '-bd', '-tzip', `-mm=${method}`, `${method}.zip`, 'a.txt')
    }
    return ['BZip2', 'LZMA', 'PPMd', 'Deflate64'].map((method) => shop.read(`${method}.zip`))
  })

  for (const content of contents) {
    const { tree, textOf } = await openWithBytes(content)
    assert.equal(textOf('a.txt'), prose('a', 20_000).toString())
    assert.deepEqual(faults(memberNamed(tree, 'a.txt')), [])
  }
})

test('encrypted members open with a password of the message, and are closed without', async () => {
  const contents = await inWorkshop((shop) => {
    shop.put('a.txt', prose('a', 2000))
    shop.run('zip', '-q', '-P', 'secret', 'old.zip', 'a.txt')
    shop.run('7zz', 'a', '-bd', '-tzip', '-mem=AES256', '-psecret', 'aes.zip', 'a.txt')
    return [shop.read('old.zip'), shop.read('aes.zip')]
  })

  for (const content of contents) {
    const closed = await open(content, { passwords: ['wrong'] })
    assert.equal(memberNamed(closed, 'a.txt').content, undefined)
    assert.deepEqual([closed.root.isEncrypted, closed.root.openedBy], [true, ''])

    const { tree, textOf } = await openWithBytes(content, { passwords: ['wrong', 'secret'] })
    assert.equal(textOf('a.txt'), prose('a', 2000).toString())
    assert.deepEqual([tree.root.isEncrypted, tree.root.openedBy], [true, 'message'])
    assert.ok(memberNamed(tree, 'a.txt').isEncrypted)
    assert.ok(!JSON.stringify(tree).includes('secret'))
  }
})

test('a member that is only said to be encrypted is read without any password, and counts as closed all the same', async () => {
  const flags = { flags: 1 }
  const content = makeZip([
    { name: 'deflated', data: TEXT, central: flags, local: flags },
    { name: 'stored', data: TEXT, isStored: true, central: flags, local: flags },
    { name: 'in the directory alone', data: TEXT, central: flags },
  ])

  const { tree, textOf } = await openWithBytes(content)

  for (const name of ['deflated', 'stored', 'in the directory alone']) assert.equal(textOf(name), TEXT.toString())
  assert.deepEqual([tree.root.isEncrypted, tree.root.openedBy], [true, ''])
  const closed = tree.nodes.filter(({ isEncrypted }) => isEncrypted)
  assert.deepEqual(
    closed.map(({ content }) => content),
    [undefined, undefined, undefined],
  )
  assert.deepEqual(new Set(tree.nodes.flatMap(faults)), new Set(['header-mismatch', 'duplicate-name']))
})

test('a member that pretends does not keep others closed that a password opens', async () => {
  const sealed = await inWorkshop((shop) => {
    shop.put('sealed.txt', prose('s', 500))
    shop.run('zip', '-qP', 'Sommer42', 'out.zip', 'sealed.txt')
    return shop.read('out.zip')
  })
  const flags = { flags: 1 }
  const pretended = makeZip([{ name: 'a', data: Buffer.from('x'), isStored: true, central: flags, local: flags }])
  const content = joined(pretended, sealed)

  const { tree, textOf } = await openWithBytes(content, { passwords: ['Sommer42'] })

  assert.equal(textOf('sealed.txt'), prose('s', 500).toString())
  assert.equal(textOf('a'), 'x')
  assert.equal(tree.root.openedBy, 'message')
})
