/**
 * What was read last of a small part of the store, in a local file: a filter that starts while its store is away goes on with it. It is a help,
 * and nothing fails because of it: what is wrong with it is told once.
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import type { z } from 'zod'

export class SnapshotFile<T> {
  readonly #path: string
  readonly #schema: z.ZodType<T>
  readonly #onTrouble: (error: unknown) => void
  #isTroubled = false
  /** What it holds, as far as we know. */
  #text = ''

  constructor(path: string, schema: z.ZodType<T>, onTrouble: (error: unknown) => void) {
    this.#path = path
    this.#schema = schema
    this.#onTrouble = onTrouble
  }

  /** What it holds: nothing where there is no file, or none of ours. */
  read(): Promise<T | undefined> {
    return this.#read().catch((error: unknown) => this.#complain(error))
  }

  /** Writes it where it is not what the file holds: whole or not at all, whatever ends the process. Resolves with whether it holds it now. */
  write(found: T): Promise<boolean> {
    return this.#write(found).then(
      () => true,
      (error: unknown) => this.#complain(error) ?? false,
    )
  }

  async #read(): Promise<T | undefined> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return undefined
    const found = this.#schema.parse(JSON.parse(text))
    this.#text = text
    return found
  }

  async #write(found: T): Promise<void> {
    const text = JSON.stringify(found)
    if (text === this.#text) return
    const beside = `${this.#path}.${process.pid}`
    await writeFile(beside, text, { mode: 0o600, flush: true })
    await rename(beside, this.#path)
    this.#text = text
  }

  #complain(error: unknown): undefined {
    if (!this.#isTroubled) this.#onTrouble(error)
    this.#isTroubled = true
  }
}
