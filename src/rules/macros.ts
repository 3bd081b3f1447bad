/**
 * `exists`, `all`, `exists_one`, `filter` and `map`. The first two are decided by one element, so what waits or failed in the others
 * is absorbed; the other three need every element.
 */
import { type Compiled, type CompileScope, refuse } from './compiler.ts'
import { LISTS } from './declare.ts'
import { itemsOf } from './equal.ts'
import { children, type Node, type NodeOf, weight } from './node.ts'
import { charge, type Known, type Result, type Run, type Scope } from './scope.ts'
import { both, Stuck } from './stuck.ts'

interface Loop {
  readonly body: Run
  readonly slot: number
  readonly cost: number
}

type Macro = (loop: Loop, items: readonly Known[], scope: Scope) => Result

/** By name: what is made of the elements. */
const MACROS: Readonly<Record<string, Macro>> = {
  exists: (loop, items, scope) => quantify(loop, items, scope, true),
  all: (loop, items, scope) => quantify(loop, items, scope, false),
  exists_one: (loop, items, scope) =>
    collected(loop, items, scope, (bodies) => bodies.filter((body) => body === true).length === 1),
  filter: (loop, items, scope) => collected(loop, items, scope, (bodies) => items.filter((_, i) => bodies[i] === true)),
  map: (loop, items, scope) => collected(loop, items, scope, (bodies) => bodies),
}

/** The macros that a condition may use. */
export const MACRO_NAMES: readonly string[] = Object.keys(MACROS)

/** Compiles `list.macro(variable, body)`. */
export function macro(node: NodeOf<'rcall'>, scope: CompileScope): Compiled {
  const [name, listNode, [variableNode, bodyNode, extra]] = node.args
  const apply = MACROS[name]
  if (!apply || !variableNode || !bodyNode || extra) return refuse(node, `${name} takes a variable and a condition`)
  const list = scope.compile(listNode, scope)
  const slot = scope.firstSlot + scope.variables.size
  const variable = newVariable(variableNode, scope)
  const variables = new Map(scope.variables).set(variable, { slot, fromRole: list.fromRole })
  const body = scope.compile(bodyNode, { ...scope, variables, underRole: scope.underRole || list.fromRole })
  const loop = { body: body.run, slot, cost: weight(bodyNode) }
  return {
    fromRole: list.fromRole || body.fromRole,
    run: (at) => {
      const items = list.run(at)
      return items instanceof Stuck ? items : apply(loop, itemsOf(items), at)
    },
  }
}

/** How many loops lie within each other: the variables that are bound at the same time. */
export function loopDepth(node: Node): number {
  let inner = 0
  for (const child of children(node)) inner = Math.max(inner, loopDepth(child))
  return inner + (node.op === 'rcall' && MACRO_NAMES.includes(node.args[0]) ? 1 : 0)
}

function newVariable(node: Node, { declarations, variables }: CompileScope): string {
  const name = node.op === 'id' ? node.args : refuse(node, 'this is not the name of a variable')
  const { roots, roles, definitions } = declarations
  const isTaken = [...roots, ...roles, ...variables.keys()].includes(name) || definitions.has(name) || name === LISTS
  return isTaken ? refuse(node, `"${name}" means something else here`, 'choose another name') : name
}

function quantify({ body, slot, cost }: Loop, items: readonly Known[], scope: Scope, deciding: boolean): Result {
  let stuck: Stuck | undefined
  for (const item of items) {
    charge(scope, cost)
    scope.slots[slot] = item
    const result = body(scope)
    if (result === deciding) return deciding
    if (!(result instanceof Stuck)) continue
    stuck = stuck ? both(stuck, result) : result
    if (result.final) return stuck
  }
  return stuck ?? !deciding
}

function collected(
  { body, slot, cost }: Loop,
  items: readonly Known[],
  scope: Scope,
  combine: (bodies: readonly Known[]) => Result,
): Result {
  const bodies: Known[] = []
  let stuck: Stuck | undefined
  for (const item of items) {
    charge(scope, cost)
    scope.slots[slot] = item
    const result = body(scope)
    if (result instanceof Stuck) stuck = stuck ? both(stuck, result) : result
    else bodies.push(result)
  }
  return stuck ?? combine(bodies)
}
