import { createHash } from 'node:crypto'
import { SCAN_LISTENER } from '../core/index.ts'
import type { KeptMessage } from './kept-message.ts'
import type { Envelope } from './pipeline.ts'

/**
 * Identity of a message over all its tries: envelope sender, recipients, and the digests of what it carries. Headers, client and
 * Message-ID change between tries. The recipients belong to it, so that nobody's mail ages with that of somebody else who was
 * sent the same attachment. What is only scanned continues no story of mail. Each part is written with its length: no two different lists give the same key.
 */
export function storyKey(
  { sender, recipients, listener }: Pick<Envelope, 'sender' | 'recipients'> & Partial<Pick<Envelope, 'listener'>>,
  digests: readonly string[],
): string {
  const hash = createHash('sha256')
  for (const list of [[sender], recipients, digests, ...(listener === SCAN_LISTENER ? [[listener]] : [])]) {
    const parts = [...new Set(list)].sort()
    hash.update(`${parts.length}#`)
    for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`)
  }
  return hash.digest('hex')
}

/** What stands for a message of which no attachment is known: the digest of its bytes; its size where they could not be kept. */
export async function identityOf(kept: KeptMessage): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of kept.stream()) hash.update(chunk)
    return hash.digest('hex')
  } catch {
    return `size ${kept.size}`
  }
}
