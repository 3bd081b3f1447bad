/** Media types by content alone. Every detector that matches adds its types; the first is the type, more make a polyglot. */
import type { Excerpt } from './excerpt.ts'
import { detectMagic } from './magic.ts'
import { detectOle } from './ole.ts'
import { detectText } from './text.ts'
import { detectZip } from './zip.ts'

/** All media types that the content shows, the most telling first; empty where none is known. */
export function detectTypes(sample: Excerpt): string[] {
  if (sample.size === 0) return []
  const found = [...detectMagic(sample), ...detectOle(sample), ...detectZip(sample)]
  if (!found.some((type) => type.startsWith('image/'))) found.push(...detectText(sample.head, found.length > 0))
  return [...new Set(found)]
}
