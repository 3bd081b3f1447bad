/** The names in Content-Disposition and Content-Type: by the strict parser, in each form of a parameter, and by broken syntax. */
import type { Parameter, Structured } from '../header/parameter.ts'
import type { Oddities, Work } from './charset.ts'
import { decodedWords } from './encoded-word.ts'
import { extendedTexts } from './rfc2231.ts'
import { shownName } from './shown.ts'
import { spellingsOf } from './spelling.ts'

/** A name that some program shows. */
export interface Candidate {
  readonly value: string
  readonly origin: string
  /** What the first decoder shows of its value; others are what other decoders or guesses make of it. */
  readonly isFirst: boolean
  /** Some parser sees it as a parameter, and not only within another one. */
  readonly isParameter: boolean
  /** The field that it stands in. */
  readonly field: Structured | undefined
}

/** Fields in the order in which most clients ask them, and their parameters. A wrong key counts too: several clients take either. */
const PRECEDENCE = [
  ['disposition', ['filename', 'name']],
  ['type', ['name', 'filename']],
] as const

/** Longer values are decoded by their beginning and their end: the extension counts. */
const LONGEST = 8192
/** When much was read already, values are cut to the length that file systems allow. */
const SHORT = 255
/** Values of one key beyond this are passed over. */
const MOST_VALUES = 64

/** What a text costs that is not as simple as most. */
const STEPS_PER_TEXT = 40

/** All candidates of the two fields, what most clients show first; proper parameters before what only broken syntax shows. */
export function candidatesOf(
  dispositions: readonly Structured[],
  types: readonly Structured[],
  work: Work,
): Candidate[] {
  const proper: Candidate[] = []
  const broken: Candidate[] = []
  for (const [field, keys] of PRECEDENCE) {
    for (const structured of field === 'disposition' ? dispositions : types) {
      work.field = structured
      const addFrom = work.budget.isOverdrawn ? addRaw : addProper
      for (const key of keys) addFrom(proper, structured.parameters, field, key, work)
      if (!work.budget.isSpent) addBroken(broken, structured, field, work)
    }
  }
  work.field = undefined
  return broken.length === 0 ? proper : [...proper, ...broken]
}

/** The extended form (RFC 2231) before the plain one: RFC 6266 section 4.3, and what mailparser, postal-mime and Thunderbird do. */
function addProper(found: Candidate[], parameters: readonly Parameter[], field: string, key: string, work: Work): void {
  const extended = parameters.filter(({ name }) => name.startsWith(key) && name[key.length] === '*')
  if (extended.length > 0) {
    const short = extended.length > 1 ? extended : extended.map((each) => ({ ...each, value: shorten(each.value) }))
    add(found, extendedTexts(short, key, work), work, `${field}.${key}*`, true)
  }
  let values = 0
  for (const { name, value } of parameters) {
    if (name !== key || values++ >= MOST_VALUES) continue
    // Halves of characters in ISO-2022-JP look like quotes and backslashes: what stands there raw comes first.
    const texts = plainTexts(value, work)
    const isCut = value.includes('\x1b$') && texts[0]?.includes('\ufffd') === true
    add(found, texts, work, `${field}.${key}`, true, !isCut)
    // The syntax of the extended form under the plain key.
    if (/^[\w-]{2,20}'[\w-]{0,10}'/.test(value)) {
      const extendedTwin = { name: `${key}*`, value: shorten(value), bare: '' }
      add(found, extendedTexts([extendedTwin], key, work), work, `${field}.${key}, as extended`, true, false)
    }
  }
}

/** As they stand in the header, since everything else costs too much. */
function addRaw(found: Candidate[], parameters: readonly Parameter[], field: string, key: string, work: Work): void {
  for (const { name, value } of parameters.slice(0, MOST_VALUES))
    if (name.replace(/\*.*/, '') === key) add(found, [shownName(value, SHORT)], work, `${field}.${key}`, true)
}

function addBroken(found: Candidate[], structured: Structured, field: string, work: Work): void {
  const spellings = spellingsOf(structured, work)
  if (spellings.length === 0) return
  // How those are broken which nobody but a search sees is not told.
  const odd: Oddities = new Set()
  const unsaid: Work = { ...work, odd }
  for (const key of ['filename', 'name']) {
    const extended = spellings.filter(({ name, isNew }) => isNew && name.startsWith(`${key}*`))
    const isSeen = extended.some(({ isInside }) => !isInside)
    const origin = `${field}.${key}`
    add(found, extendedTexts(extended, key, isSeen ? work : unsaid), work, `${origin}*, broken syntax`, isSeen)
    for (const { name, value, isInside } of spellings)
      if (name === key) add(found, plainTexts(value, unsaid), work, `${origin}, broken syntax`, !isInside)
  }
  work.room = Math.min(work.room, unsaid.room)
}

function add(
  found: Candidate[],
  texts: readonly string[],
  { field }: Work,
  origin: string,
  isParameter: boolean,
  isFirst = true,
): void {
  for (const [i, text] of texts.entries()) {
    // A tab comes from folding.
    const value = text.includes('\t') ? text.replaceAll('\t', ' ') : text
    if (value.trim() !== '') found.push({ value, origin, isParameter, isFirst: isFirst && i === 0, field })
  }
}

/** The readings of a value as it stands: encoded words, a charset that nobody named, a broken label. */
export function plainTexts(value: string, work: Work): readonly string[] {
  const short = work.room > 0 && !work.budget.isSpent ? shorten(value) : shownName(value, SHORT)
  work.room -= short.length
  if (!short.includes('=?') && /^[\x20-\x7e]*$/.test(short)) return [short]
  work.budget.takeSteps(STEPS_PER_TEXT)
  if (work.budget.isOverdrawn) return [short]
  return decodedWords(short, work)
}

function shorten(value: string): string {
  if (value.length <= LONGEST) return value
  const end = value.slice(-LONGEST / 2)
  // Half an encoded word is none.
  const word = end.indexOf('=?')
  return value.slice(0, LONGEST / 2) + (word < 0 ? end : end.slice(word))
}
