/** The overrides as they were read last, in a local file: a filter that starts while its store is away goes on with them. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Override } from './override.ts'

const overrides = z.array(
  z.strictObject({
    kind: z.enum(['sha256', 'family']),
    value: z.string(),
    verdict: z.enum(['deny', 'allow']),
    reason: z.string(),
    who: z.string(),
    made: z.number(),
    until: z.number(),
  }),
)

export class OverrideFile {
  readonly #path: string
  /** What it holds, as far as we know. */
  #text = ''

  constructor(path: string) {
    this.#path = path
  }

  /** What it holds: none where there is no file. Rejects where it is not one of ours. */
  async read(): Promise<readonly Override[]> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]'
      throw error
    })
    const found = overrides.parse(JSON.parse(text))
    this.#text = text
    return found
  }

  /** Writes them where they are not what it holds: whole or not at all, whatever ends the process. */
  async write(found: readonly Override[]): Promise<void> {
    const text = JSON.stringify(found)
    if (text === this.#text) return
    const beside = `${this.#path}.${process.pid}`
    await writeFile(beside, text, { mode: 0o600, flush: true })
    await rename(beside, this.#path)
    this.#text = text
  }
}
