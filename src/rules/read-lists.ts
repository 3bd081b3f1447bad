/** The lists of all files → one set of named lists: those of the site may add to shipped ones or take their place. */
import { isMap, isScalar, isSeq } from 'yaml'
import { LIST_KINDS, type ListKind, lookupOf, type NamedList, readItem } from './named-list.ts'
import { suggest } from './nearest.ts'
import { MOST_UNSURE, unsurePatterns } from './pattern-list.ts'
import { type FileParts, type NamedNode, pathFrom, type ReadText } from './read-parts.ts'
import { placeOf, type RuleFile } from './source.ts'
import type { Steps } from './steps.ts'
import { FileReader, kindOf, textOf, type YamlNode } from './yaml-file.ts'

/** All lists, and the readers of the files that their entries stood in. */
export interface Lists {
  readonly lists: ReadonlyMap<string, NamedList>
  readonly readers: readonly FileReader[]
}

/** One place where a list is written. */
interface Written {
  readonly name: string
  readonly kind: ListKind
  readonly ignoreCase: boolean
  /** What it does to the list of that name which stands elsewhere. */
  readonly change: 'add' | 'instead' | undefined
  readonly items: readonly string[]
  readonly node: YamlNode
  readonly reader: FileReader
}

/** Entries that are read without a pause. */
const PAUSE_EVERY = 1000

/** A name that conditions can use. */
export const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

export const LIST_KEYS = [...LIST_KINDS, 'ignoreCase', 'add', 'instead']

/** Reads the lists of all files and puts together what belongs together. */
export function* readLists(parts: readonly FileParts[], readText: ReadText): Steps<Lists> {
  const readers = new Map<string, FileReader>()
  const context = { readText, readers }
  const written: Written[] = []
  for (const { lists, reader } of parts) {
    for (const one of lists) {
      const list = yield* readList(one, reader, context)
      if (list) written.push(list)
    }
  }
  const lists = new Map<string, NamedList>()
  for (const name of new Set(written.map((one) => one.name))) {
    const list = yield* combined(name, written)
    if (list) lists.set(name, list)
    yield
  }
  return { lists, readers: [...readers.values()] }
}

interface ReadContext {
  readonly readText: ReadText
  readonly readers: Map<string, FileReader>
}

function* readList(
  { name, key, value }: NamedNode,
  reader: FileReader,
  context: ReadContext,
): Steps<Written | undefined> {
  if (!NAME.test(name)) {
    reader.note(key, `${JSON.stringify(name)} is no name of a list`, 'use letters, digits and _, a letter first')
    return undefined
  }
  const head = { name, node: key, reader }
  if (isSeq(value)) {
    const items = yield* readItems(value, 'strings', reader, context)
    return { ...head, kind: 'strings', ignoreCase: false, change: undefined, items }
  }
  const entries = reader.entries(value, LIST_KEYS, 'a list')
  if (!entries) return undefined
  const kinds = LIST_KINDS.filter((kind) => entries.has(kind))
  const [kind] = kinds
  if (!kind || kinds.length > 1) {
    reader.note(key, `the list must be of one kind`, `write one of ${LIST_KINDS.join(', ')}`)
    return undefined
  }
  const add = isTrue(entries.get('add'), 'add', reader)
  const instead = isTrue(entries.get('instead'), 'instead', reader)
  const ignoreCase = isTrue(entries.get('ignoreCase'), 'ignoreCase', reader)
  const items = yield* readItems(entries.get(kind), kind, reader, context)
  return { ...head, kind, ignoreCase, change: instead ? 'instead' : add ? 'add' : undefined, items }
}

function isTrue(node: YamlNode, what: string, reader: FileReader): boolean {
  if (!node) return false
  if (isScalar(node) && typeof node.value === 'boolean') return node.value
  reader.note(node, `${what} must be true or false, not ${kindOf(node)}`)
  return false
}

/** Entries written here, those of a file, or both mixed. */
function* readItems(
  node: YamlNode,
  kind: ListKind,
  reader: FileReader,
  context: ReadContext,
): Steps<readonly string[]> {
  if (isMap(node)) return yield* fileItems(node, kind, reader, context)
  const items: string[] = []
  for (const [i, item] of reader.items(node, kind).entries()) {
    if (i % PAUSE_EVERY === 0) yield
    if (isMap(item)) {
      for (const one of yield* fileItems(item, kind, reader, context)) items.push(one)
      continue
    }
    const scalar = reader.text(item, kind)
    if (scalar) items.push(...ready(kind, textOf(scalar), scalar.range?.[0] ?? 0, reader))
  }
  return items
}

