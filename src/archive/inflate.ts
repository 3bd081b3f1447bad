/** Decompression by Node's zlib: at once where the result is small, in pieces where it is not, and whatever can be had of damaged data. */
import type { Transform } from 'node:stream'
import {
  constants,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'
import { type ContainerShare, MemberFault } from './container.ts'

/** Up to this size a result is made at once; a piece of a larger one has at most 64 KiB. */
const SMALL_BYTES = 1024 * 1024
const PIECE_BYTES = 64 * 1024

export type Compression = 'raw' | 'zlib' | 'zstd'

interface SyncResult {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}
interface SyncOptions {
  readonly maxOutputLength: number
  readonly info: boolean
}
type Stream = Transform & { readonly bytesWritten: number }

/** Node types the option `info` in no overload. */
const AT_ONCE = {
  raw: inflateRawSync,
  zlib: inflateSync,
  zstd: zstdDecompressSync,
} as unknown as Readonly<Record<Compression, (packed: Buffer, options: SyncOptions) => SyncResult>>

const IN_PIECES: Readonly<Record<Compression, (isWhole: boolean) => Stream>> = {
  raw: (isWhole) => createInflateRaw(lenient(isWhole)),
  zlib: (isWhole) => createInflate(lenient(isWhole)),
  zstd: () => createZstdDecompress({ chunkSize: PIECE_BYTES }),
}

/** What is known after the last piece. */
export interface Inflated {
  /** Bytes of the input that were used. */
  used: number
  /** Bytes that came out. */
  size: number
}

/** The decompressed bytes in pieces, taken from the share; throws `MemberFault` after what could be had. */
export async function* inflate(
  packed: Buffer,
  compression: Compression,
  share: ContainerShare,
  result: Inflated = { used: 0, size: 0 },
): AsyncGenerator<Buffer, void, undefined> {
  let code = ''
  try {
    const { buffer, engine } = AT_ONCE[compression](packed, { maxOutputLength: SMALL_BYTES, info: true })
    result.used = engine.bytesWritten
    result.size = buffer.length
    share.take(buffer.length)
    yield buffer
    return
  } catch (error) {
    code = codeOf(error)
    if (code === '') throw error
  }
  yield* inPieces(packed, IN_PIECES[compression](!isTruncation(code)), share, result)
  if (isTruncation(code)) throw new MemberFault('truncated')
}

async function* inPieces(packed: Buffer, engine: Stream, share: ContainerShare, result: Inflated) {
  engine.on('error', () => {})
  engine.end(packed)
  try {
    for await (const piece of engine as AsyncIterable<Buffer>) {
      share.take(piece.length)
      result.size += piece.length
      yield piece
    }
  } catch (error) {
    const code = codeOf(error)
    if (code === '') throw error
    throw new MemberFault(isTruncation(code) ? 'truncated' : 'corrupt', { cause: error })
  } finally {
    result.used = engine.bytesWritten
    engine.destroy()
  }
}

function lenient(isWhole: boolean) {
  return { chunkSize: PIECE_BYTES, finishFlush: isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH }
}

/** zlib's own code of an error; empty for any other error. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(Z_|ZSTD_|ERR_BUFFER_TOO_LARGE|ERR_TRAILING_JUNK)/.test(code) ? code : ''
}

function isTruncation(code: string): boolean {
  return code === 'Z_BUF_ERROR'
}
