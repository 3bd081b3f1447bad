/** Media types by content alone. Every detector that matches adds its types; the first is the type, more are its kinds or make a polyglot. */
import { typesByHeader } from './binary/header.ts'
import { typesByMark } from './binary/magic.ts'
import type { Excerpt } from './excerpt.ts'
import { detectOle } from './ole/index.ts'
import { hiddenCode } from './polyglot.ts'
import { detectText, markupBeside, textBeside } from './text/index.ts'
import { detectZip } from './zip/index.ts'

export { GROUPS, type Group } from './catalog/group.ts'
export { CATALOG, type CatalogEntry, groupOf, typesNamed } from './catalog.ts'
export type { Excerpt } from './excerpt.ts'
export { mismatchesOf } from './mismatch.ts'
export { createSampler, excerptOfAll, type Sampler } from './sampler.ts'

/** What the bytes show about their type. */
export interface TypeFacts {
  /** The most telling first; empty where none is known. */
  readonly types: readonly string[]
  /** Character set of a text, empty where the content is none. */
  readonly charset: string
}

/** All media types that the content shows, and its character set where it is text. */
export function detectContent(sample: Excerpt): TypeFacts {
  if (sample.size === 0) return { types: [], charset: '' }
  const marked = typesByMark(sample)
  const found = [...marked, ...typesByHeader(sample), ...detectOle(sample), ...detectZip(sample)]
  if (found.length === 0) return detectText(sample)
  const types = [...found, ...hiddenCode(sample, found[0] ?? ''), ...beside(found, sample)]
  if (marked.length === 0 && !STARTED.test(sample.head.toString('latin1', 0, 5))) types.push(...textBeside(sample))
  return { types: [...new Set(types)], charset: '' }
}

/** Beginnings of formats that are no texts though they look like some. */
const STARTED = /^(?:PK|%PDF-|MZ|P[1-7]\s|PAR1|BZh|RIFF|FORM|BM|II|MM|FWS|CWS|ZWS)/

/** A binary format that begins like text may be opened as markup. */
function beside(found: readonly string[], sample: Excerpt): readonly string[] {
  return found.some((type) => type.startsWith('image/')) ? [] : markupBeside(sample)
}
