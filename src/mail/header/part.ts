/** What the header of a part says about it, the first of duplicate fields taken, and besides what other programs read in it. */
import { type Anomaly, anomaly, type Name } from '../../core/index.ts'
import { Budget } from '../budget.ts'
import { type Names, namesOf, shownName } from '../name/name.ts'
import { type Field, type Header, placeOf, valuesOf } from './header.ts'
import { type Encoding, otherEncodings } from './other-encoding.ts'
import { boundaryOf, otherBoundaries, otherTypes } from './other-type.ts'
import { parameter, parseStructured, type Structured, stripComments } from './parameter.ts'
import { partAnomalies } from './part-anomaly.ts'
import { isPlainType } from './plain.ts'

/** So many values of one field are read, the first and the last of them. */
const MOST_VALUES = 16

export interface Part {
  /** Media type by which the part is read; text/plain or, in a digest, message/rfc822 where none is declared. */
  readonly type: string
  readonly declaredType: string
  readonly charset: string
  /** Content transfer encoding, lower case, without comments. */
  readonly encoding: string
  /** attachment, inline or empty. A disposition that nobody knows is an attachment (RFC 2183 section 2.8). */
  readonly disposition: string
  readonly name: string
  readonly names: readonly Name[]
  /** Whether the disposition or the type has a name; what other fields name is no attachment by that. */
  readonly isNamed: boolean
  readonly boundary: string
  /** What others take for the media type. */
  readonly otherTypes: readonly string[]
  /** What others take for the encoding, where that decodes otherwise. */
  readonly otherEncodings: readonly Encoding[]
  /** What others take for the boundary; '' means that each line of two dashes is a delimiter. */
  readonly otherBoundaries: readonly string[]
  /** What others take for the disposition, in the same three words. */
  readonly otherDispositions: readonly string[]
  readonly anomalies: readonly Anomaly[]
}

interface Values {
  readonly types: readonly string[]
  readonly encodings: readonly string[]
  readonly dispositions: readonly string[]
}

/**
 * Reads the MIME fields of a header. `container`: the name of what the part lies in; `budget`: what guesses about the message may cost
 * together.
 */
export function readPart(header: Header, isDigestChild: boolean, container = '', budget = new Budget()): Part {
  const values = strictValues(header)
  const types = values.types.map(parseStructured)
  const dispositions = values.dispositions.map(parseStructured)
  const type = types[0]
  const declared = shownName(type?.value ?? '')
  const { oddities, places, ...names } = namesOfPart(header, dispositions, types, container, budget)
  const fallback = isDigestChild ? 'message/rfc822' : 'text/plain'
  const strict = {
    type: declared.includes('/') ? declared : fallback,
    declaredType: declared,
    charset: type === undefined ? '' : shownName(parameter(type, 'charset').toLowerCase()),
    encoding: stripComments(values.encodings[0] ?? '')
      .trim()
      .toLowerCase(),
    disposition: dispositionOf(dispositions[0]?.value ?? ''),
    ...names,
    boundary: type === undefined ? '' : boundaryOf(parameter(type, 'boundary')),
  }
  const part = { ...strict, ...otherwise(header, strict, values, types, budget) }
  const anomalies = [...header.anomalies, ...partAnomalies(header, part, type)]
  for (const oddity of oddities) anomalies.push(anomaly(oddity, placeOfName(header, places.get(oddity))))
  return { ...part, anomalies }
}

function namesOfPart(
  header: Header,
  dispositions: readonly Structured[],
  types: readonly Structured[],
  container: string,
  budget: Budget,
): Names {
  const elsewhere = {
    descriptions: valuesOf(header, 'content-description'),
    locations: valuesOf(header, 'content-location'),
    container,
  }
  if (header.lookAlikes.length === 0) return namesOf(dispositions, types, elsewhere, budget)
  const alike = (name: string) => alikeOf(header, name).map(parseStructured)
  const allDispositions = [...dispositions, ...alike('content-disposition')]
  return namesOf(allDispositions, [...types, ...alike('content-type')], elsewhere, budget)
}

