/** Lists of addresses or networks: written in the configuration, or in a file of their own that is read again when it changes. */
import { inspect } from 'node:util'
import { z } from 'zod'

/** Where a list stands. */
export type TextListSource = readonly string[] | { readonly file: string }

/** One entry and where it was read. */
export interface ListEntry {
  readonly text: string
  /** The file, empty for an entry within the configuration. */
  readonly origin: string
  /** Line of the file; in the configuration the position within the list. Both count from 1. */
  readonly line: number
}

/** A list of texts. One that lies in a file is empty until that was read. */
export class TextList {
  readonly source: TextListSource
  #file = ''
  #entries: readonly ListEntry[] = []

  constructor(source: TextListSource) {
    this.source = source
    if ('file' in source) return
    this.#entries = source.map((text, i) => ({ text, origin: '', line: i + 1 }))
  }

  /** Takes what was read of its file, whose path no longer depends on any folder. */
  take(file: string, entries: readonly ListEntry[]): void {
    this.#file = file
    this.#entries = entries
  }

  /** Absolute path of its file; empty where it stands in the configuration. */
  get file(): string {
    return this.#file
  }

  get entries(): readonly ListEntry[] {
    return this.#entries
  }

  toJSON(): TextListSource {
    return this.source
  }

  [inspect.custom](): string {
    return JSON.stringify(this.source)
  }
}

/** The entries of a file: one a line; empty lines and what begins with `#` are none. */
export function entriesOf(text: string, origin: string): readonly ListEntry[] {
  const lines = text.split(/\r?\n/).map((line, i) => ({ text: line.trim(), origin, line: i + 1 }))
  return lines.filter((line) => line.text !== '' && !line.text.startsWith('#'))
}

/** An option that is a list of texts, here or in a file. */
export function textList(doc: string) {
  return z
    .union([z.array(z.string().min(1)).min(1), z.strictObject({ file: z.string().min(1) })], {
      error: 'must be a list such as [a@example.org, "@example.net"], or { file: /PATH } with one entry a line',
    })
    .transform((source) => new TextList(source))
    .describe(doc)
}
