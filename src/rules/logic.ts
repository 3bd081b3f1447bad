/**
 * `&&`, `||`, `!` and `?:`. A side that waits for a role, or whose role failed or was never analysed, is absorbed where the other side
 * decides; a wrong condition is not. What is never evaluated (the right of `false && …`) can neither wait nor be wrong.
 */
import { type Compiled, type CompileScope, unary } from './compiler.ts'
import { isEqual } from './equal.ts'
import type { NodeOf } from './node.ts'
import { both, Stuck } from './stuck.ts'

/** `&&` is decided by a false side, `||` by a true one. */
export function logical(node: NodeOf<'&&' | '||'>, scope: CompileScope): Compiled {
  const deciding = node.op === '||'
  const a = scope.compile(node.args[0], scope)
  const b = scope.compile(node.args[1], scope)
  const left = a.run
  const right = b.run
  return {
    fromRole: a.fromRole || b.fromRole,
    run: (at) => {
      const x = left(at)
      if (x === deciding) return deciding
      if (!(x instanceof Stuck)) return right(at)
      if (x.final) return x
      const y = right(at)
      if (y === deciding) return deciding
      return y instanceof Stuck ? both(x, y) : x
    },
  }
}

/** `!`. */
export function not(node: NodeOf<'!_'>, scope: CompileScope): Compiled {
  return unary(scope.compile(node.args, scope), (value) => !value)
}

/** `?:`; while the question is open, an answer that both branches give counts. */
export function ternary(node: NodeOf<'?:'>, scope: CompileScope): Compiled {
  const condition = scope.compile(node.args[0], scope)
  const yes = scope.compile(node.args[1], scope)
  const no = scope.compile(node.args[2], scope)
  return {
    fromRole: condition.fromRole || yes.fromRole || no.fromRole,
    run: (at) => {
      const asked = condition.run(at)
      if (asked === true) return yes.run(at)
      if (asked === false) return no.run(at)
      if (!(asked instanceof Stuck) || asked.final) return asked
      const a = yes.run(at)
      const b = no.run(at)
      if (!(a instanceof Stuck) && !(b instanceof Stuck)) return isEqual(a, b) ? a : asked
      const branches = a instanceof Stuck ? (b instanceof Stuck ? both(a, b) : a) : b
      return branches instanceof Stuck ? both(asked, branches) : asked
    },
  }
}
