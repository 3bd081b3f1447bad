import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { extract, read, sha256 } from '../read.ts'
import type { Case } from './case.ts'
import { allCases, CLASSES } from './cases.ts'
import { type Measured, measure } from './measure.ts'

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

const measured: Measured[] = []
before(async () => {
  for (const one of cases) measured.push(await measure(one))
})

test('of every case the hidden bytes are found, under a name that some program shows', () => {
  const missed = measured.filter(({ grade }) => grade !== 'full')

  assert.deepEqual(
    missed.map(({ case: one }) => one.name),
    [],
  )
})

test('of every case what was hidden is extracted by its path, with the digest under which it was found', async () => {
  const wrong: string[] = []
  for (const { case: one, reading } of measured) {
    const hidden = new Set(one.expected.map(({ bytes }) => sha256(bytes)))
    const found = reading.attachments.filter((sample) => hidden.has(sample.sha256))
    for (const { path, sha256: digest } of found)
      if ((await digestAt(one, path)) !== digest) wrong.push(`${one.name} at ${path}`)
  }

  assert.deepEqual(wrong, [])
})

test('all else that is found in a case is extracted by its path as well', async () => {
  const wrong: string[] = []
  for (const { case: one, reading } of everyNth(measured, 7))
    for (const { path, sha256: digest } of reading.attachments.slice(0, MOST_EXTRACTED))
      if ((await digestAt(one, path)) !== digest) wrong.push(`${one.name} at ${path}`)

  assert.deepEqual(wrong, [])
})

/** Each means to read the message once more. */
const MOST_EXTRACTED = 40

async function digestAt({ message }: Case, path: string): Promise<string> {
  return sha256(await extract(message, path).catch((error: Error) => error.message))
}

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
