/** The predecessor's expressions as its documentation describes them, evaluated in the simplest way: what imports are compared with. */
import type { Expression } from '../../../src/cli/import/syntax.ts'

/** A value of Python; a set is a list without None. */
export type Value = null | boolean | number | string | RegExp | readonly Value[]

/** What the predecessor would have answered with "failed". */
export class PythonError extends Error {}

export type Facts = ReadonlyMap<string, Value>

/** The value of an expression. */
export function evaluate(node: Expression, facts: Facts): Value {
  switch (node.kind) {
    case 'none':
      return null
    case 'true':
    case 'false':
      return node.kind === 'true'
    case 'number':
    case 'text':
      return node.value
    case 'regex':
      return new RegExp(node.value, 's')
    case 'path':
      return facts.get(node.path.join('.')) ?? null
    case 'list':
      return node.items.map((item) => evaluate(item, facts))
    case 'set':
      return node.items.map((item) => evaluate(item, facts)).filter((value) => value !== null)
    case 'and':
      return node.items.every((item) => isTrue(evaluate(item, facts)))
    case 'or':
      return node.items.some((item) => isTrue(evaluate(item, facts)))
    case 'unary':
      if (node.op !== 'not') throw new PythonError('not in this reference')
      return !isTrue(evaluate(node.operand, facts))
    case 'compare':
      return chain(node, facts)
    default:
      throw new PythonError('not in this reference')
  }
}

/** Python's truth. */
export function isTrue(value: Value): boolean {
  return Array.isArray(value) ? value.length > 0 : value instanceof RegExp || Boolean(value)
}

function chain(node: Expression & { kind: 'compare' }, facts: Facts): boolean {
  let left = evaluate(node.first, facts)
  for (const { op, operand } of node.rest) {
    const right = evaluate(operand, facts)
    if (!compare(op, left, right)) return false
    left = right
  }
  return true
}

function compare(op: string, a: Value, b: Value): boolean {
  if (op === '==' || op === '!=') return equal(a, b) === (op === '==')
  if (op === 'in') return b !== null && holds(a, b)
  // With a pattern on the left the sides are swapped first, so that None is what is looked for.
  if (op === 'not in') return (b !== null || a instanceof RegExp) && !holds(a, b)
  if (Array.isArray(a) && Array.isArray(b)) {
    const within = (one: readonly Value[], other: readonly Value[]) => one.every((x) => other.some((y) => equal(x, y)))
    if (op === 'isdisjoint') return !a.some((x) => b.some((y) => equal(x, y)))
    const [less, more] = op.startsWith('<') ? [a, b] : [b, a]
    return within(less, more) && (op.length === 2 || !within(more, less))
  }
  if (typeof a === 'number' && typeof b === 'number') return order(op, a - b)
  if (typeof a === 'string' && typeof b === 'string') return order(op, a < b ? -1 : a > b ? 1 : 0)
  throw new PythonError(`${op} of other kinds`)
}

function order(op: string, sign: number): boolean {
  if (op.startsWith('<')) return sign < 0 || (op === '<=' && sign === 0)
  return sign > 0 || (op === '>=' && sign === 0)
}

function equal(a: Value, b: Value): boolean {
  if (a instanceof RegExp) return matches(new RegExp(`^(?:${a.source}\\n?$)`, 's'), b)
  if (b instanceof RegExp) return equal(b, a)
  if (Array.isArray(a) && Array.isArray(b)) return compare('<=', a, b) && compare('>=', a, b)
  return a === b
}

function holds(a: Value, b: Value): boolean {
  if (a instanceof RegExp) return matches(a, b)
  if (b instanceof RegExp) return matches(b, a)
  if (Array.isArray(b)) return b.some((one: Value) => equal(a, one))
  if (typeof a === 'string' && typeof b === 'string') return b.includes(a)
  throw new PythonError('in of other kinds')
}

function matches(pattern: RegExp, value: Value): boolean {
  if (value === null) return false
  if (Array.isArray(value)) return value.some((one: Value) => matches(pattern, one))
  if (typeof value !== 'string') throw new PythonError('a pattern and no text')
  return pattern.test(value)
}
