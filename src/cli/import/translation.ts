/** The tree of an expression → terms and conditions. */
import { nearest } from '../../core/index.ts'
import { all, any, literal, not } from './cel.ts'
import { compare } from './compare.ts'
import { arithmetic, negated } from './compute.ts'
import type { Losses } from './losses.ts'
import { type Expression, ExpressionError } from './syntax.ts'
import { always, flagOf, type Item, opposite, type PatternsTerm, type Side, type Term, textLiteral } from './term.ts'
import { truth } from './truth.ts'
import { knownPaths, meaningOf } from './vocabulary.ts'

/** The condition that holds when an expression does. Throws an `ExpressionError` for names that nobody knows. */
export function conditionOf(node: Expression, side: Side, losses: Losses): string {
  switch (node.kind) {
    case 'and':
      return all(node.items.map((item) => conditionOf(item, side, losses)))
    case 'or':
      return any(node.items.map((item) => conditionOf(item, side, losses)))
    case 'compare':
      return chain(node, side, losses)
    case 'unary':
      if (node.op === 'not') return not(conditionOf(node.operand, opposite(side), losses))
      return truth(termOf(node, losses), side, losses)
    default:
      return truth(termOf(node, losses), side, losses)
  }
}

/** `a < b < c` is `a < b and b < c`. */
function chain(node: Expression & { kind: 'compare' }, side: Side, losses: Losses): string {
  let left = termOf(node.first, losses)
  const links = node.rest.map(({ op, operand }) => {
    const right = termOf(operand, losses)
    const link = compare(op, left, right, side, losses)
    left = right
    return link
  })
  return all(links)
}

/** What an expression stands for. */
export function termOf(node: Expression, losses: Losses): Term {
  switch (node.kind) {
    case 'none':
      return { kind: 'none' }
    case 'true':
    case 'false':
      return flagOf(node.kind === 'true')
    case 'number': {
      const cel = node.isReal && Number.isInteger(node.value) ? node.value.toFixed(1) : String(node.value)
      return { kind: 'number', cel, isReal: node.isReal, literal: node.value }
    }
    case 'text':
      return textLiteral(node.value, literal(node.value))
    case 'regex':
      return { kind: 'patterns', patterns: [node.value], texts: [] }
    case 'result':
      return { kind: 'result', result: node.value }
    case 'path':
      return named(node.path, node.at, losses)
    case 'list':
    case 'set':
      return collection(node.items, node.kind === 'set', losses)
    case 'unary':
      return node.op === 'not' ? flag(node, losses) : negated(node.op, termOf(node.operand, losses))
    case 'arithmetic':
      return node.rest.reduce<Term>(
        (left, { op, operand }) => arithmetic(op, left, termOf(operand, losses), losses),
        termOf(node.first, losses),
      )
    default:
      return flag(node, losses)
  }
}

function flag(node: Expression, losses: Losses): Term {
  return { kind: 'flag', test: (side) => conditionOf(node, side, losses) }
}

function named(path: readonly string[], at: number, losses: Losses): Term {
  const name = path.join('.')
  const meaning = meaningOf(path, losses)
  if (meaning) return meaning
  const meant = nearest(name, knownPaths())
  throw new ExpressionError(at, `${name} is not known${meant === undefined ? '' : `: did you mean ${meant}?`}`)
}

function collection(nodes: readonly Expression[], isSet: boolean, losses: Losses): Term {
  const terms = nodes.map((node) => termOf(node, losses))
  if (terms.some(({ kind }) => kind === 'patterns')) return patterns(terms, isSet, losses)
  const items: readonly Item[] = terms.filter(({ kind }) => !isSet || kind !== 'none').map(always)
  return { kind: 'items', isSet, items }
}

function patterns(terms: readonly Term[], isSet: boolean, losses: Losses): PatternsTerm {
  if (isSet) losses.notes.add('a set of patterns stopped the predecessor at start; it is taken as a list')
  return {
    kind: 'patterns',
    patterns: terms.flatMap((term) => (term.kind === 'patterns' ? term.patterns : [])),
    texts: terms.flatMap((term) => (term.kind === 'text' && term.literal !== undefined ? [term.literal] : [])),
  }
}
