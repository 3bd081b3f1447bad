import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Writer } from '../../src/store/sqlite/writer.ts'

const MIB = 1024 * 1024

test('writes of one turn of the event loop share a commit', () =>
  withWriter(async (writeMany) => {
    assert.deepEqual(
      await writeMany(300, 1),
      Array.from({ length: 300 }, () => 300),
    )
  }))

test('writes that come while a commit runs share the next one', () =>
  withWriter(async (writeMany) => {
    const first = writeMany(1, 1)
    await new Promise(setImmediate)
    const later = [writeMany(2, 1), writeMany(3, 1)]

    assert.deepEqual(await first, [1])
    assert.deepEqual((await Promise.all(later)).flat(), [5, 5, 5, 5, 5])
  }))

test('a commit is bounded in number and in bytes, and one large write still gets through', () =>
  withWriter(async (writeMany) => {
    assert.deepEqual(new Set(await writeMany(2500, 1)), new Set([1000, 500]))
    assert.deepEqual(await writeMany(5, 2 * MIB), [2, 2, 2, 2, 1])
    assert.deepEqual(await writeMany(1, 60 * MIB), [1])
  }))

test('the queue is bounded in bytes', () =>
  withWriter(async (writeMany) => {
    const fits = writeMany(2, 30 * MIB)

    await assert.rejects(writeMany(1, 5 * MIB), /store x\.db is too slow: 2 writes wait already/)

    assert.deepEqual(await fits, [1, 1])
  }))

const FACTS = { kind: 'facts', recipe: '', contentsJson: '[]' } as const

test('what no mail waits for goes with the next write that one does', (t) =>
  withWriter(async (writeMany, writer) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const facts = writer.write(FACTS, 1)
    await new Promise(setImmediate)
    await new Promise(setImmediate)

    assert.deepEqual(await writeMany(1, 1), [2])
    assert.deepEqual(await facts, [{ length: 2 }])
    t.mock.timers.reset()
  }))

test('what no mail waits for is written alone after a while, and at once when the writer is closed', () =>
  withWriter(async (_, writer) => {
    assert.deepEqual(await writer.write(FACTS, 1), [{ length: 1 }])

    const last = writer.write(FACTS, 1)
    await writer.close()

    assert.deepEqual(await last, [{ length: 1 }])
  }))

/** Gives a function that writes so many at once and says with how many others each was committed. */
async function withWriter(
  use: (writeMany: (count: number, bytes: number) => Promise<unknown[]>, writer: Writer) => Promise<void>,
) {
  const entry = new URL('./counting-writer.ts', import.meta.url)
  const writer = new Writer({
    path: 'x.db',
    timeoutMs: 30_000,
    now: undefined,
    entry,
    onAway: (problem) => assert.fail(problem.message),
  })
  await writer.open(false)
  const companions = async (bytes: number) => {
    const value = await writer.write({ kind: 'check' }, bytes)
    const [row] = Array.isArray(value) ? value : []
    return typeof row === 'object' ? row.length : undefined
  }
  try {
    await use((count, bytes) => Promise.all(Array.from({ length: count }, () => companions(bytes))), writer)
  } finally {
    await writer.close()
  }
}
