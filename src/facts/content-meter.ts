import { createHash } from 'node:crypto'
import type { Content, ContentMeter } from '../core/index.ts'
import { testStringAt } from './test-string.ts'
import { createSampler, detectTypes } from './type/index.ts'

/** Measures one sample as its bytes stream by; what is written must not change afterwards. */
export function createContentMeter(): ContentMeter {
  const hash = createHash('sha256')
  const sampler = createSampler()
  let size = 0

  function write(chunk: Uint8Array): void {
    hash.update(chunk)
    size += chunk.length
    sampler.write(chunk)
  }
  function end(): Content {
    const sample = sampler.end()
    const types = detectTypes(sample)
    return {
      sha256: hash.digest('hex'),
      size,
      type: types[0] ?? 'application/octet-stream',
      types,
      testString: testStringAt(sample.head),
    }
  }
  return { write, end }
}
