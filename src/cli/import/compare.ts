/** Comparisons of the predecessor: equality, membership, subsets, order, with its rules for None. */
import { all, any, FALSE, not, TRUE } from './cel.ts'
import type { Losses } from './losses.ts'
import { matched } from './match.ts'
import { celOf, type ItemsTerm, type NumberTerm, opposite, type Side, type Term, type TextTerm } from './term.ts'
import { isNone } from './truth.ts'

type Compare = (left: Term, right: Term, side: Side, losses: Losses) => string

/** By operator. */
const OPERATORS: Readonly<Record<string, Compare>> = {
  '==': equal,
  '!=': (a, b, side, losses) => not(equal(a, b, opposite(side), losses)),
  is: equal,
  'is not': (a, b, side, losses) => not(equal(a, b, opposite(side), losses)),
  in: holds,
  'not in': holdsNot,
  isdisjoint: (a, b, side, losses) => disjoint(a, b, side, losses),
  '<=': (a, b, side, losses) => ordered('<=', a, b, side, losses),
  '<': (a, b, side, losses) => ordered('<', a, b, side, losses),
  '>=': (a, b, side, losses) => ordered('>=', a, b, side, losses),
  '>': (a, b, side, losses) => ordered('>', a, b, side, losses),
}

/** The condition of one comparison. */
export function compare(op: string, left: Term, right: Term, side: Side, losses: Losses): string {
  const lost = [left, right].find((term) => term.kind === 'lost')
  if (lost?.fails) return losses.fail(lost.why, side)
  if (lost) return losses.lose(lost.why, side, isFalseWhenEmpty(op, left, right) ? lost.guard : undefined)
  return OPERATORS[op]?.(left, right, side, losses) ?? losses.lose(`the comparison "${op}"`, side)
}

/** `x == True` and `/x/ in x` are false of what is empty; `x == False` is not. */
function isFalseWhenEmpty(op: string, left: Term, right: Term): boolean {
  const other = left.kind === 'lost' ? right : left
  if (op === 'in') return true
  return op === '==' && (other.kind === 'patterns' || (other.kind === 'flag' && other.test('wide') === TRUE))
}

function equal(a: Term, b: Term, side: Side, losses: Losses): string {
  if (a.kind === 'patterns') return matched(a, b, 'whole', side, losses)
  if (b.kind === 'patterns') return matched(b, a, 'whole', side, losses)
  if (a.kind === 'none') return isNone(b, side)
  if (b.kind === 'none') return isNone(a, side)
  if (a.kind === 'flag' && b.kind === 'flag') {
    const other = opposite(side)
    return any([all([a.test(side), b.test(side)]), all([not(a.test(other)), not(b.test(other))])])
  }
  if (a.kind === 'number' && b.kind === 'number') return numbers('==', a, b, side)
  if (a.kind === 'text' && b.kind === 'text') return equalTexts(a, b, side, losses)
  if (a.kind === 'items' && b.kind === 'items') {
    if (a.isSet && b.isSet) return all([subset(a, b, side, losses), subset(b, a, side, losses)])
    return losses.lose('lists that are compared as wholes', side)
  }
  return a.kind === 'result' || b.kind === 'result' ? losses.lose('a result that is compared', side) : FALSE
}

function equalTexts(a: TextTerm, b: TextTerm, side: Side, losses: Losses): string {
  if (b.literal !== undefined) return a.isIn([b.literal], side)
  if (a.literal !== undefined) return b.isIn([a.literal], side)
  if (a.cel !== undefined && b.cel !== undefined) {
    const same = `${a.cel} == ${b.cel}`
    return side === 'wide' || isNoneAlike(a, b) ? same : all([same, any([`${a.cel} != ''`, emptyAlike(a, b)])])
  }
  return losses.lose('names of types that are compared with each other', side)
}

/** Whether an empty text of ours says the same of both: None of each, or of neither. */
function isNoneAlike(a: TextTerm, b: TextTerm): boolean {
  const saysNone = [a, b].map((text) =>
    [text.isNone('narrow'), text.isNone('wide')].map((one) => one === `${text.cel} == ''`),
  )
  if (saysNone.flat().every(Boolean)) return true
  return a.isNone('wide') === FALSE && b.isNone('wide') === FALSE
}

/** Of two texts that are empty here: both were None for sure, or neither was. None is no empty text. */
function emptyAlike(a: TextTerm, b: TextTerm): string {
  const bothNone = all([a.isNone('narrow'), b.isNone('narrow')])
  return any([bothNone, all([not(a.isNone('wide')), not(b.isNone('wide'))])])
}

