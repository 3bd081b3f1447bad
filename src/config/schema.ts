/** The configuration's JSON schema: for editors, for `config schema`, and for the remedies in our own errors. */
import { z } from 'zod'
import { configOptions } from './options.ts'
import type { Path } from './tree.ts'

/** The part of JSON Schema that our own schemas use. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

/** JSON schema (2020-12) of `peekaboo.yaml` as it is written. */
export function configSchema(): JsonSchema {
  return { title: 'peekaboo.yaml', ...schemaOf(configOptions) }
}

/** JSON schema of what may be written for any options. */
export function schemaOf(options: z.ZodType): JsonSchema {
  return z.toJSONSchema(options, { io: 'input' }) as unknown as JsonSchema
}

/** The schemas that apply at a path; several where alternatives exist. */
export function schemasAt(schema: JsonSchema, path: Path): readonly JsonSchema[] {
  let here = alternatives(schema)
  for (const step of path) here = here.flatMap((at) => alternatives(below(at, step)))
  return here
}

/** The keys that are valid in the map at a path, in the order of their declaration. */
export function keysAt(schema: JsonSchema, path: Path): readonly string[] {
  return [...new Set(schemasAt(schema, path).flatMap((at) => Object.keys(at.properties ?? {})))]
}

function below(schema: JsonSchema, step: string | number): JsonSchema | undefined {
  if (typeof step === 'number') return schema.items
  if (schema.properties && Object.hasOwn(schema.properties, step)) return schema.properties[step]
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}

function alternatives(schema: JsonSchema | undefined): readonly JsonSchema[] {
  if (!schema) return []
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  if (choices.length === 0) return [schema]
  const { description } = schema
  return choices.flatMap(alternatives).map((choice) => (description ? { ...choice, description } : choice))
}
