/** A file, mostly a message, read as a stream into whoever wants its bytes. */
import { createReadStream } from 'node:fs'
import { describeError } from '../telemetry/index.ts'
import type { CliIo } from './io.ts'
import { harmless } from './style.ts'

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
  for await (const chunk of bytesOf(file, io)) if (!sink.write(chunk)) await sink.drained()
}

/** The bytes of a file (`-` is standard input). Throws `UnreadableFile` with the reason in words. */
export async function* bytesOf(file: string, io: CliIo): AsyncGenerator<Uint8Array, void> {
  try {
    yield* file === '-' ? io.stdin : createReadStream(file)
  } catch (error) {
    throw new UnreadableFile(`${harmless(file)} cannot be read: ${reasonOf(error)}`)
  }
}

/** Why a file cannot be read, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? describeError(error)
}
