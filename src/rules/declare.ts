/** The declared schema of facts and reports, told to the type checker of CEL. */
import { Environment } from '@marcbachmann/cel-js'
import { FACTS, type Field, type Fields, flag, list, reportSchema, text } from '../core/index.ts'
import type { Definition } from './definition.ts'
import { OWN_FUNCTIONS } from './functions.ts'
import type { NamedList } from './named-list.ts'

/** What conditions may name, and what those names are. */
export interface Declarations {
  readonly environment: Environment
  /** The facts that are roots of their own, such as `sample`. */
  readonly roots: readonly string[]
  readonly roles: readonly string[]
  /** By the name of the type that the checker uses: its fields. */
  readonly fields: ReadonlyMap<string, Fields>
  readonly lists: ReadonlyMap<string, NamedList>
  /** By name; filled in while definitions are read, those first that others use. */
  readonly definitions: Map<string, Definition>
  /** What evaluating needs room for: variables of the loops in definitions, remembered values of definitions. */
  readonly frame: { slots: number; memos: number }
}

/** The root under which conditions find the named lists. */
export const LISTS = 'lists'

/** Words that CEL or the rules' own language keep for themselves. */
const RESERVED = new Set([...Object.keys(FACTS), LISTS, 'cel', 'google', 'optional', 'true', 'false', 'null', 'in'])

/** The largest condition; more is a machine's work and wants to be several rules. */
const LIMITS = { maxAstNodes: 2000, maxDepth: 64, maxListElements: 1000, maxMapEntries: 100, maxCallArguments: 8 }

/** Whether a role or a definition can have this name. */
export function isFreeName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name) && !RESERVED.has(name)
}

/** Declares all facts, all named lists, and one report for each role. */
export function declare(roles: readonly string[], lists: ReadonlyMap<string, NamedList> = new Map()): Declarations {
  const environment = new Environment({ limits: LIMITS })
  for (const signature of OWN_FUNCTIONS) environment.registerFunction(signature, notCalled)
  const fields = new Map<string, Fields>()
  const typeOf = (field: Field, name: string): string => {
    switch (field.kind) {
      case 'record':
        return recordType(name, field.fields)
      case 'list':
        return `list<${typeOf(field.of, name)}>`
      default:
        return SCALARS[field.kind]
    }
  }
  const recordType = (name: string, declared: Fields): string => {
    const types = Object.entries(declared).map(([key, field]) => [key, typeOf(field, `${name}.${key}`)])
    environment.registerType(name, { fields: Object.fromEntries(types) })
    fields.set(name, declared)
    return name
  }
  const roots = Object.entries(FACTS).map(([root, field]) => {
    environment.registerVariable(root, typeOf(field, root))
    return root
  })
  const report = recordType('report', { ...reportSchema.fields, failed: FAILED })
  for (const role of roles) environment.registerVariable(role, report)
  const listFields = [...lists.keys()].map((name) => [name, list(text('an entry'), 'a named list')] as const)
  environment.registerVariable(LISTS, recordType(LISTS, Object.fromEntries(listFields)))
  return { environment, roots, roles, fields, lists, definitions: new Map(), frame: { slots: 0, memos: 0 } }
}

/** The field that every role has beside its report: the only way to ask about absence. */
export const FAILED = flag('whether the role ended without a report')

/** The library only checks types; what is evaluated is ours. */
function notCalled(): never {
  throw new Error('conditions are not evaluated by the library')
}

const SCALARS = { text: 'string', whole: 'int', number: 'double', flag: 'bool' } as const
