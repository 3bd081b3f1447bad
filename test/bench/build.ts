import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const here = import.meta.dirname

/** The programs in C. */
export interface Built {
  readonly nullPeer: string
  readonly sha256Peer: string
  readonly load: string
}

/** Compiles peers and load generator into a folder. */
export async function build(folder: string): Promise<Built> {
  const built = { nullPeer: join(folder, 'null'), sha256Peer: join(folder, 'sha256'), load: join(folder, 'load') }
  await Promise.all([
    compile(built.nullPeer, ['peer/null.c'], ['-lmilter', '-lpthread']),
    compile(built.sha256Peer, ['peer/sha256.c'], ['-lmilter', '-lcrypto', '-lpthread']),
    compile(built.load, ['load.c', 'load-script.c'], []),
  ])
  return built
}

async function compile(target: string, sources: readonly string[], libraries: readonly string[]): Promise<void> {
  const files = sources.map((source) => join(here, source))
  try {
    await promisify(execFile)('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', target, ...files, ...libraries])
  } catch (cause) {
    throw new Error(`bench: ${sources.join(' ')} cannot be compiled; gcc and libmilter-dev are needed`, { cause })
  }
}
