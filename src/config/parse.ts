/**
 * One YAML text → a tree with places. Only what a configuration needs: YAML 1.2 core, one document, string keys, no tags. The
 * library's own check for duplicate keys is quadratic and its own expansion of aliases loses places, so both are done here.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Problem } from './problem.ts'
import type { Entry, MapTree, Path, Place, ScalarTree, Tree } from './tree.ts'

/** No configuration is nested deeper or holds more values, aliases written out. */
const DEEPEST = 32
const MOST_VALUES = 100_000
const MOST_PROBLEMS = 50

/** What a text holds; with problems the tree is only what could be read. */
export interface Parsed {
  readonly tree: Tree
  readonly problems: readonly Problem[]
}

/** Reads one YAML text; `origin` is the file's name. An empty text is an empty map. */
export function parseYaml(text: string, origin: string): Parsed {
  const counter = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset)
    return { origin, line, column: col }
  }
  const start = { origin, line: 1, column: 1 }
  try {
    const document = parseDocument(text, { ...SETTINGS, lineCounter: counter })
    const problems = syntaxProblems(document, placeAt)
    if (problems.length > 0) return { tree: emptyMap(start), problems }
    return new Walk(document, placeAt).root(start)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { tree: emptyMap(start), problems: [tooDeep(start)] }
  }
}

/** A map with nothing in it. */
export function emptyMap(place: Place): MapTree {
  return { kind: 'map', entries: new Map(), place }
}

const SETTINGS = {
  prettyErrors: false,
  stringKeys: true,
  uniqueKeys: false,
  resolveKnownTags: false,
  version: '1.2',
} as const

const SYNTAX_REMEDIES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'one document per file: put the rest into a file of its own in peekaboo.d',
  TAG_RESOLVE_FAILED: 'write the value without a tag',
  NON_STRING_KEY: 'keys are plain words',
  BLOCK_AS_IMPLICIT_KEY: 'put a value that contains ": " in quotes, and begin each key on a line of its own',
}

function syntaxProblems(document: Document, placeAt: (offset: number) => Place): Problem[] {
  const found = [...document.errors, ...document.warnings].map((error) => {
    // The library's recursion has no bound of its own: it runs into that of the engine and reports it as a syntax error.
    if (error.message.startsWith('Maximum call stack')) return tooDeep(placeAt(error.pos[0]))
    return problem(placeAt(error.pos[0]), `not valid YAML: ${error.message}`, SYNTAX_REMEDIES[error.code] ?? '')
  })
  if (document.directives?.yaml.version === '1.2') return found
  return [...found, problem(placeAt(0), 'not valid YAML here: only YAML 1.2 is read', 'remove the %YAML line')]
}

function tooDeep(place: Place): Problem {
  return problem(place, 'is nested too deeply', `at most ${DEEPEST} levels`)
}

function problem(place: Place, message: string, remedy: string, path: Path = []): Problem {
  return { place, path, message, remedy }
}

/** One walk over a document: writes aliases out, counts values, and collects problems. */
class Walk {
  readonly #document: Document
  readonly #placeAt: (offset: number) => Place
  readonly #problems: Problem[] = []
  #values = 0

  constructor(document: Document, placeAt: (offset: number) => Place) {
    this.#document = document
    this.#placeAt = placeAt
  }

  root(start: Place): Parsed {
    const contents = this.#document.contents
    const isEmpty = contents === null || (isScalar(contents) && contents.value === null)
    const tree = isEmpty ? emptyMap(start) : this.#tree(contents, [])
    if (tree.kind !== 'map') this.#refuse(tree.place, [], 'is not a map', 'write keys, each with a colon and its value')
    return { tree: tree.kind === 'map' ? tree : emptyMap(start), problems: this.#problems }
  }

  #tree(node: unknown, path: Path): Tree {
    const place = this.#placeAt((node as Node | null)?.range?.[0] ?? 0)
    this.#values++
    if (path.length > DEEPEST) {
      return this.#refuse(place, path.slice(0, 3), 'is nested too deeply', `at most ${DEEPEST} levels`)
    }
    if (this.#values === MOST_VALUES)
      this.#refuse(place, [], 'too many values, aliases written out', `at most ${MOST_VALUES}`)
    if (this.#values >= MOST_VALUES) return nothing(place)
    if (isAlias(node)) return this.#alias(node.resolve(this.#document), node.source, place, path)
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item, i) => this.#tree(item, [...path, i])), place }
    if (isMap(node)) return this.#map(node.items, place, path)
    return this.#scalar(node, place, path)
  }

  #alias(target: Node | undefined, name: string, place: Place, path: Path): Tree {
    if (target) return this.#tree(target, path)
    return this.#refuse(place, path, `nothing before this is marked &${name}`, `mark the value with &${name} first`)
  }

  #map(pairs: readonly { key: unknown; value: unknown }[], place: Place, path: Path): Tree {
    const entries = new Map<string, Entry>()
    for (const { key, value } of pairs) {
      if (!isScalar(key)) continue
      const name = String(key.value)
      const keyPlace = this.#placeAt(key.range?.[0] ?? 0)
      const before = entries.get(name)
      const here = [...path, name]
      if (before) this.#refuse(keyPlace, here, `was written already at line ${before.keyPlace.line}`, 'remove one')
      else if (name === '__proto__') this.#refuse(keyPlace, here, 'unknown key', 'remove it')
      else entries.set(name, { keyPlace, value: value === null ? nothing(keyPlace) : this.#tree(value, here) })
    }
    return { kind: 'map', entries, place }
  }

  #scalar(node: unknown, place: Place, path: Path): Tree {
    const value = isScalar(node) ? node.value : null
    if (value === null || ['string', 'boolean', 'number'].includes(typeof value)) {
      return { kind: 'scalar', value: value as ScalarTree['value'], place }
    }
    return this.#refuse(
      place,
      path,
      'is not a value that a configuration may hold',
      'write text, a number, true or false',
    )
  }

  #refuse(place: Place, path: Path, message: string, remedy: string): Tree {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem(place, message, remedy, path))
    return nothing(place)
  }
}

function nothing(place: Place): ScalarTree {
  return { kind: 'scalar', value: null, place }
}
