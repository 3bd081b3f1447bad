import { createHash } from 'node:crypto'

/**
 * Identity of a message over all its tries: the envelope sender and the digests of what it carries. Headers, client and Message-ID
 * change between tries. Each part is written with its length, so that no two different lists give the same key.
 */
export function storyKey(sender: string, digests: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of [sender, ...[...new Set(digests)].sort()]) hash.update(`${Buffer.byteLength(part)}:${part}`)
  return hash.digest('hex')
}
