import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, filesIn, onlyFile, runOnFile } from './tools.ts'

const content = bytesOf(700)

test('the data fork of MacBinary is the file', () => {
  const file = onlyFile(runOnFile('macstream', ['-d'], 'mac.dat', content), 'application/x-macbinary')

  assert.deepEqual(file, { kind: 'macbinary', name: 'mac.dat', bytes: content })
})

test('the resource fork of MacBinary is a file too', () => {
  assert.deepEqual(onlyFile(runOnFile('macstream', ['-r'], 'mac.dat', content), '').bytes, content)
})

test('MacBinary that is cut is kept as far as it goes', () => {
  const whole = runOnFile('macstream', ['-d'], 'mac.dat', content)

  assert.deepEqual(onlyFile(whole.subarray(0, 500), '').bytes, content.subarray(0, 372))
})

test('MacBinary II is known by its checksum and III by its signature', () => {
  const head = Buffer.alloc(128)
  head.write('\x04disk', 1, 'latin1')
  head.writeUInt32BE(content.length, 83)
  // Neither would pass for MacBinary I.
  head[123] = 129
  const [second, third] = [Buffer.from(head), Buffer.from(head)]
  second.writeUInt16BE(0x8551, 124)
  third.write('mBIN', 102, 'latin1')

  assert.deepEqual(filesIn(Buffer.concat([head, content]), ''), [])
  assert.deepEqual(onlyFile(Buffer.concat([third, content]), ''), { kind: 'macbinary', name: 'disk', bytes: content })
  assert.deepEqual(onlyFile(Buffer.concat([second, content]), ''), { kind: 'macbinary', name: 'disk', bytes: content })
})

/** AppleSingle or AppleDouble with the given entries. */
function apple(magic: number, entries: readonly (readonly [id: number, bytes: Buffer])[]): Buffer {
  const head = Buffer.alloc(26 + 12 * entries.length)
  head.writeUInt32BE(magic, 0)
  head.writeUInt32BE(0x00020000, 4)
  head.writeUInt16BE(entries.length, 24)
  let offset = head.length
  for (const [i, [id, bytes]] of entries.entries()) {
    for (const [k, value] of [id, offset, bytes.length].entries()) head.writeUInt32BE(value, 26 + 12 * i + 4 * k)
    offset += bytes.length
  }
  return Buffer.concat([head, ...entries.map(([, bytes]) => bytes)])
}

test('the data fork of AppleSingle is a file under its real name', () => {
  const single = apple(0x00051600, [
    [3, Buffer.from('Früh.doc')],
    [2, Buffer.from('resources')],
    [1, content],
  ])

  assert.deepEqual(onlyFile(single, 'application/applefile'), { kind: 'applesingle', name: 'Früh.doc', bytes: content })
  assert.deepEqual(onlyFile(single.subarray(0, 300), '').bytes, content.subarray(0, 300 - single.indexOf(content)))
})

test('the header file of AppleDouble, which has no data fork, holds no file', () => {
  const double = apple(0x00051607, [
    [3, Buffer.from('x.doc')],
    [2, Buffer.from('resources')],
    [9, Buffer.alloc(32)],
  ])

  assert.deepEqual(filesIn(double, 'application/applefile'), [])
})

test('however many entries claim the same bytes, few files come out', () => {
  const head = apple(0x00051600, Array(1000).fill([1, Buffer.alloc(0)]))
  for (let i = 0; i < 1000; i++) head.writeUInt32BE(26, 30 + 12 * i)
  for (let i = 0; i < 1000; i++) head.writeUInt32BE(10_000, 34 + 12 * i)

  assert.ok(filesIn(head, '').length <= 4)
})
