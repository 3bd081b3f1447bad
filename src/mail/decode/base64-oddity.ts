/**
 * What is odd about base64: told by a second look at the bytes that were not decoded natively, which in ordinary mail is the last line.
 */
import type { AnomalyName } from '../../core/index.ts'
import type { OnOddity } from './decoder.ts'

const LF = 0x0a
const PAD = 0x3d
const SPACE = 0x20
const LETTER = 0
const BLANK = 1
const PADDING = 2
const URL = 3
const JUNK = 4
const KINDS = kindTable()
/** Fewer bytes say nothing about whether it is base64 at all. */
const LEAST = 16

/** Sees all bytes in order: what was decoded natively as a number of letters. */
export interface Base64Oddity {
  write(data: Buffer): void
  /** Letters in so many bytes, the last of which ends a line if any does. */
  letters(count: number, bytes: number): void
  end(): void
}

/** Begins to look; `onOddity` is called once for each oddity, with the byte where the line of it begins. */
export function createBase64Oddity(onOddity: OnOddity): Base64Oddity {
  const told = new Set<AnomalyName>()
  let letters = 0
  let junk = 0
  let seen = 0
  /** Where the line begins that is seen, and the one in which letters were last. */
  let line = 0
  let lastLine = 0
  /** Letters since the last quartet that padding ended. */
  let quartet = 0
  /** `inside`: padding ended a quartet; `after`: letters follow it, in the same line so far; `over`: what follows is known. */
  let state: 'inside' | 'padded' | 'after' | 'over' = 'inside'

  function tell(name: AnomalyName, at?: number): void {
    if (told.has(name)) return
    told.add(name)
    onOddity(name, at)
  }
  function take(byte: number): void {
    const kind = KINDS[byte] as number
    if (kind === LETTER) {
      letters++
      quartet++
      lastLine = line
      if (state === 'padded') state = 'after'
    } else if (kind === PADDING) {
      if (state === 'inside') state = 'padded'
      quartet = 0
    } else if (kind === BLANK) {
      if (byte === SPACE) junk++
      if (state === 'after')
        follow(byte === LF ? 'base64-padding-inside' : byte === SPACE ? 'base64-trailing-data' : undefined)
      if (byte === LF) line = seen + 1
    } else {
      junk++
      if (state === 'padded' || state === 'after') follow('base64-trailing-data')
      else if (state === 'inside') tell(kind === URL ? 'base64-url' : 'base64-junk', line)
    }
  }
  function follow(name: AnomalyName | undefined): void {
    if (name === undefined) return
    state = 'over'
    tell(name, line)
  }
  return {
    write(data) {
      for (let i = 0; i < data.length; i++, seen++) take(data[i] as number)
    },
    letters(count, bytes) {
      if (state === 'padded') follow('base64-padding-inside')
      letters += count
      seen += bytes
      if (bytes > count) line = seen
    },
    end() {
      if (state === 'after') follow('base64-padding-inside')
      if (state === 'inside' && quartet % 4 === 1) tell('base64-partial', lastLine)
      if (letters + junk >= LEAST && junk * 10 > letters + junk) tell('cte-mismatch')
    },
  }
}

function kindTable(): Uint8Array {
  const table = new Uint8Array(256).fill(JUNK)
  for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
    table[char.charCodeAt(0)] = LETTER
  for (const byte of [0x09, LF, 0x0d, SPACE]) table[byte] = BLANK
  for (const char of '-_') table[char.charCodeAt(0)] = URL
  table[PAD] = PADDING
  return table
}
