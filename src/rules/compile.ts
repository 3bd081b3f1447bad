/** The checked tree of a condition → a closure that evaluates it. Our own semantics; CEL's library only parses and type-checks. */
import { explainCheckError } from './check-error.ts'
import { type Compiled, type CompileScope, ConditionError, nary, refuse } from './compiler.ts'
import { type Declarations, LISTS } from './declare.ts'
import { useDefinition } from './definition.ts'
import { call, method } from './functions.ts'
import { logical, not, ternary } from './logic.ts'
import { MACRO_NAMES, macro } from './macros.ts'
import { listValue, membership, namedList } from './membership.ts'
import { type Node, type NodeOf, textOf, typeOf } from './node.ts'
import { arithmetic, comparison, element, listOf, literal, negative } from './operators.ts'
import type { KnownRecord } from './scope.ts'
import { Stuck, unknownFact, unsaidByReport } from './stuck.ts'

/** Compiles a checked condition. Throws a `ConditionError`. */
export function compileCondition(node: Node, declarations: Declarations): Compiled {
  return compileAs(node, declarations, { firstSlot: declarations.frame.slots, underRole: false })
}

/** As `compileCondition`, for the inside of a definition. */
export function compileAs(
  node: Node,
  declarations: Declarations,
  how: Pick<CompileScope, 'firstSlot' | 'underRole'>,
): Compiled {
  return compile(node, { declarations, variables: new Map(), compile, ...how })
}

function compile(node: Node, scope: CompileScope): Compiled {
  switch (node.op) {
    case 'value':
      return literal(node)
    case 'id':
      return identifier(node, scope)
    case '.':
      return field(node, scope)
    case '[]':
      return element(node, scope)
    case '&&':
    case '||':
      return logical(node, scope)
    case '!_':
      return not(node, scope)
    case '?:':
      return ternary(node, scope)
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(node, scope)
    case 'in':
      return membership(node, scope)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(node, scope)
    case '-_':
      return negative(node, scope)
    case 'list':
      return list(node, scope)
    case 'call':
      return node.args[0] === 'has' ? has(node, scope) : call(node, scope)
    case 'rcall':
      return MACRO_NAMES.includes(node.args[0]) ? macro(node, scope) : method(node, scope)
    default:
      return refuse(node, 'this cannot be used in a condition', 'write it with lists and comparisons')
  }
}

function identifier(node: NodeOf<'id'>, scope: CompileScope): Compiled {
  const { declarations, variables, underRole } = scope
  const name = node.args
  const variable = variables.get(name)
  if (variable) {
    const missing = new Stuck({ failure: { cause: 'internal', detail: `${name} is not bound` }, final: true })
    return { run: (at) => at.slots[variable.slot] ?? missing, fromRole: variable.fromRole }
  }
  if (declarations.roots.includes(name)) {
    const missing = unknownFact(name, underRole)
    return { run: (at) => at.facts[name] ?? missing, fromRole: false }
  }
  const definition = declarations.definitions.get(name)
  if (definition) return useDefinition(definition, scope)
  if (name === LISTS) return refuse(node, `"${LISTS}" is no value of its own`, `write x in ${LISTS}.NAME`)
  if (!declarations.roles.includes(name)) return refuse(node, `"${name}" cannot be used in a condition`)
  return refuse(
    node,
    `the role "${name}" is no value of its own`,
    `name a field such as ${name}.score; ${name}.failed says whether it ended without a report`,
  )
}

function field(node: NodeOf<'.'>, scope: CompileScope): Compiled {
  const named = namedList(node, scope.declarations)
  if (named) return listValue(node, named)
  const [objectNode, name] = node.args
  const known = scope.declarations.fields.get(typeOf(objectNode))
  if (!known || !Object.hasOwn(known, name)) return refuse(node, `${textOf(objectNode)} has no field "${name}"`)
  if (objectNode.op === 'id' && !scope.variables.has(objectNode.args)) {
    const role = scope.declarations.roles.indexOf(objectNode.args)
    if (role >= 0) return roleField(textOf(node), role, name)
  }
  const { run, fromRole } = scope.compile(objectNode, scope)
  const absent = fromRole ? unsaidByReport(textOf(node)) : unknownFact(textOf(node), scope.underRole)
  return {
    fromRole,
    run: (at) => {
      const record = run(at)
      return record instanceof Stuck ? record : ((record as KnownRecord)[name] ?? absent)
    },
  }
}

function roleField(text: string, role: number, name: string): Compiled {
  const unknown = new Stuck({ failure: { cause: 'internal', detail: 'the role is not known here' }, final: true })
  if (name === 'failed') return { run: (at) => at.roles[role]?.failed ?? unknown, fromRole: true }
  const absent = unsaidByReport(text)
  return {
    fromRole: true,
    run: (at) => {
      const report = at.roles[role]?.report ?? unknown
      return report instanceof Stuck ? report : (report[name] ?? absent)
    },
  }
}

function list(node: NodeOf<'list'>, scope: CompileScope): Compiled {
  const items = node.args.map((item) => scope.compile(item, scope))
  return listOf(
    items,
    nary(items, (values) => values),
  )
}

/** `has(sample.field)`: whether an optional fact is known. Of a role only `failed` may be asked. */
function has(node: NodeOf<'call'>, scope: CompileScope): Compiled {
  const [argument] = node.args[1]
  const path: string[] = []
  let at = argument
  for (; at?.op === '.'; at = at.args[0]) path.unshift(at.args[1])
  if (!argument || at?.op !== 'id' || path.length === 0) return refuse(node, 'has(…) takes a path such as sample.name')
  const root = at.args
  if (scope.declarations.roles.includes(root)) {
    return refuse(argument, `has(…) cannot ask about the role "${root}"`, `ask ${root}.failed`)
  }
  if (!scope.declarations.roots.includes(root)) return refuse(argument, 'has(…) takes a path that begins with a fact')
  checkPath(argument, scope.declarations)
  return { fromRole: false, run: ({ facts }) => isThere(facts[root], path) }
}

/** The library does not look into `has(…)`. */
function checkPath(node: Node, declarations: Declarations): void {
  const text = textOf(node)
  const { valid, error } = declarations.environment.check(text)
  if (valid) return
  const { offset, message, remedy } = explainCheckError(error, text, declarations)
  throw new ConditionError(node.range.start + offset, message, remedy)
}

function isThere(root: unknown, path: readonly string[]): boolean {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return false
    value = (value as Readonly<Record<string, unknown>>)[step]
  }
  return value !== undefined
}
