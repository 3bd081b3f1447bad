/** OpenPGP (RFC 9580, RFC 4880): literal and compressed data is taken out, encrypted data is named. Text signed in clear is text. */
import type { Budget, Embedded, Format, Hint } from './embedded.ts'
import { looksLikeEntity } from './entity.ts'
import { inflate } from './inflate.ts'
import { type Line, type Lines, linesOf, nameText } from './line.ts'
import { packetsOf } from './pgp-packets.ts'
import {
  COMPRESSED,
  isDeclaredPgp,
  isPlausible,
  LITERAL,
  MARKER,
  ONE_PASS,
  PASSWORD_KEY,
  PUBLIC_KEY,
  SIGNATURE,
} from './pgp-plausible.ts'

const ARMOUR = /^-----BEGIN PGP (MESSAGE|ARMORED FILE)/
/** Keys for a session, and data that one of them opens. */
const ENCRYPTED: readonly number[] = [PUBLIC_KEY, PASSWORD_KEY, 9, 18, 20]
/** What may begin a message: keys for a session, signatures, compressed and literal data, a marker. */
const BEGINNINGS: readonly number[] = [PUBLIC_KEY, PASSWORD_KEY, SIGNATURE, ONE_PASS, COMPRESSED, LITERAL, MARKER]
/** GnuPG stops at 32. */
const DEEPEST = 8
const WRAPPINGS = { 1: 'raw', 2: 'zlib' } as const

/** Whether the bytes begin with a packet that begins a message. */
export function isPgp(start: Buffer, hint: Hint): boolean {
  const packet = packetsOf(start).next().value
  return (
    packet !== undefined && BEGINNINGS.includes(packet.tag) && isPlausible(packet.tag, packet.body, isDeclaredPgp(hint))
  )
}

export const pgp: Format = {
  *extract(content, hint, budget) {
    if (isPgp(content, hint)) {
      yield* contentsOf(content, { hint, budget, isDeclared: isDeclaredPgp(hint) }, 0)
      return
    }
    const lines = linesOf(content)
    for (let at = lines.find('-----BEGIN PGP ', 0); at >= 0; ) {
      const begin = lines.at(at)
      const end = lines.find('-----', begin.next)
      if (ARMOUR.test(lines.text(begin, 80)))
        yield* contentsOf(
          unarmoured(content, lines, begin, end < 0 ? content.length : end),
          { hint, budget, isDeclared: true },
          0,
        )
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

interface Opening {
  readonly hint: Hint
  readonly budget: Budget
  readonly isDeclared: boolean
}

/** Every literal in a sequence of packets, those within compressed ones too. */
function* contentsOf(bytes: Buffer, opening: Opening, depth: number): Generator<Embedded> {
  const { hint, budget, isDeclared } = opening
  let isEncrypted = false
  for (const { tag, body } of packetsOf(bytes)) {
    if (!isPlausible(tag, body, isDeclared)) continue
    if (tag === COMPRESSED && depth < DEEPEST) yield* decompressed(body, opening, depth)
    const isKey: boolean = ENCRYPTED.includes(tag) && !isEncrypted
    if ((tag !== LITERAL && !isKey) || budget.files-- <= 0) continue
    isEncrypted ||= isKey
    yield isKey ? { kind: 'pgp', name: '', bytes: Buffer.alloc(0), anomaly: 'encrypted' } : literal(body, hint)
  }
}

function* decompressed(body: Buffer, opening: Opening, depth: number): Generator<Embedded> {
  const { budget } = opening
  const algorithm = body[0] as number
  const data = body.subarray(1)
  if (algorithm === 0) yield* contentsOf(data, opening, depth + 1)
  else if (algorithm === 1 || algorithm === 2) {
    const { bytes, isCut } = inflate(data, WRAPPINGS[algorithm], budget)
    for (const each of contentsOf(bytes, opening, depth + 1)) {
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
