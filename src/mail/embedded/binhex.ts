/** BinHex 4.0 (RFC 1741): both forks of a Macintosh file in text. */
import type { Budget, Embedded, Format } from './embedded.ts'
import { createGrowing, type Growing } from './growing.ts'
import { linesOf, nameText } from './line.ts'

const COLON = 0x3a
const REPEAT = 0x90
const LETTERS = '!"#$%&\'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr'
/** Value of each letter; 64 is none. */
const VALUES = valueTable()
/** It goes on "with BinHex 4.0)"; the encoder of macutils has another end. */
export const INTRODUCTION = '(This file must be converted'

export const binhex: Format = {
  *extract(content, hint, budget) {
    const lines = linesOf(content)
    let at = lines.find(INTRODUCTION, 0)
    // Some leave the introduction away where the type says it.
    if (at < 0 && /binhex|hqx/.test(`${hint.type} ${hint.name.toLowerCase()}`)) at = 0
    while (at >= 0) {
      const colon = lines.find(':', content[at] === COLON ? at : lines.at(at).next)
      if (colon < 0) return
      const { bytes, next, isCut } = decodeBinhex(content, colon + 1, budget)
      for (const fork of forksOf(bytes, budget)) yield isCut ? { ...fork, anomaly: 'decoded-bytes' } : fork
      at = lines.find(INTRODUCTION, next)
    }
  },
}

interface Unpacked {
  readonly bytes: Buffer
  readonly next: number
  /** More would have come out than may. */
  readonly isCut: boolean
}

/** Undoes letters and runs up to the colon at the end. */
function decodeBinhex(content: Buffer, from: number, budget: Budget): Unpacked {
  const bytes = createGrowing(Math.max(content.length - from, budget.inflatedBytes))
  const expand = createExpander(bytes)
  let bits = 0
  let letters = 0
  let next = from
  while (next < content.length) {
    const byte = content[next++] as number
    if (byte === COLON) break
    const value = VALUES[byte] as number
    if (value === 64) continue
    bits = ((bits << 6) | value) & 0xffffff
    if (letters++ % 4 !== 0) expand((bits >> (6 - 2 * ((letters - 1) % 4))) & 0xff)
  }
  budget.inflatedBytes -= Math.max(0, bytes.length - (next - from))
  return { bytes: bytes.take(), next, isCut: bytes.isFull }
}

/** A byte of 0x90 and a number repeat the byte before; with 0 they are the byte 0x90 itself. */
function createExpander(bytes: Growing): (byte: number) => void {
  let last = 0
  let isRepeat = false
  const take = (byte: number): void => {
    last = byte
    bytes.push(byte)
  }
  const repeat = (times: number): void => {
    for (let i = 1; i < times && bytes.push(last); i++);
  }
  return (byte) => {
    if (!isRepeat && byte !== REPEAT) take(byte)
    else if (isRepeat && byte === 0) take(REPEAT)
    else if (isRepeat) repeat(byte)
    isRepeat = !isRepeat && byte === REPEAT
  }
}

/** Name, a zero, type, creator, flags, both lengths, a checksum; then each fork with its checksum. */
function* forksOf(bytes: Buffer, budget: Budget): Generator<Embedded> {
  const nameLength = bytes[0] ?? 0
  const start = nameLength + 22
  if (nameLength === 0 || bytes.length <= start || bytes[nameLength + 1] !== 0) return
  const name = nameText(bytes.subarray(1, 1 + nameLength))
  const dataEnd = start + bytes.readUInt32BE(nameLength + 12)
  const resourceEnd = dataEnd + 2 + bytes.readUInt32BE(nameLength + 16)
  const forks = [bytes.subarray(start, dataEnd), bytes.subarray(dataEnd + 2, resourceEnd)]
  for (const fork of forks) if (fork.length > 0 && budget.files-- > 0) yield { kind: 'binhex', name, bytes: fork }
}

function valueTable(): Uint8Array {
  const table = new Uint8Array(256).fill(64)
  for (let i = 0; i < 64; i++) table[LETTERS.charCodeAt(i)] = i
  return table
}
