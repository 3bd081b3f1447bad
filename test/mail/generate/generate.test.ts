import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extract, read, sha256 } from '../read.ts'
import { allCases, CLASSES } from './cases.ts'
import { measure } from './measure.ts'

const cases = allCases()

test('each case has a name of its own, a reason and content of its own', () => {
  const names = new Set(cases.map(({ name }) => name))
  const contents = new Set(cases.flatMap(({ expected }) => expected.map(({ bytes }) => sha256(bytes))))

  assert.ok(cases.length >= 900)
  assert.equal(names.size, cases.length)
  assert.ok(contents.size >= cases.length)
  assert.deepEqual(
    CLASSES.flatMap(({ cases: own }) => own.filter(({ why }) => why.length < 8)),
    [],
  )
})

test('of every case the hidden bytes are found, under a name that some program shows', async () => {
  const missed: string[] = []
  for (const one of cases) {
    const { grade } = await measure(one)
    if (grade !== 'full') missed.push(one.name)
  }

  assert.deepEqual(missed, [])
})

test('of every case each attachment is extracted by its path, with the digest under which it was found', async () => {
  const wrong: string[] = []
  for (const one of everyNth(cases, 7)) {
    const { attachments } = await read(one.message)
    for (const { path, sha256: digest } of attachments) {
      const bytes = await extract(one.message, path).catch((error: Error) => error.message)
      if (sha256(bytes) !== digest) wrong.push(`${one.name} at ${path}`)
    }
  }

  assert.deepEqual(wrong, [])
})

for (const size of [1, 7, 4096]) {
  test(`a case that arrives in pieces of ${size} is read as if it came whole`, async () => {
    const small = cases.filter(({ message }) => message.length < (size === 1 ? 8_000 : 50_000))

    for (const one of everyNth(small, 23)) {
      const whole = await read(one.message, {}, [one.message.length])
      assert.deepEqual(await read(one.message, {}, [size]), whole, one.name)
    }
  })
}

/** Some of all, from all classes. */
function everyNth<T>(all: readonly T[], n: number): readonly T[] {
  return all.filter((_, i) => i % n === 0)
}
