/**
 * What the release, which runs as root, and the filter say to each other over a unix socket: one request and one answer a connection, each a
 * line of JSON. The bytes of a message follow in pieces with their length in front, and an empty one says that they are whole: a message
 * that was cut off must never look harmless.
 */
import { z } from 'zod'

/** Longest line; so many held messages are asked about at once. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024
export const MAX_TICKETS = 5000
const MAX_PIECE_BYTES = 16 * 1024 * 1024

const seal = z.string().max(600)

export const requestOf = z.discriminatedUnion('ask', [
  z.strictObject({
    ask: z.literal('seen'),
    instance: z.string().max(64),
    seals: z.array(seal).max(MAX_TICKETS),
    /** Queue ids of what lies there and is not asked about. */
    others: z.array(z.string().max(64)).max(MAX_TICKETS),
    /** Whether these are all that lie there. */
    isWhole: z.boolean(),
  }),
  z.strictObject({ ask: z.literal('examine'), seal }),
  z.strictObject({ ask: z.literal('notice'), seal }),
  z.strictObject({
    ask: z.literal('did'),
    seal,
    what: z.enum(['released', 'notified', 'returned', 'deleted', 'failed']),
    detail: z.string().max(500),
  }),
])
export type Request = z.output<typeof requestOf>

const todo = z.enum(['wait', 'examine', 'release', 'return', 'delete'])
/** What the release is to do about a held message. */
export type Todo = z.output<typeof todo>

/** In the order of the seals that were asked about. */
export const seenAnswer = z.strictObject({ todos: z.array(todo) })
export const examineAnswer = z.strictObject({ todo: todo.exclude(['examine']) })
/** Absent where there is nobody to tell; `isSent` where only the deletion is left to do. */
export const noticeAnswer = z.strictObject({
  notice: z.strictObject({ to: z.string().max(320), text: z.string().max(200_000), isSent: z.boolean() }).optional(),
})
export const didAnswer = z.strictObject({})
export const refusal = z.strictObject({ error: z.string() })

/** The bytes of a message as they cross. */
export async function* framed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of bytes) {
    if (piece.length === 0) continue
    yield lengthOf(piece.length)
    yield Buffer.from(piece.buffer, piece.byteOffset, piece.length)
  }
  yield lengthOf(0)
}

/** The first line of what comes, and what follows it. */
export async function splitLine(
  chunks: AsyncIterator<Buffer>,
): Promise<{ readonly line: string; readonly rest: Buffer }> {
  const pieces: Buffer[] = []
  for (let bytes = 0; ; ) {
    const { done, value } = await chunks.next()
    if (done) throw new Error('the line is cut off')
    const end = value.indexOf(0x0a)
    pieces.push(end < 0 ? value : value.subarray(0, end))
    bytes += value.length
    if (end >= 0) return { line: Buffer.concat(pieces).toString('utf8'), rest: value.subarray(end + 1) }
    if (bytes > MAX_LINE_BYTES) throw new Error('the line is too long')
  }
}

/** The message in what comes; throws where it ends before it is whole. */
export async function* unframed(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  let held = first
  let left = -1
  for (;;) {
    if (left < 0 && held.length >= 4) {
      left = held.readUInt32BE(0)
      held = held.subarray(4)
      if (left === 0) return
      if (left > MAX_PIECE_BYTES) throw new Error('a piece is too long')
      continue
    }
    if (left > 0 && held.length > 0) {
      const piece = held.subarray(0, left)
      held = held.subarray(piece.length)
      left = piece.length === left ? -1 : left - piece.length
      yield piece
      continue
    }
    const { done, value } = await chunks.next()
    if (done) throw new Error('the message is cut off')
    held = held.length === 0 ? value : Buffer.concat([held, value])
  }
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes)
  return length
}
