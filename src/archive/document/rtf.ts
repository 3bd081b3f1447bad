/** RTF: embedded objects are hexadecimal digits in a group, between which Word takes almost anything (RTF 1.9.1, "Objects"). */
import { type Member, memberOf, type OpenContext } from '../container.ts'
import { packagedMember } from '../ole/open.ts'
import { readOle1, readPackage } from '../ole/package.ts'

const MARKS = [Buffer.from('\\objdata'), Buffer.from('\\datastore')]
const OPEN = 0x7b
const CLOSE = 0x7d
const BACKSLASH = 0x5c
const MAX_OBJECTS = 1000

/** Opens an RTF file: its members are the objects in it. */
export function* openRtf(content: Buffer, context: OpenContext): Generator<Member> {
  let count = 0
  for (const mark of MARKS) {
    for (let at = content.indexOf(mark); at >= 0 && count < MAX_OBJECTS; ) {
      const { data, end } = readHex(content, at + mark.length)
      if (data.length > 0) yield objectMember(data, ++count, context)
      at = content.indexOf(mark, Math.max(end, at + mark.length))
    }
  }
}

function objectMember(data: Buffer, number: number, context: OpenContext): Member {
  const object = readOle1(data)
  const inner = object !== undefined && object.data.length > 0 ? object.data : data
  const packaged = readPackage(inner)
  if (packaged) return packagedMember(packaged, `object${number}`, context)
  return memberOf({
    path: object?.className ? `object${number}.${object.className.slice(0, 40)}` : `object${number}`,
    origin: 'rtf.object',
    declaredSize: inner.length,
    *bytes() {
      context.share.take(inner.length)
      yield inner
    },
  })
}

/** Digits up to the end of the group; control words, groups and whatever else lies between them is passed over. */
function readHex(content: Buffer, start: number): { readonly data: Buffer; readonly end: number } {
  let out: Buffer = Buffer.alloc(Math.ceil((groupEnd(content, start) - start) / 2) + 1)
  let nibbles = 0
  let depth = 0
  let at = start
  while (at < content.length) {
    const byte = content[at] ?? 0
    if (byte === BACKSLASH) {
      const control = controlAt(content, at)
      if (control.binary > 0 && nibbles % 2 === 0) {
        const size = Math.min(control.binary, content.length - control.end)
        out = withRoom(out, nibbles / 2 + size)
        content.copy(out, nibbles / 2, control.end, control.end + size)
        nibbles += 2 * size
      }
      at = control.end + control.binary
      continue
    }
    if (byte === OPEN) depth++
    else if (byte === CLOSE && depth-- === 0) break
    const digit = hexValue(byte)
    if (digit >= 0) {
      out = withRoom(out, (nibbles >> 1) + 1)
      out[nibbles >> 1] = ((out[nibbles >> 1] ?? 0) << 4) | digit
      nibbles++
    }
    at++
  }
  return { data: out.subarray(0, nibbles >> 1), end: at }
}

/** The same bytes with at least so much room; bytes that stand as they are need twice that of digits. */
function withRoom(out: Buffer, size: number): Buffer {
  return size <= out.length ? out : Buffer.concat([out], Math.max(size, 2 * out.length))
}

/** Only an estimate of the room that is needed: braces within `\bin` look like an end. */
function groupEnd(content: Buffer, start: number): number {
  let depth = 0
  for (let at = start; at < content.length; at++) {
    const byte = content[at]
    if (byte === OPEN) depth++
    else if (byte === CLOSE && depth-- === 0) return at
  }
  return content.length
}

/** A control word with its parameter, or a control symbol; `\bin` is followed by so many bytes. */
function controlAt(content: Buffer, at: number): { readonly end: number; readonly binary: number } {
  const [word = '', name, parameter] =
    /^\\(?:([A-Za-z]{1,32})(-?\d{1,10})? ?|'[0-9A-Fa-f]{2}|[^A-Za-z])/s.exec(content.toString('latin1', at, at + 50)) ??
    []
  return { end: at + Math.max(1, word.length), binary: name === 'bin' ? Math.max(0, Number(parameter ?? 0)) : 0 }
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
