/** gzip (RFC 1952): members one after the other, which are one stream to every program that unpacks them. */
import { crc32 } from 'node:zlib'
import { type Member, MemberFault, memberOf, type OpenContext } from './container.ts'
import { inflate } from './inflate.ts'
import { appended, guessedPath } from './stream.ts'
import { fromUnknown, untilNul } from './text.ts'

const MAGIC = Buffer.from([0x1f, 0x8b, 8])
const TRAILER = 8
const FLAG = { headerChecksum: 2, extra: 4, name: 8, comment: 16 } as const
/** A name that is longer is none. */
const MAX_NAME = 4096

interface GzipHeader {
  readonly name: string | undefined
  readonly dataAt: number
}

/** Opens a gzip file. */
export function* openGzip(content: Buffer, context: OpenContext): Generator<Member> {
  const stored = headerOf(content, 0)?.name
  const end = { at: content.length }
  yield memberOf({
    ...namesOf(stored, context),
    bytes: () => stream(content, context, end),
  })
  if (end.at >= content.length) return
  context.note('appended-data', end.at)
  yield appended(content, end.at, context)
}

/** Some programs take the name that is stored, others that of the file. */
function namesOf(stored: string | undefined, context: OpenContext) {
  const guessed = guessedPath(context)
  if (stored === undefined) return guessed
  const others = guessed.names.filter(({ value }) => value !== stored)
  const origin = 'gzip.name'
  return { path: stored, origin, names: stored === '' ? others : [{ value: stored, origin }, ...others] }
}

async function* stream(
  content: Buffer,
  context: OpenContext,
  end: { at: number },
): AsyncGenerator<Buffer, void, undefined> {
  let at = 0
  for (let header = headerOf(content, 0); header !== undefined; header = headerOf(content, at)) {
    const result = { used: 0, size: 0 }
    let crc = 0
    for await (const piece of inflate(content.subarray(header.dataAt), 'raw', context.share, result)) {
      crc = crc32(piece, crc)
      yield piece
    }
    at = header.dataAt + result.used + TRAILER
    if (at > content.length) throw new MemberFault('truncated')
    if (content.readUInt32LE(at - TRAILER) !== crc) throw new MemberFault('crc-mismatch')
    if (content.readUInt32LE(at - 4) !== result.size % 2 ** 32) throw new MemberFault('size-mismatch')
    end.at = at
  }
  if (at === 0) throw new MemberFault('corrupt')
}

/** Reads a header (section 2.3); undefined where there is none. */
function headerOf(content: Buffer, start: number): GzipHeader | undefined {
  if (start + 10 + TRAILER > content.length || !content.subarray(start, start + 3).equals(MAGIC)) return undefined
  const flags = content.readUInt8(start + 3)
  let at = start + 10
  if ((flags & FLAG.extra) !== 0) at += 2 + content.readUInt16LE(at)
  const name = (flags & FLAG.name) === 0 ? undefined : untilNul(content.subarray(at, at + MAX_NAME))
  if (name !== undefined) at += name.length + 1
  if ((flags & FLAG.comment) !== 0) at = content.indexOf(0, at) + 1
  if ((flags & FLAG.headerChecksum) !== 0) at += 2
  return { name: name === undefined ? undefined : fromUnknown(name), dataAt: at }
}
