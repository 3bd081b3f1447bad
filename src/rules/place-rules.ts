/** Where rules stand: a site puts its own before, after or instead of others by their id, and switches others off. */
import { suggest } from './nearest.ts'
import type { Rule } from './read-rules.ts'
import { type FileReader, textOf, type YamlNode } from './yaml-file.ts'

export const PLACES = ['before', 'after', 'instead'] as const

/** Where a rule wants to stand, and where in its file it says so. */
export interface Placement {
  readonly how: (typeof PLACES)[number]
  readonly id: string
  readonly node: YamlNode
}

/** A rule as read, with where it wants to stand. */
export interface PlacedRule {
  readonly rule: Rule
  readonly placement: Placement | undefined
  readonly reader: FileReader
  /** Where its id is written. */
  readonly node: YamlNode
}

/** An entry under `off:`. */
export interface SwitchedOff {
  readonly node: YamlNode
  readonly reader: FileReader
}

/** The rules in the order in which they are asked, and those that are not asked. */
export interface Order {
  readonly rules: readonly Rule[]
  readonly off: readonly Rule[]
}

/** Orders the rules; what cannot be placed is noted where it is written. */
export function placeRules(all: readonly PlacedRule[], off: readonly SwitchedOff[]): Order {
  const byId = withoutDuplicates(all)
  const neighbours = neighboursOf(all, byId)
  const ordered = walk(all, neighbours)
  for (const { rule, placement, reader } of all) {
    const isElsewhere = !placement || ordered.has(rule) || neighbours.instead.has(rule.id)
    if (isElsewhere || !byId.has(placement.id) || byId.get(placement.id)?.rule === rule) continue
    if (placement.how !== 'instead' || neighbours.instead.get(placement.id)?.rule === rule) {
      reader.note(placement.node, 'these rules are placed in a circle', 'let one of them stand where it is written')
    }
  }
  const dead = new Set(off.flatMap((one) => readOff(one, byId) ?? []))
  const rules = [...ordered]
  return { rules: rules.filter(({ id }) => !dead.has(id)), off: rules.filter(({ id }) => dead.has(id)) }
}

/** An id may be there once more where a rule takes the place of the one that has it. */
function withoutDuplicates(all: readonly PlacedRule[]): ReadonlyMap<string, PlacedRule> {
  const byId = new Map<string, PlacedRule>()
  for (const one of all) {
    if (!isSuccessor(one)) {
      const other = byId.get(one.rule.id)
      if (!other) byId.set(one.rule.id, one)
      else noteTaken(one, other)
    }
  }
  for (const one of all) if (isSuccessor(one) && !byId.has(one.rule.id)) byId.set(one.rule.id, one)
  return byId
}

function noteTaken({ rule, reader, node }: PlacedRule, { rule: other }: PlacedRule): void {
  const there = `${other.file}:${other.line} has it already`
  const remedy = other.file === rule.file ? 'each rule needs its own' : `write instead: ${rule.id} to take its place`
  reader.note(node, `the id "${rule.id}" is taken`, `${there}; ${remedy}`)
}

/** A rule that takes the place of another with the same id. */
function isSuccessor({ rule, placement }: PlacedRule): boolean {
  return placement?.how === 'instead' && placement.id === rule.id
}

interface Neighbours {
  readonly before: ReadonlyMap<string, readonly PlacedRule[]>
  readonly after: ReadonlyMap<string, readonly PlacedRule[]>
  readonly instead: ReadonlyMap<string, PlacedRule>
}

function neighboursOf(all: readonly PlacedRule[], byId: ReadonlyMap<string, PlacedRule>): Neighbours {
  const before = new Map<string, PlacedRule[]>()
  const after = new Map<string, PlacedRule[]>()
  const instead = new Map<string, PlacedRule>()
  for (const one of all) {
    const { placement, reader } = one
    if (!placement) continue
    const { how, id, node } = placement
    const other = byId.get(id)
    if (!other || other === one) {
      const known = [...byId.keys()].filter((each) => each !== one.rule.id)
      reader.note(node, `there is no rule "${id}"${other ? ' but this one' : ''}`, suggestId(id, known))
    } else if (how !== 'instead') {
      const beside = how === 'before' ? before : after
      beside.set(id, [...(beside.get(id) ?? []), one])
    } else if (instead.has(id)) {
      const first = instead.get(id)?.rule
      reader.note(node, `the rule "${id}" is replaced already`, `${first?.file}:${first?.line} does; keep one`)
    } else instead.set(id, one)
  }
  return { before, after, instead }
}

/** Far too many to tell them all. */
function suggestId(id: string, known: readonly string[]): string {
  return suggest(id, known, '').startsWith('did') ? suggest(id, known, '') : 'peekaboo rules list shows them all'
}

/** From the rules that stand where they are written to those beside them. */
function walk(all: readonly PlacedRule[], { before, after, instead }: Neighbours): ReadonlySet<Rule> {
  const ordered = new Set<Rule>()
  const visited = new Set<Rule>()
  const open: (PlacedRule | Rule)[] = all.filter(({ placement }) => !placement).toReversed()
  for (let one = open.pop(); one; one = open.pop()) {
    if (!('rule' in one)) {
      ordered.add(one)
      continue
    }
    const { rule } = one
    if (visited.has(rule)) continue
    visited.add(rule)
    // What stands beside an id stands beside whatever rule takes its place; a successor with the same id has no others.
    const successor = instead.get(rule.id)
    const isReplaced = successor !== undefined && successor.rule !== rule
    const around = isSuccessor(one)
      ? { before: [], after: [] }
      : { before: before.get(rule.id), after: after.get(rule.id) }
    open.push(
      ...(around.after ?? []).toReversed(),
      isReplaced ? successor : rule,
      ...(around.before ?? []).toReversed(),
    )
  }
  return ordered
}

function readOff({ node, reader }: SwitchedOff, byId: ReadonlyMap<string, PlacedRule>): string | undefined {
  const scalar = reader.text(node, 'off')
  const id = scalar ? textOf(scalar) : ''
  if (byId.has(id)) return id
  if (scalar) reader.note(node, `there is no rule "${id}" to switch off`, suggestId(id, [...byId.keys()]))
  return undefined
}
