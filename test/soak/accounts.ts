/** What became of every mail: told by the client, and found where Postfix delivers. */
import type { Delivered } from '../postfix/sink.ts'
import type { SmtpReply } from '../postfix/smtp-client.ts'
import type { Kind, SoakMail } from './mails.ts'

const EICAR = Buffer.from('EICAR-STANDARD-ANTIVIRUS-TEST-FILE').toString('base64').slice(0, 20)

/** One mail and the answer that its client got; undefined when it got none in time. */
export interface Sent {
  readonly mail: Pick<SoakMail, 'serial' | 'kind' | 'isBad'>
  readonly reply: SmtpReply | undefined
  readonly ms: number
}

/** The sender by which a mail is found again. */
export function senderOf(serial: number): string {
  return `s${serial}@soak.test`
}

/** Everything that is not as it must be; empty when all mails are accounted for. */
export function faultsOf(sent: readonly Sent[], delivered: readonly Delivered[]): readonly string[] {
  const bySender = new Map<string, Delivered[]>()
  for (const one of delivered) bySender.set(one.from, [...(bySender.get(one.from) ?? []), one])
  return sent.flatMap((one) => faultOf(one, bySender.get(senderOf(one.mail.serial)) ?? []) ?? [])
}

function faultOf({ mail, reply, ms }: Sent, delivered: readonly Delivered[]): string | undefined {
  const name = `mail ${mail.serial} (${mail.kind})`
  if (reply === undefined) return `${name} hangs: no answer within ${Math.round(ms)} ms`
  const [copy, ...others] = delivered
  if (others.length > 0) return `${name} was delivered ${delivered.length} times`
  if (reply.code === 250) return acceptedFault(name, mail, copy)
  if (copy !== undefined) return `${name} was answered ${reply.code} and delivered`
  if (reply.code === 451) return undefined
  if (reply.code === 550 && mail.isBad) return undefined
  return `${name} was answered ${reply.lines.join(' / ')}`
}

function acceptedFault(name: string, mail: Sent['mail'], copy: Delivered | undefined): string | undefined {
  if (mail.isBad) return `${name} was accepted`
  if (copy === undefined) return `${name} was accepted and is lost`
  const text = copy.raw.toString('latin1')
  if (!/^X-Peekaboo: verdict=\w+; id=[0-9A-Z]{10}\r$/m.test(text)) return `${name} was delivered without our header`
  return text.includes(EICAR) ? `${name} was delivered with the test file in it` : undefined
}

/** How often each answer was given, by kind: `clean 250×12 451×1`. */
export function summaryOf(sent: readonly Sent[]): readonly string[] {
  const counts = new Map<Kind, Map<string, number>>()
  for (const { mail, reply } of sent) {
    const answers = counts.get(mail.kind) ?? new Map<string, number>()
    const code = String(reply?.code ?? 'none')
    answers.set(code, (answers.get(code) ?? 0) + 1)
    counts.set(mail.kind, answers)
  }
  return [...counts].map(([kind, answers]) => `${kind} ${[...answers].map(([code, n]) => `${code}×${n}`).join(' ')}`)
}
