/** The text of a condition → something that can be evaluated, and what it looks at. */

import { explainCheckError, unknownCall } from './check-error.ts'
import { compileCondition } from './compile.ts'
import { type Compiled, ConditionError } from './compiler.ts'
import type { Declarations } from './declare.ts'
import { children, type Node, textOf } from './node.ts'
import type { Run } from './scope.ts'

export interface Condition {
  readonly run: Run
  /** The roles that the condition names, by number. */
  readonly roles: readonly number[]
  /** The facts and report fields that it looks at, as written. */
  readonly looks: readonly Look[]
}

export interface Look {
  readonly path: string
  readonly run: Run
}

/** Parses, type-checks and compiles a condition. Throws a `ConditionError`. */
export function readCondition(text: string, declarations: Declarations): Condition {
  const { ast, type } = checkedTree(text, declarations)
  if (type !== 'bool') {
    throw new ConditionError(0, `the condition is ${type}, not true or false`, 'compare it with something')
  }
  const { run }: Compiled = compileCondition(ast, declarations)
  return { run, roles: rolesIn(ast, declarations), looks: looksIn(ast, declarations) }
}

function checkedTree(text: string, declarations: Declarations): { readonly ast: Node; readonly type: string } {
  try {
    const parsed = declarations.environment.parse(text)
    const unknown = unknownCall(parsed.ast)
    if (unknown) throw unknown
    const { valid, type = 'dyn', error } = parsed.check()
    if (valid) return { ast: parsed.ast, type }
    throw error
  } catch (error) {
    throw error instanceof ConditionError ? error : explainCheckError(error, text, declarations)
  }
}

function rolesIn(node: Node, declarations: Declarations): readonly number[] {
  const names = new Set(nodesIn(node).map((one) => (one.op === 'id' ? one.args : '')))
  return declarations.roles.flatMap((role, number) => (names.has(role) ? [number] : []))
}

function nodesIn(node: Node): readonly Node[] {
  return [node, ...children(node).flatMap(nodesIn)]
}

/** The longest paths that begin with a fact or a role, each once. */
function looksIn(node: Node, declarations: Declarations): readonly Look[] {
  const paths = new Map(pathsIn(node, declarations).map((path) => [textOf(path), path]))
  return [...paths].map(([path, at]) => ({ path, run: compileCondition(at, declarations).run }))
}

function pathsIn(node: Node, declarations: Declarations): readonly Node[] {
  if (isPath(node, declarations)) return [node]
  return children(node).flatMap((child) => pathsIn(child, declarations))
}

function isPath(node: Node, { roots, roles }: Declarations): boolean {
  if (node.op !== '.') return false
  let at: Node = node
  while (at.op === '.') at = at.args[0]
  return at.op === 'id' && (roots.includes(at.args) || roles.includes(at.args))
}
