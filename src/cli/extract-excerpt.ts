/** A few bytes of a message at the place of an anomaly, made harmless. */
import { closeSync, openSync, readSync } from 'node:fs'
import { harmless } from './style.ts'

const LENGTH = 48

/** Shows what stands at a byte. */
export type ShowPlace = (offset: number) => string

/** Where nothing can be shown: standard input is gone when it was read. */
export const showNothing: ShowPlace = () => ''

/** Shows places in a file, which is read again for it; whatever prevents that is no error, as nothing depends on it. */
export function showPlaces(file: string): ShowPlace {
  return (offset) => {
    const bytes = Buffer.alloc(LENGTH)
    try {
      const descriptor = openSync(file, 'r')
      try {
        return shown(bytes.subarray(0, readSync(descriptor, bytes, 0, LENGTH, offset)))
      } finally {
        closeSync(descriptor)
      }
    } catch {
      return ''
    }
  }
}

/** Line ends and bytes that are no ASCII are shown as such: they may be what is odd. */
function shown(bytes: Buffer): string {
  const text = harmless(
    bytes.toString('latin1').replace(/[\x80-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`),
  )
  return text
    .replaceAll('\\u{d}', '\\r')
    .replaceAll('\\u{a}', '\\n')
    .replaceAll('\\u{9}', '\\t')
    .replaceAll('\\u{0}', '\\0')
}
