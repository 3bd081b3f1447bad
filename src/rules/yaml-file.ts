/** YAML with places: what may stand in a rule file, and where it stands. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import { suggest } from './nearest.ts'
import type { RulesetProblem } from './problem.ts'
import { type IndexedFile, indexFile, problemAt, type RuleFile } from './source.ts'

export type YamlNode = Node | null | undefined

/** Collects what is wrong with one file while it is read. */
export class FileReader {
  readonly file: IndexedFile
  readonly problems: RulesetProblem[] = []

  constructor(file: RuleFile) {
    this.file = indexFile(file)
  }

  /** Notes a problem at a node, or at an offset. */
  note(at: YamlNode | number, message: string, remedy = ''): void {
    const offset = typeof at === 'number' ? at : (at?.range?.[0] ?? 0)
    this.problems.push(problemAt(this.file, offset, message, remedy))
  }

  /** Notes that a condition asks a role which the configuration does not know. */
  noteUnmapped(at: YamlNode | number, role: string): void {
    const remedy = `write roles: { ${role}: ANALYZER } or { ${role}: none }`
    this.note(at, `the role "${role}" is not configured`, remedy)
    const problem = this.problems.pop()
    if (problem) this.problems.push({ ...problem, isUnmappedRole: true })
  }

  /** The file's content; undefined where it is no YAML that we take. */
  read(): YamlNode {
    const document = parseDocument(this.file.text, { prettyErrors: false, uniqueKeys: true, strict: true })
    const first = document.errors[0] ?? document.warnings[0]
    if (first) this.#noteYaml(first)
    // Most files have no star at all: nothing to walk through for.
    if (!this.file.text.includes('*')) return this.problems.length === 0 ? document.contents : undefined
    visit(document, (_, node) => {
      if (!isAlias(node)) return undefined
      this.note(node, `the alias *${node.source} is not taken in rule files`, 'write it out')
      return visit.BREAK
    })
    return this.problems.length === 0 ? document.contents : undefined
  }

  /** Only the first: what follows in a file that YAML does not understand is mostly noise. */
  #noteYaml({ code, message, pos: [at] }: YAMLError): void {
    const lineStart = this.file.text.lastIndexOf('\n', at - 1) + 1
    const tab = /^\s*\t/.test(this.file.text.slice(lineStart, at))
    const remedy = tab ? 'indent with spaces' : REMEDIES[code]
    this.note(at, `this is no YAML that can be read: ${lowerFirst(message)}`, remedy)
  }

  /** The values of a map by key; unknown keys are noted. */
  entries(node: YamlNode, keys: readonly string[], what: string): ReadonlyMap<string, YamlNode> | undefined {
    const map = this.map(node, what)
    if (!map) return undefined
    const entries = new Map<string, YamlNode>()
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : ''
      if (keys.includes(name)) entries.set(name, value as YamlNode)
      else this.note(key as YamlNode, `${what} has no key "${name}"`, suggest(name, keys, 'its keys are'))
    }
    return entries
  }

  /** The items of a list. */
  items(node: YamlNode, what: string): readonly YamlNode[] {
    if (isSeq(node)) return node.items as YamlNode[]
    this.note(node, `${what} must be a list, not ${kindOf(node)}`, 'begin each entry with "- "')
    return []
  }

  /** A text that is not empty; plain words such as true or 5 count as they are written. */
  text(node: YamlNode, what: string): Scalar | undefined {
    if (isScalar(node) && node.value !== null && textOf(node) !== '') return node
    this.note(node, `${what} must be text, not ${kindOf(node)}`)
    return undefined
  }

  map(node: YamlNode, what: string): YAMLMap | undefined {
    if (isMap(node)) return node
    this.note(node, `${what} must be a map of keys, not ${kindOf(node)}`)
    return undefined
  }
}

/** The text of a scalar, as it was written where YAML read something else than text. */
export function textOf(scalar: Scalar): string {
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value))
}

/** What a node is, in a word. */
export function kindOf(node: YamlNode): string {
  if (isMap(node)) return 'a map'
  if (isSeq(node)) return 'a list'
  if (!isScalar(node) || node.value === null || node.value === '') return 'nothing'
  return JSON.stringify(node.value)
}

/** What usually helps where YAML itself does not understand a rule file. */
const REMEDIES: Readonly<Record<string, string>> = {
  UNEXPECTED_TOKEN:
    'a condition that begins with a quote or a bracket stands in double quotes, or on lines of its own after >',
  DUPLICATE_KEY: 'write each key once',
  MULTIPLE_DOCS: 'put the rules of the second document into a file of their own',
}

function lowerFirst(message: string): string {
  const line = message.split(/[\n;]/)[0] ?? message
  return line.charAt(0).toLowerCase() + line.slice(1)
}
