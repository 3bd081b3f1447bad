import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configSchema, formatProblem } from '../../src/config/index.ts'
import type { JsonSchema } from '../../src/config/schema.ts'
import { configurationOf, KEYS } from './keys.ts'
import { load, refused } from './written.ts'

for (const key of KEYS) {
  test(`${key.path} takes ${key.taken}`, (t) => {
    const config = load(t, configurationOf(key, key.taken).text)

    assert.notEqual(valueAt(config, key.path), undefined)
  })

  test(`${key.path} refuses ${key.refused} and says where and why`, (t) => {
    const { text, line, column } = configurationOf(key, key.refused)

    const [problem, ...others] = refused(t, text)

    assert.ok(problem, 'nothing was refused')
    assert.deepEqual(others, [])
    assert.equal(problem.path.join('.'), key.path)
    const isNull = key.refused === 'null'
    assert.deepEqual(
      { line: problem.place.line, column: problem.place.column },
      { line, column: isNull ? column - `${key.path.split('.').at(-1)}: `.length : column },
    )
    assert.match(formatProblem(problem), /^\/.*peekaboo\.yaml:\d+:\d+: [A-Za-z].*: .+; .+/)
  })
}

test('every key that the schema declares has a line in the table', () => {
  const tabled = new Set(KEYS.map(({ path }) => path.replace(/^(profiles|analyzers|roles)\.\w+/, '$1.*')))

  const untested = leavesOf(configSchema(), []).filter((path) => !tabled.has(path))

  assert.deepEqual(untested, [])
})

function leavesOf(schema: JsonSchema, path: readonly string[]): readonly string[] {
  const choices = [...(schema.oneOf ?? [])]
  if (choices.length > 0) return choices.flatMap((choice) => leavesOf(choice, path))
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
  }
  const named =
    path.length === 1 && typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
  if (named) return leavesOf(named, [...path, '*'])
  if (schema.items?.properties) return leavesOf(schema.items, [...path, '0'])
  return [path.join('.')]
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], value)
}
