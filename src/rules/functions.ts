/** The functions that a condition may call: one table. Each needs the values of all its arguments. */
import { RE2JS } from 're2js'
import { type Compiled, type CompileScope, nary, refuse, unary } from './compiler.ts'
import { isList, itemsOf } from './equal.ts'
import { fold } from './fold.ts'
import { compilePattern } from './named-list.ts'
import { suggest } from './nearest.ts'
import { type NodeOf, typeOf } from './node.ts'
import { charge, type Known, type Result, type Scope } from './scope.ts'

type Apply = (values: readonly Known[], scope: Scope) => Result

/** Called on a value: `text.startsWith("x")`. The value comes first. */
const METHODS: Readonly<Record<string, Apply>> = {
  size: sizeOf,
  startsWith: onText((text, [part]) => text.startsWith(String(part))),
  endsWith: onText((text, [part]) => text.endsWith(String(part))),
  contains: onText((text, [part]) => text.includes(String(part))),
  equalsIgnoreCase: onText((text, [part]) => fold(text) === fold(String(part))),
  startsWithIgnoreCase: onText((text, [part]) => fold(text).startsWith(fold(String(part)))),
  endsWithIgnoreCase: onText((text, [part]) => fold(text).endsWith(fold(String(part)))),
  containsIgnoreCase: onText((text, [part]) => fold(text).includes(fold(String(part)))),
  lowerAscii: onText((text) => text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase())),
  upperAscii: onText((text) => text.replace(/[a-z]+/g, (lower) => lower.toUpperCase())),
  trim: onText((text) => text.trim()),
  split: onText((text, [separator]) => text.split(String(separator))),
  join: ([list, separator = ''], scope) => {
    const items = itemsOf(list ?? [])
    charge(scope, 1 + items.length)
    return items.join(String(separator))
  },
}

/** Called by name: `size(list)`. */
const CALLS: Readonly<Record<string, Apply>> = {
  size: sizeOf,
  string: ([value]) => String(value),
  int: ([value]) => Math.trunc(Number(value)),
  double: ([value]) => Number(value),
}

/** Only these kinds of value can be turned into each other without a way to fail. */
const CONVERTIBLE: Readonly<Record<string, readonly string[]>> = {
  string: ['string', 'int', 'double', 'bool'],
  int: ['int', 'double'],
  double: ['int', 'double'],
}

/** Functions that CEL does not have: how its type checker is told of them. */
export const OWN_FUNCTIONS: readonly string[] = [
  'equalsIgnoreCase',
  'startsWithIgnoreCase',
  'endsWithIgnoreCase',
  'containsIgnoreCase',
  'matchesIgnoreCase',
].map((name) => `string.${name}(string): bool`)

const METHOD_NAMES = ['matches', 'matchesIgnoreCase', ...Object.keys(METHODS)]
const CALL_NAMES = ['has', ...Object.keys(CALLS)]

/** The functions that a condition may call. */
export const FUNCTION_NAMES: readonly string[] = [...new Set([...METHOD_NAMES, ...CALL_NAMES])]

/** The nearest function or macro that exists, or all of them. */
export function suggestFunction(name: string, macros: readonly string[]): string {
  return suggest(name, [...FUNCTION_NAMES, ...macros], 'there are')
}

/** Whether there is a function of this name at all. */
export function isFunction(name: string): boolean {
  return FUNCTION_NAMES.includes(name)
}

/** Compiles `value.method(…)`. */
export function method(node: NodeOf<'rcall'>, scope: CompileScope): Compiled {
  const [name, receiver, args] = node.args
  if (name === 'matches' || name === 'matchesIgnoreCase') return matches(node, scope)
  const apply = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
  if (!apply || (name === 'split' && args.length > 1)) return refuse(node, `"${name}" cannot be used like this`)
  return nary(
    [receiver, ...args].map((arg) => scope.compile(arg, scope)),
    apply,
  )
}

/** Compiles `call(…)`. */
export function call(node: NodeOf<'call'>, scope: CompileScope): Compiled {
  const [name, args] = node.args
  const apply = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined
  if (!apply) return refuse(node, `"${name}" cannot be used like this`)
  const argument = args[0]
  const kinds = CONVERTIBLE[name]
  if (kinds && argument && !kinds.includes(typeOf(argument))) {
    return refuse(argument, `${name}(…) cannot be made of ${typeOf(argument)}`, `it takes ${kinds.join(', ')}`)
  }
  return nary(
    args.map((arg) => scope.compile(arg, scope)),
    apply,
  )
}

/** `text.matches("pattern")`: RE2 syntax, found anywhere in the text, in linear time; the pattern is compiled at load. */
function matches(node: NodeOf<'rcall'>, scope: CompileScope): Compiled {
  const [, textNode, [patternNode]] = node.args
  const pattern = patternNode ? scope.compile(patternNode, scope).literal : undefined
  if (!patternNode || typeof pattern !== 'string') {
    return refuse(patternNode ?? node, 'a pattern must be written out, so that it can be checked when it is loaded')
  }
  const compiled = compilePattern(pattern, node.args[0] === 'matchesIgnoreCase')
  if (!(compiled instanceof RE2JS)) return refuse(patternNode, compiled.message, compiled.remedy)
  return unary(scope.compile(textNode, scope), (value, at) => {
    const text = String(value)
    charge(at, 1 + (text.length >> 2))
    return compiled.test(text)
  })
}

function sizeOf([value]: readonly Known[], scope: Scope): Result {
  if (value === undefined || typeof value !== 'string') return value !== undefined && isList(value) ? value.length : 0
  charge(scope, 1 + (value.length >> 2))
  let size = 0
  for (const _ of value) size++
  return size
}

/** A function of a text pays for the length of the text. */
function onText(apply: (text: string, args: readonly Known[]) => Result): Apply {
  return ([text, ...args], scope) => {
    const value = String(text)
    charge(scope, 1 + (value.length >> 3))
    return apply(value, args)
  }
}
