/**
 * The notice to who submitted a message that is not delivered: a report on delivery (RFC 3464, RFC 6522) without the message, of which
 * nobody knows that it does no harm.
 */
import { randomUUID } from 'node:crypto'
import type { Held } from '../store/store.ts'
import { UNSAFE } from '../telemetry/index.ts'

/** What is told, in one language. `subject` stands in a header and has ASCII only. */
interface Words {
  readonly subject: string
  readonly intro: string
  readonly about: string
  readonly sent: string
  readonly to: string
  readonly reason: string
  readonly undecided: string
  readonly next: string
  readonly contact: string
}

const CATALOGUE: Readonly<Record<string, Words>> = {
  en: {
    subject: 'Message not delivered',
    intro: 'your message was checked and is not delivered. Nobody received it.',
    about: 'Subject',
    sent: 'Sent',
    to: 'To',
    reason: 'It was held back because of its content or of a file that it carries.',
    undecided: 'It could not be checked in time.',
    next: 'The message itself is not sent back, as it may do harm. Please check the file, or ask for another way to send it.',
    contact: 'If you think that this is wrong, ask',
  },
  de: {
    subject: 'Nachricht nicht zugestellt',
    intro: 'Ihre Nachricht wurde geprüft und nicht zugestellt. Niemand hat sie erhalten.',
    about: 'Betreff',
    sent: 'Gesendet',
    to: 'An',
    reason: 'Sie wurde wegen ihres Inhalts oder einer angehängten Datei zurückgehalten.',
    undecided: 'Sie konnte nicht rechtzeitig geprüft werden.',
    next: 'Die Nachricht selbst wird nicht zurückgeschickt, da sie Schaden anrichten könnte. Bitte prüfen Sie die Datei oder fragen Sie nach einem anderen Weg.',
    contact: 'Wenn Sie das für falsch halten, fragen Sie',
  },
}

/** What a notice is made of beside the held message. */
export interface NoticeFacts {
  readonly held: Held
  readonly subject: string
  /** Nothing bad was found, but nothing was decided either. */
  readonly isUndecided: boolean
  readonly language: string
  readonly from: string
  readonly contact: string | undefined
  readonly now: number
}

/** Recipients that a notice names. */
const NAMED = 50
const LETTERS = 200

/** An address that a notice may be sent to: no null sender, nothing that breaks a header or a command line. */
export function isNotifiable(address: string): boolean {
  return address.length <= 320 && /^[^\s<>]+@[^\s<>@]+$/u.test(address) && !address.replace(UNSAFE, '\n').includes('\n')
}

/** The notice with its header, in LF lines as sendmail(1) takes it. */
export function noticeOf({ held, subject, isUndecided, language, from, contact, now }: NoticeFacts): string {
  const words = CATALOGUE[language.split('-')[0] ?? ''] ?? (CATALOGUE.en as Words)
  const boundary = `=_${randomUUID()}`
  const text = [
    `${words.intro}\n`,
    `  ${words.about}: ${shown(subject)}`,
    `  ${words.sent}: ${new Date(held.at).toUTCString()}`,
    ...held.recipients.slice(0, NAMED).map((one) => `  ${words.to}: ${shown(one)}`),
    '',
    isUndecided ? words.undecided : words.reason,
    words.next,
    ...(contact === undefined ? [] : [`${words.contact}: ${contact}`]),
    `\nRef: ${held.ref}`,
  ]
  return [
    `From: ${from}`,
    `To: <${held.sender}>`,
    `Subject: ${words.subject} (${held.ref})`,
    `Date: ${new Date(now).toUTCString().replace('GMT', '+0000')}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...text,
    '',
    `--${boundary}`,
    ...statusOf(held),
    `--${boundary}--`,
    '',
  ].join('\n')
}

/** RFC 3464, with the types of RFC 6533 where an address is not ASCII. */
function statusOf({ host, recipients }: Held): readonly string[] {
  const isAscii = recipients.every((one) => /^[!-~]*$/.test(one))
  const type = isAscii ? 'rfc822' : 'utf-8'
  const perRecipient = recipients
    .slice(0, NAMED)
    .flatMap((one) => [`Final-Recipient: ${type}; ${shown(one)}`, 'Action: failed', 'Status: 5.7.1', ''])
  const kind = isAscii ? 'message/delivery-status' : 'message/global-delivery-status'
  return [
    `Content-Type: ${kind}`,
    ...(isAscii ? [] : ['Content-Transfer-Encoding: 8bit']),
    '',
    `Reporting-MTA: dns; ${host}`,
    '',
    ...perRecipient,
  ]
}

/** Words of strangers on one line that shows them as they are. */
function shown(text: string): string {
  return text.replace(UNSAFE, '?').slice(0, LETTERS)
}
