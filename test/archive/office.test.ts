import assert from 'node:assert/strict'
import { test } from 'node:test'
import office from 'officecrypto-tool'
import { makeCompound, native, number, packaged } from './make-compound.ts'
import { makeZip } from './make-zip.ts'
import { faults, memberNamed, open, openWithBytes } from './rig.ts'
import { prose } from './tools.ts'

const PROGRAM = Buffer.from(`MZ${'program '.repeat(300)}`)

function msg(streams: Readonly<Record<string, Buffer>>): Buffer {
  return makeCompound({
    '/__properties_version1.0': Buffer.alloc(32),
    '/__nameid_version1.0/__substg1.0_00020102': Buffer.alloc(16),
    ...streams,
  })
}

function wide(text: string): Buffer {
  return Buffer.from(text, 'utf16le')
}

test('attachments of an Outlook message have their bytes, every name and their type', async () => {
  const folder = '/__attach_version1.0_#00000000'
  const content = msg({
    [`${folder}/__substg1.0_37010102`]: PROGRAM,
    [`${folder}/__substg1.0_3707001F`]: wide('a long name.exe'),
    [`${folder}/__substg1.0_3704001F`]: wide('ALONGN~1.EXE'),
    [`${folder}/__substg1.0_370E001F`]: wide('application/octet-stream'),
  })

  const { tree, bytes } = await openWithBytes(content)

  const member = memberNamed(tree, 'a long name.exe')
  assert.deepEqual(
    member.names.map(({ value }) => value),
    ['a long name.exe', 'ALONGN~1.EXE'],
  )
  assert.equal(member.declaredType, 'application/octet-stream')
  assert.deepEqual(bytes.get(member.path), PROGRAM)
})

test('attachments and bodies of messages within an Outlook message are found', async () => {
  const inner = '/__attach_version1.0_#00000000/__substg1.0_3701000D'
  const content = msg({
    '/__substg1.0_1000001F': wide('the outer text'),
    [`${inner}/__substg1.0_1000001F`]: wide('the inner text'),
    [`${inner}/__substg1.0_10130102`]: Buffer.from('<html>inner page</html>'),
    [`${inner}/__attach_version1.0_#00000001/__substg1.0_37010102`]: PROGRAM,
    [`${inner}/__attach_version1.0_#00000001/__substg1.0_3707001F`]: wide('inner.exe'),
  })

  const { tree, bytes } = await openWithBytes(content)

  assert.deepEqual(bytes.get(memberNamed(tree, 'inner.exe').path), PROGRAM)
  const texts = [...bytes.values()].map(String)
  for (const text of ['the outer text', 'the inner text', '<html>inner page</html>'])
    assert.ok(texts.includes(text), text)
})

test('what the Packager embedded in a document is found, with all its names', async () => {
  const content = makeCompound({
    '/WordDocument': Buffer.alloc(5000),
    '/ObjectPool/_123/\u0001Ole10Native': native(packaged('run.exe', PROGRAM)),
  })

  const { tree, bytes } = await openWithBytes(content)

  assert.deepEqual(bytes.get(memberNamed(tree, 'run.exe').path), PROGRAM)
})

test('a document in a document in a zip-based document is found', async () => {
  const inner = makeCompound({
    '/WordDocument': Buffer.alloc(5000),
    '/ObjectPool/_1/Package': makeZip([{ name: 'deep.exe', data: PROGRAM }]),
  })
  const content = makeZip([
    { name: '[Content_Types].xml', data: Buffer.from('<Types/>') },
    { name: 'word/embeddings/oleObject1.bin', data: inner },
  ])

  const { tree, bytes } = await openWithBytes(content)

  assert.deepEqual(bytes.get(memberNamed(tree, 'deep.exe').path), PROGRAM)
})

test('a stream that begins like a file is a member, whatever its name', async () => {
  const { tree, bytes } = await openWithBytes(
    makeCompound({ '/Whatever': PROGRAM, '/Text': Buffer.from('nothing of interest') }),
  )

  assert.deepEqual(
    tree.nodes.map(({ name }) => name),
    ['Whatever'],
  )
  assert.deepEqual(bytes.get('1/1'), PROGRAM)
})

test('a directory that leads to itself ends', async () => {
  const content = makeCompound({ '/A': PROGRAM, '/B': PROGRAM, '/C': PROGRAM })
  const at = content.indexOf(wide('B\0'))
  for (let entry = at - (at % 128); entry < content.length; entry += 128) content.writeUInt32LE(1, entry + 72)

  const tree = await open(content)

  assert.ok(tree.nodes.length >= 1)
})

test('an encrypted document opens with the password that Excel knows, or one of the message', async () => {
  const plain = makeZip([{ name: 'xl/workbook.xml', data: Buffer.from('<workbook/>') }])
  const byDefault = office.encrypt(plain, { password: 'VelvetSweatshop' })
  const secret = office.encrypt(plain, { password: 'secret' })

  const known = await open(byDefault)
  const closed = await open(secret, { passwords: ['wrong'] })
  const opened = await open(secret, { passwords: ['wrong', 'secret'] })

  assert.deepEqual([known.root.isEncrypted, known.root.openedBy], [true, 'common'])
  assert.equal(memberNamed(known, 'xl/workbook.xml').container, 'zip')
  assert.deepEqual([closed.root.isEncrypted, closed.root.openedBy, closed.nodes[0]?.content], [true, '', undefined])
  assert.equal(opened.root.openedBy, 'message')
  assert.equal(memberNamed(opened, 'xl/workbook.xml').container, 'zip')
})

