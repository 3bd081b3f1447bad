/** Comparison, arithmetic and `in`. All need the values of both sides. */
import { binary, type Compiled, type CompileScope, constant, errorOf, refuse, unary } from './compiler.ts'
import { isEqual, itemsOf } from './equal.ts'
import { type Node, type NodeOf, typeOf } from './node.ts'
import { charge, type Known, type Result } from './scope.ts'

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

/** By operator: how two values compare. The type check made sure that they can be compared. */
const COMPARE: { readonly [K in Comparison]: (a: Known, b: Known) => boolean } = {
  '==': (a, b) => isEqual(a, b),
  '!=': (a, b) => !isEqual(a, b),
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** `== != < <= > >=`. */
export function comparison(node: NodeOf<Comparison>, scope: CompileScope): Compiled {
  return operands(node, scope, COMPARE[node.op])
}

type Arithmetic = '+' | '-' | '*' | '/' | '%'

const COMPUTE: { readonly [K in Arithmetic]: (a: number, b: number) => number } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

/** `+ - * / %`, and `+` of texts and lists. */
export function arithmetic(node: NodeOf<Arithmetic>, scope: CompileScope): Compiled {
  const type = typeOf(node)
  if (type === 'int') return wholeArithmetic(node, scope)
  const compute = COMPUTE[node.op]
  if (type === 'double') return operands(node, scope, (a, b) => compute(Number(a), Number(b)))
  return operands(node, scope, (a, b, at) => {
    if (typeof a === 'string' && typeof b === 'string') {
      charge(at, 1 + ((a.length + b.length) >> 4))
      return a + b
    }
    charge(at, 1 + itemsOf(a).length + itemsOf(b).length)
    return [...itemsOf(a), ...itemsOf(b)]
  })
}

/** Whole numbers: division truncates, and what would not be exact is an error. */
function wholeArithmetic(node: NodeOf<Arithmetic>, scope: CompileScope): Compiled {
  const compute = COMPUTE[node.op]
  const sides = node.args.map((side) => scope.compile(side, scope))
  const byZero = errorOf(node, 'division by zero', sides, scope)
  const tooLarge = errorOf(node, 'the number is too large', sides, scope)
  const divides = node.op === '/' || node.op === '%'
  return operands(node, scope, (a, b) => {
    if (divides && b === 0) return byZero
    const value = Math.trunc(compute(Number(a), Number(b)))
    return Number.isSafeInteger(value) ? value : tooLarge
  })
}

function operands(
  node: NodeOf<Comparison | Arithmetic>,
  scope: CompileScope,
  apply: (a: Known, b: Known, at: Parameters<typeof charge>[0]) => Result,
): Compiled {
  const [left, right] = node.args
  return binary(scope.compile(left, scope), scope.compile(right, scope), apply)
}

/** A minus sign. */
export function negative(node: NodeOf<'-_'>, scope: CompileScope): Compiled {
  const operand = scope.compile(node.args, scope)
  if (typeof operand.literal === 'number') return constant(-operand.literal)
  return unary(operand, (value) => -Number(value))
}

/** `list[index]`. */
export function element(node: NodeOf<'[]'>, scope: CompileScope): Compiled {
  const [listNode, indexNode] = node.args
  if (!typeOf(listNode).startsWith('list<')) refuseIndex(listNode, indexNode)
  const list = scope.compile(listNode, scope)
  const index = scope.compile(indexNode, scope)
  const outside = errorOf(node, 'there is no such element', [list, index], scope)
  return binary(list, index, (items, at) => itemsOf(items)[Number(at)] ?? outside)
}

function refuseIndex(listNode: Node, indexNode: Node): never {
  const name = indexNode.op === 'value' && typeof indexNode.args === 'string' ? indexNode.args : 'field'
  return refuse(indexNode, 'only lists have elements', `write ${listNode.op === 'id' ? listNode.args : '…'}.${name}`)
}

/** A list that is written out. */
export function listOf(items: readonly Compiled[], whole: Compiled): Compiled {
  const literals = items.map((item) => item.literal)
  return literals.every((literal) => literal !== undefined) ? constant(literals) : whole
}

/** A literal as the parser read it. */
export function literal(node: NodeOf<'value'>): Compiled {
  const value = node.args
  if (typeof value === 'bigint') {
    const whole = Number(value)
    return Number.isSafeInteger(whole) ? constant(whole) : refuse(node, 'the number is too large')
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return constant(value)
  return refuse(node, `${value === null ? 'null' : 'this kind of literal'} cannot be used in a condition`)
}
