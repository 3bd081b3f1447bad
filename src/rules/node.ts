/** The slice of the parser's tree that we use. */
import type { ASTNode } from '@marcbachmann/cel-js'

export type Node = ASTNode
export type NodeOf<K extends Node['op']> = Extract<Node, { op: K }>

/** The name of the type that the check found for an expression, such as `int`, `string` or `list<string>`. */
export function typeOf(node: Node): string {
  const { checkedType } = node as { readonly checkedType?: { readonly name?: string } }
  return checkedType?.name ?? 'dyn'
}

/** The expressions directly inside an expression. */
export function children(node: Node): readonly Node[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case '!_':
    case '-_':
      return [node.args]
    case 'map':
      return node.args.flat()
    default:
      return node.args
  }
}

/** How many expressions there are inside an expression, itself included: what evaluating it once costs. */
export function weight(node: Node): number {
  let sum = 1
  for (const child of children(node)) sum += weight(child)
  return sum
}

/** The expression as it was written. */
export function textOf(node: Node): string {
  return node.input.slice(node.range.start, node.range.end)
}
