/** The text of a condition → something that can be evaluated, and what it looks at. */
import { explainCheckError, unknownCall } from './check-error.ts'
import { compileCondition } from './compile.ts'
import { ConditionError } from './compiler.ts'
import { type Declarations, LISTS } from './declare.ts'
import { children, type Node, textOf } from './node.ts'
import type { Run } from './scope.ts'

export interface Condition {
  readonly run: Run
  /** The roles on whose reports it may depend, by number; also through definitions. */
  readonly roles: readonly number[]
  /** The facts, report fields and definitions that it looks at, as written. */
  readonly looks: () => readonly Look[]
  readonly ast: Node
}

export interface Look {
  readonly path: string
  readonly run: Run
}

/** An expression that was type-checked. */
export interface Checked {
  readonly ast: Node
  readonly type: string
}

/** Parses, type-checks and compiles a condition. Throws a `ConditionError`. */
export function readCondition(text: string, declarations: Declarations): Condition {
  const { ast, type } = checkedTree(text, declarations)
  if (type !== 'bool') {
    throw new ConditionError(0, `the condition is ${type}, not true or false`, 'compare it with something')
  }
  const { run } = compileCondition(ast, declarations)
  return { run, roles: rolesIn(ast, declarations), looks: () => looksIn(ast, declarations), ast }
}

/** Parses an expression only: what it names need not be there. */
export function parsedTree(text: string, declarations: Declarations): Node {
  return orExplained(text, declarations, () => declarations.environment.parse(text).ast)
}

/** Parses and type-checks an expression. Throws a `ConditionError`. */
export function checkedTree(text: string, declarations: Declarations): Checked {
  return orExplained(text, declarations, () => {
    const parsed = declarations.environment.parse(text)
    const unknown = unknownCall(parsed.ast)
    if (unknown) throw unknown
    const { valid, type = 'dyn', error } = parsed.check()
    if (valid) return { ast: parsed.ast, type }
    throw error
  })
}

function orExplained<T>(text: string, declarations: Declarations, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof ConditionError ? error : explainCheckError(error, text, declarations)
  }
}

/** The names that stand alone in an expression: facts, roles, definitions, loop variables. */
export function namesIn(node: Node): ReadonlySet<string> {
  const names = new Set<string>()
  const open: Node[] = [node]
  for (const one of open) {
    if (one.op === 'id') names.add(one.args)
    else open.push(...children(one))
  }
  return names
}

/** The same, and those in the definitions that it uses. */
export function allNamesIn(node: Node, { definitions }: Declarations): ReadonlySet<string> {
  const names = new Set(namesIn(node))
  for (const name of names) {
    const ast = definitions.get(name)?.ast
    if (ast) for (const inner of namesIn(ast)) names.add(inner)
  }
  return names
}

/** The roles that an expression names, also through definitions, by number. */
export function rolesIn(node: Node, declarations: Declarations): readonly number[] {
  const names = allNamesIn(node, declarations)
  return declarations.roles.flatMap((role, number) => (names.has(role) ? [number] : []))
}

/** The named lists that an expression asks, also through definitions. */
export function listsIn(node: Node, { definitions }: Declarations): ReadonlySet<string> {
  const names = new Set<string>()
  const open: Node[] = [node]
  const seen = new Set<Node>(open)
  for (const one of open) {
    if (one.op === '.' && one.args[0].op === 'id' && one.args[0].args === LISTS) names.add(one.args[1])
    const ast = one.op === 'id' ? definitions.get(one.args)?.ast : undefined
    if (ast && !seen.has(ast)) open.push(ast)
    if (ast) seen.add(ast)
    open.push(...children(one))
  }
  return names
}

/** The longest paths that begin with a fact or a role, and the definitions with theirs, each once. */
function looksIn(node: Node, declarations: Declarations): readonly Look[] {
  const found = new Map<string, Node>()
  const open: Node[] = [node]
  for (let one = open.pop(); one; one = open.pop()) {
    const text = textOf(one)
    const ast = one.op === 'id' ? declarations.definitions.get(one.args)?.ast : undefined
    const isNew = !found.has(text)
    if (isNew && (ast || isPath(one, declarations))) found.set(text, one)
    if (ast && isNew) open.push(ast)
    if (!isPath(one, declarations)) open.push(...children(one).toReversed())
  }
  return [...found].map(([path, at]) => ({ path, run: compileCondition(at, declarations).run }))
}

function isPath(node: Node, { roots, roles }: Declarations): boolean {
  if (node.op !== '.') return false
  let at: Node = node
  while (at.op === '.') at = at.args[0]
  return at.op === 'id' && (roots.includes(at.args) || roles.includes(at.args))
}
