/** A value where a condition is wanted: Python's truth. */
import { all, any, FALSE, not, TRUE } from './cel.ts'
import type { Losses } from './losses.ts'
import { opposite, type Side, type Term } from './term.ts'

/** Whether Python would take the value for true. */
export function truth(term: Term, side: Side, losses: Losses): string {
  switch (term.kind) {
    case 'none':
      return FALSE
    case 'flag':
      return term.test(side)
    case 'number':
      if (term.literal !== undefined) return term.literal === 0 ? FALSE : TRUE
      return `${term.cel} != ${term.isReal ? '0.0' : '0'}`
    case 'text':
      if (term.literal !== undefined) return term.literal === '' ? FALSE : TRUE
      return term.cel === undefined ? not(term.isNone(opposite(side))) : `${term.cel} != ''`
    case 'items':
      if (term.exists) return term.exists(() => TRUE)
      if (!term.isSet) return term.items.length === 0 ? FALSE : TRUE
      return any(term.items.map((item) => all([item.when(side), not(isNone(item.term, opposite(side)))])))
    case 'patterns':
    case 'result':
      return TRUE
    case 'lost':
      return term.fails ? losses.fail(term.why, side) : losses.lose(term.why, side, term.guard)
    default:
      return term satisfies never
  }
}

/** Whether a term is None. */
export function isNone(term: Term, side: Side): string {
  if (term.kind === 'none') return TRUE
  return term.kind === 'text' ? term.isNone(side) : FALSE
}
