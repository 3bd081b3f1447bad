/** What a part of an expression stands for, and the parts of conditions that can be made of it. */
import { FALSE, isOneOf, TRUE } from './cel.ts'

/** Where a condition cannot say exactly what was meant: rather too often (`wide`) or too seldom (`narrow`) true. */
export type Side = 'wide' | 'narrow'

/** The other side, for what stands behind a "not". */
export function opposite(side: Side): Side {
  return side === 'wide' ? 'narrow' : 'wide'
}

export type Term =
  | { readonly kind: 'none' }
  | { readonly kind: 'flag'; readonly test: (side: Side) => string }
  | NumberTerm
  | TextTerm
  | ItemsTerm
  | PatternsTerm
  | { readonly kind: 'result'; readonly result: string }
  | LostTerm

export interface NumberTerm {
  readonly kind: 'number'
  readonly cel: string
  readonly isReal: boolean
  readonly literal?: number
  /** The largest value that it can have here; the predecessor's had no bound. */
  readonly most?: number
}

export interface TextTerm {
  readonly kind: 'text'
  /** Absent where only equality can be asked, as names of types differ. */
  readonly cel?: string
  readonly literal?: string
  readonly isIn: (texts: readonly string[], side: Side) => string
  /** Whether the predecessor would have had None. */
  readonly isNone: (side: Side) => string
}

/** A list or set. */
export interface ItemsTerm {
  readonly kind: 'items'
  readonly isSet: boolean
  readonly items: readonly Item[]
  /** A list that is only known when a sample is looked at: whether any of it passes a test. */
  readonly exists?: (test: (cel: string) => string) => string
}

export interface Item {
  readonly term: Term
  readonly when: (side: Side) => string
}

/** One pattern or several, and texts between them. */
export interface PatternsTerm {
  readonly kind: 'patterns'
  readonly patterns: readonly string[]
  readonly texts: readonly string[]
}

/** Something that has no counterpart; where `guard` does not hold it would have been false or empty. */
export interface LostTerm {
  readonly kind: 'lost'
  readonly why: string
  readonly guard?: string
  /** Whether the predecessor failed at it. */
  readonly fails?: boolean
}

/** A text that is written out. */
export function textLiteral(text: string, cel: string): TextTerm {
  return {
    kind: 'text',
    cel,
    literal: text,
    isIn: (texts) => (texts.includes(text) ? TRUE : FALSE),
    isNone: () => FALSE,
  }
}

/** A fact that is a text here and empty where the predecessor had None. */
export function textFact(cel: string, fold: (text: string) => string = (text) => text): TextTerm {
  return {
    kind: 'text',
    cel,
    isIn: (texts) => isOneOf(cel, [...new Set(texts.map(fold))]),
    isNone: () => `${cel} == ''`,
  }
}

/** A condition that is certain. */
export function flagOf(holds: boolean): Term {
  return { kind: 'flag', test: () => (holds ? TRUE : FALSE) }
}

/** An element that is there whatever the sample. */
export function always(term: Term): Item {
  return { term, when: () => TRUE }
}

/** A number that is written out. */
export function constant(value: number, isReal: boolean): NumberTerm {
  const text = isReal && Number.isInteger(value) ? value.toFixed(1) : String(value)
  return { kind: 'number', cel: value < 0 ? `(${text})` : text, isReal, literal: value }
}

/** A number as condition text, real where it is compared or computed with a real one. */
export function celOf({ cel, isReal, literal }: NumberTerm, wantsReal: boolean): string {
  if (isReal || !wantsReal) return cel
  return literal === undefined ? `double(${cel})` : constant(literal, true).cel
}
