/** Arithmetic of expressions, and union, intersection and difference of sets. */
import { all, FALSE, not } from './cel.ts'
import { holds } from './compare.ts'
import type { Losses } from './losses.ts'
import { celOf, constant, type Item, type ItemsTerm, type NumberTerm, opposite, type Term } from './term.ts'

/** What can be computed of two numbers that are written out. */
const COMPUTE: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => a - b * Math.floor(a / b),
  '**': (a, b) => a ** b,
  '<<': (a, b) => a * 2 ** b,
  '>>': (a, b) => Math.floor(a / 2 ** b),
}

/** `left op right`. */
export function arithmetic(op: string, left: Term, right: Term, losses: Losses): Term {
  const lost = [left, right].find((term) => term.kind === 'lost')
  if (lost) return lost
  if (left.kind === 'number' && right.kind === 'number') return numbers(op, left, right)
  if (left.kind === 'items' && right.kind === 'items' && !left.exists && !right.exists) {
    return left.isSet && right.isSet ? sets(op, left, right, losses) : lists(op, left, right)
  }
  return { kind: 'lost', why: `"${op}" of these values`, fails: true }
}

/** `+ - ~` before a value. */
export function negated(op: string, term: Term): Term {
  if (term.kind === 'lost' || (op === '+' && term.kind === 'number')) return term
  if (op !== '-' || term.kind !== 'number') return { kind: 'lost', why: `"${op}" of this value`, fails: true }
  if (term.literal === undefined) return { kind: 'number', cel: `(-${term.cel})`, isReal: term.isReal }
  return constant(-term.literal, term.isReal)
}

function numbers(op: string, left: NumberTerm, right: NumberTerm): Term {
  const isReal = left.isReal || right.isReal || op === '/'
  if (left.literal !== undefined && right.literal !== undefined) {
    const value = COMPUTE[op]?.(left.literal, right.literal) ?? Number.NaN
    return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER
      ? constant(value, isReal)
      : { kind: 'lost', why: `"${op}" of these numbers`, fails: true }
  }
  const sign = op === '//' ? '/' : op
  if (!['+', '-', '*', '/', '%'].includes(sign) || (isReal && (op === '//' || op === '%'))) {
    return { kind: 'lost', why: `"${op}" of a number that is not written out`, fails: true }
  }
  const [a, b] = [left, right].map((side) => celOf(side, isReal))
  return { kind: 'number', cel: `(${a} ${sign} ${b})`, isReal }
}

function lists(op: string, left: ItemsTerm, right: ItemsTerm): Term {
  if (op !== '+' || left.isSet || right.isSet) return { kind: 'lost', why: `"${op}" of lists`, fails: true }
  return { kind: 'items', isSet: false, items: [...left.items, ...right.items] }
}

function sets(op: string, left: ItemsTerm, right: ItemsTerm, losses: Losses): Term {
  const within = (one: readonly Item[], other: ItemsTerm, isIn: boolean): readonly Item[] =>
    one.map(({ term, when }) => ({
      term,
      when: (side) => {
        const inner = holds(term, other, isIn ? side : opposite(side), losses)
        return all([when(side), isIn ? inner : not(inner)])
      },
    }))
  const items: Readonly<Record<string, readonly Item[]>> = {
    '|': [...left.items, ...right.items],
    '&': within(left.items, right, true),
    '-': within(left.items, right, false),
    '^': [...within(left.items, right, false), ...within(right.items, left, false)],
  }
  const found = items[op]
  if (!found) return { kind: 'lost', why: `"${op}" of sets`, fails: true }
  return { kind: 'items', isSet: true, items: found.filter(({ when }) => when('wide') !== FALSE) }
}
