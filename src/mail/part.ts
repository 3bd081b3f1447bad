/** What the header of a part says about it, the first of duplicate fields taken. */
import type { Anomaly, Name } from '../core/index.ts'
import { type Header, valuesOf } from './header.ts'
import { namesOf } from './name.ts'
import { parameter, parseStructured, stripComments } from './parameter.ts'

/** Boundaries beyond this are taken for none: RFC 2046 allows 70 bytes. */
const LONGEST_BOUNDARY = 2000

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
  readonly anomalies: readonly Anomaly[]
}

/** Reads the MIME fields of a header. */
export function readPart(header: Header, isDigestChild: boolean): Part {
  const types = valuesOf(header, 'content-type').map(parseStructured)
  const dispositions = valuesOf(header, 'content-disposition').map(parseStructured)
  const type = types[0]
  const disposition = dispositions[0]?.value ?? ''
  const declared = type?.value ?? ''
  const fallback = isDigestChild ? 'message/rfc822' : 'text/plain'
  return {
    type: declared.includes('/') ? declared : fallback,
    declaredType: declared,
    charset: type === undefined ? '' : parameter(type, 'charset').toLowerCase(),
    encoding: stripComments(valuesOf(header, 'content-transfer-encoding')[0] ?? '')
      .trim()
      .toLowerCase(),
    disposition: disposition === '' || disposition === 'inline' ? disposition : 'attachment',
    ...namesOf(dispositions, types),
    boundary: type === undefined ? '' : boundaryOf(parameter(type, 'boundary')),
    anomalies: header.anomalies,
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

function boundaryOf(value: string): string {
  const trimmed = value.trimEnd()
  return trimmed.length > LONGEST_BOUNDARY ? '' : trimmed
}
