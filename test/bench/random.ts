import { createCipheriv, createHash } from 'node:crypto'

/** A source of pseudo-random bytes and numbers: the same seed gives the same ones on every machine. */
export interface Random {
  bytes(size: number): Buffer
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number
}

/** The key stream of AES-CTR under the digest of the seed: fast, and the same everywhere. */
export function seededRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest()
  const stream = createCipheriv('aes-128-ctr', digest.subarray(0, 16), digest.subarray(16))
  const bytes = (size: number) => stream.update(Buffer.alloc(size))
  return { bytes, below: (limit) => bytes(4).readUInt32BE() % limit }
}
