/** Named lists: what their entries may be, and what it means that a value is `in` one. */
import { domainToASCII } from 'node:url'
import { RE2JS } from 're2js'
import { fold } from './fold.ts'
import { patternSearch, type Spend } from './pattern-list.ts'
import type { Place } from './source.ts'
import type { Steps } from './steps.ts'

export const LIST_KINDS = ['strings', 'patterns', 'hashes', 'domains'] as const
/** What a list is made of: texts as they are, RE2 patterns, SHA-256 digests, or domains with all that lies below them. */
export type ListKind = (typeof LIST_KINDS)[number]

/** A list that conditions name as `lists.NAME`. */
export interface NamedList extends Place {
  readonly name: string
  readonly kind: ListKind
  readonly ignoreCase: boolean
  readonly items: readonly string[]
  readonly file: string
  /** Whether another file than the one that has it added to it or took its place. */
  readonly isChanged: boolean
  /** Whether a value is in the list; what the question costs is told to `spend`. */
  readonly has: (value: string, spend: Spend) => boolean
}
type Lookup = Pick<NamedList, 'has'>

/** An entry that cannot stand in such a list: why, and what to write instead. */
export interface BadItem {
  readonly message: string
  readonly remedy: string
}

/** Makes an entry ready to be looked up. */
export function readItem(kind: ListKind, text: string): string | BadItem {
  return READ[kind](text)
}

const READ: { readonly [K in ListKind]: (text: string) => string | BadItem } = {
  strings: (text) => text,
  patterns: (text) => {
    const compiled = compilePattern(text)
    return compiled instanceof RE2JS ? text : compiled
  },
  hashes: (text) => {
    const digest = text.toLowerCase()
    if (/^[0-9a-f]{64}$/.test(digest)) return digest
    const message = `${shown(text)} is no SHA-256 digest`
    return { message, remedy: 'only SHA-256 is measured: 64 hex digits' }
  },
  domains: (text) => {
    const domain = toDomain(text.replace(/^(?:\*\.|\.|@)/, ''))
    if (/^(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/.test(domain) && domain.length <= LONGEST_DOMAIN) return domain
    return { message: `${shown(text)} is no domain`, remedy: 'write example.org; what lies below it is meant too' }
  },
}

/** RFC 1035 2.3.4. */
const LONGEST_DOMAIN = 253

/** Compiles a pattern in RE2 syntax, which takes linear time whatever the text. */
export function compilePattern(pattern: string, ignoreCase = false): RE2JS | BadItem {
  try {
    return RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
    const remedy = 'patterns are RE2: no look-around, no back-references'
    return { message: `the pattern is not valid: ${why}`, remedy }
  }
}

/** The question whether a value is in a list of these entries, which `readItem` has made ready. */
export function* lookupOf(kind: ListKind, items: readonly string[], ignoreCase: boolean): Steps<Lookup> {
  switch (kind) {
    case 'strings': {
      const known = yield* setOf(items, ignoreCase ? fold : undefined)
      return priced(ignoreCase ? (value) => known.has(fold(value)) : (value) => known.has(value))
    }
    case 'hashes': {
      const known = yield* setOf(items)
      return priced((value) => known.has(value) || known.has(value.toLowerCase()))
    }
    case 'domains': {
      const known = yield* setOf(items)
      return priced((value) => isBelow(value, known))
    }
    case 'patterns':
      return patternsLookup(items, ignoreCase)
    default:
      return kind satisfies never
  }
}

/** Entries that are taken without a pause. */
const PAUSE_EVERY = 1000

function* setOf(items: readonly string[], as?: (item: string) => string): Steps<ReadonlySet<string>> {
  const known = new Set<string>()
  for (const [i, item] of items.entries()) {
    if (i % PAUSE_EVERY === 0) yield
    known.add(as ? as(item) : item)
  }
  return known
}

/** A question that costs what looking at the text once does. */
function priced(has: (value: string) => boolean): Lookup {
  return {
    has: (value, spend) => {
      spend(1 + (value.length >> 3))
      return has(value)
    },
  }
}

function patternsLookup(items: readonly string[], ignoreCase: boolean): Lookup {
  const search = patternSearch(
    items.flatMap((item) => {
      const compiled = compilePattern(item, ignoreCase)
      return compiled instanceof RE2JS ? [[item, compiled] as const] : []
    }),
  )
  return { has: search }
}

/** Whether the domain of an address, or a domain itself, is one of these or lies below one. */
function isBelow(value: string, known: ReadonlySet<string>): boolean {
  let domain = toDomain(value.slice(value.lastIndexOf('@') + 1))
  if (domain.length > LONGEST_DOMAIN) domain = domain.slice(domain.indexOf('.', domain.length - LONGEST_DOMAIN - 1) + 1)
  for (;;) {
    if (known.has(domain)) return true
    const dot = domain.indexOf('.')
    if (dot < 0) return false
    domain = domain.slice(dot + 1)
  }
}

/** Small letters, no dot at the end, other scripts as Punycode (RFC 3492). */
function toDomain(text: string): string {
  const plain = text.toLowerCase().replace(/\.$/, '')
  return /^[\0-\x7f]*$/.test(plain) ? plain : domainToASCII(plain)
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
