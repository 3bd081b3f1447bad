/** In which language and with which contact we answer, and what our header says. */
import { nearest } from '../core/index.ts'
import { asciiOf } from './ascii.ts'
import { CATALOGUES, ENGLISH, filled, TEXTS, type TextName, type Texts, textProblem } from './catalogue.ts'
import { type HeaderOptions, headersOptions } from './options.ts'
import type { PolicyProblem } from './policy-error.ts'

/** A catalogue as it was read from its file. */
export interface CatalogueSource {
  readonly language: string
  readonly texts: readonly CatalogueText[]
}
export interface CatalogueText {
  readonly name: string
  readonly text: string
  readonly place: NonNullable<PolicyProblem['place']>
}

/** How we speak. */
export interface Answers {
  readonly texts: Texts
  readonly contact: string | undefined
  readonly headers: HeaderOptions
  /** Whether there are any texts in the language that the configuration names. */
  readonly isTranslated: boolean
}

/** In English, without a contact of its own. */
export const PLAIN_ANSWERS: Answers = {
  texts: ENGLISH,
  contact: undefined,
  headers: headersOptions.parse(undefined),
  isTranslated: true,
}

interface Input {
  readonly language: string
  readonly contact?: string | undefined
  readonly headers: HeaderOptions
  readonly catalogues?: readonly CatalogueSource[]
}

/** Puts the texts of the language together: those of its file over those that come with the filter, over English. */
export function answersOf({ language, contact, headers, catalogues = [] }: Input): {
  readonly answers: Answers
  readonly problems: readonly PolicyProblem[]
} {
  const problems = catalogues.flatMap(({ texts }) => texts.flatMap(problemOf))
  const [short = language] = language.split('-')
  const chain = [short, language].filter((one, i, all) => all.indexOf(one) === i)
  const written = chain.flatMap((one) => catalogues.filter((catalogue) => catalogue.language === one))
  const own = written.flatMap(({ texts }) => texts.map(({ name, text }) => [name, text] as const))
  const texts: Texts = { ...ENGLISH, ...CATALOGUES.get(short), ...Object.fromEntries(own) }
  const isTranslated = written.length > 0 || CATALOGUES.has(short)
  return { answers: { texts, contact, headers, isTranslated }, problems }
}

function problemOf({ name, text, place }: CatalogueText): readonly PolicyProblem[] {
  const path = [name]
  if (!Object.hasOwn(TEXTS, name)) {
    const meant = nearest(name, Object.keys(TEXTS))
    const remedy = meant === undefined ? `there are ${Object.keys(TEXTS).join(', ')}` : `did you mean "${meant}"?`
    return [{ path, place, message: 'there is no such text', remedy }]
  }
  const wrong = textProblem(name as TextName, text)
  return wrong ? [{ path, place, ...wrong }] : []
}

/** Longest line of a reply without its code; RFC 5321 4.5.3.1.5 allows 512 octets with code and CRLF. */
const MAX_LINE_BYTES = 480
const MAX_LINES = 16

/**
 * A text of ours within the limits of SMTP: short lines, and ASCII unless the client said SMTPUTF8 (RFC 6531 3.7.4.2). What ASCII has no
 * letters for is said in English.
 */
export function say(answers: Answers, name: TextName, words: { readonly ref?: string }, utf8 = false): string {
  const wordsIn = (texts: Texts) => ({ ...words, contact: answers.contact ?? texts.contact })
  const told = filled(answers.texts[name], wordsIn(answers.texts)).trim()
  const text = utf8 ? told : (asciiOf(told) ?? filled(ENGLISH[name], wordsIn(ENGLISH)))
  return text.split('\n').flatMap(folded).slice(0, MAX_LINES).join('\n')
}

/** Cut at spaces; a word that is longer than a line is cut anywhere but within a character. */
function folded(line: string): readonly string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.trim().split(/(?<= )/)) {
    if (Buffer.byteLength(current + word.trimEnd()) > MAX_LINE_BYTES && current !== '') {
      lines.push(current.trimEnd())
      current = ''
    }
    current += word
    while (Buffer.byteLength(current.trimEnd()) > MAX_LINE_BYTES) {
      const head = [...current].slice(0, MAX_LINE_BYTES / 4).join('')
      lines.push(head)
      current = current.slice(head.length)
    }
  }
  return [...lines, current.trimEnd()]
}
