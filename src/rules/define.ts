/** Named conditions: what a file says under `define:`, usable by name in every condition and in each other. */
import type { Scalar } from 'yaml'
import { compileAs } from './compile.ts'
import { checkedTree, namesIn, parsedTree } from './condition.ts'
import { type Declarations, isFreeName } from './declare.ts'
import { type Definition, remembered } from './definition.ts'
import { guardOf, mayErr } from './guard.ts'
import { loopDepth } from './macros.ts'
import { noteErrors } from './note-errors.ts'
import type { FileParts, NamedNode } from './read-parts.ts'
import { placeOf } from './source.ts'
import type { Steps } from './steps.ts'
import { type FileReader, textOf, type YamlNode } from './yaml-file.ts'

/** Longest chain of definitions that use each other. */
const MAX_DEPTH = 32

interface Draft {
  readonly name: string
  readonly key: YamlNode
  readonly scalar: Scalar
  readonly reader: FileReader
  /** The other definitions that it names. */
  readonly uses: readonly string[]
  readonly isParsed: boolean
}

/** Reads all definitions, those first that others use, into the declarations. */
export function* readDefinitions(parts: readonly FileParts[], declarations: Declarations): Steps<void> {
  const written = parts.flatMap(({ defines, reader }) => defines.map((one) => ({ ...one, reader })))
  const places = new Map<string, string>()
  const own = written.filter((one) => isNewName(one, one.reader, places, declarations))
  const drafts: Draft[] = []
  for (const one of own) {
    const draft = readDraft(one, places, declarations)
    if (draft) drafts.push(draft)
    yield
  }
  const byName = new Map(drafts.map((draft) => [draft.name, draft]))
  for (const draft of ordered(drafts)) {
    const definition = readDefinition(draft, declarations)
    declarations.definitions.set(draft.name, definition)
    byName.delete(draft.name)
    yield
  }
  for (const { reader, key, name, scalar } of byName.values()) {
    const way = circleFrom(name, byName)
    if (way[0] === name) reader.note(key, `"${name}" is defined by itself: ${way.join(' → ')}`, 'break the circle')
    declarations.definitions.set(name, broken(name, textOf(scalar)))
    declarations.environment.registerVariable(name, 'bool')
  }
}

function isNewName(
  { name, key }: NamedNode,
  reader: FileReader,
  places: Map<string, string>,
  { roles }: Declarations,
): boolean {
  const before = places.get(name)
  if (!isFreeName(name) || roles.includes(name)) {
    const what = roles.includes(name) ? 'is a role' : 'cannot be defined'
    reader.note(key, `"${name}" ${what}`, 'use letters, digits and _, and none of the words that rules have already')
  } else if (before !== undefined) {
    reader.note(key, `"${name}" is defined already`, `${before} has it; each definition needs its own name`)
  } else {
    places.set(name, `${reader.file.path}:${placeOf(reader.file, key?.range?.[0] ?? 0).line}`)
    return true
  }
  return false
}

function readDraft(
  { name, key, value, reader }: NamedNode & { readonly reader: FileReader },
  names: ReadonlyMap<string, string>,
  declarations: Declarations,
): Draft | undefined {
  const scalar = reader.text(value, name)
  if (!scalar) return undefined
  const ast = noteErrors(scalar, reader, () => parsedTree(textOf(scalar), declarations))
  const uses = ast ? [...namesIn(ast)].filter((one) => names.has(one)) : []
  return { name, key, scalar, reader, uses, isParsed: ast !== undefined }
}

/** Those that use no others first; what stands in a circle, or uses what does, is left out. */
function ordered(drafts: readonly Draft[]): readonly Draft[] {
  const known = new Set(drafts.map(({ name }) => name))
  const open = new Map(drafts.map((draft) => [draft.name, draft.uses.filter((one) => known.has(one)).length]))
  const users = new Map<string, Draft[]>()
  for (const draft of drafts) for (const used of draft.uses) users.set(used, [...(users.get(used) ?? []), draft])
  const done = drafts.filter(({ name }) => open.get(name) === 0)
  for (const draft of done) {
    for (const user of users.get(draft.name) ?? []) {
      const left = (open.get(user.name) ?? 0) - 1
      open.set(user.name, left)
      if (left === 0) done.push(user)
    }
  }
  return done
}

/** From one definition along the first unfinished one that each uses, until one comes again. */
function circleFrom(name: string, drafts: ReadonlyMap<string, Draft>): readonly string[] {
  const way: string[] = []
  for (let at: string | undefined = name; at !== undefined; ) {
    const again = way.indexOf(at)
    way.push(at)
    if (again >= 0) return way.slice(again)
    at = drafts.get(at)?.uses.find((one) => drafts.has(one))
  }
  return way
}

function broken(name: string, text: string): Definition {
  return { name, text, ast: undefined, depth: 1, firstSlot: 0, guard: undefined, mayErr: true, compiled: new Map() }
}

function readDefinition({ name, scalar, reader, key, uses, isParsed }: Draft, declarations: Declarations): Definition {
  const { environment, frame, definitions } = declarations
  const text = textOf(scalar)
  const depth = 1 + Math.max(0, ...uses.map((one) => definitions.get(one)?.depth ?? 0))
  if (depth > MAX_DEPTH) reader.note(key, `more than ${MAX_DEPTH} definitions within each other`, 'make it simpler')
  const checked = isParsed ? noteErrors(scalar, reader, () => checkedTree(text, declarations)) : undefined
  const firstSlot = frame.slots
  const plain =
    checked && noteErrors(scalar, reader, () => compileAs(checked.ast, declarations, { firstSlot, underRole: false }))
  environment.registerVariable(name, plain && checked ? checked.type : 'bool')
  if (!plain || !checked || depth > MAX_DEPTH) return broken(name, text)
  frame.slots += loopDepth(checked.ast)
  const compiled = new Map([[false, remembered(plain, declarations)]])
  const { ast } = checked
  return {
    name,
    text,
    ast,
    depth,
    firstSlot,
    guard: guardOf(ast, declarations),
    mayErr: mayErr(ast, declarations),
    compiled,
  }
}
