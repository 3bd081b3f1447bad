/** Divides OpenPGP data into packets, of the old form and the new (RFC 9580 section 4.2); of a cut one, what is there. */

export interface Packet {
  readonly tag: number
  readonly body: Buffer
}

interface Length {
  /** Of this piece of the body. */
  readonly length: number
  readonly start: number
  /** Another piece follows. */
  readonly isPartial: boolean
}

/** The packets from the beginning on, as far as they are packets. */
export function* packetsOf(bytes: Buffer): Generator<Packet> {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number
    if ((first & 0x80) === 0) return
    const isNew = (first & 0x40) !== 0
    const tag = isNew ? first & 0x3f : (first & 0x3f) >> 2
    const read = isNew ? newBody(bytes, at + 1) : oldBody(bytes, at + 1, first & 3)
    if (read === undefined || tag === 0) return
    yield { tag, body: read.body }
    at = read.next
  }
}

function oldBody(bytes: Buffer, at: number, lengthType: number): { body: Buffer; next: number } | undefined {
  const size = 1 << lengthType
  if (lengthType === 3) return { body: bytes.subarray(at), next: bytes.length }
  if (at + size > bytes.length) return undefined
  const end = at + size + bytes.readUIntBE(at, size)
  return { body: bytes.subarray(at + size, end), next: end }
}

function newBody(bytes: Buffer, from: number): { body: Buffer; next: number } | undefined {
  const pieces: Buffer[] = []
  for (let at = from; ; ) {
    const read = newLength(bytes, at)
    if (read === undefined) return pieces.length === 0 ? undefined : { body: Buffer.concat(pieces), next: bytes.length }
    at = read.start + read.length
    const piece = bytes.subarray(read.start, at)
    pieces.push(piece)
    if (!read.isPartial) return { body: pieces.length === 1 ? piece : Buffer.concat(pieces), next: at }
  }
}

function newLength(bytes: Buffer, at: number): Length | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 192) return { length: first, start: at + 1, isPartial: false }
  if (first >= 224 && first < 255) return { length: 1 << (first & 0x1f), start: at + 1, isPartial: true }
  const size = first === 255 ? 4 : 1
  if (at + 1 + size > bytes.length) return undefined
  const rest = bytes.readUIntBE(at + 1, size)
  return { length: size === 4 ? rest : ((first - 192) << 8) + rest + 192, start: at + 1 + size, isPartial: false }
}
