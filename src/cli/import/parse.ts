/** The words of an expression → its tree: a precedence parser with the predecessor's levels. */
import { type Expression, ExpressionError, type Implication, type Step } from './syntax.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Binary operators, the loosest first; comparisons chain, everything else associates to the left. */
const LEVELS: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/', '//', '%']]
const COMPARISONS = ['<', '<=', '>', '>=', '==', '!=', 'isdisjoint', 'is', 'in', 'not']
const RESULTS = ['bad', 'fail', 'good', 'ignore', 'unknown']
const DEEPEST = 50

/** Parses `condition -> result`. Throws an `ExpressionError`. */
export function parseExpression(text: string): Implication {
  return new Parser(tokensOf(text)).implication()
}

class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  implication(): Implication {
    const condition = this.#or()
    if (!this.#take('->')) throw this.#error('"->" and a result must follow here')
    const result = this.#or()
    if (this.#token.text === '->') throw this.#error('only one "->" can be carried over')
    if (this.#token.kind !== 'end') throw this.#error(`${JSON.stringify(this.#token.raw)} cannot stand here`)
    return { condition, result }
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: 0, raw: '' }
  }

  #take(...words: readonly string[]): Token | undefined {
    const token = this.#token
    if ((token.kind !== 'sign' && token.kind !== 'name') || !words.includes(token.text)) return undefined
    this.#next++
    return token
  }

  #error(message: string): ExpressionError {
    return new ExpressionError(this.#token.at, message)
  }

  /** Runs one level deeper; a text nested deeper than any person writes is refused. */
  #deeper<T>(parse: () => T): T {
    this.#depth++
    if (this.#depth > DEEPEST) throw this.#error(`nested deeper than ${DEEPEST} levels`)
    const parsed = parse()
    this.#depth--
    return parsed
  }

  #or(): Expression {
    return this.#logic('or', () => this.#logic('and', () => this.#not()))
  }

  #logic(kind: 'and' | 'or', operand: () => Expression): Expression {
    const { at } = this.#token
    const items = [operand()]
    while (this.#take(kind)) items.push(operand())
    return items.length === 1 && items[0] ? items[0] : { kind, items, at }
  }

  #not(): Expression {
    const token = this.#take('not')
    if (!token) return this.#comparison()
    return { kind: 'unary', op: 'not', operand: this.#deeper(() => this.#not()), at: token.at }
  }

  #comparison(): Expression {
    const first = this.#binary(0)
    const rest: Step[] = []
    for (let token = this.#take(...COMPARISONS); token; token = this.#take(...COMPARISONS)) {
      rest.push({ op: this.#comparisonName(token), operand: this.#binary(0) })
    }
    return rest.length === 0 ? first : { kind: 'compare', first, rest, at: first.at }
  }

  #comparisonName({ text }: Token): string {
    if (text === 'is') return this.#take('not') ? 'is not' : 'is'
    if (text !== 'not') return text
    if (!this.#take('in')) throw this.#error('"in" must follow "not" here')
    return 'not in'
  }

  #binary(level: number): Expression {
    const ops = LEVELS[level]
    if (!ops) return this.#sign()
    const first = this.#binary(level + 1)
    const rest: Step[] = []
    for (let token = this.#take(...ops); token; token = this.#take(...ops)) {
      rest.push({ op: token.text, operand: this.#binary(level + 1) })
    }
    return rest.length === 0 ? first : { kind: 'arithmetic', first, rest, at: first.at }
  }

  #sign(): Expression {
    const token = this.#take('+', '-', '~')
    if (!token) return this.#power()
    return { kind: 'unary', op: token.text, operand: this.#deeper(() => this.#sign()), at: token.at }
  }

  #power(): Expression {
    const base = this.#operand()
    if (!this.#take('**')) return base
    const operand = this.#deeper(() => this.#power())
    return { kind: 'arithmetic', first: base, rest: [{ op: '**', operand }], at: base.at }
  }

  #operand(): Expression {
    const token = this.#token
    if (this.#take('(')) {
      const inner = this.#deeper(() => this.#or())
      if (!this.#take(')')) throw this.#error('")" is missing here')
      return inner
    }
    if (this.#take('[')) return { kind: 'list', items: this.#items(']'), at: token.at }
    if (this.#take('{')) return { kind: 'set', items: this.#items('}'), at: token.at }
    return this.#value()
  }

  #items(end: string): readonly Expression[] {
    const items: Expression[] = []
    if (this.#take(end)) return items
    do items.push(this.#value())
    while (this.#take(','))
    if (!this.#take(end)) throw this.#error(`"${end}" or a comma is missing here`)
    return items
  }

  #value(): Expression {
    const { kind, text, at } = this.#token
    if (kind !== 'name' && kind !== 'number' && kind !== 'text' && kind !== 'regex') {
      throw this.#error(kind === 'end' ? 'the expression ends too early' : `a value must stand here, not "${text}"`)
    }
    if (kind === 'name') return this.#name()
    this.#next++
    if (kind !== 'number') return { kind, value: text, at }
    return { kind, value: Number(text), isReal: text.includes('.'), at }
  }

  #name(): Expression {
    const { text, at } = this.#token
    if (['and', 'or', 'not', 'in', 'is'].includes(text)) throw this.#error(`a value must stand here, not "${text}"`)
    this.#next++
    if (text === 'None') return { kind: 'none', at }
    if (text === 'True' || text === 'False') return { kind: text === 'True' ? 'true' : 'false', at }
    if (RESULTS.includes(text)) return { kind: 'result', value: text, at }
    const path = [text]
    while (this.#take('.')) {
      if (this.#token.kind !== 'name') throw this.#error('the name of an attribute must follow the dot')
      path.push(this.#token.text)
      this.#next++
    }
    return { kind: 'path', path, at }
  }
}
