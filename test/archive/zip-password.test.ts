import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { inLockedZip } from './hide.ts'
import { endRecord, joined, partsOf } from './make-zip.ts'
import { memberNamed, open, openWithBytes } from './rig.ts'

const SECRET = Buffer.from('what nobody should see')

test('members with passwords of their own all open, and each password is told', async () => {
  const content = joined(
    await inLockedZip('note.txt', Buffer.from('note'), 'alpha11'),
    await inLockedZip('other.txt', SECRET, 'beta2222'),
  )

  const { tree, textOf } = await openWithBytes(content, { passwords: ['alpha11', 'wrong', 'beta2222'] })

  assert.deepEqual([textOf('note.txt'), textOf('other.txt')], ['note', String(SECRET)])
  assert.equal(tree.nodes.length, 2)
})

test('a member that none of the passwords opens stays closed beside those that they open', async () => {
  const content = joined(
    await inLockedZip('note.txt', Buffer.from('note'), 'alpha11'),
    await inLockedZip('other.txt', SECRET, 'beta2222'),
  )

  const tree = await open(content, { passwords: ['alpha11'] })

  assert.ok(memberNamed(tree, 'note.txt').content)
  assert.deepEqual(
    [memberNamed(tree, 'other.txt').content, memberNamed(tree, 'other.txt').isEncrypted],
    [undefined, true],
  )
})

test('a wrong checksum, be it 0, leaves an encrypted member closed, and what came out is told beside', async () => {
  for (const crc of [0, 1]) {
    const content = withCrc(await inLockedZip('a.txt', SECRET, 'alpha11'), crc)

    const { tree, bytes } = await openWithBytes(content, { passwords: ['alpha11'] })

    assert.deepEqual([tree.root.isEncrypted, tree.root.openedBy, tree.nodes[0]?.content], [true, '', undefined])
    assert.deepEqual([...bytes.values()].map(String), [String(SECRET)])
  }
})

test('an encrypted member with the checksum of what is packed is tried with passwords too', async () => {
  const locked = await inLockedZip('a.txt', SECRET, 'alpha11')
  const { data } = partsOf(locked)
  const at = 30 + data.readUInt16LE(26) + data.readUInt16LE(28)
  const packed = data.subarray(at, at + SECRET.length + 12)
  const content = withCrc(locked, crc32(packed), packed.length)

  const { bytes } = await openWithBytes(content, { passwords: ['alpha11'] })

  assert.deepEqual([...bytes.values()].map(String), [String(packed), String(SECRET)])
})

/** The zip file of one member, with this checksum and size in its headers; its check byte follows from the time (bit 3 of the flags). */
function withCrc(zip: Buffer, crc: number, size = SECRET.length): Buffer {
  const { data, directory } = partsOf(zip)
  const local = Buffer.from(data.subarray(0, 30 + data.readUInt16LE(26) + data.readUInt16LE(28) + SECRET.length + 12))
  const central = Buffer.from(directory)
  for (const [record, flags] of [
    [local, 6],
    [central, 8],
  ] as const) {
    assert.equal(record.readUInt16LE(flags) & 9, 9)
    record.writeUInt32LE(crc, flags + 8)
    record.writeUInt32LE(SECRET.length + 12, flags + 12)
    record.writeUInt32LE(size, flags + 16)
  }
  return Buffer.concat([local, central, endRecord(1, central.length, local.length)])
}
