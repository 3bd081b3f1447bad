/** The configuration's JSON schema in the words of Ansible's argument_specs, so that the role checks each key's type before it does anything. */
import { configSchema } from '../../src/config/index.ts'
import type { JsonSchema } from '../../src/config/schema.ts'

/** One option of argument_specs. */
export interface Variable {
  readonly type: string
  readonly elements?: string
  readonly choices?: readonly unknown[]
  readonly description?: string
  readonly options?: Readonly<Record<string, Variable>>
}

/** Types of JSON Schema, in Ansible's words. */
const TYPES: Readonly<Record<string, string>> = {
  object: 'dict',
  array: 'list',
  string: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
}

/** Ansible wants a description of everything; these the schema leaves to the key above. */
const UNDESCRIBED: Readonly<Record<string, string>> = {
  file: 'file in which it stands',
  env: 'name of the environment variable in which it stands',
}

/** The options of `peekaboo_milter_config`: one for each key of the configuration. Maps whose keys the site names end in `dict`. */
export function configVariables(): Readonly<Record<string, Variable>> {
  return optionsOf([configSchema()]) ?? {}
}

/** What one key of the schema is as a variable; of alternatives the keys of all, or anything where their types differ. */
export function variableOf(schema: JsonSchema): Variable {
  const all = alternatives(schema)
  const types = new Set(all.map(({ type }) => TYPES[String(type)] ?? 'raw'))
  const [type = 'raw'] = types.size === 1 ? types : ['raw']
  const description = schema.description ?? all.find((one) => one.description)?.description
  const choices = all.flatMap((one) => one.enum ?? (one.const === undefined ? [] : [one.const]))
  const isClosed = all.every((one) => one.enum !== undefined || one.const !== undefined)
  const below = type === 'list' ? all.flatMap(({ items }) => (items ? alternatives(items) : [])) : all
  const elements = type === 'list' ? variableOf({ anyOf: below }).type : undefined
  const options = type === 'dict' || elements === 'dict' ? optionsOf(below) : undefined
  return {
    type,
    ...(elements !== undefined && { elements }),
    ...(type === 'str' && isClosed && { choices: [...new Set(choices)] }),
    ...(description !== undefined && { description }),
    ...(options !== undefined && { options }),
  }
}

function optionsOf(schemas: readonly JsonSchema[]): Readonly<Record<string, Variable>> | undefined {
  const isFree = schemas.some(({ additionalProperties }) => typeof additionalProperties === 'object')
  const names = new Set(schemas.flatMap(({ properties }) => Object.keys(properties ?? {})))
  if (isFree || names.size === 0) return undefined
  const entries = [...names].map((name) => {
    const [first = {}, ...more] = schemas.flatMap<JsonSchema>(({ properties }) => properties?.[name] ?? [])
    const variable = variableOf(more.length === 0 ? first : { anyOf: [first, ...more] })
    return [name, { ...variable, description: variable.description ?? UNDESCRIBED[name] ?? name }] as const
  })
  return Object.fromEntries(entries)
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  return choices.length === 0 ? [schema] : choices.flatMap(alternatives)
}
