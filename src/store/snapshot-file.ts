/** What was read last of a small part of the store, in a local file: a filter that starts while its store is away goes on with it. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import type { z } from 'zod'

export class SnapshotFile<T> {
  readonly #path: string
  readonly #schema: z.ZodType<T>
  /** What it holds, as far as we know. */
  #text = ''

  constructor(path: string, schema: z.ZodType<T>) {
    this.#path = path
    this.#schema = schema
  }

  /** What it holds: nothing where there is no file. Rejects where it is not one of ours. */
  async read(): Promise<T | undefined> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return undefined
    const found = this.#schema.parse(JSON.parse(text))
    this.#text = text
    return found
  }

  /** Writes it where it is not what the file holds: whole or not at all, whatever ends the process. */
  async write(found: T): Promise<void> {
    const text = JSON.stringify(found)
    if (text === this.#text) return
    const beside = `${this.#path}.${process.pid}`
    await writeFile(beside, text, { mode: 0o600, flush: true })
    await rename(beside, this.#path)
    this.#text = text
  }
}