/** Where the field begins that has the name. */
function placeOfName(header: Header, named: Structured | undefined): number {
  if (named === undefined) return header.offset
  const isIt = ({ name, value }: Field): boolean => /-(type|disposition)$/.test(name) && value.trim() === named.text
  const field = header.fields.find(isIt) ?? header.lookAlikes.find(isIt)
  return field === undefined ? header.offset : placeOf(header.offset, field.at)
}

type Others = Pick<Part, 'otherTypes' | 'otherEncodings' | 'otherBoundaries' | 'otherDispositions'>
const NOTHING: Others = { otherTypes: [], otherEncodings: [], otherBoundaries: [], otherDispositions: [] }

/** What other programs read in the header; nothing where it is in a form in which all agree. */
function otherwise(
  header: Header,
  strict: Pick<Part, 'type' | 'encoding' | 'boundary' | 'disposition'>,
  { types, encodings, dispositions }: Values,
  parsed: readonly Structured[],
  budget: Budget,
): Others {
  if (budget.isSpent) return NOTHING
  const odd = { types: alikeOf(header, 'content-type'), encodings: alikeOf(header, 'content-transfer-encoding') }
  const isPlain = odd.types.length === 0 && types.length < 2 && (types.length === 0 || isPlainType(types[0] ?? ''))
  const allTypes = [...types, ...odd.types]
  const allEncodings = [...encodings, ...odd.encodings]
  const oddDispositions = alikeOf(header, 'content-disposition')
  const others = allEncodings.length === 0 ? [] : otherEncodings(strict.encoding, allEncodings, budget)
  if (isPlain && others.length === 0 && dispositions.length < 2 && oddDispositions.length === 0) return NOTHING
  const structured = [...parsed, ...odd.types.map(parseStructured)]
  return {
    otherTypes: isPlain ? [] : otherTypes(strict.type, allTypes, budget),
    otherEncodings: others,
    otherBoundaries: isPlain ? [] : otherBoundaries(strict.boundary, structured, allTypes, budget),
    otherDispositions: otherDispositions(strict.disposition, [...dispositions, ...oddDispositions]),
  }
}

/** Whether the type is multipart/…, with or without a usable boundary. */
export function isMultipart(part: Part): boolean {
  return part.type.startsWith('multipart/')
}

/** Whether clients show the part apart from the text, whatever its type. */
export function isAttachment(part: Part): boolean {
  return part.disposition === 'attachment' || part.isNamed || !/^text\/(plain|html)$/.test(part.type)
}

function strictValues(header: Header): Values {
  return {
    types: few(valuesOf(header, 'content-type')),
    encodings: few(valuesOf(header, 'content-transfer-encoding')),
    dispositions: few(valuesOf(header, 'content-disposition')),
  }
}

function few(values: readonly string[]): readonly string[] {
  return values.length <= MOST_VALUES
    ? values
    : [...values.slice(0, MOST_VALUES / 2), ...values.slice(-MOST_VALUES / 2)]
}

function alikeOf(header: Header, name: string): readonly string[] {
  return header.lookAlikes.length === 0
    ? []
    : header.lookAlikes.filter((each) => each.name === name).map(({ value }) => value)
}

function dispositionOf(value: string): string {
  return value === '' || value === 'inline' ? value : 'attachment'
}

/** Each value as an RFC reading takes it, and as one that sees the word in it wherever it stands. */
function otherDispositions(disposition: string, values: readonly string[]): readonly string[] {
  const found = new Set<string>()
  for (const value of values) {
    found.add(dispositionOf(parseStructured(value).value))
    const word = /attachment|inline/i.exec(value.slice(0, 200))?.[0]
    if (word !== undefined) found.add(word.toLowerCase())
  }
  found.delete(disposition)
  return [...found]
}
