import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FUNCTION_NAMES } from '../../src/rules/functions.ts'
import { referenceText, rulesReference, type Section } from '../../src/rules/index.ts'
import { MACRO_NAMES } from '../../src/rules/macros.ts'
import { CASE_KEYS } from '../../src/rules/read-case.ts'
import { LIST_KEYS } from '../../src/rules/read-lists.ts'
import { FILE_KEYS } from '../../src/rules/read-parts.ts'
import { RULE_KEYS } from '../../src/rules/read-rules.ts'
import { assertGenerated, table } from '../generated.ts'
import { loadText } from './harness.ts'

const sections = rulesReference()

function sectionOf(id: string): Section {
  const section = sections.find((one) => one.id === id)
  assert.ok(section, id)
  return section
}

test('the page about rules has the whole reference', () => {
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const parts = sections.map(({ title, entries }) => {
    const rows = entries.map(({ name, type, doc }) => [`\`${cell(name)}\``, type, cell(doc)])
    const isTyped = entries.some(({ type }) => type !== '')
    const told = isTyped
      ? table(['name', 'kind', 'what it is'], rows)
      : table(
          ['name', 'what it is'],
          rows.map(([name = '', , doc = '']) => [name, doc]),
        )
    return `### ${title}\n\n${told}\n`
  })

  assertGenerated('docs/rules.md', 'reference', parts.join('\n'))
})

test('the reference has every key that is taken and every function that there is', () => {
  for (const [id, known] of Object.entries({ file: FILE_KEYS, rule: RULE_KEYS, list: LIST_KEYS, test: CASE_KEYS })) {
    assert.deepEqual(
      sectionOf(id)
        .entries.map(({ name }) => name)
        .sort(),
      known.toSorted(),
      id,
    )
  }
  const told = sectionOf('functions').entries.flatMap(({ name }) =>
    [...name.matchAll(/(\w+)\(/g)].map(([, word]) => word),
  )
  assert.deepEqual([...new Set(told)].sort(), [...FUNCTION_NAMES, ...MACRO_NAMES].sort())
})

test('every field that the reference names can be looked at by a rule', () => {
  const fields = ['sample', 'message', 'role'].flatMap((id) => sectionOf(id).entries.map(({ name }) => name))
  const plain = fields.filter((name) => !name.includes('[]')).map((name) => name.replace('ROLE', 'av'))

  assert.ok(plain.length > 20)
  const rules = plain.map((name, i) => `- { id: r${i}, verdict: bad, when: "${name} == ${name}" }\n`)
  assert.equal(loadText(rules.join('')).rules.length, plain.length)
})

test('the text of the reference has a line for each entry', () => {
  const lines = referenceText(sections).split('\n')

  assert.equal(
    lines.length,
    sections.reduce((sum, { entries }) => sum + entries.length + 2, -1),
  )
})
