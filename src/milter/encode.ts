// Values → frames, for both directions. Encoders do not judge: what may be sent, when, and with which characters is
// decided by their callers, and the MTA-side client uses the same functions to send what nobody should.
import { SMFIC, SMFIR } from './constants.ts'

/** Text or bytes; text is sent as UTF-8. */
export type Octets = string | Uint8Array

/** What both sides say in SMFIC_OPTNEG; `macros` only in the filter's answer, by SMFIM_* stage. */
export interface OptionNegotiation {
  readonly version: number
  readonly actions: number
  readonly protocol: number
  readonly macros?: ReadonlyMap<number, string>
}

/** Where a client came from, as SMFIC_CONNECT says it; `unknown` has neither port nor address. */
export interface ConnectInfo {
  readonly hostname: string
  readonly family: 'inet' | 'inet6' | 'unix' | 'unknown'
  readonly port: number
  readonly address: string
}

/** The family byte of SMFIC_CONNECT (sendmail mfdef.h, SMFIA_*). */
export const FAMILY_BYTES = { unknown: 0x55, unix: 0x4c, inet: 0x34, inet6: 0x36 } as const

const NUL = Buffer.alloc(1)

function octets(value: Octets): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value
}

function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value >>> 0, 0)
  return bytes
}

/** One frame: length, command or reply byte, payload parts as they are. */
export function encodeFrame(command: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 1)
  const frame = Buffer.allocUnsafe(4 + length)
  frame.writeUInt32BE(length, 0)
  frame[4] = command
  let offset = 5
  for (const part of parts) {
    frame.set(part, offset)
    offset += part.length
  }
  return frame
}

/** A frame whose payload is a list of NUL-terminated strings. */
export function encodeStrings(command: number, strings: readonly Octets[]): Buffer {
  return encodeFrame(command, ...strings.flatMap((value) => [octets(value), NUL]))
}

/** SMFIC_OPTNEG of either side. */
export function encodeOptions(options: OptionNegotiation): Buffer {
  const lists = [...(options.macros ?? [])].flatMap(([stage, names]) => [u32(stage), Buffer.from(names), NUL])
  return encodeFrame(SMFIC.OPTNEG, u32(options.version), u32(options.actions), u32(options.protocol), ...lists)
}

/** SMFIC_MACRO: the macros of the command that follows; longer names get their braces here. */
export function encodeMacros(command: number, macros: Iterable<readonly [string, Octets]>): Buffer {
  const pairs = [...macros].flatMap(([name, value]) => [name.length > 1 && name[0] !== '{' ? `{${name}}` : name, value])
  return encodeFrame(SMFIC.MACRO, Buffer.of(command), ...pairs.flatMap((value) => [octets(value), NUL]))
}

/** SMFIC_CONNECT. */
export function encodeConnect(info: ConnectInfo): Buffer {
  const head = [octets(info.hostname), NUL, Buffer.of(FAMILY_BYTES[info.family])]
  if (info.family === 'unknown') return encodeFrame(SMFIC.CONNECT, ...head)
  const port = Buffer.of((info.port >> 8) & 0xff, info.port & 0xff)
  return encodeFrame(SMFIC.CONNECT, ...head, port, octets(info.address), NUL)
}

/** SMFIC_HELO. */
export function encodeHelo(name: Octets): Buffer {
  return encodeStrings(SMFIC.HELO, [name])
}

/** SMFIC_MAIL: the sender as the MTA writes it (usually with angle brackets) and its ESMTP arguments. */
export function encodeMail(sender: Octets, args: readonly Octets[] = []): Buffer {
  return encodeStrings(SMFIC.MAIL, [sender, ...args])
}

/** SMFIC_RCPT: one recipient and its ESMTP arguments. */
export function encodeRcpt(recipient: Octets, args: readonly Octets[] = []): Buffer {
  return encodeStrings(SMFIC.RCPT, [recipient, ...args])
}

/** SMFIC_HEADER. */
export function encodeHeader(name: Octets, value: Octets): Buffer {
  return encodeStrings(SMFIC.HEADER, [name, value])
}

/** SMFIR_REPLYCODE: an SMTP reply; NUL-terminated, or Postfix ≤ 3.11 sends stale memory to the client. */
export function encodeReplyCode(text: Octets): Buffer {
  return encodeStrings(SMFIR.REPLYCODE, [text])
}

/** SMFIR_ADDHEADER: appends a header. */
export function encodeAddHeader(name: Octets, value: Octets): Buffer {
  return encodeStrings(SMFIR.ADDHEADER, [name, value])
}

/** SMFIR_INSHEADER: inserts a header at a position counted over the whole message as delivered, 0 on top. */
export function encodeInsertHeader(index: number, name: Octets, value: Octets): Buffer {
  return encodeFrame(SMFIR.INSHEADER, u32(index), octets(name), NUL, octets(value), NUL)
}

/** SMFIR_CHGHEADER: replaces the index-th (from 1) header of this name; an empty value deletes it. */
export function encodeChangeHeader(index: number, name: Octets, value: Octets): Buffer {
  return encodeFrame(SMFIR.CHGHEADER, u32(index), octets(name), NUL, octets(value), NUL)
}

/** SMFIR_CHGFROM: another envelope sender, with ESMTP arguments in one string. */
export function encodeChangeFrom(sender: Octets, args?: string): Buffer {
  return encodeStrings(SMFIR.CHGFROM, args === undefined ? [sender] : [sender, args])
}

/** SMFIR_ADDRCPT, or SMFIR_ADDRCPT_PAR when there are ESMTP arguments. */
export function encodeAddRecipient(recipient: Octets, args?: string): Buffer {
  if (args === undefined) return encodeStrings(SMFIR.ADDRCPT, [recipient])
  return encodeStrings(SMFIR.ADDRCPT_PAR, [recipient, args])
}

/** SMFIR_DELRCPT. */
export function encodeRemoveRecipient(recipient: Octets): Buffer {
  return encodeStrings(SMFIR.DELRCPT, [recipient])
}

/** SMFIR_QUARANTINE: puts the message on hold; legal only at end of message. */
export function encodeQuarantine(reason: Octets): Buffer {
  return encodeStrings(SMFIR.QUARANTINE, [reason])
}
