/** Runs Debian's real archivers in a folder of its own. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Workshop {
  readonly folder: string
  /** Writes a file, with the folders above it. */
  put(name: string, content: Buffer | string): void
  /** Runs a program there; its standard output. */
  run(program: string, ...words: readonly string[]): Buffer
  read(name: string): Buffer
}

/** Gives a folder to work in, and takes it away. */
export async function inWorkshop<T>(work: (shop: Workshop) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-archive-'))
  try {
    return await work({
      folder,
      put(name, content) {
        mkdirSync(dirname(join(folder, name)), { recursive: true })
        writeFileSync(join(folder, name), content)
      },
      run: (program, ...words) =>
        execFileSync(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1e9 }),
      read: (name) => readFileSync(join(folder, name)),
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Text that compresses, and never twice the same. */
export function prose(seed: string, bytes: number): Buffer {
  let text = ''
  for (let line = 0; text.length < bytes; line++) text += `${seed} line ${line}: the quick brown fox ${line * 7919}\n`
  return Buffer.from(text.slice(0, bytes))
}
