/**
 * The SMTP answers and the header. They are read by strangers: they name no rule, no analyzer and no limit, only what the reader can
 * do and the reference under which the operator finds the rest.
 */
import type { Cause, Disposition, Outcome } from '../core/index.ts'
import { type Answers, PLAIN_ANSWERS, say } from './answers.ts'
import { filled, type TextName } from './catalogue.ts'

/** An SMTP reply; codes of RFC 5321 4.2 and RFC 3463. The text may have several lines. */
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
  /** The client said SMTPUTF8, so that it may be answered in other letters than ASCII. */
  readonly utf8?: boolean | undefined
  /** What the emergency brake does meanwhile. */
  readonly brake?: string | undefined
}

/** The SMTP reply for a disposition; undefined where the mail server speaks for itself (it takes the message). */
export function replyFor(disposition: Disposition, about: About, answers: Answers = PLAIN_ANSWERS): Reply | undefined {
  const text = (name: TextName) => say(answers, name, { ref: printable(about.ref) }, about.utf8)
  switch (disposition) {
    case 'reject':
      return { code: 550, enhanced: '5.7.1', text: text(refusal(about.outcome)) }
    case 'tempfail':
      return { code: 451, enhanced: isOurTrouble(about.outcome) ? '4.3.2' : '4.7.1', text: text('later') }
    case 'accept':
    case 'tag':
    case 'redirect':
    case 'quarantine':
    case 'return':
    case 'discard':
      return undefined
    default:
      return disposition satisfies never
  }
}

/** The reply to a recipient who shall come in a message of its own (RFC 5321 4.5.3.1.10: the client sends the rest later). */
export function recipientReply(answers: Answers, utf8 = false): Reply {
  return { code: 452, enhanced: '4.5.3', text: say(answers, 'recipientLater', {}, utf8) }
}

function refusal(outcome: Outcome): TextName {
  if (outcome.kind === 'decided') return 'refusedContent'
  return outcome.kind === 'encrypted' ? 'refusedEncrypted' : 'refusedUnread'
}

/** Causes by which we, not the message, are why it was not taken. */
const OUR_TROUBLE: ReadonlySet<Cause> = new Set(['braked', 'overloaded', 'shutting-down', 'spool-full'])

function isOurTrouble(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && OUR_TROUBLE.has(outcome.cause)
}

/** A reference is our own word, but nothing that reaches a header or a reply may break its line. */
function printable(ref: string): string {
  return ref.replace(/[^!-~]/g, '').slice(0, 64)
}

/** Name of that header, unless the configuration says otherwise. */
export const HEADER_NAME = PLAIN_ANSWERS.headers.name

/** Value of the header that says what we thought of a message: the verdict or the kind of the outcome, the brake where it is on, the reference. */
export function headerFor(
  { ref, outcome, brake }: About,
  disposition: Disposition = 'accept',
  { headers }: Answers = PLAIN_ANSWERS,
): string {
  const found = outcome.kind === 'decided' ? outcome.verdict : outcome.kind
  const verdict = brake === undefined ? found : `${found}; brake=${brake}`
  return filled(headers.value, { verdict, ref: printable(ref), disposition })
}

/** Value of that header where nobody has looked yet: the message was let through by the brake. */
export function uncheckedHeader(brake: string): string {
  return `verdict=unchecked; brake=${brake}`
}
