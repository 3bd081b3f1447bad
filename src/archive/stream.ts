/** Streams of one compressed member that has no name: Zstandard (RFC 8878), and what others need of it. */
import type { Name } from '../core/index.ts'
import { type Member, memberOf, type OpenContext } from './container.ts'
import { inflate } from './inflate.ts'

/** Opens a Zstandard file. */
export function* openZstd(content: Buffer, context: OpenContext): Generator<Member> {
  yield memberOf({ ...guessedPath(context), bytes: () => inflate(content, 'zstd', context.share) })
}

const ZSTD = 0xfd2fb528
const LZ4 = 0x184d2204
const SKIPPABLE = 0x184d2a50
const MAX_SKIPPED = 1000

/** Whether a content is in Zstandard's frames, behind any that programs skip (RFC 8878, section 3.1.2). */
export function isZstd(content: Buffer): boolean {
  return firstFrame(content) === ZSTD
}

/** Whether a content is in the frames of LZ4, which share those that are skipped. */
export function isLz4(content: Buffer): boolean {
  return firstFrame(content) === LZ4
}

/** The mark of the first frame that has data; 0 where there is none. */
function firstFrame(content: Buffer): number {
  let at = 0
  for (let skipped = 0; skipped < MAX_SKIPPED && at + 8 <= content.length; skipped++) {
    const mark = content.readUInt32LE(at)
    if ((mark & 0xfffffff0) !== SKIPPABLE) return mark
    at += 8 + content.readUInt32LE(at + 4)
  }
  return 0
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

/** What unpacking programs call the only member, each after the name that it takes for the container's; at least one, maybe empty. */
export function guessedNames({ names }: Pick<OpenContext, 'names'>): readonly Name[] {
  const guessed = new Set(names.filter((name) => name !== '').map(guessedName))
  return (guessed.size === 0 ? [''] : [...guessed]).map((value) => ({ value, origin: 'container.name' }))
}

/** Path and names of the only member. */
export function guessedPath(context: Pick<OpenContext, 'names'>) {
  const names = guessedNames(context)
  const path = names[0]?.value ?? ''
  return { path, names: path === '' ? [] : names, origin: 'container.name' }
}

/** What an unpacking program calls the member: the container's name without its last extension. */
function guessedName(container: string): string {
  const name = container.replace(/\.(?:t[gblx]z|tbz2|tzst|taz)$/i, '.tar')
  return name.replace(/(?<=[^/\\])\.(?:gz|z|bz2|xz|lz|lzma|zst|zstd|szdd)$/i, '')
}
