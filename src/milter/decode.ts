// Payloads → values. Nothing here throws on data: what cannot be read is `undefined`, and the caller decides what that
// costs. Buffers in the results are views of the payload.
import { SMFIR } from './constants.ts'
import { type ConnectInfo, FAMILY_BYTES, type OptionNegotiation } from './encode.ts'
import type { Frame } from './frame-reader.ts'

/** Payload of a header event or edit. */
export interface HeaderPayload {
  readonly name: Buffer
  readonly value: Buffer
}

/** Payload of SMFIC_MACRO; names come without braces. `isOdd` says that the list was cut or had a name without a value. */
export interface MacroPayload {
  readonly command: number
  readonly macros: ReadonlyMap<string, string>
  readonly isOdd: boolean
}

/** One modification as the MTA reads it. */
export type Edit =
  | { readonly kind: 'addHeader'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'insertHeader' | 'changeHeader'
      readonly index: number
      readonly name: string
      readonly value: string
    }
  | { readonly kind: 'replaceBody'; readonly chunk: Buffer }
  | { readonly kind: 'changeSender' | 'addRecipient'; readonly address: string; readonly args: string | undefined }
  | { readonly kind: 'removeRecipient'; readonly address: string }
  | { readonly kind: 'quarantine'; readonly reason: string }

/** The NUL-terminated strings of a payload; undefined when the last one is not terminated. */
export function decodeStrings(payload: Buffer): readonly Buffer[] | undefined {
  if (payload.length > 0 && payload[payload.length - 1] !== 0) return undefined
  const strings: Buffer[] = []
  for (let start = 0; start < payload.length; ) {
    const end = payload.indexOf(0, start)
    strings.push(payload.subarray(start, end))
    start = end + 1
  }
  return strings
}

/** The one string of a payload; undefined when it has no terminator. What follows the terminator is ignored, as libmilter does. */
export function decodeString(payload: Buffer): Buffer | undefined {
  const end = payload.indexOf(0)
  return end < 0 ? undefined : payload.subarray(0, end)
}

/** SMFIC_OPTNEG of either side, with the macro lists if there are any. */
export function decodeOptions(payload: Buffer): OptionNegotiation | undefined {
  if (payload.length < 12) return undefined
  const macros = new Map<number, string>()
  for (let start = 12; start < payload.length; ) {
    const end = payload.length - start < 5 ? -1 : payload.indexOf(0, start + 4)
    if (end < 0) return undefined
    macros.set(payload.readUInt32BE(start), payload.toString('latin1', start + 4, end))
    start = end + 1
  }
  const [version, actions, protocol] = [payload.readUInt32BE(0), payload.readUInt32BE(4), payload.readUInt32BE(8)]
  return macros.size === 0 ? { version, actions, protocol } : { version, actions, protocol, macros }
}

/** SMFIC_MACRO. A name without a value, or a list without its last NUL, loses that entry only. */
export function decodeMacros(payload: Buffer): MacroPayload | undefined {
  const command = payload[0]
  if (command === undefined) return undefined
  return { command, ...decodeMacroList(payload.toString('latin1', 1)) }
}

/** The list of SMFIC_MACRO, given as one byte per character so that nothing is lost before the charset is known. */
export function decodeMacroList(list: string): Pick<MacroPayload, 'macros' | 'isOdd'> {
  const fields = list.split('\0')
  const isOdd = fields.length % 2 === 0 || fields.at(-1) !== ''
  const macros = new Map<string, string>()
  for (let i = 0; i + 2 < fields.length; i += 2) macros.set(bareMacroName(fields[i] ?? ''), fields[i + 1] ?? '')
  return { macros, isOdd }
}

/** `{name}` and `name` are the same macro. */
export function bareMacroName(name: string): string {
  return name.startsWith('{') && name.endsWith('}') ? name.slice(1, -1) : name
}

const FAMILIES: ReadonlyMap<number, ConnectInfo['family']> = new Map(
  (Object.keys(FAMILY_BYTES) as ConnectInfo['family'][]).map((family) => [FAMILY_BYTES[family], family]),
)

/** SMFIC_CONNECT; Sendmail's `IPv6:` before an address is taken off. */
export function decodeConnect(payload: Buffer): ConnectInfo | undefined {
  const end = payload.indexOf(0)
  const family = FAMILIES.get(payload[end + 1] ?? 0)
  if (end < 0 || family === undefined) return undefined
  const hostname = payload.toString('utf8', 0, end)
  if (family === 'unknown') return { hostname, family, port: 0, address: '' }
  const addressEnd = payload.indexOf(0, end + 4)
  if (payload.length < end + 5 || addressEnd < 0) return undefined
  const address = payload.toString('utf8', end + 4, addressEnd).replace(/^IPv6:/i, '')
  return { hostname, family, port: payload.readUInt16BE(end + 2), address }
}

/** SMFIC_HEADER and SMFIR_ADDHEADER; the value ends at the last NUL, since a hostile header may hold others. */
export function decodeHeader(payload: Buffer): HeaderPayload | undefined {
  const nameEnd = payload.indexOf(0)
  const valueEnd = payload.length - 1
  if (nameEnd < 0 || nameEnd === valueEnd || payload[valueEnd] !== 0) return undefined
  return { name: payload.subarray(0, nameEnd), value: payload.subarray(nameEnd + 1, valueEnd) }
}

/** A modification reply; undefined when it is none or malformed. */
export function decodeEdit(frame: Frame): Edit | undefined {
  const { command, payload } = frame
  if (command === SMFIR.REPLBODY) return { kind: 'replaceBody', chunk: payload }
  if (command === SMFIR.INSHEADER || command === SMFIR.CHGHEADER) return decodeIndexedHeader(command, payload)
  const strings = decodeStrings(payload)?.map((value) => value.toString('utf8'))
  const [first, second] = strings ?? []
  if (first === undefined || (strings?.length ?? 0) > 2) return undefined
  switch (command) {
    case SMFIR.ADDHEADER:
      return second === undefined ? undefined : { kind: 'addHeader', name: first, value: second }
    case SMFIR.CHGFROM:
      return { kind: 'changeSender', address: first, args: second }
    case SMFIR.ADDRCPT:
    case SMFIR.ADDRCPT_PAR:
      return { kind: 'addRecipient', address: first, args: second }
    case SMFIR.DELRCPT:
      return { kind: 'removeRecipient', address: first }
    case SMFIR.QUARANTINE:
      return { kind: 'quarantine', reason: first }
    default:
      return undefined
  }
}

function decodeIndexedHeader(command: number, payload: Buffer): Edit | undefined {
  const header = payload.length < 4 ? undefined : decodeHeader(payload.subarray(4))
  if (header === undefined) return undefined
  const kind = command === SMFIR.INSHEADER ? 'insertHeader' : 'changeHeader'
  return {
    kind,
    index: payload.readUInt32BE(0),
    name: header.name.toString('utf8'),
    value: header.value.toString('utf8'),
  }
}
