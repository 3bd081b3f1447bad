/** The rules that come with the filter, and samples that are only bytes and a name. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Sample } from '../../src/core/index.ts'
import { groupOf, mismatchesOf } from '../../src/facts/index.ts'
import { loadRuleset, type RuleFile, type Ruleset } from '../../src/rules/index.ts'
import type { TypeSamples } from '../facts/type/samples/index.ts'
import { BUILT_SAMPLES } from '../facts/type/samples/index.ts'
import { typesOf } from '../facts/type/types-of.ts'

const RULES = new URL('../../rules/', import.meta.url)

/** The shipped ruleset; with the rules of the role `av` where somebody plays it. */
export function shippedRules(withAv = false, language = 'en'): Ruleset {
  const names = readdirSync(RULES).filter((name) => name.endsWith('.yaml'))
  const files = [...(withAv ? ['roles/av.yaml'] : []), ...names.sort()].map((name): RuleFile => {
    return { path: `rules/${name}`, text: readFileSync(new URL(name, RULES), 'utf8'), shipped: true }
  })
  return loadRuleset(files, { roles: ['av', 'lookup', 'sandbox'], language })
}

/** Nobody plays any role. */
export const NO_ROLES = {
  av: { state: 'unmapped' },
  lookup: { state: 'unmapped' },
  sandbox: { state: 'unmapped' },
} as const

/** What the filter would know of such bytes under such a name. */
export function factsOfBytes(bytes: Buffer, name = '', declaredType = ''): Partial<Sample> {
  const types = typesOf(bytes)
  const names = name === '' ? [] : [{ value: name, origin: 'disposition.filename' }]
  return {
    ...{ size: bytes.length, type: types[0] ?? 'application/octet-stream', types, name, names, declaredType },
    groups: [...new Set(types.flatMap((type) => groupOf(type) ?? []))],
    mismatches: mismatchesOf(types, name === '' ? [] : [name], declaredType),
  }
}

/** Files of a type, as the tests of types have them. */
export function samplesOf(type: string): TypeSamples['genuine'] {
  const found = BUILT_SAMPLES.filter((samples) => samples.type === type).flatMap(({ genuine }) => genuine)
  if (found.length === 0) throw new Error(`there is no sample of ${type}`)
  return found
}
