import { createHash, type Hash, hash as hashAtOnce } from 'node:crypto'
import type { Content, ContentMeter } from '../core/index.ts'
import { createActiveMeter } from './active/index.ts'
import { testStringAt } from './test-string.ts'
import { createSampler, detectContent, type Group, groupOf } from './type/index.ts'

/** Up to here what may be all there is waits for its end: hashed at once, small contents cost less. */
const AT_ONCE_BYTES = 65_536

/** Measures one sample as its bytes stream by; what is written must not change afterwards, but for what was written into `space`. */
export function createContentMeter(): ContentMeter {
  let first: Uint8Array | undefined
  let hash: Hash | undefined
  const sampler = createSampler()
  const active = createActiveMeter()
  let size = 0

  function write(chunk: Uint8Array): void {
    if (size === 0 && chunk.length <= AT_ONCE_BYTES) first = chunk
    else digest(chunk)
    size += chunk.length
    sampler.write(chunk)
    active.write(chunk)
  }
  function digest(chunk: Uint8Array): void {
    hash ??= createHash('sha256')
    if (first !== undefined) hash.update(first)
    first = undefined
    hash.update(chunk)
  }
  function end(known?: (sha256: string) => Content | undefined): Content {
    const sha256 = hash?.digest('hex') ?? hashAtOnce('sha256', first ?? new Uint8Array(0), 'hex')
    return known?.(sha256) ?? contentOf(sha256)
  }
  function contentOf(sha256: string): Content {
    const sample = sampler.end()
    const { types, charset } = detectContent(sample)
    return {
      sha256,
      size,
      type: types[0] ?? 'application/octet-stream',
      types,
      groups: groupsOf(types),
      charset,
      testString: testStringAt(sample.head),
      links: active.end(),
    }
  }
  return { space: (bytes) => sampler.space(bytes), write, end }
}

function groupsOf(types: readonly string[]): readonly string[] {
  const groups: Group[] = []
  for (const type of types) {
    const group = groupOf(type)
    if (group !== undefined && !groups.includes(group)) groups.push(group)
  }
  return groups
}
