import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonPicker, PICK_LIMITS, type Pick } from '../../src/analyzers/http/json-picker.ts'

function pick(text: string | Uint8Array, root: Pick, pieces = 1, limits = PICK_LIMITS): unknown {
  const bytes = Buffer.from(text)
  const picker = new JsonPicker(root, limits)
  const step = Math.max(1, Math.ceil(bytes.length / pieces))
  for (let at = 0; at < bytes.length; at += step) picker.write(bytes.subarray(at, at + step))
  return picker.end()
}

test('what is read whole is what JSON.parse reads, in whatever pieces it comes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 1, 2), (value, pieces, indent) => {
      const text = JSON.stringify(value, null, indent)

      assert.deepEqual(pick(text, 'value', pieces), JSON.parse(text))
      assert.deepEqual(pick(`{"a":${text},"b":[${text}]}`, { keys: { b: 'value' } }, pieces), { b: [JSON.parse(text)] })
    }),
  )
})

test('only what was asked for is kept, wherever it stands', () => {
  const text = '{"a":[{"n":"x\\"y","z":[1,{"n":"no"}]},7,{"n":"é"}],"skip":{"a":{"n":1}},"n":{"deep":true},"é":null}'

  for (const pieces of [1, 3, 200]) {
    const picked = pick(
      text,
      { keys: { a: { each: { keys: { n: 'value' } } }, n: { keys: { deep: 'value' } } } },
      pieces,
    )

    assert.deepEqual(picked, { a: [{ n: 'x"y' }, { n: 'é' }], n: { deep: true } })
  }
})

test('a key that is written with escapes is the same key', () => {
  assert.deepEqual(pick('{"mal\\u0073core":9}', { keys: { malscore: 'value' } }), { malscore: 9 })
})

test('a name of an object of JavaScript is a key like any other', () => {
  const picked = pick('{"__proto__":{"score":1},"constructor":2}', { keys: { score: 'value' } })

  assert.deepEqual(picked, {})
})

test('a value of another kind than was asked for is left out', () => {
  assert.deepEqual(pick('{"a":"text","b":{"c":1}}', { keys: { a: { each: 'value' }, b: { each: 'value' } } }), {})
})

test('the first elements are kept where so many were asked for, the others read past', () => {
  const picked = pick('{"d":[1,2,3,[4],{"x":5}]}', { keys: { d: { each: 'value', most: 2 } } })

  assert.deepEqual(picked, { d: [1, 2] })
})

test('a text that is cut off anywhere is refused', () => {
  const text = '{"a":[1,{"b":"c\\n"}],"d":tru'

  for (let length = 0; length <= text.length; length += 1) {
    assert.throws(() => pick(text.slice(0, length), { keys: { a: 'value' } }), /cut off|cannot be read/)
  }
})

const BROKEN = [
  '{"a":1}x',
  '{"a":1}{}',
  '[1,]',
  '{"a" 1}',
  '{"a":1,}',
  '{,}',
  '[1 2]',
  '{"a":1]',
  ']',
  ':1',
  '{1:2}',
  "{'a':1}",
]
for (const text of BROKEN) {
  test(`${text} is refused`, () => {
    assert.throws(() => pick(text, { keys: { z: 'value' } }), /may not|cut off/)
  })
}

test('a number that is none, and bytes that are no UTF-8, are refused where they are kept', () => {
  assert.throws(() => pick('{"a":NaN}', { keys: { a: 'value' } }), /cannot be read/)
  assert.throws(() => pick(Buffer.from('7b2261223a22ff227d', 'hex'), { keys: { a: 'value' } }), /cannot be read/)
})

test('a key that is kept and comes twice is refused', () => {
  assert.throws(() => pick('{"score":9,"score":0}', { keys: { score: 'value' } }), /score twice/)
})

test('each limit ends the reading by its name', () => {
  const limits = { keptBytes: 100, elements: 5, depth: 10 }

  assert.throws(() => pick(`{"a":"${'x'.repeat(200)}"}`, { keys: { a: 'value' } }, 7, limits), /more than 100 bytes/)
  assert.throws(() => pick('[1,2,3,4,5,6]', { each: 'value' }, 1, limits), /more than 5 elements/)
  assert.throws(() => pick('['.repeat(11), 'value', 1, limits), /deeper than 10/)
})

test('what is not kept may be as long as it likes and keeps no memory', () => {
  const picker = new JsonPicker({ keys: { a: 'value' } })
  const piece = Buffer.from(`"${'x'.repeat(60_000)}\\"\\\\","y",`)
  picker.write(Buffer.from('{"big":['))
  global.gc?.()
  const before = process.memoryUsage()

  for (let i = 0; i < 2000; i += 1) picker.write(piece)
  picker.write(Buffer.from('0],"a":7}'))

  const after = process.memoryUsage()
  assert.deepEqual(picker.end(), { a: 7 })
  assert.ok(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers < 16 * 1024 * 1024)
})