function ready(kind: ListKind, text: string, at: number, reader: FileReader): readonly string[] {
  const item = readItem(kind, text)
  if (typeof item === 'string') return [item]
  reader.note(at, item.message, item.remedy)
  return []
}

function* fileItems(
  node: YamlNode,
  kind: ListKind,
  reader: FileReader,
  context: ReadContext,
): Steps<readonly string[]> {
  const scalar = reader.entries(node, ['file'], kind)?.get('file')
  const name = scalar && reader.text(scalar, 'file')
  if (!name) {
    if (!scalar) reader.note(node, 'the list names no file', 'write { file: NAME }')
    return []
  }
  const path = pathFrom(reader.file.path, textOf(name))
  const read = context.readText(path)
  if ('problem' in read) {
    reader.note(scalar, `${path} cannot be read: ${read.problem}`, 'names are meant from the folder of this file')
    return []
  }
  return yield* itemsOfFile({ path, text: read.text }, kind, context)
}

/** One entry on a line; empty lines and those that begin with # do not count. Of digests the first word counts, as `sha256sum` writes. */
function* itemsOfFile(file: RuleFile, kind: ListKind, { readers }: ReadContext): Steps<readonly string[]> {
  const reader = readers.get(file.path) ?? new FileReader(file)
  readers.set(file.path, reader)
  const { text, lineStarts } = reader.file
  const isLine = kind === 'strings' || kind === 'patterns'
  const items: string[] = []
  for (const [i, start] of lineStarts.entries()) {
    if (i % PAUSE_EVERY === 0) yield
    const line = text.slice(start, lineStarts[i + 1]).trim()
    const entry = isLine ? line : (line.split(/\s/, 1)[0] ?? '')
    if (entry === '' || entry.startsWith('#')) continue
    const item = readItem(kind, entry)
    if (typeof item === 'string') items.push(item)
    else reader.note(text.indexOf(entry, start), item.message, item.remedy)
  }
  return items
}

/** Very many patterns that each text must be tried on would use up the steps of every rule that asks. */
function checkPatterns(name: string, items: readonly string[], { reader, node }: Written): void {
  const unsure = unsurePatterns(items)
  if (unsure.length <= MOST_UNSURE) return
  const shown = JSON.stringify((unsure[0] ?? '').slice(0, 40))
  const message = `${unsure.length} patterns of the list "${name}" must be tried on every text, more than ${MOST_UNSURE}; ${shown} is one`
  reader.note(node, message, 'write three plain characters in a row, outside of ( ) | and [ ], into each')
}

function* combined(name: string, written: readonly Written[]): Steps<NamedList | undefined> {
  const all = written.filter((one) => one.name === name)
  const [base, ...more] = all.filter(({ change }) => change === undefined)
  const others = [...new Set(written.filter(({ change }) => !change).map((one) => one.name))]
  if (!base) {
    for (const { reader, node } of all) {
      reader.note(node, `there is no list "${name}" to change`, suggest(name, others, 'there are'))
    }
    return undefined
  }
  const there = `${base.reader.file.path}:${placeOf(base.reader.file, base.node?.range?.[0] ?? 0).line} has it already`
  for (const { reader, node } of more) {
    reader.note(node, `the list "${name}" is taken`, `${there}; write add: true or instead: true to change it`)
  }
  const [first, second] = all.filter(({ change }) => change === 'instead')
  second?.reader.note(second.node, `the list "${name}" is replaced twice`, 'keep one')
  const start = first ?? base
  const added = all.filter(({ change }) => change === 'add')
  for (const { reader, node, kind } of added) {
    if (kind !== start.kind)
      reader.note(node, `the list "${name}" is of ${start.kind}, not ${kind}`, 'add the same kind')
  }
  const items = [...start.items, ...added.flatMap((one) => one.items)]
  const { kind, ignoreCase } = start
  const { file } = base.reader
  if (kind === 'patterns') checkPatterns(name, items, start)
  return {
    name,
    kind,
    ignoreCase,
    items,
    ...(yield* lookupOf(kind, items, ignoreCase)),
    isChanged: [...added, ...(first ? [first] : [])].some(({ reader }) => reader !== base.reader),
    file: file.path,
    ...placeOf(file, base.node?.range?.[0] ?? 0),
  }
}