test('an object in RTF is found through control words, groups and line breaks', async () => {
  const ole1 = Buffer.concat([
    number(0x501),
    number(2),
    number(8),
    Buffer.from('Package\0'),
    number(0),
    number(0),
    native(packaged('run.exe', PROGRAM)),
  ])
  const digits = ole1.toString('hex')
  const odd = digits.replace(/(.{50})/g, '$1\r\n').replace(/^(.{20})/, '$1{\\*\\foo}\\bar123 ')

  for (const hex of [digits, odd]) {
    const { tree, bytes } = await openWithBytes(Buffer.from(`{\\rtf1{\\object\\objemb{\\*\\objdata ${hex}}}text}`))

    assert.deepEqual(bytes.get(memberNamed(tree, 'run.exe').path), PROGRAM)
  }
})

test('an object that stands in RTF as bytes is found whole', async () => {
  const braces = Buffer.concat([PROGRAM, Buffer.from('}}}{\\}'.repeat(300))])
  const { tree, bytes } = await openWithBytes(
    Buffer.concat([
      Buffer.from(`{\\rtf1{\\object\\objemb{\\*\\objdata 4d5a\\bin${braces.length} `),
      braces,
      Buffer.from('4d5a}}text}'),
    ]),
  )

  assert.deepEqual(
    bytes.get(memberNamed(tree, 'object1').path),
    Buffer.concat([Buffer.from('MZ'), braces, Buffer.from('MZ')]),
  )
})

test('files in a OneNote section are found', async () => {
  const guid = Buffer.from('e716e3bd65261145a4c48d4d0b7a9eac', 'hex')
  const size = Buffer.alloc(20)
  size.writeBigUInt64LE(BigInt(PROGRAM.length))
  const magic = Buffer.from('e4525c7b8cd8a74daeb15378d02996d3', 'hex')

  const { bytes } = await openWithBytes(
    Buffer.concat([magic, Buffer.alloc(100), guid, size, PROGRAM, Buffer.alloc(50)]),
  )

  assert.deepEqual([...bytes.values()], [PROGRAM])
})

test('a shortcut gives its command line, and what lies after it', async () => {
  const head = Buffer.alloc(76)
  Buffer.from('4c0000000114020000000000c000000000000046', 'hex').copy(head)
  head.writeUInt32LE(8 | 32 | 0x80, 20)
  const text = (value: string) => Buffer.concat([Buffer.from([value.length, 0]), wide(value)])
  const content = Buffer.concat([head, text('..\\cmd.exe'), text('/c start x.js'), Buffer.alloc(4), PROGRAM])

  const { tree, bytes } = await openWithBytes(content)

  assert.equal(bytes.get('1/1')?.toString(), '..\\cmd.exe /c start x.js')
  assert.deepEqual(bytes.get('1/2'), PROGRAM)
  assert.deepEqual(faults(tree.root), ['appended-data'])
})

/** The same compound file with two neighbouring sectors of a stream in each other's place. */
function withSwappedSectors(content: Buffer, at: number): Buffer {
  const swapped = Buffer.from(content)
  const sector = Math.ceil(at / 512) + 1
  content.copy(swapped, sector * 512, (sector + 1) * 512, (sector + 2) * 512)
  content.copy(swapped, (sector + 1) * 512, sector * 512, (sector + 1) * 512)
  // [MS-CFB] 2.2 and 2.3: the first sector of the allocation table, in which each sector has the number of the next.
  const table = (content.readUInt32LE(0x4c) + 1) * 512
  const link = (from: number, to: number) => swapped.writeUInt32LE(to, table + 4 * from)
  link(sector - 2, sector)
  link(sector, sector - 1)
  link(sector - 1, sector + 1)
  return swapped
}

test('a zip file in pieces within an Outlook message is no damaged one', async () => {
  const zip = makeZip([{ name: 'a.txt', data: prose('zip', 60_000) }])
  const whole = msg({ '/__attach_version1.0_#00000000/__substg1.0_37010102': zip })
  const inPieces = withSwappedSectors(whole, whole.indexOf(zip.subarray(0, 500)) + 1000)

  const { tree, bytes } = await openWithBytes(inPieces)

  assert.deepEqual(tree.root.formats, ['compound', 'zip'])
  const faulty = [tree.root, ...tree.nodes, ...tree.nodes.map(({ opened }) => opened)].flatMap(faults)
  assert.deepEqual([...new Set(faulty)].sort(), ['appended-data', 'prefixed-data'])
  assert.deepEqual(bytes.get(memberNamed(tree, 'a.txt').path), prose('zip', 60_000))
})
