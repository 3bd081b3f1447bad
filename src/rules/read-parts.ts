/** The files of a ruleset → what stands in them, part by part; files that others include come before those. */
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { isMap, isScalar, isSeq } from 'yaml'
import type { RuleFile } from './source.ts'
import type { Steps } from './steps.ts'
import { FileReader, kindOf, textOf, type YamlNode } from './yaml-file.ts'

/** The text of a file that rules name, or why there is none. The caller reads: this room touches no disk. */
export type ReadText = (path: string) => { readonly text: string } | { readonly problem: string }

/** A key and what stands there. */
export interface NamedNode {
  readonly name: string
  readonly key: YamlNode
  readonly value: YamlNode
}

/** What stands in one rule file. */
export interface FileParts {
  readonly reader: FileReader
  readonly shipped: boolean
  readonly rules: readonly YamlNode[]
  readonly lists: readonly NamedNode[]
  readonly defines: readonly NamedNode[]
  readonly off: readonly YamlNode[]
}

export const FILE_KEYS = ['include', 'lists', 'define', 'off', 'rules']

const MAX_DEPTH = 16
const MAX_FILES = 1000

/** Reads all files and what they include, each once. What is wrong is noted by the reader of the file. */
export function* readParts(files: readonly RuleFile[], readText: ReadText): Steps<readonly FileParts[]> {
  const walk = new Walk(readText)
  for (const file of files) {
    walk.visit(file, [])
    yield
  }
  return walk.parts
}

class Walk {
  readonly parts: FileParts[] = []
  readonly #readText: ReadText
  readonly #seen = new Set<string>()

  constructor(readText: ReadText) {
    this.#readText = readText
  }

  visit(file: RuleFile, way: readonly string[]): void {
    const path = normalize(file.path)
    if (this.#seen.has(path)) return
    this.#seen.add(path)
    const reader = new FileReader(file)
    const content = reader.read()
    const shipped = file.shipped === true
    const nothing = { reader, shipped, rules: [], lists: [], defines: [], off: [] }
    if (reader.problems.length > 0 || isEmpty(content)) this.parts.push(nothing)
    else if (isSeq(content)) this.parts.push({ ...nothing, rules: content.items as YamlNode[] })
    else this.#map(content, reader, shipped, [...way, path])
  }

  #map(content: YamlNode, reader: FileReader, shipped: boolean, way: readonly string[]): void {
    if (!isMap(content) || isLoneRule(content)) {
      const message = `a rule file must be a list of rules, or a map of ${FILE_KEYS.join(', ')}, not ${isMap(content) ? 'a rule' : kindOf(content)}`
      reader.note(content, message, 'begin each rule with "- "')
    }
    const entries =
      isMap(content) && !isLoneRule(content) ? reader.entries(content, FILE_KEYS, 'a rule file') : undefined
    const items = (key: string) => (isEmpty(entries?.get(key)) ? [] : reader.items(entries?.get(key), key))
    const named = (key: string) => (isEmpty(entries?.get(key)) ? [] : namedNodes(entries?.get(key), reader, key))
    for (const node of items('include')) this.#include(node, reader, shipped, way)
    this.parts.push({
      reader,
      shipped,
      rules: items('rules'),
      lists: named('lists'),
      defines: named('define'),
      off: items('off'),
    })
  }

  #include(node: YamlNode, reader: FileReader, shipped: boolean, way: readonly string[]): void {
    const scalar = reader.text(node, 'include')
    if (!scalar) return
    const path = pathFrom(reader.file.path, textOf(scalar))
    if (way.includes(path)) {
      reader.note(node, `the file includes itself: ${[...way.slice(way.indexOf(path)), path].join(' → ')}`)
    } else if (way.length >= MAX_DEPTH || this.#seen.size >= MAX_FILES) {
      reader.note(node, `more than ${MAX_DEPTH} files within each other, or ${MAX_FILES} in all`, 'include fewer')
    } else if (!this.#seen.has(path)) {
      const read = this.#readText(path)
      if ('text' in read) this.visit({ path, text: read.text, shipped }, way)
      else reader.note(node, `${path} cannot be read: ${read.problem}`, 'names are meant from the folder of this file')
    }
  }
}

/** What somebody writes who forgets the dash. */
function isLoneRule(content: YamlNode): boolean {
  return isMap(content) && ['id', 'when', 'verdict'].some((key) => content.has(key))
}

/** A name in a file, meant from the folder of that file. */
export function pathFrom(file: string, name: string): string {
  return normalize(isAbsolute(name) ? name : join(dirname(file), name))
}

function namedNodes(node: YamlNode, reader: FileReader, what: string): readonly NamedNode[] {
  const map = reader.map(node, what)
  return (map?.items ?? []).map(({ key, value }) => ({
    name: isScalar(key) ? textOf(key) : '',
    key: key as YamlNode,
    value: value as YamlNode,
  }))
}

function isEmpty(content: YamlNode): boolean {
  return !content || (isScalar(content) && content.value === null)
}
