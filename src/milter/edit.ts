// The modifications of one message. Checked when asked for, kept until the final reply, then sent in one order that every
// MTA takes: envelope, headers (changed, deleted, added), body chunks without anything between them, quarantine. What the final reply throws away
// (reject, tempfail, discard) is not sent.
import { SMFIR } from './constants.ts'
import {
  encodeAddHeader,
  encodeAddRecipient,
  encodeChangeFrom,
  encodeChangeHeader,
  encodeFrame,
  encodeInsertHeader,
  encodeQuarantine,
  encodeRemoveRecipient,
} from './encode.ts'
import { ACTION_BITS, type Action } from './negotiate.ts'

/** Changes to a message; each method throws at once when it was not negotiated, comes too late or is not well-formed. */
export interface MessageEdit {
  /** Appends a header. */
  addHeader(name: string, value: string): void
  /** Inserts a header; the index counts the lines of the whole message as delivered, 0 is above all. */
  insertHeader(index: number, name: string, value: string): void
  /** Replaces the index-th header of this name, from 1, counted as received; Postfix appends one when there is none. */
  changeHeader(name: string, index: number, value: string): void
  /** Deletes the index-th header of this name, from 1, counted as received. */
  deleteHeader(name: string, index: number): void
  /** Replaces the whole body; CRLF lines, not dot-stuffed. */
  replaceBody(body: string | Uint8Array | Iterable<Uint8Array>): void
  /** Replaces the envelope sender; Postfix takes only RET and ENVID as arguments. */
  changeSender(address: string, args?: readonly string[]): void
  /** Adds one recipient. */
  addRecipient(address: string, args?: readonly string[]): void
  /** Removes a recipient; the message of which the only one was removed is discarded by Postfix. */
  removeRecipient(address: string): void
  /** Puts the message on hold. */
  quarantine(reason: string): void
}

/** Longest header that Postfix takes from a queue file while filters are active (cleanup_message.c). */
const MAX_VALUE_BYTES = 60_000

interface HeaderDeletion {
  readonly name: string
  readonly index: number
}

/** Collects the edits of one message under the actions that were negotiated. */
export class EditBuffer implements MessageEdit {
  readonly #actions: number
  readonly #space: string
  readonly #maxDataSize: number
  #envelope: Buffer[] = []
  #changes: Buffer[] = []
  #additions: Buffer[] = []
  #deletions: HeaderDeletion[] = []
  #body: Uint8Array[] | undefined
  #quarantine: Buffer | undefined
  #closed: string | undefined

  /** With SMFIP_HDR_LEADSPC the MTA adds no space after our colons, so our values bring their own. */
  constructor(actions: number, hasLeadingSpace: boolean, maxDataSize: number) {
    this.#actions = actions
    this.#space = hasLeadingSpace ? ' ' : ''
    this.#maxDataSize = maxDataSize
  }

  addHeader(name: string, value: string): void {
    this.#need('addHeader')
    this.#additions.push(encodeAddHeader(checkedName(name), this.#space + checkedValue(value)))
  }

  insertHeader(index: number, name: string, value: string): void {
    this.#need('addHeader')
    checkIndex(index, 0)
    this.#additions.push(encodeInsertHeader(index, checkedName(name), this.#space + checkedValue(value)))
  }

  changeHeader(name: string, index: number, value: string): void {
    this.#need('changeHeader')
    checkIndex(index, 1)
    if (value === '') throw new RangeError('milter: an empty value deletes a header: use deleteHeader to say so')
    this.#changes.push(encodeChangeHeader(index, checkedName(name), this.#space + checkedValue(value)))
  }

  deleteHeader(name: string, index: number): void {
    this.#need('changeHeader')
    checkIndex(index, 1)
    this.#deletions.push({ name: checkedName(name), index })
  }

  replaceBody(body: string | Uint8Array | Iterable<Uint8Array>): void {
    this.#need('replaceBody')
    if (typeof body === 'string') this.#body = [Buffer.from(body, 'utf8')]
    else this.#body = body instanceof Uint8Array ? [body] : [...body]
  }

  changeSender(address: string, args?: readonly string[]): void {
    this.#need('changeSender')
    this.#envelope.push(encodeChangeFrom(checkedAddress(address), checkedArgs(args)))
  }

  addRecipient(address: string, args?: readonly string[]): void {
    this.#need(args === undefined || args.length === 0 ? 'addRecipient' : 'addRecipientArgs')
    if (address === '' || address === '<>') throw new RangeError('milter: a recipient needs an address')
    this.#envelope.push(encodeAddRecipient(checkedAddress(address), checkedArgs(args)))
  }

