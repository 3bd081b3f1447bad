/** The use of a named condition in another. */
import type { Compiled, CompileScope } from './compiler.ts'
import type { Declarations } from './declare.ts'
import type { Guard } from './guard.ts'
import type { Node } from './node.ts'
import { charge, type Run } from './scope.ts'

/** A named condition that others use. */
export interface Definition {
  readonly name: string
  readonly text: string
  /** Undefined where it is wrong: then what uses it is not blamed as well. */
  readonly ast: Node | undefined
  /** How many definitions lie within each other here. */
  readonly depth: number
  /** Where its loop variables begin; no two definitions share any. */
  readonly firstSlot: number
  /** What must be true of a sample for it to be anything but false, and whether it may be in error: as for rules. */
  readonly guard: Guard | undefined
  readonly mayErr: boolean
  /** What it compiles to, plainly and under a role; each once. */
  readonly compiled: Map<boolean, Compiled>
}

/** Compiles the use of a definition. */
export function useDefinition({ ast, firstSlot, compiled }: Definition, scope: CompileScope): Compiled {
  if (!ast) return { run: () => false, fromRole: false }
  const { underRole, declarations } = scope
  const known = compiled.get(underRole)
  if (known) return known
  const made = remembered(scope.compile(ast, { ...scope, firstSlot, variables: new Map() }), declarations)
  compiled.set(underRole, made)
  return made
}

/** Evaluated once for each sample; who asks again pays the same, so that the budget of a rule depends on that rule alone. */
export function remembered({ run, ...rest }: Compiled, { frame }: Declarations): Compiled {
  const memo = frame.memos++
  const once: Run = (at) => {
    const known = at.memos[memo]
    if (known) {
      charge(at, known.steps)
      return known.result
    }
    const before = at.steps
    const result = run(at)
    at.memos[memo] = { result, steps: before - at.steps }
    return result
  }
  return { run: once, ...rest }
}
