/** What the header of a part says about it, the first of duplicate fields taken. */
import type { Anomaly, Name } from '../../core/index.ts'
import { extendedValues, namesOf, shownName } from '../name/name.ts'
import { type Header, valuesOf } from './header.ts'
import { parameter, parseStructured, type Structured, stripComments } from './parameter.ts'

/** Boundaries beyond this are taken for none: RFC 2046 allows 70 bytes. */
const LONGEST_BOUNDARY = 2000

/** So many are tried; two fields say more only to confuse. */
const MOST_BOUNDARIES = 16

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
  readonly boundary: string
  /** What others take for the boundary. */
  readonly otherBoundaries: readonly string[]
  readonly anomalies: readonly Anomaly[]
}

/** Reads the MIME fields of a header. */
export function readPart(header: Header, isDigestChild: boolean): Part {
  const types = valuesOf(header, 'content-type').map(parseStructured)
  const dispositions = valuesOf(header, 'content-disposition').map(parseStructured)
  const type = types[0]
  const disposition = dispositions[0]?.value ?? ''
  const declared = shownName(type?.value ?? '')
  const { name, names, isShortened } = namesOf(dispositions, types)
  const tooLong: Anomaly = { name: 'name-too-long', severity: 'note', offset: header.offset }
  const fallback = isDigestChild ? 'message/rfc822' : 'text/plain'
  return {
    type: declared.includes('/') ? declared : fallback,
    declaredType: declared,
    charset: type === undefined ? '' : shownName(parameter(type, 'charset').toLowerCase()),
    encoding: stripComments(valuesOf(header, 'content-transfer-encoding')[0] ?? '')
      .trim()
      .toLowerCase(),
    disposition: disposition === '' || disposition === 'inline' ? disposition : 'attachment',
    name,
    names,
    ...boundariesOf(types),
    anomalies: isShortened ? [...header.anomalies, tooLong] : header.anomalies,
  }
}

/** Whether the type is multipart/…, with or without a usable boundary. */
export function isMultipart(part: Part): boolean {
  return part.type.startsWith('multipart/')
}

/** Whether clients show the part apart from the text, whatever its type. */
export function isAttachment(part: Part): boolean {
  return part.disposition === 'attachment' || part.names.length > 0 || !/^text\/(plain|html)$/.test(part.type)
}

/** The first parameter counts; others take the last one, an extended one, or of an unquoted one what is a token. */
function boundariesOf(types: readonly Structured[]): { boundary: string; otherBoundaries: readonly string[] } {
  const type = types[0]
  const boundary = type === undefined ? '' : boundaryOf(parameter(type, 'boundary'))
  const parameters = types.flatMap((each) => each.parameters.filter(({ name }) => /^boundary(\*|$)/.test(name)))
  const others = new Set(extendedValues(parameters, 'boundary').map(boundaryOf))
  for (const { name, value, bare } of parameters) {
    if (name !== 'boundary') continue
    const plain = stripComments(bare).trim()
    // RFC 2045 tspecials; Python stops at * and ' too.
    const token = /^[^\s()<>@,;:\\"/[\]?=]*/.exec(plain)?.[0] ?? ''
    for (const other of [value, bare, plain, token, token.replace(/['*].*$/, '')]) others.add(boundaryOf(other))
  }
  others.delete(boundary)
  others.delete('')
  return { boundary, otherBoundaries: [...others].slice(0, MOST_BOUNDARIES) }
}

function boundaryOf(value: string): string {
  const trimmed = value.trimEnd()
  return trimmed.length > LONGEST_BOUNDARY ? '' : trimmed
}
