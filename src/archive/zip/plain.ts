/** Members that need no password and no foreign method. */
import { crc32 } from 'node:zlib'
import { type ContainerShare, MemberFault } from '../container.ts'
import { inflate } from '../inflate.ts'
import type { View } from './zip.ts'

const DEFLATE = 8
const ZSTD = 93

/** The bytes; what contradicts the headers is thrown after them. */
export async function* readPlain(
  { entry, packed, place }: View,
  methods: ReadonlySet<number>,
  share: ContainerShare,
): AsyncGenerator<Buffer, void, undefined> {
  if (!methods.has(entry.method)) throw new MemberFault('unsupported')
  let crc = 0
  let size = 0
  for await (const piece of entry.method === 0
    ? stored(packed, share)
    : inflate(packed, entry.method === ZSTD ? 'zstd' : 'raw', share)) {
    crc = crc32(piece, crc)
    size += piece.length
    yield piece
  }
  // A local header with a descriptor tells neither.
  if (place === 'zip.local' && entry.size < 0) return
  if (entry.method === DEFLATE || packed.length >= entry.packedSize) {
    if (size !== entry.size) throw new MemberFault('size-mismatch')
    if (crc !== entry.crc) throw new MemberFault('crc-mismatch')
  } else throw new MemberFault('truncated')
}

function* stored(packed: Buffer, share: ContainerShare): Generator<Buffer> {
  share.take(packed.length)
  yield packed
}
