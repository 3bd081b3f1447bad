/** Objects that Office embeds: the native data of the Packager ([MS-OLEDS] 2.2.5 and 2.3.6), and its older frame. */
import type { Name } from '../../core/index.ts'
import { baseName } from '../container.ts'
import { fromUnknown, untilNul } from '../text.ts'

/** A file as the Packager keeps it. */
export interface Packaged {
  readonly names: readonly Name[]
  readonly data: Buffer
}

const MAX_TEXT = 4096

/** The stream `\1Ole10Native`: a size, then the package; other programs write their own data after the size. */
export function readOle10Native(stream: Buffer): Packaged | undefined {
  if (stream.length < 4) return undefined
  const body = stream.subarray(4)
  return readPackage(body) ?? { names: [], data: body.subarray(0, Math.min(body.length, stream.readUInt32LE(0))) }
}

/** A package: label, file name and command line in the old code page, the data, then the same in UTF-16 by newer programs. */
export function readPackage(body: Buffer): Packaged | undefined {
  if (body.length < 8 || body.readUInt16LE(0) !== 2) return undefined
  const label = untilNul(body.subarray(2, 2 + MAX_TEXT))
  const fileAt = 2 + label.length + 1
  const file = untilNul(body.subarray(fileAt, fileAt + MAX_TEXT))
  let at = fileAt + file.length + 1 + 4
  if (at + 4 > body.length) return undefined
  const commandBytes = body.readUInt32LE(at)
  if (commandBytes > MAX_TEXT || at + 8 + commandBytes > body.length) return undefined
  const command = untilNul(body.subarray(at + 4, at + 4 + commandBytes))
  at += 4 + commandBytes
  const data = body.subarray(at + 4, at + 4 + body.readUInt32LE(at))
  const wide = wideNames(body.subarray(Math.min(body.length, at + 4 + data.length)))
  const narrow = [label, file, command].map(fromUnknown)
  return { names: namesOf([...narrow, ...wide]), data }
}

/** Command, label and file name, each with its length before it. */
function wideNames(rest: Buffer): string[] {
  const found: string[] = []
  for (let at = 0, i = 0; i < 3 && at + 4 <= rest.length; i++) {
    const bytes = rest.readUInt32LE(at) * 2
    if (bytes > 2 * MAX_TEXT || at + 4 + bytes > rest.length) break
    found.push(rest.toString('utf16le', at + 4, at + 4 + bytes).replace(/\0.*$/s, ''))
    at += 4 + bytes
  }
  return found
}

function namesOf(texts: readonly string[]): Name[] {
  const values = new Set(texts.map(baseName).filter((text) => text !== ''))
  return [...values].map((value) => ({ value, origin: 'package' }))
}

/** An embedded object in its old frame, as RTF has it ([MS-OLEDS] 2.2.4): class, topic, item, data. */
export function readOle1(bytes: Buffer): { readonly className: string; readonly data: Buffer } | undefined {
  if (bytes.length < 16 || bytes.readUInt32LE(4) > 5) return undefined
  let at = 8
  const words: string[] = []
  for (let i = 0; i < 3; i++) {
    if (at + 4 > bytes.length) return undefined
    const length = bytes.readUInt32LE(at)
    if (length > MAX_TEXT || at + 4 + length > bytes.length) return undefined
    words.push(untilNul(bytes.subarray(at + 4, at + 4 + length)).toString('latin1'))
    at += 4 + length
  }
  if (at + 4 > bytes.length) return undefined
  return { className: words[0] ?? '', data: bytes.subarray(at + 4, at + 4 + bytes.readUInt32LE(at)) }
}
