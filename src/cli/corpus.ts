/** Messages to try rules on: files of one message each, folders of such, mailboxes (mbox, RFC 4155). */
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** One message of a corpus. */
export interface CorpusMessage {
  /** The file, and in a mailbox the number of the message after a colon. */
  readonly name: string
  readonly chunks: AsyncIterable<Uint8Array>
}

/** All files of a folder and the folders in it, by name; a file is itself. Names that begin with a dot are left out. */
export function corpusFiles(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return [place]
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
}

/** Longest message of a mailbox: the usual limit of the filter is lower. */
const LARGEST_BYTES = 256 * 1024 * 1024

/** The messages of a file: several where its first line begins as in a mailbox. */
export async function* messagesOf(file: string): AsyncGenerator<CorpusMessage> {
  const source = createReadStream(file)[Symbol.asyncIterator]()
  const first = await source.next()
  const isMailbox = !first.done && Buffer.from(first.value).subarray(0, 5).toString('latin1') === 'From '
  if (!isMailbox) yield { name: file, chunks: chained(first, source) }
  else yield* split(file, chained(first, source))
}

async function* chained(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (let next = first; !next.done; next = await rest.next()) yield next.value
}

/** A message begins after a line that begins with `From ` at the start or after an empty line. */
async function* split(file: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CorpusMessage> {
  let number = 0
  let held: Buffer = Buffer.alloc(0)
  let isAtStart = true
  for await (const chunk of chunks) {
    held = Buffer.concat([held, chunk])
    for (let end = nextStart(held); end >= 0; end = nextStart(held)) {
      yield one(file, ++number, held.subarray(0, end))
      held = Buffer.from(held.subarray(end))
      isAtStart = false
    }
    if (held.length > LARGEST_BYTES) throw new Error(`${file}: message ${number + 1} is larger than 256 MiB`)
  }
  if (held.length > 0 || isAtStart) yield one(file, number + 1, held)
}

/** Where the next message begins: after the empty line before its `From `. */
function nextStart(held: Buffer): number {
  const unix = held.indexOf('\n\nFrom ', 1, 'latin1')
  const dos = held.indexOf('\r\n\r\nFrom ', 1, 'latin1')
  if (unix < 0) return dos < 0 ? -1 : dos + 4
  return dos < 0 || unix < dos ? unix + 2 : dos + 4
}

/** Without the line of the mailbox; `>From ` at the start of a line is `From ` again. */
function one(file: string, number: number, bytes: Buffer): CorpusMessage {
  const body = bytes.subarray(bytes.indexOf('\n') + 1)
  const text = body.includes('\n>')
    ? Buffer.from(body.toString('latin1').replace(/^>(>*From )/gm, '$1'), 'latin1')
    : body
  return { name: `${file}:${number}`, chunks: pieces(text) }
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}
