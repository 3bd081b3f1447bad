/** Compares what other readers see in messages with what we see. */
import { extract, read, sha256 } from '../read.ts'
import { leavesBy } from './peers.ts'

export interface NamedMessage {
  readonly name: string
  readonly message: Buffer
}

/** A leaf that the peer has and we have not. */
export interface Unseen extends NamedMessage {
  readonly peer: string
  readonly bytes: Buffer
  /** Where our samples and texts lie. */
  readonly paths: readonly string[]
}

/** The leaves of the peers that are neither attachments nor texts of ours. */
export async function unseenBy(
  peers: readonly string[],
  messages: readonly NamedMessage[],
): Promise<readonly Unseen[]> {
  const contents = messages.map(({ message }) => message)
  const theirs = await Promise.all(peers.map(async (peer) => ({ peer, leaves: await leavesBy(peer, contents) })))
  const unseen: Unseen[] = []
  for (const [i, { name, message }] of messages.entries()) {
    const { attachments, bodies } = await read(message)
    const ours = [...attachments, ...bodies]
    const digests = new Set(ours.map((sample) => sample.sha256))
    const paths = ours.map(({ path }) => path)
    for (const { peer, leaves } of theirs) {
      const missed = (leaves[i] ?? []).filter(
        (leaf) => !digests.has(leaf.sha256) && !digests.has(sha256(withCrlf(leaf.bytes))),
      )
      unseen.push(...missed.map(({ bytes }) => ({ peer, name, message, bytes, paths })))
    }
  }
  return unseen
}

/** MIME-tools ends lines in LF. */
function withCrlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
}

/** How the peer came to bytes that we do not show, where nothing is lost by it; undefined where something may be. */
export async function harmlessReason({ bytes, message, paths }: Unseen): Promise<string | undefined> {
  const text = withCrlf(bytes).toString('latin1')
  if (!withCrlf(message).toString('latin1').includes(text)) return undefined
  if (/^(?:\s*-+\S|content-)/im.test(text)) return 'it does not split what we split'
  if (isEncoded(text)) return 'it does not decode what we decode'
  for (const path of paths)
    if (
      withCrlf(await extract(message, path))
        .toString('latin1')
        .includes(text)
    )
      return 'a piece of a text that we show whole'
  return undefined
}

/** Quoted-printable or base64, from the first byte to the last. */
function isEncoded(text: string): boolean {
  return !/[^\t\r\n -~]/.test(text) && (/^[A-Za-z0-9+/=\s]{24,}$/.test(text) || /(?:=[0-9A-F]{2}|=\r\n)/.test(text))
}
