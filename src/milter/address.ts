// Envelope addresses as they came, and as most callers want them. Parsed when first looked at.

const LESS_THAN = 0x3c
const GREATER_THAN = 0x3e
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** A sender or recipient of SMFIC_MAIL or SMFIC_RCPT. */
export interface MilterAddress {
  /** The first string as the MTA sent it: smtpd sends angle brackets, local submission does not. */
  readonly raw: Buffer
  /** The address without angle brackets, `''` for the null sender; UTF-8. */
  readonly address: string
  /** ESMTP arguments by their name in capitals; `''` for one without a value. */
  readonly args: ReadonlyMap<string, string>
  /** Whether the MTA itself refused this recipient and shows it because SMFIP_RCPT_REJ was asked for. */
  readonly isRefused: boolean
}

/** Reads the payload of SMFIC_MAIL or SMFIC_RCPT, whose strings are terminated; keeps its own copy, one character per byte: the least memory. */
export function readAddress(payload: Buffer, isRefused = false): MilterAddress {
  return new PayloadAddress(payload.toString('latin1'), isRefused)
}

class PayloadAddress implements MilterAddress {
  readonly isRefused: boolean
  readonly #payload: string
  #address: string | undefined
  #args: ReadonlyMap<string, string> | undefined

  constructor(payload: string, isRefused: boolean) {
    this.#payload = payload
    this.isRefused = isRefused
  }

  get raw(): Buffer {
    const end = this.#payload.indexOf('\0')
    return Buffer.from(end < 0 ? this.#payload : this.#payload.slice(0, end), 'latin1')
  }

  get address(): string {
    this.#address ??= bareAddress(this.raw)
    return this.#address
  }

  get args(): ReadonlyMap<string, string> {
    this.#args ??= readArgs(this.raw, Buffer.from(this.#payload, 'latin1'))
    return this.#args
  }
}

/** Where the angle-addr ends: the first `>` outside quotes; the length when there is no bracket at all. */
function endOfPath(raw: Buffer): number {
  if (raw[0] !== LESS_THAN) return raw.length
  let isQuoted = false
  for (let i = 1; i < raw.length; i += 1) {
    const byte = raw[i]
    if (byte === BACKSLASH) i += 1
    else if (byte === QUOTE) isQuoted = !isQuoted
    else if (byte === GREATER_THAN && !isQuoted) return i + 1
  }
  return raw.length
}

function bareAddress(raw: Buffer): string {
  if (raw[0] !== LESS_THAN) return raw.toString('utf8')
  const end = endOfPath(raw)
  return raw.toString('utf8', 1, raw[end - 1] === GREATER_THAN ? end - 1 : end)
}

/** Sendmail 8.17 with EAI puts the arguments behind the `>` of the first string (its RELEASE_NOTES, 8.17.2). */
function readArgs(raw: Buffer, payload: Buffer): ReadonlyMap<string, string> {
  const misplaced = raw.toString('utf8', endOfPath(raw)).split(' ')
  const proper = payload.toString('utf8', raw.length + 1).split('\0')
  const args = new Map<string, string>()
  for (const arg of [...misplaced, ...proper]) {
    if (arg === '') continue
    const equals = arg.indexOf('=')
    if (equals < 0) args.set(arg.toUpperCase(), '')
    else args.set(arg.slice(0, equals).toUpperCase(), arg.slice(equals + 1))
  }
  return args
}
