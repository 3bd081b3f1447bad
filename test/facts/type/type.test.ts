import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CATALOG } from '../../../src/facts/type/index.ts'
import { allSamples } from './samples/index.ts'
import { typesOf } from './types-of.ts'

const samples = allSamples()
/** What is shown besides the program that brings it along: such a type stands behind another one. */
const BESIDE =
  /^application\/x-(?:ms-dll|ms-control-panel|ms-excel-xll|ms-driver|efi-application|dotnet-assembly|nsis-installer|inno-setup|ms-word-template|ms-excel-template|ms-excel-addin|encrypted-document|vba-project|ooo-basic|ole-package|jscript)$|^image\/apng$|^text\/(?:x-vba|html)$/

function shown(content: Buffer): string {
  return JSON.stringify(content.toString('latin1', 0, 50))
}

for (const { type, genuine, near } of samples) {
  test(`${type} is known by its content, and what only looks like it is not`, () => {
    for (const content of genuine) {
      const types = typesOf(content)
      assert.ok(BESIDE.test(type) ? types.includes(type) : types[0] === type, `${shown(content)}: ${types.join()}`)
    }
    for (const content of near) assert.ok(!typesOf(content).includes(type), `${shown(content)} near ${type}`)
  })
}

test('every type of the catalog has at least three samples and two that only look like it', () => {
  const counts = new Map<string, readonly [number, number]>()
  for (const { type, genuine, near } of samples) {
    const [before, beforeNear] = counts.get(type) ?? [0, 0]
    counts.set(type, [before + genuine.length, beforeNear + near.length])
  }

  const poor = [...CATALOG.keys()].filter((type) => {
    const [genuine, near] = counts.get(type) ?? [0, 0]
    return genuine < 3 || near < 2
  })

  assert.deepEqual(poor, [])
  assert.ok(CATALOG.size >= 300)
})

test('every type that is answered is in the catalog', () => {
  const unknown = samples
    .flatMap(({ genuine }) => genuine.flatMap((content) => typesOf(content)))
    .filter((type) => !CATALOG.has(type))

  assert.deepEqual([...new Set(unknown)], [])
})
