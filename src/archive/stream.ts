/** Streams of one compressed member that has no name: Zstandard (RFC 8878), and what others need of it. */
import { type Member, memberOf, type OpenContext } from './container.ts'
import { inflate } from './inflate.ts'

/** Opens a Zstandard file. */
export function* openZstd(content: Buffer, context: OpenContext): Generator<Member> {
  const path = guessedName(context.name)
  yield memberOf({ path, origin: 'container.name', bytes: () => inflate(content, 'zstd', context.share) })
}

/** The rest of a container, from a place on, as a member without a name. */
export function appended(content: Buffer, at: number, context: OpenContext): Member {
  return sliceOf(content.subarray(at), '', 'appended', context)
}

/** Bytes that lie in the container as they are, as a member. */
export function sliceOf(bytes: Buffer, path: string, origin: string, context: OpenContext): Member {
  return memberOf({
    path,
    origin,
    declaredSize: bytes.length,
    *bytes() {
      context.share.take(bytes.length)
      yield bytes
    },
  })
}

/** What an unpacking program calls the member: the container's name without its last extension. */
export function guessedName(container: string): string {
  const name = container.replace(/\.(?:t[gblx]z|tbz2|tzst|taz)$/i, '.tar')
  return name.replace(/(?<=[^/\\])\.(?:gz|z|bz2|xz|lz|lzma|zst|zstd|szdd)$/i, '')
}
