/** OpenPGP (RFC 9580, RFC 4880): literal and compressed data is taken out, encrypted data is named. Text signed in clear is text. */
import type { Budget, Embedded, Format, Hint } from './embedded.ts'
import { looksLikeEntity } from './entity.ts'
import { inflate } from './inflate.ts'
import { type Line, type Lines, linesOf, nameText } from './line.ts'
import { packetsOf } from './pgp-packets.ts'

const ARMOUR = /^-----BEGIN PGP (MESSAGE|ARMORED FILE)/
const SIGNATURE = 2
const COMPRESSED = 8
const LITERAL = 11
/** Keys for a session, and data that one of them opens. */
const ENCRYPTED: readonly number[] = [1, 3, 9, 18, 20]
/** Algorithms that encrypt a session key (RFC 9580 section 9.1). */
const KEY_ALGORITHMS: ReadonlySet<number> = new Set([1, 2, 16, 18, 20, 25, 26])
/** What may begin a message: keys for a session, signatures, compressed and literal data, a marker. */
const BEGINNINGS: readonly number[] = [1, 3, SIGNATURE, 4, COMPRESSED, LITERAL, 10]
/** GnuPG stops at 32. */
const DEEPEST = 8
const WRAPPINGS = { 1: 'raw', 2: 'zlib' } as const

/** Whether the bytes begin with a packet that begins a message. */
export function isPgp(start: Buffer): boolean {
  const packet = packetsOf(start).next().value
  return packet !== undefined && BEGINNINGS.includes(packet.tag) && isPlausible(packet.tag, packet.body)
}

/** Whether a packet's first bytes are those of its kind: versions and algorithms that exist. */
function isPlausible(tag: number, body: Buffer): boolean {
  const first = body[0] ?? -1
  switch (tag) {
    case 1:
      // Version, for whom, algorithm, and a session key under it, which no algorithm makes shorter.
      return (
        (first === 3 && body.length >= 12 && KEY_ALGORITHMS.has(body[9] ?? -1)) || (first === 6 && body.length >= 24)
      )
    case SIGNATURE:
    case 4:
    case 3:
      return first >= 3 && first <= 6 && body.length >= 4
    case COMPRESSED:
      return isCompressed(body)
    case 10:
      return body.toString('latin1', 0, 3) === 'PGP'
    case LITERAL:
      return 'btulm1'.includes(String.fromCharCode(first)) && body.length >= 6 + (body[1] ?? 0)
    case 18:
      return first === 1 || first === 2
    default:
      return tag === 9 || first === 1
  }
}

/** Whether what stands behind the algorithm (none, ZIP, ZLIB, BZip2) begins as its data do. */
function isCompressed(body: Buffer): boolean {
  switch (body[0]) {
    case 0:
    case 1:
      return body.length > 1
    case 2:
      return body.length > 2 && ((body[1] ?? 0) & 0x0f) === 8
    case 3:
      return body.toString('latin1', 1, 4) === 'BZh'
    default:
      return false
  }
}

export const pgp: Format = {
  *extract(content, hint, budget) {
    if (isPgp(content)) {
      yield* contentsOf(content, hint, budget, 0)
      return
    }
    const lines = linesOf(content)
    for (let at = lines.find('-----BEGIN PGP ', 0); at >= 0; ) {
      const begin = lines.at(at)
      const end = lines.find('-----', begin.next)
      if (ARMOUR.test(lines.text(begin, 80)))
        yield* contentsOf(unarmoured(content, lines, begin, end < 0 ? content.length : end), hint, budget, 0)
      at = end < 0 ? -1 : lines.find('-----BEGIN PGP ', end)
    }
  },
}

/** The bytes of armour: its fields end at a blank line, its base64 at the checksum. */
function unarmoured(content: Buffer, lines: Lines, begin: Line, end: number): Buffer {
  let at = begin.next
  while (at < end) {
    const line = lines.at(at)
    const text = lines.text(line, 200).trim()
    if (text !== '' && !text.includes(':')) break
    at = line.next
  }
  const data = content.toString('latin1', at, end)
  const checksum = data.search(/[\r\n]=/)
  return Buffer.from(checksum < 0 ? data : data.slice(0, checksum), 'base64')
}

/** Every literal in a sequence of packets, those within compressed ones too. */
function* contentsOf(bytes: Buffer, hint: Hint, budget: Budget, depth: number): Generator<Embedded> {
  let isEncrypted = false
  for (const { tag, body } of packetsOf(bytes)) {
    if (!isPlausible(tag, body)) continue
    if (tag === COMPRESSED && depth < DEEPEST) yield* decompressed(body, hint, budget, depth)
    const isKey: boolean = ENCRYPTED.includes(tag) && !isEncrypted
    if ((tag !== LITERAL && !isKey) || budget.files-- <= 0) continue
    isEncrypted ||= isKey
    yield isKey ? { kind: 'pgp', name: '', bytes: Buffer.alloc(0), anomaly: 'encrypted' } : literal(body, hint)
  }
}

function* decompressed(body: Buffer, hint: Hint, budget: Budget, depth: number): Generator<Embedded> {
  const algorithm = body[0] as number
  const data = body.subarray(1)
  if (algorithm === 0) yield* contentsOf(data, hint, budget, depth + 1)
  else if (algorithm === 1 || algorithm === 2) {
    const { bytes, isCut } = inflate(data, WRAPPINGS[algorithm], budget)
    for (const each of contentsOf(bytes, hint, budget, depth + 1)) {
      yield isCut && each.anomaly === undefined ? { ...each, anomaly: 'decoded-bytes' } : each
    }
  } else if (budget.files-- > 0) yield { kind: 'pgp', name: '', bytes: data, anomaly: 'compression-unknown' }
}

/** A format, a name, a date, the bytes. */
function literal(body: Buffer, hint: Hint): Embedded {
  const nameEnd = 2 + (body[1] ?? 0)
  const given = nameText(body.subarray(2, nameEnd))
  const bytes = body.subarray(nameEnd + 4)
  const outer = /^(.+)\.(pgp|gpg|asc)$/i.exec(hint.name)?.[1] ?? ''
  // Only for your eyes: GnuPG's and PGP's name for what is not to be stored.
  const name = given === '' || given === '_CONSOLE' ? outer : given
  return looksLikeEntity(bytes) ? { kind: 'pgp', name, bytes, isMessage: true } : { kind: 'pgp', name, bytes }
}
