import { createHash } from 'node:crypto'
import type { Content, ContentMeter } from '../core/index.ts'
import { testStringAt } from './test-string.ts'
import { detectTypes } from './type/index.ts'

/** Types are told by the beginning (ISO 9660 names itself at 32,769) … */
const HEAD_BYTES = 32_800
/** … and by the end, where a zip file has its directory. */
const TAIL_BYTES = 1024

/** Measures one sample as its bytes stream by; what is written must not change afterwards. */
export function createContentMeter(): ContentMeter {
  const hash = createHash('sha256')
  const head: Uint8Array[] = []
  let headBytes = 0
  let tail: Uint8Array = new Uint8Array(0)
  let size = 0

  function write(chunk: Uint8Array): void {
    hash.update(chunk)
    size += chunk.length
    if (headBytes < HEAD_BYTES) {
      head.push(chunk)
      headBytes += chunk.length
    }
    tail = chunk.length >= TAIL_BYTES ? chunk.subarray(-TAIL_BYTES) : lastBytes(tail, chunk)
  }
  function end(): Content {
    const start = head.length === 1 ? asBuffer(head[0] as Uint8Array) : Buffer.concat(head)
    const sample = { head: start.subarray(0, HEAD_BYTES), tail: asBuffer(tail), size }
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

function lastBytes(before: Uint8Array, chunk: Uint8Array): Uint8Array {
  return Buffer.concat([before, chunk]).subarray(-TAIL_BYTES)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
