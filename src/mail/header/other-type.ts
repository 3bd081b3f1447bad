/** What others than an RFC reading take for the media type and the boundary of a part. */
import type { Budget } from '../budget.ts'
import { decodeText, extendedValues } from '../name/name.ts'
import { type Structured, stripComments } from './parameter.ts'

/** Boundaries beyond this are taken for none: RFC 2046 allows 70 bytes. */
const LONGEST = 2000
/** So many are tried; more say more only to confuse. */
const MOST_TYPES = 8
const MOST_BOUNDARIES = 48
/** Of `boundary=` in one field the first and the last are looked at. */
const MOST_PLACES = 16
/** The media type stands at the beginning of a value. */
const TYPE_WITHIN = 200

const EMPTY = /boundary(\*\d*\*?)?[ \t]*=[ \t]*("[ \t]*"|;|$)/i

/** The boundary as it is compared: without blanks at its end. */
export function boundaryOf(value: string): string {
  const trimmed = value.trimEnd()
  return trimmed.length > LONGEST ? '' : trimmed
}

/** The media types that some program finds in the values, `type` itself left out. */
export function otherTypes(type: string, values: readonly string[], budget: Budget): readonly string[] {
  const found = new Set<string>()
  for (const value of values) for (const each of typesIn(value, budget)) found.add(each)
  found.delete(type)
  return [...found].slice(0, MOST_TYPES)
}

function typesIn(value: string, budget: Budget): string[] {
  const start = value.slice(0, TYPE_WITHIN)
  const isBounded = /boundary(\*\d*\*?)?\s*=/i.test(value)
  const texts = [start, start.replaceAll('\0', ''), stripComments(start)]
  if (start.includes('=?')) texts.push(decodeText(start, budget))
  const types = texts.flatMap((text) => {
    const match = /([\w.+-]+)\s*\/\s*([\w.+*-]+)/.exec(text)
    return match === null ? [] : [`${match[1]}/${match[2]}`.toLowerCase()]
  })
  // Who has a boundary has parts, says the one; who has no type that is known is no multipart, says the other.
  const isMixed =
    (isBounded && !types.some((each) => each.startsWith('multipart/'))) || /^\W*multipart\b(?!\s*\/\s*\w)/i.test(start)
  return isMixed ? [...types, 'multipart/mixed'] : types
}

/** Every boundary that some program finds, `boundary` itself left out; '' where one is declared as empty: its delimiter is `--`. */
export function otherBoundaries(
  boundary: string,
  types: readonly Structured[],
  values: readonly string[],
  budget: Budget,
): readonly string[] {
  // The forms of one place after the other, the likely ones first: where there are too many, each place has its likely ones.
  const places = [
    ...types.map((type) => parsedForms(type, budget)),
    ...values.flatMap(placesOf).map((place) => rawForms(place, budget)),
  ]
  const found = new Set<string>()
  const most = Math.max(0, ...places.map((forms) => forms.length))
  for (let turn = 0; turn < most; turn++)
    for (const forms of places) if (turn < forms.length) found.add(boundaryOf(forms[turn] ?? ''))
  found.delete(boundary)
  found.delete('')
  const others = [...found].slice(0, MOST_BOUNDARIES)
  return values.some((value) => EMPTY.test(value)) ? [...others, ''] : others
}

/** RFC 2231 forms against plain ones, and of a plain one: as it stands, without comments, what of it is a token. */
function parsedForms({ parameters }: Structured, budget: Budget): string[] {
  const forms = extendedValues(
    parameters.filter(({ name }) => name.startsWith('boundary*')),
    'boundary',
    budget,
  )
  for (const { name, value, bare } of parameters) {
    if (name !== 'boundary') continue
    const plain = stripComments(bare).trim()
    // RFC 2045 tspecials; Python stops at * and ' too.
    const token = /^[^\s()<>@,;:\\"/[\]?=]*/.exec(plain)?.[0] ?? ''
    forms.push(value, bare, plain, token, token.replace(/['*].*$/, ''))
  }
  return forms
}

/** What follows each `boundary=` of a value, wherever it stands: behind a comma, a blank, nothing at all. */
function placesOf(value: string): string[] {
  const places: string[] = []
  for (const match of value.matchAll(/boundary[ \t]*=[ \t]*/gi)) {
    if (places.length >= MOST_PLACES) places.splice(MOST_PLACES / 2, 1)
    places.push(value.slice(match.index + match[0].length, match.index + match[0].length + LONGEST))
  }
  return places
}

/** The readings of what follows `boundary=`. */
function rawForms(rest: string, budget: Budget): string[] {
  const bare = rest.split(';', 1)[0] ?? ''
  const quoted = /^"((?:[^"\\]|\\.)*)("?)/.exec(rest)
  const forms = [quoted?.[1]?.replace(/\\(.)/g, '$1') ?? bare]
  if (quoted !== null) {
    // An inner semicolon ends it for who knows no quotes; what follows the closing quote belongs to it for others.
    forms.push(quoted[1] ?? '', bare, bare.replaceAll('"', ''), rest.replaceAll('"', ''))
  }
  const single = /^'([^']*)'?/.exec(rest)
  if (single !== null) forms.push(single[1] ?? '')
  const simple = [...forms]
  for (const form of simple) {
    forms.push(stripComments(form).trim(), form.split(/[\s,]/, 1)[0] ?? '', form.replace(/\s+/g, ''), form.trim())
    if (form.includes('\0')) forms.push(form.replaceAll('\0', ''), form.slice(0, form.indexOf('\0')))
    if (form.includes('=?')) forms.push(Buffer.from(decodeText(form, budget)).toString('latin1'))
    if (form.length > 70) forms.push(form.slice(0, 70))
    if (/[\x80-\xff]/.test(form)) forms.push(form.replace(/[\x80-\xff]+/g, ''), form.split(/[\x80-\xff]/, 1)[0] ?? '')
  }
  return forms
}
