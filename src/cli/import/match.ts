/** Patterns against values: the predecessor's `==` (anchored, by a quirk of its own) and `in` (anywhere). */
import { all, any, FALSE, literal, not } from './cel.ts'
import type { Losses } from './losses.ts'
import { hasTopLevelChoice, toRe2 } from './regex.ts'
import { opposite, type PatternsTerm, type Side, type Term, type TextTerm } from './term.ts'

const CHOICE = 'the predecessor anchors only the last alternative of a pattern at its end (/foo|bar/ == "foobar" holds)'

/** Whether any pattern matches the value, or any of its elements. */
export function matched(
  { patterns, texts }: PatternsTerm,
  value: Term,
  how: 'whole' | 'anywhere',
  side: Side,
  losses: Losses,
): string {
  if (value.kind === 'none') return FALSE
  if (value.kind === 'items') {
    const items = value.items.map(({ term, when }) =>
      all([when(side), matched({ kind: 'patterns', patterns, texts }, term, how, side, losses)]),
    )
    const listed = value.exists?.((cel) => any(patterns.map((pattern) => match(pattern, cel, how, side, losses))))
    return any([...items, listed ?? FALSE])
  }
  if (value.kind !== 'text') return losses.fail('a pattern compared with what is no text', side)
  if (value.cel === undefined) return losses.lose('a pattern for names of types, which are other names here', side)
  const { cel } = value
  const found = patterns.map((pattern) => notNone(pattern, value, match(pattern, cel, how, side, losses), side))
  // Python's `"x" in "text"` for the texts between the patterns; `==` never holds for them.
  const parts =
    how === 'anywhere' ? texts.map((text) => all([`${cel} != ''`, `${literal(text)}.contains(${cel})`])) : []
  return any([...found, ...parts])
}

function match(pattern: string, cel: string, how: 'whole' | 'anywhere', side: Side, losses: Losses): string {
  const isWide = side === 'wide'
  const re2 = toRe2(pattern, isWide)
  if ('why' in re2) return losses.lose(`the pattern ${JSON.stringify(pattern)}: ${re2.why}`, side)
  if (how === 'anywhere') return `${cel}.matches(${literal(re2.pattern)})`
  if (hasTopLevelChoice(pattern)) {
    losses.notes.add(`${CHOICE}; ${isWide ? 'so it does here' : 'here all of them are anchored'}`)
  }
  return `${cel}.matches(${literal(isWide ? `^(?:${re2.pattern}\\n?$)` : `^(?:${re2.pattern})$`)})`
}

/** No pattern matches None, which is an empty text here: only patterns that match nothing at all need be told. */
function notNone(pattern: string, text: TextTerm, condition: string, side: Side): string {
  if (text.literal !== undefined || condition === FALSE || !mayMatchEmpty(pattern)) return condition
  return all([not(text.isNone(opposite(side))), condition])
}

function mayMatchEmpty(pattern: string): boolean {
  try {
    return new RegExp(pattern).test('')
  } catch {
    return true
  }
}
