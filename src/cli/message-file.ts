/** A message in a file, read as a stream into whoever wants its bytes. */
import { createReadStream } from 'node:fs'
import type { CliIo } from './io.ts'

/** Whoever takes the bytes: an inspection, an examination. */
export interface ByteSink {
  write(chunk: Uint8Array): boolean
  drained(): Promise<void>
}

/** The file itself could not be read. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
}

/** Feeds a file (`-` is standard input). Throws `UnreadableFile`; what the sink throws passes as it is. */
export async function feed(file: string, sink: ByteSink, io: CliIo): Promise<void> {
  const source = (file === '-' ? io.stdin : createReadStream(file))[Symbol.asyncIterator]()
  try {
    await pour(file, source, sink)
  } finally {
    await source.return?.()
  }
}

async function pour(file: string, source: AsyncIterator<Uint8Array>, sink: ByteSink): Promise<void> {
  for (;;) {
    const next = await source.next().catch((error: NodeJS.ErrnoException) => {
      throw new UnreadableFile(`${file} cannot be read: ${REASONS[error.code ?? ''] ?? error.message}`)
    })
    if (next.done) return
    if (!sink.write(next.value)) await sink.drained()
  }
}
