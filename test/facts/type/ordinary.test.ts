import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupOf } from '../../../src/facts/index.ts'
import { LETTERS } from './texts/letters.ts'
import { WORK } from './texts/office.ts'
import { typesOf } from './types-of.ts'

const TEXTS: readonly (readonly [name: string, type: string, text: string])[] = [
  ...Object.entries(LETTERS).map(([name, text]) => [name, 'text/plain', text] as const),
  ...Object.entries(WORK).map(([name, [type, text]]) => [name, type, text] as const),
]

/** How a text may arrive. */
const FORMS: Readonly<Record<string, (text: string) => Buffer>> = {
  'as it is': (text) => Buffer.from(text),
  'with the line ends of Windows': (text) => Buffer.from(text.replace(/\r?\n/g, '\r\n')),
  'behind a byte order mark': (text) => Buffer.from(`\ufeff${text}`),
  'in characters of 16 bits': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'five times': (text) => Buffer.from(text.repeat(5)),
}

for (const [name, type, text] of TEXTS) {
  test(`an ordinary text (${name}) is ${type} and no program`, () => {
    assert.deepEqual(typesOf(Buffer.from(text)), [type])
    for (const [form, make] of Object.entries(FORMS)) {
      const scripts = typesOf(make(text)).filter((one) =>
        ['script', 'shortcut', 'executable'].includes(groupOf(one) ?? ''),
      )
      assert.deepEqual(scripts, [], form)
    }
  })
}

test('there are enough ordinary texts', () => {
  assert.ok(TEXTS.length >= 60, `${TEXTS.length}`)
})

test('all letters together are plain text', () => {
  assert.deepEqual(typesOf(Buffer.from(Object.values(LETTERS).join('\n'))), ['text/plain'])
})
