/** What is odd about the MIME fields of a part. */
import { type Anomaly, type AnomalyName, anomaly } from '../../core/index.ts'
import { type Field, type Header, placeOf, valuesOf } from './header.ts'
import { exactEncoding } from './other-encoding.ts'
import { parameter, type Structured } from './parameter.ts'
import { isLenientType } from './plain.ts'

/** What is known of the part. */
interface Found {
  readonly type: string
  readonly encoding: string
  readonly boundary: string
  readonly otherTypes: readonly string[]
  readonly otherBoundaries: readonly string[]
}

const COMPOSITE = /^(multipart\/.*|message\/(rfc822|partial|external-body))$/

/** The anomalies of one part, each once, with the byte where its field begins. */
export function partAnomalies(header: Header, part: Found, type: Structured | undefined): Anomaly[] {
  const at = (name: string): number => {
    const field = header.fields.find((each) => each.name === name)
    return field === undefined ? header.offset : placeOf(header.offset, field.at)
  }
  const found = encodingAnomalies(header)
  const isComposite = COMPOSITE.test(part.type)
  const say = (name: AnomalyName, field = 'content-type') => found.push(anomaly(name, at(field)))
  if (isComposite && isEncoded(part)) say('cte-on-composite', 'content-transfer-encoding')
  if (type !== undefined && !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(type.value)) say('ct-malformed')
  if (part.type.startsWith('multipart/') || part.otherTypes.some((each) => each.startsWith('multipart/'))) {
    if (hasDoubtfulBoundary(header, part)) say('boundary-ambiguous')
    if (part.boundary.length > 70 || /[^\x20-\x7e]/.test(part.boundary)) say('boundary-odd')
  }
  if (part.type === 'message/external-body') say('external-body')
  if (isPiece(part, type)) say('partial-message')
  if (isEncrypted(part, type)) say('encrypted')
  if (isOpaque(part, type)) say('smime-opaque')
  return found
}

/** Whether the part is one piece of a message that only the recipient puts together (RFC 2046 section 5.2.2). */
function isPiece(part: Found, type: Structured | undefined): boolean {
  return part.type === 'message/partial' && type !== undefined && parameter(type, 'total').trim() !== '1'
}

function isEncrypted(part: Found, type: Structured | undefined): boolean {
  if (part.type === 'multipart/encrypted') return true
  return (
    isSmime(part) &&
    /^(authenticated-|auth)?-?enveloped-data$/i.test(type === undefined ? '' : parameter(type, 'smime-type'))
  )
}

function isOpaque(part: Found, type: Structured | undefined): boolean {
  return isSmime(part) && /^signed-data$/i.test(type === undefined ? '' : parameter(type, 'smime-type'))
}

/** RFC 8551 section 3.2, with the name from before it. */
function isSmime(part: Found): boolean {
  return /^application\/(x-)?pkcs7-mime$/.test(part.type)
}

function isEncoded(part: Found): boolean {
  return part.encoding !== '' && exactEncoding(part.encoding) !== 'identity'
}

function encodingAnomalies(header: Header): Anomaly[] {
  const found: Anomaly[] = []
  for (const field of header.fields) {
    if (field.name !== 'content-transfer-encoding') continue
    const name = oddityOf(field)
    if (name !== undefined && !found.some((each) => each.name === name))
      found.push(anomaly(name, placeOf(header.offset, field.at)))
  }
  return found
}

function oddityOf({ value }: Field): AnomalyName | undefined {
  const word = value.trim().toLowerCase()
  if (exactEncoding(word) !== undefined) return undefined
  return /^[!#-&*+\x2d.0-9a-z^-~]+$/.test(word) && !word.includes('=?') ? 'cte-unknown' : 'cte-malformed'
}

/** Whether more than one value may be taken for the boundary by what RFC 2045 leaves open or forbids. */
function hasDoubtfulBoundary(header: Header, part: Found): boolean {
  if (part.otherBoundaries.length === 0) return false
  const types = valuesOf(header, 'content-type')
  return header.lookAlikes.length > 0 || types.length > 1 || !isLenientType(types[0] ?? '')
}
