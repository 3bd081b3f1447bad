// A message as Postfix shows it to filters: one event per header, then the body in chunks.
import { CHUNK_SIZE, SMFIC, SMFIP } from './constants.ts'
import { encodeFrame, encodeHeader } from './encode.ts'

/** A header as the wire carries it. */
export interface WireHeader {
  readonly name: Buffer
  readonly value: Buffer
}

/** A message taken apart. */
export interface WireMessage {
  readonly headers: readonly WireHeader[]
  readonly body: Buffer
}

// Postfix cuts a header here whenever filters are active (cleanup_message.c, KLUDGE_HEADER_LIMIT).
const MAX_HEADER_BYTES = 60_000
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const TAB = 0x09
const COLON = 0x3a

/** Takes a message apart as cleanup(8) does: folds become bare LF and white space, the empty line goes, text without a header is all body. */
export function readMessage(message: Uint8Array, protocol: number): WireMessage {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  const headers: WireHeader[] = []
  let start = 0
  while (start < bytes.length) {
    const end = endOfHeader(bytes, start)
    if (lineLength(bytes, start) === 0) return { headers, body: bytes.subarray(bytes.indexOf(LF, start) + 1) }
    const header = readHeaderLine(bytes.subarray(start, end), protocol)
    if (header === undefined) break
    headers.push(header)
    start = end
  }
  return { headers, body: bytes.subarray(start) }
}

/** The frames of the headers. */
export function headerFrame(header: WireHeader): Buffer {
  return encodeHeader(header.name, header.value)
}

/** The frames of the body: none for an empty one. */
export function* bodyFrames(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += CHUNK_SIZE) {
    yield encodeFrame(SMFIC.BODY, body.subarray(start, start + CHUNK_SIZE))
  }
}

function lineLength(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LF, start)
  if (end < 0) return bytes.length - start
  return (bytes[end - 1] === CR && end > start ? end - 1 : end) - start
}

/** Past the last continuation line of the header that begins here. */
function endOfHeader(bytes: Buffer, start: number): number {
  let end = bytes.indexOf(LF, start)
  while (end >= 0 && (bytes[end + 1] === SPACE || bytes[end + 1] === TAB)) end = bytes.indexOf(LF, end + 1)
  return end < 0 ? bytes.length : end + 1
}

function readHeaderLine(line: Buffer, protocol: number): WireHeader | undefined {
  const colon = line.indexOf(COLON)
  const name = line.toString('latin1', 0, Math.max(0, colon)).trimEnd()
  if (colon < 1 || /[^\x21-\x7e]/.test(name)) return undefined
  const text = line
    .toString('latin1', colon + 1)
    .replace(/\r?\n$/, '')
    .replaceAll('\r\n', '\n')
  const value = (protocol & SMFIP.HDR_LEADSPC) === 0 && text.startsWith(' ') ? text.slice(1) : text
  return { name: Buffer.from(name, 'latin1'), value: Buffer.from(value.slice(0, MAX_HEADER_BYTES), 'latin1') }
}
