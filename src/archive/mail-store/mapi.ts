/** Lists of MAPI properties as TNEF writes them ([MS-OXTNEF] 2.1.3.4). */
import { fromUnknown, untilNul, utf16UntilNul } from '../text.ts'

export interface MapiProperty {
  readonly id: number
  /** Of a named property its number, which means the same in all messages; -1 where it has none. */
  readonly named: number
  /** First value as bytes, and as text where it is one. */
  readonly bytes: Buffer
  readonly text: string
}

const FIXED: Readonly<Record<number, number>> = {
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
}
const MANY = 0x1000
const NAMED = 0x8000
const UNICODE = 0x1f
const MAX_PROPERTIES = 10_000

/** The properties; what cannot be read ends them. */
export function readMapi(list: Buffer): MapiProperty[] {
  const found: MapiProperty[] = []
  if (list.length < 4) return found
  const count = Math.min(list.readUInt32LE(0), MAX_PROPERTIES)
  let at = 4
  for (let i = 0; i < count && at + 4 <= list.length; i++) {
    const type = list.readUInt16LE(at)
    const id = list.readUInt16LE(at + 2)
    const valuesAt = id >= NAMED ? afterName(list, at + 4) : at + 4
    const values = readValues(list, valuesAt, type)
    if (values === undefined) break
    found.push({
      id,
      named: id >= NAMED ? numberOf(list, at + 4) : -1,
      bytes: values.first,
      text: (type & 0xfff) === UNICODE ? utf16UntilNul(values.first) : fromUnknown(untilNul(values.first)),
    })
    at = values.end
  }
  return found
}

function numberOf(list: Buffer, at: number): number {
  return at + 24 <= list.length && list.readUInt32LE(at + 16) === 0 ? list.readUInt32LE(at + 20) : -1
}

/** A named property has a GUID, a kind, and a number or a name. */
function afterName(list: Buffer, at: number): number {
  if (at + 24 > list.length) return list.length
  return list.readUInt32LE(at + 16) === 0 ? at + 24 : at + 24 + padded(list.readUInt32LE(at + 20))
}

function readValues(
  list: Buffer,
  start: number,
  type: number,
): { readonly first: Buffer; readonly end: number } | undefined {
  const fixed = FIXED[type & 0xfff]
  const isCounted = fixed === undefined || (type & MANY) !== 0
  if (start + 4 > list.length) return undefined
  const count = isCounted ? list.readUInt32LE(start) : 1
  let at = isCounted ? start + 4 : start
  let first: Buffer = Buffer.alloc(0)
  for (let i = 0; i < count; i++) {
    if (fixed === undefined && at + 4 > list.length) return undefined
    const length = fixed ?? list.readUInt32LE(at)
    const from = fixed === undefined ? at + 4 : at
    if (from + length > list.length || from >= list.length) return undefined
    if (i === 0) first = Buffer.from(list.buffer, list.byteOffset + from, length)
    at = from + padded(length)
  }
  return { first, end: at }
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4
}
