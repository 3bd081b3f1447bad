/**
 * The SMTP answers and the header. They are read by strangers: they name no rule, no analyzer and no limit, only what the reader can
 * do and the reference under which the operator finds the rest.
 */
import type { Cause, Disposition, Outcome } from '../core/index.ts'

/** An SMTP reply; codes of RFC 5321 4.2 and RFC 3463. */
export interface Reply {
  readonly code: number
  readonly enhanced: string
  readonly text: string
}

/** What an answer is about. */
export interface About {
  /** Reference of the message, by which the operator finds its story. */
  readonly ref: string
  readonly outcome: Outcome
  /** What the emergency brake does meanwhile. */
  readonly brake?: string | undefined
}

/** Longest text of a reply; RFC 5321 4.5.3.1.5 allows 512 octets for the line with code and CRLF. */
const MAX_TEXT_BYTES = 480

/** The SMTP reply for a disposition; undefined where the mail server speaks for itself (it takes the message). */
export function replyFor(disposition: Disposition, about: About): Reply | undefined {
  switch (disposition) {
    case 'reject':
      return { code: 550, enhanced: '5.7.1', text: bounded(refusal(about.outcome), about.ref) }
    case 'tempfail':
      return { code: 451, enhanced: isOurTrouble(about.outcome) ? '4.3.2' : '4.7.1', text: bounded(LATER, about.ref) }
    case 'accept':
    case 'tag':
    case 'redirect':
    case 'quarantine':
    case 'discard':
      return undefined
    default:
      return disposition satisfies never
  }
}

const LATER = 'Message could not be checked yet; please try again later'

function refusal(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'decided':
      return 'Message refused because of its content; if that is wrong, ask the postmaster of the recipient'
    case 'encrypted':
      return 'Message refused because an attachment is encrypted; ask the recipient for another way to send it'
    default:
      return 'Message refused because it could not be checked; ask the postmaster of the recipient'
  }
}

/** Causes by which we, not the message, are why it was not taken. */
const OUR_TROUBLE: ReadonlySet<Cause> = new Set(['braked', 'overloaded', 'shutting-down', 'spool-full'])

function isOurTrouble(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && OUR_TROUBLE.has(outcome.cause)
}

/** The text with the reference, in printable ASCII (RFC 5321 4.2) and within the line length. */
function bounded(text: string, ref: string): string {
  const shown = printable(ref)
  return `${text.slice(0, MAX_TEXT_BYTES - shown.length - 7)} (ref ${shown})`
}

/** A reference is our own word, but nothing that reaches a header or a reply may break its line. */
function printable(ref: string): string {
  return ref.replace(/[^!-~]/g, '').slice(0, 64)
}

/** Name of the header that says what we thought of a message; those that came with it are removed. */
export const HEADER_NAME = 'X-Peekaboo'

/** Value of that header: the verdict or the kind of the outcome in one word, the brake where it is on, and the reference. */
export function headerFor({ ref, outcome, brake }: About): string {
  const verdict = outcome.kind === 'decided' ? outcome.verdict : outcome.kind
  return `verdict=${verdict}; ${brake === undefined ? '' : `brake=${brake}; `}id=${printable(ref)}`
}

/** Value of that header where nobody has looked yet: the message was let through by the brake. */
export function uncheckedHeader(brake: string): string {
  return `verdict=unchecked; brake=${brake}`
}