  removeRecipient(address: string): void {
    this.#need('removeRecipient')
    this.#envelope.push(encodeRemoveRecipient(checkedAddress(address)))
  }

  quarantine(reason: string): void {
    this.#need('quarantine')
    this.#quarantine = encodeQuarantine(oneLine(reason))
  }

  /** Quarantines for a reply instead of a hook's edit; says whether that was negotiated. */
  hold(reason: string): boolean {
    if (!this.allows('quarantine')) return false
    this.#quarantine = encodeQuarantine(oneLine(reason))
    return true
  }

  /** Whether an action was negotiated. */
  allows(action: Action): boolean {
    return (this.#actions & ACTION_BITS[action]) !== 0
  }

  /** Takes no further edits; the reason goes into the error of whoever tries. */
  close(reason: string): void {
    this.#closed ??= reason
  }

  /** Only the quarantine stays; for an answer given in place of a hook that was not done editing. */
  dropAllButQuarantine(): void {
    this.#envelope = []
    this.#changes = []
    this.#additions = []
    this.#deletions = []
    this.#body = undefined
  }

  /** The frames in the order in which they must be sent. */
  frames(): Uint8Array[] {
    // Postfix renumbers after each deletion, Sendmail only marks: from the highest index down both agree.
    const deletions = this.#deletions.toSorted((a, b) => b.index - a.index)
    const deleted = deletions.map(({ name, index }) => encodeChangeHeader(index, name, ''))
    const held = this.#quarantine === undefined ? [] : [this.#quarantine]
    // An index counts headers as received, and what is inserted above would shift it: what was received is done with first.
    const headers = [...this.#changes, ...deleted, ...this.#additions]
    return [...this.#envelope, ...headers, ...this.#bodyFrames(), ...held]
  }

  *#bodyFrames(): Generator<Uint8Array> {
    if (this.#body === undefined) return
    const pieces = this.#body.filter((piece) => piece.length > 0)
    if (pieces.length === 0) yield encodeFrame(SMFIR.REPLBODY)
    for (const piece of pieces) {
      for (let start = 0; start < piece.length; start += this.#maxDataSize) {
        const chunk = piece.subarray(start, start + this.#maxDataSize)
        yield frameHead(SMFIR.REPLBODY, chunk.length)
        yield chunk
      }
    }
  }

  #need(action: Action): void {
    if (this.#closed !== undefined) throw new Error(`milter: ${action} ignored: ${this.#closed}`)
    if (!this.allows(action)) {
      throw new Error(
        `milter: ${action} was not negotiated: name it in the server's actions, or the MTA does not offer it`,
      )
    }
  }
}

function frameHead(command: number, dataLength: number): Buffer {
  const head = Buffer.allocUnsafe(5)
  head.writeUInt32BE(dataLength + 1, 0)
  head[4] = command
  return head
}

function oneLine(text: string): string {
  return text.replace(/[\0-\x1f\x7f]+/g, ' ')
}

function checkIndex(index: number, least: number): void {
  if (!Number.isInteger(index) || index < least || index > 0x7fffffff) {
    throw new RangeError(`milter: header index ${index} must be a whole number from ${least} on`)
  }
}

/** Postfix would make `: value` out of an empty name and a new header out of a colon in it. */
function checkedName(name: string): string {
  if (!/^[\x21-\x39\x3b-\x7e]+$/.test(name)) {
    throw new RangeError(`milter: header name ${JSON.stringify(name)} must be printable ASCII without a colon`)
  }
  return name
}

/** A line end must be followed by white space, else it would begin a header of its own; sent as LF, as the protocol wants. */
function checkedValue(value: string): string {
  const unfolded = value.replace(/\r\n/g, '\n')
  if (Buffer.byteLength(unfolded) > MAX_VALUE_BYTES) {
    throw new RangeError(`milter: header value is longer than ${MAX_VALUE_BYTES} bytes`)
  }
  if (/[\0\r]|\n(?![ \t])/.test(unfolded)) {
    throw new RangeError('milter: header value has a NUL, a bare CR, or a line end that is no fold')
  }
  return unfolded
}

function checkedAddress(address: string): string {
  if (/[\0-\x1f\x7f]/.test(address)) throw new RangeError('milter: address has control characters')
  return address.startsWith('<') ? address : `<${address}>`
}

function checkedArgs(args: readonly string[] | undefined): string | undefined {
  if (args === undefined || args.length === 0) return undefined
  if (args.some((arg) => arg === '' || /[\0-\x20\x7f]/.test(arg))) {
    throw new RangeError('milter: ESMTP arguments are KEY or KEY=VALUE without white space')
  }
  return args.join(' ')
}
