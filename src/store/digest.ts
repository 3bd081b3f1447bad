import { Fault } from '../core/index.ts'
import type { Override } from './override.ts'

/** Whether a text is a SHA-256 as the whole project writes it: 64 lower-case hex digits. */
export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

/** Refuses what is not a digest before it becomes a row that nobody would ever find. */
export function requireDigests(digests: Iterable<string>): void {
  for (const digest of digests) {
    if (!isDigest(digest)) {
      throw new Fault('internal', `store: ${JSON.stringify(digest)} is not a SHA-256 of 64 lower-case hex digits`)
    }
  }
}

/** Refuses an override that could never apply, or that would allow more than exact bytes. */
export function requireOverride({ kind, value, verdict }: Pick<Override, 'kind' | 'value' | 'verdict'>): void {
  if (kind === 'sha256') requireDigests([value])
  else if (verdict === 'allow') throw new Fault('internal', 'store: a family is never allowed, only exact bytes are')
  else if (value.length === 0 || value.length > 255)
    throw new Fault('internal', 'store: a family has 1 to 255 characters')
}
