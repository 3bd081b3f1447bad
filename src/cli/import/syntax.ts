/** The tree of the predecessor's expressions. */

/** A part of an expression; `at` is where it begins in the text. */
export type Expression =
  | { readonly kind: 'none' | 'true' | 'false'; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly isReal: boolean; readonly at: number }
  | { readonly kind: 'text' | 'regex' | 'result'; readonly value: string; readonly at: number }
  | { readonly kind: 'list' | 'set'; readonly items: readonly Expression[]; readonly at: number }
  | { readonly kind: 'path'; readonly path: readonly string[]; readonly at: number }
  | { readonly kind: 'unary'; readonly op: string; readonly operand: Expression; readonly at: number }
  | {
      readonly kind: 'arithmetic'
      readonly first: Expression
      readonly rest: readonly Step[]
      readonly at: number
    }
  | { readonly kind: 'compare'; readonly first: Expression; readonly rest: readonly Step[]; readonly at: number }
  | { readonly kind: 'and' | 'or'; readonly items: readonly Expression[]; readonly at: number }

/** A further operand with the operator before it. */
export interface Step {
  readonly op: string
  readonly operand: Expression
}

/** `condition -> result`. */
export interface Implication {
  readonly condition: Expression
  readonly result: Expression
}

/** What is wrong with the text of an expression, and where in it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}
