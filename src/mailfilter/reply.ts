/** From a decision to what the mail server is told. */
import type { Disposition } from '../core/index.ts'
import {
  accept,
  discard,
  type FinalReply,
  type MessageEdit,
  type MilterAddress,
  reject,
  type Transaction,
  tempfail,
} from '../milter/index.ts'
import { type Decision, type Ruling, uncheckedHeader } from '../pipeline/index.ts'
import type { OwnHeaders } from './own-headers.ts'
import { knownName } from './recipient.ts'

type Sent = Pick<Transaction, 'edit' | 'sender' | 'recipients'>

const REPLIES: Readonly<Record<Disposition, (decision: Decision) => FinalReply>> = {
  accept: () => accept(),
  tag: () => accept(),
  redirect: () => accept(),
  quarantine: ({ ref }) => ({ kind: 'quarantine', reason: `peekaboo ${ref}` }),
  return: ({ ref }) => ({ kind: 'quarantine', reason: `peekaboo ${ref} to be returned` }),
  tempfail: ({ smtp }) => tempfail(smtp),
  discard: () => discard(),
  reject: ({ smtp }) => reject(smtp),
}

/** Tells the decision, and changes what is delivered or kept by it. */
export function replyOf(
  decision: Decision,
  sent: Sent,
  headers: OwnHeaders,
  { redirectTo }: Ruling['profile'],
): FinalReply {
  const { disposition, header } = decision
  if (disposition === 'reject' || disposition === 'tempfail' || disposition === 'discard') {
    return REPLIES[disposition](decision)
  }
  mark(sent.edit, headers, header, disposition !== 'accept')
  if (disposition === 'tag') headers.tagSubject(sent.edit)
  if (disposition === 'redirect') redirect(sent, redirectTo, headers.options.redirected)
  return REPLIES[disposition](decision)
}

/** What the brake lets through before anybody has looked. */
export function letThrough(mode: string, edit: MessageEdit, headers: OwnHeaders): FinalReply {
  mark(edit, headers, uncheckedHeader(mode), true)
  return accept()
}

function mark(edit: MessageEdit, headers: OwnHeaders, value: string, isTagged: boolean): void {
  const { name, add } = headers.options
  headers.removeFrom(edit)
  if (add === 'always' || (add === 'tagged' && isTagged)) edit.addHeader(name, value)
}

/**
 * The mail goes to one address alone. It bounces to nobody: its sender may be forged, and was told that it was taken. Postfix drops a
 * recipient that is removed and added again, so one who is there already stays.
 */
function redirect({ edit, sender, recipients }: Sent, redirectTo: string | undefined, headerName: string): void {
  if (redirectTo === undefined) throw new Error('redirect without redirectTo')
  const isTarget = (name: string) => name.toLowerCase() === redirectTo.toLowerCase()
  const names = new Set(recipients.map(nameOf))
  for (const name of names) if (!isTarget(name)) edit.removeRecipient(name)
  if (![...names].some(isTarget)) edit.addRecipient(redirectTo)
  edit.changeSender('<>')
  edit.addHeader(headerName, addressesText(sender?.address ?? '', recipients))
}

function nameOf({ address }: MilterAddress): string {
  const name = knownName(address)
  if (name === undefined) throw new Error('redirect of a recipient whose name is not known')
  return name
}

/** Recipients that the header names, and letters of each. */
const NAMED = 50
const ADDRESS_LETTERS = 320

function addressesText(sender: string, recipients: readonly MilterAddress[]): string {
  const shown = (address: string) => `<${address.slice(0, ADDRESS_LETTERS).replace(/[^ -~]/g, '?')}>`
  const named = recipients.slice(0, NAMED).map(({ address }) => shown(address))
  const left = recipients.length - named.length
  return `from=${shown(sender)};\n to=${named.join(',\n ')}${left > 0 ? `,\n and ${left} more` : ''}`
}
