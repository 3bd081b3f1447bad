/** Which of many rules can apply to a sample at all: looked up by what it is and is called, instead of asking each of them. */
import { fold } from './fold.ts'
import { type Atom, type Guard, keyOf, type Path } from './guard.ts'
import type { KnownRecord } from './scope.ts'

/** Something with a guard, and its number in the order of all. */
interface Guarded {
  readonly guard: Guard | undefined
}

/** Says which may apply, in their order. */
export type Candidates<T> = (facts: KnownRecord) => readonly T[]

/** Fewer are asked one by one. */
const FEWEST = 16
/** Longest text that is looked through; of a longer one all rules that look at it are asked. */
const LONGEST_TEXT = 4096
/** Most elements of a list that are looked at one by one. */
const MOST_TEXTS = 1000

/** The texts of one path, and the numbers of the rules that want them. */
interface Shelf {
  readonly path: Path
  readonly is: Map<string, number[]>
  /** By three characters of the text: rules that want it within. */
  readonly has: Map<number, { readonly text: string; readonly rule: number }[]>
  readonly all: number[]
}

/** Prepares a list of rules. */
export function indexRules<T extends Guarded>(rules: readonly T[]): Candidates<T> {
  const always: number[] = []
  const shelves = new Map<string, Shelf>()
  for (const [i, { guard }] of rules.entries()) {
    if (!guard) always.push(i)
    else for (const atom of guard) place(atom, i, shelves)
  }
  if (rules.length - always.length < FEWEST) return () => rules
  const all = [...shelves.values()]
  return (facts) => {
    const found = new Set<number>(always)
    for (const shelf of all) collect(shelf, facts, found)
    const numbers = found.size === always.length ? always : [...found].sort((a, b) => a - b)
    return numbers.flatMap((i) => rules[i] ?? [])
  }
}

function place({ path, how, text }: Atom, rule: number, shelves: Map<string, Shelf>): void {
  const key = keyOf(path)
  const shelf: Shelf = shelves.get(key) ?? { path, is: new Map(), has: new Map(), all: [] }
  shelves.set(key, shelf)
  shelf.all.push(rule)
  if (how === 'is') {
    const rules = shelf.is.get(text)
    if (rules) rules.push(rule)
    else shelf.is.set(text, [rule])
    return
  }
  const gram = rarestGram(text, shelf)
  const wanted = shelf.has.get(gram)
  if (wanted) wanted.push({ text, rule })
  else shelf.has.set(gram, [{ text, rule }])
}

function gramAt(text: string, at: number): number {
  return (text.charCodeAt(at) << 16) ^ (text.charCodeAt(at + 1) << 8) ^ text.charCodeAt(at + 2)
}

/** Many texts end in `.exe`: the three characters that the fewest others have tell most. */
function rarestGram(text: string, { has }: Shelf): number {
  let rarest = gramAt(text, 0)
  for (let at = 1; at <= text.length - 3; at++) {
    const gram = gramAt(text, at)
    if ((has.get(gram)?.length ?? 0) < (has.get(rarest)?.length ?? 0)) rarest = gram
  }
  return rarest
}

function collect(shelf: Shelf, facts: KnownRecord, found: Set<number>): void {
  const texts = textsAt(shelf.path, facts)
  const isTooMuch = texts && (texts.length > MOST_TEXTS || texts.some((text) => text.length > LONGEST_TEXT))
  if (!texts || isTooMuch) addAll(shelf.all, found)
  else for (const text of texts) collectOne(shelf, text, found)
}

function collectOne({ is, has }: Shelf, text: string, found: Set<number>): void {
  const rules = is.get(text)
  if (rules) addAll(rules, found)
  if (has.size === 0) return
  const folded = fold(text)
  for (let at = 0; at <= folded.length - 3; at++) {
    const wanted = has.get(gramAt(folded, at))
    if (wanted) for (const one of wanted) if (folded.includes(one.text)) found.add(one.rule)
  }
}

function addAll(rules: readonly number[], found: Set<number>): void {
  for (const rule of rules) found.add(rule)
}

/** All texts at a path; undefined where something else stands there than was declared. */
function textsAt(path: Path, facts: KnownRecord): readonly string[] | undefined {
  let values: unknown[] = [facts]
  for (const step of path) {
    const next: unknown[] = []
    for (const value of values) {
      if (typeof value !== 'object' || value === null) return undefined
      if (step !== '[]') next.push((value as KnownRecord)[step])
      else if (Array.isArray(value)) for (const item of value) next.push(item)
      else return undefined
    }
    values = next
  }
  return values.every((value) => typeof value === 'string') ? (values as string[]) : undefined
}
