/**
 * The words of clamd's protocol, as clamd(8) of ClamAV 1.4 documents them and as it was seen to speak: commands with the `z` prefix
 * end with NUL, answers within a session begin with the number of their command and come in any order.
 */
import { Fault } from '../../core/index.ts'

/** Begins a session that asks for the version and then for the scan of the chunks that follow. */
export const SCAN_SESSION = Buffer.from('zIDSESSION\0zVERSION\0zINSTREAM\0')
export const CHECK_SESSION = Buffer.from('zIDSESSION\0zVERSION\0zSTATS\0')
export const INSTREAM = Buffer.from('zINSTREAM\0')
export const END = Buffer.from('zEND\0')
/** A chunk of no bytes ends the stream. */
export const LAST_CHUNK = Buffer.alloc(4)

const MOST_SAID = 200

/** Length of a chunk, as it stands before its bytes. */
export function chunkHead(length: number): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(length)
  return head
}

/** A whole small stream: one chunk and the end. */
export function streamOf(bytes: Uint8Array): Buffer {
  return Buffer.concat([INSTREAM, chunkHead(bytes.length), bytes, LAST_CHUNK])
}

/** The answers of a session by the number of their command. Throws for anything that is none, or comes twice. */
export function numbered(replies: readonly string[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  for (const reply of replies) {
    const match = /^([1-9]\d{0,2}): /.exec(reply)
    if (!match) throw new Fault('analyzer-failed', `clamd said ${quoted(reply)}`)
    const id = Number(match[1])
    if (found.has(id)) throw new Fault('analyzer-failed', `clamd answered twice to command ${id}`)
    found.set(id, reply.slice(match[0].length))
  }
  return found
}

/**
 * The answers of a session that asked for STATS: clamd writes the number of that answer and the answer apart, and another thread may
 * answer its command between them.
 */
export function unmixed(replies: readonly string[], stats: number): readonly string[] {
  const number = `${stats}: `
  return replies.map((reply) => {
    if (reply.startsWith('POOLS: ')) return number + reply
    const rest = reply.slice(number.length)
    return reply.startsWith(number) && /^\d{1,3}: /.test(rest) ? rest : reply
  })
}

/** What clamd said about a stream. */
export type Answer =
  | { readonly kind: 'ok' }
  | { readonly kind: 'found'; readonly signature: string }
  /** `isFinal`: the same stream would get the same answer again. */
  | { readonly kind: 'error'; readonly text: string; readonly isFinal: boolean }

/** Reads the answer to INSTREAM; whatever is not positively one of the three throws. */
export function readAnswer(text: string): Answer {
  if (text === 'stream: OK') return { kind: 'ok' }
  const found = /^stream: (.+) FOUND$/s.exec(text)
  if (found?.[1] !== undefined) return { kind: 'found', signature: printable(found[1]) }
  if (text.endsWith(' ERROR')) {
    return { kind: 'error', text: printable(text), isFinal: text.includes('size limit exceeded') }
  }
  throw new Fault('analyzer-failed', `clamd answered ${quoted(text)}`)
}

/** Engine and signatures of a clamd. */
export interface Version {
  /** As clamd says it. */
  readonly text: string
  /** Version of the daily signatures; 0 where there are none but a site's own. */
  readonly signatures: number
  /** When they were built, Unix milliseconds; undefined where it did not say. */
  readonly built: number | undefined
}

/** Reads `ClamAV 1.4.6/27500/Mon Nov 23 09:24:11 2026`; the last two are missing where no daily signatures are loaded. */
export function readVersion(text: string): Version {
  const match = /^ClamAV [\w.+~-]{1,60}(?:\/(\d{1,9})\/([\w: ]{1,40}))?$/.exec(text)
  if (!match) throw new Fault('analyzer-failed', `this is no clamd, or it does not tell its version: ${quoted(text)}`)
  const built = match[2] === undefined ? Number.NaN : Date.parse(`${match[2]} UTC`)
  return { text, signatures: Number(match[1] ?? 0), built: Number.isNaN(built) ? undefined : built }
}

/** What STATS tells; each is undefined where it does not. */
export interface Stats {
  readonly threads: number | undefined
  readonly threadsMax: number | undefined
  readonly queued: number | undefined
  /** Size of the loaded signatures, as it says it; the only sign of a site's own signatures. Empty while two sets are loaded. */
  readonly pool: string
}

/** Reads the answer to STATS as far as it is one; it decides about nothing but a column in a table. */
export function readStats(text: string): Stats {
  const number = (pattern: RegExp) => {
    const value = pattern.exec(text)?.[1]
    return value === undefined ? undefined : Number(value)
  }
  return {
    threads: number(/^THREADS: live (\d{1,6}) /m),
    threadsMax: number(/^THREADS: .{0,40}max (\d{1,6})/m),
    queued: number(/^QUEUE: (\d{1,9}) items/m),
    pool: /\bpools 1 pools_used (\d{1,9}\.\d{3}M)/.exec(text)?.[1] ?? '',
  }
}

/** What a stranger said, for a log: short, in quotes, without control characters. */
export function quoted(text: string): string {
  return `"${printable(text)}"`
}

function printable(text: string): string {
  const safe = text.slice(0, MOST_SAID).replace(/[^ -~]/g, '?')
  return text.length > MOST_SAID ? `${safe}…` : safe
}
