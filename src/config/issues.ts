/** What the schema finds wrong, told to an operator: the place in the file, the path, and what to write instead. */
import type { z } from 'zod'
import { nearest } from '../core/index.ts'
import type { Problem } from './problem.ts'
import { type JsonSchema, keysAt, schemasAt } from './schema.ts'
import { type Path, placeOf, type Tree, treeAt, valuePlaceOf } from './tree.ts'

type Issue = z.core.$ZodIssue
type IssueOf<C extends Issue['code']> = Extract<Issue, { readonly code: C }>

/** Where the values came from and what they should have been. */
export interface Written {
  readonly tree: Tree
  readonly schema: JsonSchema
}

/** Every issue as problems, each at its place. `base` is the path of what was checked. */
export function problemsOf(issues: readonly Issue[], written: Written, base: Path = []): readonly Problem[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path.filter((step) => typeof step !== 'symbol')]
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => unknownKey(key, path, written))
      case 'invalid_union':
        return wrongChoice(issue, path, written)
      case 'invalid_key':
        return [wrongName(issue, path, written)]
      default:
        return [wrongValue(issue, path, written)]
    }
  })
}

/** Keys of a map in a sentence, with the nearest first if there is one. */
export function suggest(word: string, candidates: readonly string[], what: string): string {
  const meant = nearest(word, candidates)
  if (meant !== undefined) return `did you mean "${meant}"?`
  return candidates.length === 0 ? 'remove it' : `${what}: ${candidates.join(', ')}`
}

function unknownKey(key: string, path: Path, { tree, schema }: Written): Problem {
  const here = [...path, key]
  return {
    place: placeOf(tree, here),
    path: here,
    message: 'unknown key',
    remedy: suggest(key, keysAt(schema, path), 'valid here'),
  }
}

function wrongName(issue: IssueOf<'invalid_key'>, path: Path, { tree }: Written): Problem {
  const inner = issue.issues[0]
  const pattern = inner?.code === 'invalid_format' ? inner.pattern : undefined
  const remedy = pattern ? `names here match ${pattern}` : ''
  return { place: placeOf(tree, path), path, message: 'not a name that is allowed here', remedy }
}

/** Of several alternatives the one that was meant is the one that got furthest before it failed. */
function wrongChoice(issue: IssueOf<'invalid_union'>, path: Path, written: Written): readonly Problem[] {
  const deepest = issue.errors.map((errors) => Math.max(0, ...errors.map(depth)))
  const furthest = deepest.indexOf(Math.max(...deepest))
  const meant = issue.errors[furthest]
  if (meant && (deepest[furthest] ?? 0) > 0) return problemsOf(meant, written, path)
  const options = 'options' in issue ? (issue.options as readonly unknown[]) : undefined
  if (options) return [choice(options, path, written)]
  const message = issue.message === 'Invalid input' ? `must not be ${wordFor(path, written)}` : issue.message
  return [{ place: valuePlaceOf(written.tree, path), path, message, remedy: meaningOf(path, written) }]
}

function depth(issue: Issue): number {
  return issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)
}

function choice(options: readonly unknown[], path: Path, written: Written): Problem {
  const value = treeAt(written.tree, path)
  if (!value) return missing(path, written, `write one of ${options.join(', ')}`)
  const word = value.kind === 'scalar' ? String(value.value) : ''
  const remedy = suggest(word, options.map(String), 'valid here')
  const message = `${wordFor(path, written)} is not one of ${options.join(', ')}`
  const isNear = remedy.startsWith('did')
  return {
    place: value.place,
    path,
    message,
    remedy: isNear ? remedy : meaningOf(path, written) || 'write one of those',
  }
}

function wrongValue(issue: Issue, path: Path, written: Written): Problem {
  const value = treeAt(written.tree, path)
  if (!value) return missing(path, written, meaningOf(path, written))
  if (value.kind === 'scalar' && value.value === null) {
    const remedy = 'give it a value, or remove the key'
    return { place: placeOf(written.tree, path), path, message: 'has no value', remedy }
  }
  if (issue.code === 'invalid_value') return choice(issue.values, path, written)
  return {
    place: value.place,
    path,
    message: sentence(issue, wordFor(path, written)),
    remedy: typeRemedy(issue, value) || meaningOf(path, written) || plainRemedy(issue),
  }
}

function missing(path: Path, { tree }: Written, wanted: string): Problem {
  const remedy = wanted === '' ? 'write it' : wanted
  return { place: placeOf(tree, path), path, message: 'is missing and has no default', remedy }
}

function sentence(issue: Issue, word: string): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}, not ${word}`
    case 'too_small':
      if (issue.origin === 'array') return `needs at least ${issue.minimum} entry`
      return `${word} is too small: at least ${issue.minimum}`
    case 'too_big':
      return `${word} is too large: at most ${issue.maximum}`
    case 'invalid_format':
      return issue.message.startsWith('Invalid string') ? `${word} is not allowed` : `${word} ${issue.message}`
    default:
      return issue.message
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of names',
  array: 'a list',
}

function typeRemedy(issue: Issue, value: Tree): string {
  if (issue.code !== 'invalid_type' || value.kind !== 'scalar') return ''
  if (issue.expected === 'string' && typeof value.value === 'number') {
    return `write it with its unit, or in quotes`
  }
  return issue.expected === 'number' && /^\d+$/.test(String(value.value)) ? 'remove the quotes' : ''
}

function plainRemedy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `write ${KINDS[issue.expected] ?? issue.expected}`
    case 'too_small':
      return `write ${issue.minimum} or more`
    case 'too_big':
      return `write ${issue.maximum} or less`
    default:
      return 'write it otherwise'
  }
}

/** What was written, short enough for a line. */
function wordFor(path: Path, { tree }: Written): string {
  const value = treeAt(tree, path)
  if (value?.kind === 'map') return 'a map'
  if (value?.kind === 'list') return 'a list'
  const text = JSON.stringify(value?.value ?? null)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** What the schema says that this option is. */
function meaningOf(path: Path, { schema }: Written): string {
  const description = schemasAt(schema, path).find((at) => at.description)?.description
  return description === undefined ? '' : `it is: ${description}`
}
