import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { configSchema } from '../../src/config/index.ts'
import type { JsonSchema } from '../../src/config/schema.ts'
import { configVariables, type Variable, variableOf } from './variables.ts'

const FILE = fileURLToPath(new URL('../../ansible/roles/peekaboo_milter/meta/argument_specs.yml', import.meta.url))
const BEGIN =
  '        # One for each key of the configuration, by test/ansible/variables.test.ts with UPDATE_DOCS=1: begin\n'
const END = '        # end\n'

test('the role has a typed variable for each key of the configuration; UPDATE_DOCS=1 writes them anew', () => {
  const text = readFileSync(FILE, 'utf8')
  const [before = '', rest = ''] = text.split(BEGIN)
  const after = rest.slice(rest.indexOf(END))
  const yaml = stringify({ options: configVariables() }, { lineWidth: 118, blockQuote: 'folded' })
  const wanted = `${before}${BEGIN}${yaml.replaceAll(/^(?=.)/gm, '        ')}${after}`

  if (process.env.UPDATE_DOCS) writeFileSync(FILE, wanted)

  assert.equal(
    text,
    wanted,
    'a key has no variable, or another one than the file says: run this test with UPDATE_DOCS=1',
  )
})

test('no key of the configuration is without a variable', () => {
  const { peekaboo_milter_config: config } = parse(readFileSync(FILE, 'utf8')).argument_specs.main.options

  assert.deepEqual(missing(configSchema(), config, 'peekaboo_milter_config'), [])
})

test('alternatives are taken together: the keys of both, and anything where their types differ', () => {
  const secret = variableOf({
    anyOf: [
      { type: 'object', properties: { file: { type: 'string' } } },
      { type: 'object', properties: { env: { type: 'string' } } },
    ],
  })
  const mixed = variableOf({ anyOf: [{ type: 'string' }, { type: 'object', properties: {} }] })

  assert.deepEqual(Object.keys(secret.options ?? {}), ['file', 'env'])
  assert.deepEqual(mixed, { type: 'raw' })
})

/** Paths of the schema that lead past every variable; what lies below a map with names of the site belongs to it. */
function missing(schema: JsonSchema, variable: Variable | undefined, path: string): readonly string[] {
  if (variable === undefined) return [path]
  if (variable.type === 'raw' || variable.options === undefined) return []
  const all = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  const here = all.flatMap((one) => [one, ...(one.items ? [one.items, ...(one.items.anyOf ?? [])] : [])])
  const keys = here.flatMap(({ properties }) => Object.entries(properties ?? {}))
  return keys.flatMap(([key, below]) => missing(below, variable.options?.[key], `${path}.${key}`))
}
