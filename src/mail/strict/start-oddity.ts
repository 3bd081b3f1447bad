/** What the first decoded bytes of a part tell of it that its header does not. */
import type { AnomalyName } from '../../core/index.ts'
import { exactEncoding } from '../header/other-encoding.ts'
import type { Part } from '../header/part.ts'
import { SNIFF_BYTES } from '../sniff.ts'

/** Of MS-OXTNEF section 2.1.3.1, as it stands in the file. */
const TNEF = Buffer.from([0x78, 0x9f, 0x3e, 0x22])
/** CMS content types (RFC 5652, RFC 5083), which stand near the beginning: signed, enveloped, authenticated and enveloped. */
const SIGNED = Buffer.from('06092a864886f70d010702', 'hex')
const ENVELOPED = [Buffer.from('06092a864886f70d010703', 'hex'), Buffer.from('060b2a864886f70d0109100117', 'hex')]
const CMS_WITHIN = 48
const SEQUENCE = 0x30
/** Lines of so many letters, and no text between them, are no text. */
const BASE64_LINE = /^[A-Za-z0-9+/]{40,}={0,2}$/
const LEAST_BASE64 = 64
const BASE64_SHARE = 0.6
const MIME_FIELD = /^[\r\n]*(?:content-(?:type|transfer-encoding|disposition)|mime-version)[ \t]*:/i

/** The anomalies that they show; of `begun` as much is looked at as a message is told by, in whatever pieces it came. */
export function startOddities(part: Part, begun: Buffer): readonly AnomalyName[] {
  const start = begun.subarray(0, SNIFF_BYTES)
  return [...tnefOddities(part, start), ...cmsOddities(part, start), ...textOddities(part, start)]
}

function tnefOddities({ type, name }: Part, start: Buffer): AnomalyName[] {
  if (start.subarray(0, TNEF.length).equals(TNEF)) return ['tnef']
  const isDeclared = /^application\/(vnd\.)?ms-tnef$/.test(type) || /^winmail\.dat$/i.test(name)
  return isDeclared && start.length > 0 ? ['tnef-broken'] : []
}

/** A signature apart from what it signs, and certificates alone, are no content. */
function cmsOddities({ type, name, anomalies }: Part, start: Buffer): AnomalyName[] {
  if (start[0] !== SEQUENCE || (!/^application\/(x-)?pkcs7-mime$/.test(type) && !/\.p7m$/i.test(name))) return []
  const head = start.subarray(0, CMS_WITHIN)
  const kind = head.includes(SIGNED) ? 'smime-opaque' : ENVELOPED.some((each) => head.includes(each)) ? 'encrypted' : ''
  return kind === '' || anomalies.some((each) => each.name === kind) ? [] : [kind]
}

/** Only content that is shown as it stands can be encoded unknown to its header. */
function textOddities({ encoding, type }: Part, start: Buffer): AnomalyName[] {
  if (encoding === 'base64') return []
  const isAsItStands = encoding === '' || exactEncoding(encoding) === 'identity'
  const text = start.toString('latin1')
  if (isAsItStands && MIME_FIELD.test(text) && !type.startsWith('message/') && type !== 'text/rfc822-headers')
    return ['header-body-ambiguous']
  return isBase64(text) ? ['cte-mismatch'] : []
}

/** Armour of PGP and PEM is base64 too, and says so before. */
function isBase64(text: string): boolean {
  if (text.length < LEAST_BASE64 || text.includes('-----BEGIN')) return false
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  // The last one may be cut.
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines
  const letters = whole.filter((line) => BASE64_LINE.test(line) && isMixed(line))
  return letters.length >= BASE64_SHARE * whole.length && letters.length > 0
}

/** A line of one letter again and again, or of digits, is drawn or counted. */
function isMixed(line: string): boolean {
  return /[A-Z]/.test(line) && /[a-z]/.test(line)
}