/** `a in b`: nothing is in None. */
export function holds(a: Term, b: Term, side: Side, losses: Losses): string {
  if (b.kind === 'none') return FALSE
  if (a.kind === 'patterns') return matched(a, b, 'anywhere', side, losses)
  if (b.kind === 'patterns') return matched(b, a, 'anywhere', side, losses)
  if (b.kind === 'items') return holdsItem(a, b, side, losses)
  if (a.kind !== 'text' || b.kind !== 'text') return losses.fail('"in" of these values', side)
  if (a.cel === undefined || b.cel === undefined) return losses.lose('a part of the name of a type', side)
  const found = `${b.cel}.contains(${a.cel})`
  const condition = unlessNone([a], found, side, losses)
  return isWritten(a) || b.isNone(side) === FALSE ? condition : all([not(b.isNone(opposite(side))), condition])
}

/** The predecessor failed where one of these was None. */
function unlessNone(texts: readonly TextTerm[], condition: string, side: Side, losses: Losses): string {
  const nones = [...new Set(texts.map((text) => text.isNone('narrow')))].filter((one) => one !== FALSE)
  if (nones.length === 0) return condition
  const failed = losses.fail(
    `a comparison of ${texts.map(({ cel }) => cel).join(', ')} at which the predecessor failed where there was none`,
    side,
  )
  return any([all([any(nones), failed]), all([...nones.map(not), condition])])
}

function holdsItem(a: Term, { items, exists, isSet }: ItemsTerm, side: Side, losses: Losses): string {
  const texts = items.flatMap(({ term, when }) =>
    term.kind === 'text' && term.literal !== undefined && when(side) === TRUE ? [term.literal] : [],
  )
  const others = items.filter(
    ({ term, when }) => !(term.kind === 'text' && term.literal !== undefined && when(side) === TRUE),
  )
  // A set drops None, also that of a fact.
  const isThere = (term: Term) => (isSet && !isWritten(a) ? not(isNone(term, opposite(side))) : TRUE)
  const parts = others.map(({ term, when }) => all([when(side), isThere(term), equal(a, term, side, losses)]))
  if (a.kind === 'text' && texts.length > 0) parts.push(a.isIn(texts, side))
  if (exists && a.kind === 'text') {
    const { cel } = a
    parts.push(
      cel === undefined ? losses.lose('names of types in a report', side) : exists((one) => `${one} == ${cel}`),
    )
  }
  return any(parts)
}

/** Whether it is a text that no None is equal to or holds. */
function isWritten(term: Term): boolean {
  return term.kind === 'text' && term.literal !== undefined && term.literal !== ''
}

/** Nor is anything "not in" None. */
function holdsNot(a: Term, b: Term, side: Side, losses: Losses): string {
  if (b.kind === 'none' && a.kind !== 'patterns') return FALSE
  const outside = not(holds(a, b, opposite(side), losses))
  if (b.kind !== 'text' || a.kind === 'patterns') return outside
  return all([not(b.isNone(opposite(side))), outside])
}

function ordered(op: string, a: Term, b: Term, side: Side, losses: Losses): string {
  if (a.kind === 'number' && b.kind === 'number') return numbers(op, a, b, side)
  if (a.kind === 'items' && b.kind === 'items' && a.isSet && b.isSet && !a.exists && !b.exists) {
    const [less, more] = op.startsWith('<') ? [a, b] : [b, a]
    const within = subset(less, more, side, losses)
    return op.length === 2 ? within : all([within, not(subset(more, less, opposite(side), losses))])
  }
  if (a.kind === 'text' && b.kind === 'text' && a.cel !== undefined && b.cel !== undefined) {
    return unlessNone([a, b], `${a.cel} ${op} ${b.cel}`, side, losses)
  }
  return losses.fail(`"${op}" of these values, at which the predecessor failed`, side)
}

/** The empty set is a subset of everything, also here. */
function subset(less: ItemsTerm, more: ItemsTerm, side: Side, losses: Losses): string {
  const other = opposite(side)
  return all(
    less.items.map(({ term, when }) => any([not(when(other)), isNone(term, side), holds(term, more, side, losses)])),
  )
}

function disjoint(a: Term, b: Term, side: Side, losses: Losses): string {
  if (a.kind !== 'items' || b.kind !== 'items' || a.exists || !a.isSet)
    return losses.fail('"isdisjoint" of these values', side)
  const other = opposite(side)
  return not(
    any(a.items.map(({ term, when }) => all([when(other), not(isNone(term, side)), holds(term, b, other, losses)]))),
  )
}

/** A score of ours ends at 10: a bound beyond it, which a larger score would have passed, is met by 10. */
function numbers(op: string, a: NumberTerm, b: NumberTerm, side: Side): string {
  const isReal = a.isReal || b.isReal
  const [value, bound, more] = a.literal === undefined ? [a, b, '>'] : [b, a, '<']
  if (side === 'wide' && value.most !== undefined && (bound.literal ?? 0) >= value.most && op.startsWith(more)) {
    return `${value.cel} >= ${value.most.toFixed(1)}`
  }
  return `${celOf(a, isReal)} ${op} ${celOf(b, isReal)}`
}
