import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { OpeningKeys } from '../../src/pipeline/index.ts'
import { reading, sample } from '../fakes/inspector.ts'

const SHA = 'a'.repeat(64)
const MESSAGE = reading(sample('x.zip'))

test('keys are the same after a restart, and others with another list of passwords or another secret', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'peekaboo-keys-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const keysOf = async (passwords: string, file: string) => {
    const keys = new OpeningKeys(passwords)
    await keys.start(join(dir, file))
    return keys.of(MESSAGE)(SHA)
  }

  const first = await keysOf('infected', 'site.key')

  assert.deepEqual(await keysOf('infected', 'site.key'), first)
  for (const other of [await keysOf('infected\nvirus', 'site.key'), await keysOf('infected', 'other.key')]) {
    assert.notEqual(other.site, first.site)
    assert.notEqual(other.message, first.message)
  }
  assert.match(first.site, /^[0-9a-f]{64}$/)
  assert.equal((await stat(join(dir, 'site.key'))).mode & 0o777, 0o600)
})

test('a file that holds no secret is refused and left as it is', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'peekaboo-keys-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, 'site.key'), 'something else')

  await assert.rejects(new OpeningKeys().start(join(dir, 'site.key')), /holds no secret of ours/)

  assert.equal(await readFile(join(dir, 'site.key'), 'utf8'), 'something else')
})

test('one and the same container has different keys in messages that say different things', () => {
  const keys = new OpeningKeys()
  const other = { ...MESSAGE, subject: 'the password is tango' }

  assert.equal(keys.of(MESSAGE)(SHA).site, keys.of(other)(SHA).site)
  assert.notEqual(keys.of(MESSAGE)(SHA).message, keys.of(other)(SHA).message)
  assert.notEqual(keys.of(MESSAGE)(SHA).message, keys.of(MESSAGE)('b'.repeat(64)).message)
})

test('a secret that cannot be written is told with its file', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'peekaboo-keys-'))
  t.after(() => rm(dir, { recursive: true, force: true }))

  await assert.rejects(new OpeningKeys().start(join(dir, 'x'.repeat(300))), /xxx cannot be written: is the disk full/)
})
