/**
 * What must be true of a sample for a condition to be anything but false: found when the rules are loaded, asked of all rules at once
 * (`rule-index.ts`). A guard never decides for a rule; it only spares the question where the answer is false for sure, and where
 * evaluating could neither wait, nor fail, nor be in error.
 */
import type { Declarations } from './declare.ts'
import { namedList } from './membership.ts'
import { children, type Node, type NodeOf, typeOf } from './node.ts'
import { patternLiteral } from './pattern-literal.ts'

/** A text fact, by the steps from its root; `[]` stands for every element of a list. */
export type Path = readonly string[]

/** One of the texts at a path is this one, or (regardless of case) has this one within. */
export interface Atom {
  readonly path: Path
  readonly how: 'is' | 'has'
  readonly text: string
}

/** The condition is false where none of these holds. */
export type Guard = readonly Atom[]

/** Beyond this a guard costs more than it spares. */
const MOST_ATOMS = 200
/** Shorter texts are found everywhere. */
const SHORTEST = 3

/** Where loop variables come from. */
type Variables = ReadonlyMap<string, Path>

/** The guard of a condition; undefined where there is none. */
export function guardOf(node: Node, declarations: Declarations): Guard | undefined {
  const guard = guardIn(node, declarations, new Map())
  return guard && guard.length <= MOST_ATOMS ? guard : undefined
}

function guardIn(node: Node, declarations: Declarations, variables: Variables): Guard | undefined {
  switch (node.op) {
    case '&&': {
      const [left, right] = node.args
      const own = guardIn(left, declarations, variables)
      return own ?? (mayErr(left, declarations) ? undefined : guardIn(right, declarations, variables))
    }
    case '||': {
      const left = guardIn(node.args[0], declarations, variables)
      const right = left && guardIn(node.args[1], declarations, variables)
      return right && left.length + right.length <= MOST_ATOMS ? [...left, ...right] : undefined
    }
    case '==':
      return equality(node, declarations, variables)
    case 'in':
      return membership(node, declarations, variables)
    case 'rcall':
      return node.args[0] === 'exists' ? exists(node, declarations, variables) : search(node, declarations, variables)
    case 'id': {
      return variables.has(node.args) ? undefined : declarations.definitions.get(node.args)?.guard
    }
    default:
      return undefined
  }
}

function equality(node: NodeOf<'=='>, declarations: Declarations, variables: Variables): Guard | undefined {
  const [a, b] = node.args
  const text = literalOf(a) ?? literalOf(b)
  const path = pathOf(literalOf(a) === undefined ? a : b, declarations, variables)
  return text !== undefined && path ? [{ path, how: 'is', text }] : undefined
}

/** `path in [texts]`, `path in lists.strings`, `text in path`. */
function membership(node: NodeOf<'in'>, declarations: Declarations, variables: Variables): Guard | undefined {
  const [needle, list] = node.args
  const text = literalOf(needle)
  if (text !== undefined) {
    const path = pathOf(list, declarations, variables, 'list<string>')
    return path && [{ path: [...path, '[]'], how: 'is', text }]
  }
  const path = pathOf(needle, declarations, variables)
  const texts = path && textsOf(list, declarations)
  return texts && texts.length <= MOST_ATOMS ? texts.map((one) => ({ path, how: 'is', text: one })) : undefined
}

function textsOf(node: Node, declarations: Declarations): readonly string[] | undefined {
  const named = namedList(node, declarations)
  if (named) return named.kind === 'strings' && !named.ignoreCase ? named.items : undefined
  if (node.op !== 'list') return undefined
  const texts = node.args.flatMap((item) => literalOf(item) ?? [])
  return texts.length === node.args.length ? texts : undefined
}

/** `path.exists(x, …)`: false where the body is false for every element. */
function exists(node: NodeOf<'rcall'>, declarations: Declarations, variables: Variables): Guard | undefined {
  const [, list, [variable, body]] = node.args
  const path = pathOf(list, declarations, variables, 'list')
  if (!path || variable?.op !== 'id' || !body) return undefined
  return guardIn(body, declarations, new Map(variables).set(variable.args, [...path, '[]']))
}

const SEARCHES: Readonly<Record<string, (text: string) => string>> = {
  contains: plain,
  startsWith: plain,
  endsWith: plain,
  containsIgnoreCase: plain,
  startsWithIgnoreCase: plain,
  endsWithIgnoreCase: plain,
  equalsIgnoreCase: plain,
  matches: patternLiteral,
  matchesIgnoreCase: patternLiteral,
}

/** Outside of ASCII it is not certain what is the same regardless of case. */
function plain(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text.toLowerCase() : ''
}

/** `path.contains(text)` and its like, also of the path in small or capital letters. */
function search(node: NodeOf<'rcall'>, declarations: Declarations, variables: Variables): Guard | undefined {
  const [name, receiver, [argument]] = node.args
  const literal = argument && literalOf(argument)
  const read = Object.hasOwn(SEARCHES, name) ? SEARCHES[name] : undefined
  const text = literal !== undefined && read ? read(literal) : ''
  if (text.length < SHORTEST) return undefined
  const path = pathOf(withoutCase(receiver), declarations, variables)
  return path && [{ path, how: 'has', text }]
}

function withoutCase(node: Node): Node {
  const isCase = node.op === 'rcall' && (node.args[0] === 'lowerAscii' || node.args[0] === 'upperAscii')
  return isCase ? node.args[1] : node
}

function literalOf(node: Node): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined
}

/** The steps to a fact of that type which is always known. */
function pathOf(node: Node, declarations: Declarations, variables: Variables, type = 'string'): Path | undefined {
  return typeOf(node).startsWith(type) ? stepsOf(node, declarations, variables) : undefined
}

function stepsOf(node: Node, declarations: Declarations, variables: Variables): Path | undefined {
  if (node.op === 'id')
    return variables.get(node.args) ?? (declarations.roots.includes(node.args) ? [node.args] : undefined)
  if (node.op !== '.' || isOptional(node, declarations)) return undefined
  const steps = stepsOf(node.args[0], declarations, variables)
  return steps && [...steps, node.args[1]]
}

function isOptional({ args: [object, name] }: NodeOf<'.'>, { fields }: Declarations): boolean {
  return fields.get(typeOf(object))?.[name]?.optional !== undefined
}

/** Operations that have a value whenever their operands have. */
const SURE: ReadonlySet<Node['op']> = new Set([
  ...(['value', 'id', 'list', '&&', '||', '!_', '?:', '==', '!=', '<', '<=', '>', '>=', 'in'] as const),
])
const UNSURE_CALLS: ReadonlySet<string> = new Set(['int', 'double', 'has'])

/** Whether evaluating may come to an error of the condition itself; what waits or fails for want of a report is none. */
export function mayErr(node: Node, declarations: Declarations): boolean {
  if (node.op === 'call' && node.args[0] === 'has') return false
  if (node.op === '.') {
    const isReport = typeOf(node.args[0]) === 'report'
    return !isReport && (isOptional(node, declarations) || mayErr(node.args[0], declarations))
  }
  if (node.op === 'id') {
    return declarations.definitions.get(node.args)?.mayErr === true
  }
  const isSure = SURE.has(node.op) || node.op === 'rcall' || (node.op === 'call' && !UNSURE_CALLS.has(node.args[0]))
  return !isSure || children(node).some((child) => mayErr(child, declarations))
}

/** For maps: the same path has the same key. */
export function keyOf(path: Path): string {
  return path.join('.')
}
