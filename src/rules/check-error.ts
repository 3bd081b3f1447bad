/** What CEL's checker found, told to an operator: what is wrong in our words, and what to write instead. */
import { ParseError, TypeError as TypeProblem } from '@marcbachmann/cel-js'
import { nearest, reportSchema } from '../core/index.ts'
import { ConditionError } from './compiler.ts'
import { type Declarations, isFreeName } from './declare.ts'
import { isFunction, suggestFunction } from './functions.ts'
import { MACRO_NAMES } from './macros.ts'
import { suggest } from './nearest.ts'
import { children, type Node, type NodeOf, textOf, typeOf } from './node.ts'

/** Turns an error of the parser or the type checker into one with a place in the condition and a remedy. */
export function explainCheckError(error: unknown, text: string, declarations: Declarations): ConditionError {
  if (!(error instanceof ParseError) && !(error instanceof TypeProblem)) {
    return new ConditionError(0, error instanceof Error ? error.message : String(error))
  }
  const node = error.node && 'op' in error.node ? (error.node as Node) : undefined
  const start = error.range?.start ?? 0
  switch (error.code) {
    case 'unknown_variable':
      return unknownName(start, node, text, declarations)
    case 'no_such_key':
      return unknownField(start, node, declarations)
    case 'no_matching_overload':
      return wrongCall(start, node, error.summary)
    case 'no_such_overload':
      return wrongOperands(start, node, error.summary)
    case 'limit_exceeded':
      return new ConditionError(start, 'the condition is too large', 'make several rules of it')
    default:
      return syntax(start, error.summary, text)
  }
}

function unknownName(start: number, node: Node | undefined, text: string, declarations: Declarations): ConditionError {
  const { roots, roles, definitions } = declarations
  const name = node?.op === 'id' ? node.args : ''
  const known = [...roots, ...roles, ...definitions.keys()]
  const isRole = isReportField(text.slice(start + name.length)) && isFreeName(name)
  if (isRole && nearest(name, known) === undefined) return new ConditionError(start, '', '', name)
  const none = roles.length === 0 ? '; no role is configured' : ''
  const remedy = `${suggest(name, known, 'known here')}${none}`
  return new ConditionError(start, `"${name}" is neither a fact nor a role nor defined`, remedy)
}

/** Whether what follows a name is a field that only roles have. */
function isReportField(text: string): boolean {
  const field = /^\s*\.\s*(\w+)/.exec(text)?.[1] ?? ''
  return field === 'failed' || Object.hasOwn(reportSchema.fields, field)
}

function unknownField(start: number, node: Node | undefined, { fields }: Declarations): ConditionError {
  const object = node?.op === '.' ? node.args[0] : undefined
  const name = node?.op === '.' ? node.args[1] : ''
  const known = object ? Object.keys(fields.get(typeOf(object)) ?? {}) : []
  const message = `${object ? textOf(object) : 'this'} has no field "${name}"`
  return new ConditionError(start, message, suggest(name, known, 'its fields are'))
}

function wrongCall(start: number, node: Node | undefined, summary: string): ConditionError {
  if (node?.op !== 'call' && node?.op !== 'rcall') return new ConditionError(start, summary)
  const call = /'(.*)'/.exec(summary)?.[1] ?? node.args[0]
  const message = `"${node.args[0]}" cannot be used like this: ${call}`
  return new ConditionError(nameStart(node), message, 'check the kinds of its arguments')
}

function nameStart(node: NodeOf<'call' | 'rcall'>): number {
  if (node.op === 'call') return node.range.start
  const [name, receiver] = node.args
  return Math.max(node.range.start, node.input.indexOf(name, receiver.range.end))
}

/** Finds calls of what does not exist here, before the type check stumbles over their arguments. */
export function unknownCall(node: Node): ConditionError | undefined {
  if ((node.op === 'call' || node.op === 'rcall') && !isKnown(node.args[0])) {
    const name = node.args[0]
    return new ConditionError(nameStart(node), `there is no function "${name}"`, suggestFunction(name, MACRO_NAMES))
  }
  for (const child of children(node)) {
    const found = unknownCall(child)
    if (found) return found
  }
  return undefined
}

function isKnown(name: string): boolean {
  return isFunction(name) || MACRO_NAMES.includes(name)
}

function wrongOperands(start: number, node: Node | undefined, summary: string): ConditionError {
  const kinds = summary.replace('no such overload: ', '')
  if (/\bnull\b/.test(kinds)) {
    const remedy = 'ask ROLE.failed whether a role ended without a report, has(…) whether a fact is known'
    return new ConditionError(start, 'nothing is ever null here', remedy)
  }
  const remedy = /\bint\b.*\bdouble\b|\bdouble\b.*\bint\b/.test(kinds)
    ? 'write whole numbers without and others with a point, or compare with <= and >='
    : 'both sides must be of the same kind'
  return new ConditionError(start, `${kinds} does not fit${node ? `: ${textOf(node)}` : ''}`, remedy)
}

const WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!', '=': '==' }

function syntax(start: number, summary: string, text: string): ConditionError {
  if (start >= text.length)
    return new ConditionError(start, 'the condition ends too early', 'something is missing here')
  const word = /^(?:and|or|not|=)(?!\w)/.exec(text.slice(start))?.[0]
  const meant = word === undefined ? undefined : WORDS[word]
  if (meant !== undefined) return new ConditionError(start, `"${word}" is not understood here`, `write ${meant}`)
  return new ConditionError(start, summary.charAt(0).toLowerCase() + summary.slice(1))
}
