/** Formats that no program of Debian writes: the smallest archive of each, stored, as its documentation has it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { lzh } from './make-lzh.ts'
import { faults, memberNamed, open, openWithBytes } from './rig.ts'

const TEXT = Buffer.from('the text of a member')

test('a rar file opens', async () => {
  const { tree, textOf } = await openWithBytes(rar('a.txt', TEXT))

  assert.deepEqual(tree.root.formats, ['rar'])
  assert.equal(textOf('a.txt'), TEXT.toString())
  assert.deepEqual([...faults(tree.root), ...faults(memberNamed(tree, 'a.txt'))], [])
})

test('a rar file that is cut is named as such', async () => {
  const whole = rar('a.txt', Buffer.alloc(3000, 'abc'))

  const tree = await open(whole.subarray(0, 1500))

  const named = [...faults(tree.root), ...tree.nodes.flatMap(faults)]
  assert.ok(named.includes('truncated') || named.includes('corrupt'), `${named}`)
})

test('a rar file of several volumes is named as such', async () => {
  const first = rar('a.txt', TEXT, 0x8000 | 2)

  const tree = await open(first)

  assert.deepEqual(faults(tree.root), ['several-volumes'])
})

test('an lzh file opens', async () => {
  const { tree, textOf } = await openWithBytes(lzh('a.txt', TEXT))

  assert.deepEqual(tree.root.formats, ['lzh'])
  assert.equal(textOf('a.txt'), TEXT.toString())
})

/** Version 4 of the format, stored. */
function rar(name: string, data: Buffer, flags = 0x8000): Buffer {
  const block = (type: number, blockFlags: number, rest: Buffer) => {
    const head = Buffer.alloc(7)
    head.writeUInt8(type, 2)
    head.writeUInt16LE(blockFlags, 3)
    head.writeUInt16LE(7 + rest.length, 5)
    const whole = Buffer.concat([head, rest])
    whole.writeUInt16LE(crc32(whole.subarray(2)) & 0xffff, 0)
    return whole
  }
  const file = Buffer.alloc(25)
  file.writeUInt32LE(data.length, 0)
  file.writeUInt32LE(data.length, 4)
  file.writeUInt32LE(crc32(data), 9)
  file.writeUInt32LE(0x5b772000, 13)
  file.writeUInt8(20, 17)
  file.writeUInt8(0x30, 18)
  file.writeUInt16LE(name.length, 19)
  file.writeUInt32LE(0x20, 21)
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\0', 'latin1'),
    block(0x73, (flags & 2) === 0 ? 0 : 1, Buffer.alloc(6)),
    block(0x74, flags, Buffer.concat([file, Buffer.from(name)])),
    data,
    block(0x7b, 0x4000, Buffer.alloc(0)),
  ])
}
