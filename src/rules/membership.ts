/** `in`: whether a value is an item of a list. Lists that never change are looked up by hash. */
import { binary, type Compiled, type CompileScope, constant, refuse, unary } from './compiler.ts'
import { type Declarations, LISTS } from './declare.ts'
import { isEqual, itemsOf } from './equal.ts'
import type { NamedList } from './named-list.ts'
import type { Node, NodeOf } from './node.ts'
import { charge } from './scope.ts'

/** `in`. */
export function membership(node: NodeOf<'in'>, scope: CompileScope): Compiled {
  const [needleNode, listNode] = node.args
  const needle = scope.compile(needleNode, scope)
  const named = namedList(listNode, scope.declarations)
  if (named) {
    const { has } = named
    return unary(needle, (value, at) => has(String(value), (steps) => charge(at, steps)))
  }
  const list = scope.compile(listNode, scope)
  if (list.literal !== undefined) {
    const items = new Set(itemsOf(list.literal))
    if ([...items].every((item) => typeof item !== 'object')) return unary(needle, (value) => items.has(value))
  }
  return binary(needle, list, (value, items, at) => {
    const all = itemsOf(items)
    charge(at, 1 + (all.length >> 2))
    return all.some((item) => isEqual(item, value))
  })
}

/** The list that an expression such as `lists.partners` names. */
export function namedList(node: Node, { lists }: Declarations): NamedList | undefined {
  if (node.op !== '.') return undefined
  const [object, name] = node.args
  return object.op === 'id' && object.args === LISTS ? lists.get(name) : undefined
}

/** A named list anywhere but after `in`: only texts are values that can be looked at one by one. */
export function listValue(node: Node, { kind, items, name }: NamedList): Compiled {
  if (kind === 'strings') return constant(items)
  return refuse(node, `a list of ${kind} can only be asked whether a text is in it`, `write x in ${LISTS}.${name}`)
}
