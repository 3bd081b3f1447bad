import { Fault } from '../core/index.ts'

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
