/** One expression of the predecessor → one rule, or the reason why there is none. */
import type { Verdict } from '../../core/index.ts'
import type { Carried } from './carried.ts'
import { all, FALSE, not } from './cel.ts'
import { checkedRule } from './checked-rule.ts'
import { type Option, placeIn } from './ini.ts'
import { Losses } from './losses.ts'
import { parseExpression } from './parse.ts'
import { ImportError } from './problem.ts'
import { shortPlace } from './settings.ts'
import { type Expression, ExpressionError, type Implication } from './syntax.ts'
import { conditionOf } from './translation.ts'
import { IS_INERT, IS_WELL_FORMED, isAboutContent, RUNS_BY_NAME } from './vocabulary.ts'

/** By result: our verdict. There is no verdict for a failure: see `failing`. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  bad: 'bad',
  good: 'good',
  ignore: 'ignored',
  unknown: 'unknown',
  fail: 'suspicious',
}
const FAILS_WHY =
  'failure is no verdict here: where it applies it divides by zero on purpose, and the outcome is "failed"'
const SENDER_ONLY =
  'it let pass by what the sender says alone (name, declared type, disposition); here the content must also be a picture or a signature'
const ACTING_NAME = 'it let pass whatever the name; here no name of the sample may be one at which programs run a file'
const ODD_FORM = 'it let pass whatever the form; here nothing about the form may hide something'

/** Carries over the expression with this number (from 1). Mistakes in it are problems with their place. */
export function expressionRule(option: Option, number: number, problems: ImportError[]): Carried | undefined {
  const what = `[expressions] expression.${option.item ?? ''}`
  try {
    const { value } = option
    const base = { place: shortPlace(option), what, source: value.split('\n') }
    return carry(base, parseExpression(value), `peekabooav-expression-${number}`)
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    problems.push(new ImportError(placeIn(option, error.at), `${what}: ${error.message}`))
    return undefined
  }
}

type Base = Pick<Carried, 'place' | 'what' | 'source'>

function carry(base: Base, { condition, result }: Implication, id: string): Carried {
  const word = result.kind === 'result' ? result.value : undefined
  const isGuarding = word === undefined || word === 'bad' || word === 'fail'
  const losses = new Losses(isGuarding)
  const parts = [conditionOf(condition, isGuarding ? 'wide' : 'narrow', losses)]
  if (word === undefined) parts.push(losses.lose('its result is no word but looked up', 'wide'))
  if (word === 'fail') {
    losses.notes.add(FAILS_WHY)
  }
  const why = isGuarding ? [] : guardPassing(condition, parts)
  const holds = all(parts)
  const isBroken = losses.isBroken && !isGuarding
  const when = isBroken ? FALSE : word === 'fail' ? failing(holds) : holds
  const told = { ...base, why: [...losses.lost, ...why], notes: [...losses.notes] }
  if (when === FALSE)
    return {
      ...told,
      how: 'left-out',
      why: [...told.why, isBroken ? 'the predecessor failed at it' : 'it can never apply here'],
    }
  const rule = { id, when, verdict: VERDICTS[word ?? 'bad'] ?? 'bad', reason: reasonOf(base.what) }
  const isExact = why.length === 0 && losses.notes.size === 0
  return checkedRule({ ...told, how: isExact ? 'exact' : 'changed', rule }, losses)
}

/** A condition that, where it holds, cannot be evaluated: that makes the outcome `failed`, as the predecessor's result of that name. */
export function failing(condition: string): string {
  return condition === FALSE ? FALSE : `sample.size / ((${condition}) ? 0 : 1) < 0`
}

/** What the sender says lets nothing pass alone, and no name at which programs run a file passes by its content. */
function guardPassing(condition: Expression, parts: string[]): readonly string[] {
  if (parts.includes(FALSE)) return []
  const isByContent = restsOnContent(condition)
  parts.push(isByContent ? not(RUNS_BY_NAME) : IS_INERT, IS_WELL_FORMED)
  return [isByContent ? ACTING_NAME : SENDER_ONLY, ODD_FORM]
}

function reasonOf(what: string): string {
  return `Matched ${what.replace(/^.* /, '')}, imported from PeekabooAV`
}

/** Whether the expression can only hold where something about the bytes does: what the sender says decides nothing alone. */
function restsOnContent(node: Expression): boolean {
  switch (node.kind) {
    case 'and':
      return node.items.some(restsOnContent)
    case 'or':
      return node.items.every(restsOnContent)
    case 'unary':
      return restsOnContent(node.operand)
    case 'compare':
      return comparesContent(node)
    default:
      return pathsIn(node).some(isAboutContent)
  }
}

/** In a set that must lie within another all members count; else each one does for itself. */
function comparesContent(node: Expression & { readonly kind: 'compare' }): boolean {
  const paths = pathsIn(node)
  const isSubset = node.rest.length === 1 && ['<=', '<', '=='].includes(node.rest[0]?.op ?? '')
  if (paths.length > 0 && paths.every(isAboutContent)) return true
  const left = pathsIn(node.first)
  const right = node.rest.flatMap(({ operand }) => pathsIn(operand))
  return (
    isSubset &&
    isUnion(node.first) &&
    right.every(isAboutContent) &&
    left.some((path) => isAboutContent(path) || path === 'filereport.mime_types')
  )
}

/** Whether all members of what is united are members of this; of an intersection or difference only some are. */
function isUnion(node: Expression): boolean {
  return node.kind !== 'arithmetic' || node.rest.every(({ op }) => op === '|')
}

function pathsIn(node: Expression): readonly string[] {
  switch (node.kind) {
    case 'path':
      return [node.path.join('.')]
    case 'list':
    case 'set':
    case 'and':
    case 'or':
      return node.items.flatMap(pathsIn)
    case 'unary':
      return pathsIn(node.operand)
    case 'arithmetic':
    case 'compare':
      return [node.first, ...node.rest.map(({ operand }) => operand)].flatMap(pathsIn)
    default:
      return []
  }
}
