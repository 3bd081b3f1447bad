import { createHash, type Hash, hash as hashAtOnce } from 'node:crypto'
import type { Content, ContentMeter } from '../core/index.ts'
import { type ActiveMeter, createActiveMeter, linksOfAll } from './active/index.ts'
import { testStringAt } from './test-string.ts'
import { createSampler, detectContent, excerptOfAll, type Group, groupOf, type Sampler } from './type/index.ts'

/** Up to here what may be all there is waits for its end: hashed at once, small contents cost less. */
const AT_ONCE_BYTES = 65_536

/** Measures one sample as its bytes stream by; what is written must not change afterwards, but for what was written into `space`. */
export function createContentMeter(): ContentMeter {
  return new Meter()
}

class Meter implements ContentMeter {
  /** All that has come, while it may be all there is: most samples are small and come in one piece. */
  #first: Uint8Array | undefined
  #hash: Hash | undefined
  #sampler: Sampler | undefined
  #active: ActiveMeter | undefined
  #size = 0

  space(size: number): Buffer {
    this.#sampler ??= createSampler()
    return this.#sampler.space(size)
  }

  write(chunk: Uint8Array): void {
    const isFirst = this.#size === 0
    this.#size += chunk.length
    if (isFirst && chunk.length <= AT_ONCE_BYTES) {
      this.#first = chunk
      return
    }
    if (this.#first !== undefined) this.#take(this.#first)
    this.#first = undefined
    this.#take(chunk)
  }

  #take(chunk: Uint8Array): void {
    this.#hash ??= createHash('sha256')
    this.#sampler ??= createSampler()
    this.#active ??= createActiveMeter()
    this.#hash.update(chunk)
    this.#sampler.write(chunk)
    this.#active.write(chunk)
  }

  end(known?: (sha256: string) => Content | undefined): Content {
    const sha256 = this.#hash?.digest('hex') ?? hashAtOnce('sha256', this.#first ?? EMPTY, 'hex')
    return known?.(sha256) ?? this.#contentOf(sha256)
  }

  #contentOf(sha256: string): Content {
    const first = this.#first ?? EMPTY
    const sample = this.#hash === undefined ? excerptOfAll(first) : (this.#sampler ?? createSampler()).end()
    const { types, charset } = detectContent(sample)
    return {
      sha256,
      size: this.#size,
      type: types[0] ?? 'application/octet-stream',
      types,
      groups: groupsOf(types),
      charset,
      testString: testStringAt(sample.head),
      links: this.#active?.end() ?? linksOfAll(first),
    }
  }
}

const EMPTY = new Uint8Array(0)

function groupsOf(types: readonly string[]): readonly string[] {
  const groups: Group[] = []
  for (const type of types) {
    const group = groupOf(type)
    if (group !== undefined && !groups.includes(group)) groups.push(group)
  }
  return groups
}
