import { createHash, type Hash } from 'node:crypto'

/**
 * Identity of a message over its retries: the envelope sender and the digests of the attachments, whatever their order. Headers,
 * client and Message-ID stay out, because they change between retries. Each part is hashed with its length before it, so that no
 * two lists of parts look alike. A message whose attachments are not known has no identity: look for no story then.
 */
export function storyKey(sender: string, digests: readonly string[]): string {
  const hash = createHash('sha256')
  addPart(hash, 'story-1')
  addPart(hash, sender)
  for (const digest of digests.toSorted()) addPart(hash, digest)
  return hash.digest('hex')
}

function addPart(hash: Hash, text: string): void {
  const bytes = Buffer.from(text, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  hash.update(length).update(bytes)
}
