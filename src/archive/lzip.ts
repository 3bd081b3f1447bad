/** lzip: LZMA with a head and tail of its own (lzip manual, "File format"). 7-Zip unpacks each piece of it as an LZMA file. */
import { type Member, MemberFault, memberOf, type OpenContext } from './container.ts'
import { guessedPath } from './stream.ts'

const MAGIC = Buffer.from('LZIP\x01')
const HEAD = 6
/** CRC of the data, size of the data, size of the piece. */
const TAIL = 20
/** Properties that lzip always has: lc 3, lp 0, pb 2. */
const PROPERTIES = 0x5d
const MAX_PIECES = 1000

/** Opens an lzip file, which may have several pieces one after the other. */
export function* openLzip(content: Buffer, context: OpenContext): Generator<Member> {
  yield memberOf({ ...guessedPath(context), bytes: () => unpacked(content, context) })
}

/** Pieces are found from the end, where each tells its size. */
function piecesOf(content: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = []
  for (let end = content.length; end > 0; ) {
    const size = end >= HEAD + TAIL ? Number(content.readBigUInt64LE(end - 8)) : 0
    const piece = content.subarray(Math.max(0, end - size), end)
    if (size < HEAD + TAIL || size > end || !piece.subarray(0, 5).equals(MAGIC) || pieces.length === MAX_PIECES)
      throw new MemberFault('corrupt')
    pieces.unshift(piece)
    end -= size
  }
  return pieces
}

async function* unpacked(content: Buffer, { sevenZip, share }: OpenContext): AsyncGenerator<Buffer, void, undefined> {
  if (sevenZip === undefined) throw new MemberFault('unsupported')
  for (const piece of piecesOf(content)) {
    const expected = Number(piece.readBigUInt64LE(piece.length - 16))
    const { files, limit } = await sevenZip.extract(asLzma(piece, expected), { type: 'lzma', password: '' }, share)
    let size = 0
    for (const { pieces } of files) {
      for (const bytes of pieces) {
        size += bytes.length
        yield bytes
      }
    }
    if (limit) throw limit
    if (size !== expected) throw new MemberFault('corrupt')
  }
}

/** The data end with a mark, so the size need not be told; 7-Zip knows such files by a dictionary that is a power of two. */
function asLzma(piece: Buffer, expected: number): Buffer {
  const needed = 2 ** Math.ceil(Math.log2(Math.max(4096, expected)))
  const head = Buffer.alloc(13, 0xff)
  head[0] = PROPERTIES
  head.writeUInt32LE(Math.min(needed, 2 ** Math.min(29, Math.max(12, piece.readUInt8(5) & 0x1f))), 1)
  return Buffer.concat([head, piece.subarray(HEAD, piece.length - TAIL)])
}
