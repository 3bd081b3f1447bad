/** What the parts of the compiler share: an expression in, a closure out. */
import type { Declarations } from './declare.ts'
import { type Node, textOf } from './node.ts'
import type { Known, Result, Run, Scope } from './scope.ts'
import { both, ruleError, Stuck } from './stuck.ts'

/** A compiled expression. */
export interface Compiled {
  readonly run: Run
  /** Whether the data of a role can lead here: its errors are then a matter of that report, not of the condition. */
  readonly fromRole: boolean
  /** The value where it is written out in the condition. */
  readonly literal?: Known
}

/** A variable of `exists`, `all` and the like. */
export interface Variable {
  readonly slot: number
  readonly fromRole: boolean
}

export interface CompileScope {
  readonly declarations: Declarations
  readonly variables: ReadonlyMap<string, Variable>
  /** Whether the expression is only evaluated because of what a role reported. */
  readonly underRole: boolean
  /** Where its loop variables begin: those of definitions lie before. */
  readonly firstSlot: number
  readonly compile: (node: Node, scope: CompileScope) => Compiled
}

/** A condition that cannot be compiled: where in it, why, and what to write instead. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError'
  readonly offset: number
  readonly remedy: string
  /** The role that it asks and that nobody configured, where that is all that is wrong. */
  readonly unmappedRole: string | undefined

  constructor(offset: number, message: string, remedy = '', unmappedRole?: string) {
    super(message)
    this.offset = offset
    this.remedy = remedy
    this.unmappedRole = unmappedRole
  }
}

/** Refuses an expression at its place. */
export function refuse(node: Node, message: string, remedy = ''): never {
  throw new ConditionError(node.range.start, message, remedy)
}

/** A literal, or anything else that is the same for every sample. */
export function constant(value: Known): Compiled {
  return { run: () => value, fromRole: false, literal: value }
}

/** The error that an operation on these operands comes to. */
export function errorOf(node: Node, what: string, operands: readonly Compiled[], scope: CompileScope): Stuck {
  return ruleError(`${what}: ${textOf(node)}`, scope.underRole || operands.some((one) => one.fromRole))
}

/** An operation that needs its operand's value. */
export function unary(a: Compiled, apply: (a: Known, scope: Scope) => Result): Compiled {
  const { run, fromRole } = a
  const strict: Run = (scope) => {
    const x = run(scope)
    return x instanceof Stuck ? x : apply(x, scope)
  }
  return { run: strict, fromRole }
}

/** An operation that needs the values of both operands; all that either waits for is collected. */
export function binary(a: Compiled, b: Compiled, apply: (a: Known, b: Known, scope: Scope) => Result): Compiled {
  const left = a.run
  const right = b.run
  const strict: Run = (scope) => {
    const x = left(scope)
    const y = right(scope)
    if (x instanceof Stuck) return y instanceof Stuck ? both(x, y) : x
    return y instanceof Stuck ? y : apply(x, y, scope)
  }
  return { run: strict, fromRole: a.fromRole || b.fromRole }
}

/** An operation that needs the values of all operands. */
export function nary(operands: readonly Compiled[], apply: (values: Known[], scope: Scope) => Result): Compiled {
  const runs = operands.map((one) => one.run)
  const strict: Run = (scope) => {
    const values: Known[] = []
    let stuck: Stuck | undefined
    for (const run of runs) {
      const x = run(scope)
      if (x instanceof Stuck) stuck = stuck ? both(stuck, x) : x
      else values.push(x)
    }
    return stuck ?? apply(values, scope)
  }
  return { run: strict, fromRole: operands.some((one) => one.fromRole) }
}
