/** From a decision to what the mail server is told. */
import type { Disposition } from '../core/index.ts'
import { accept, discard, type FinalReply, type MessageEdit, reject, tempfail } from '../milter/index.ts'
import { type Decision, HEADER_NAME, uncheckedHeader } from '../pipeline/index.ts'

const REPLIES: Readonly<Record<Disposition, (decision: Decision) => FinalReply>> = {
  accept: () => accept(),
  tag: () => accept(),
  redirect: () => accept(),
  quarantine: ({ ref }) => ({ kind: 'quarantine', reason: `peekaboo ${ref}` }),
  tempfail: ({ smtp }) => tempfail(smtp),
  discard: () => discard(),
  reject: ({ smtp }) => reject(smtp),
}

/** `ours` is how many headers of our name the message brought along. */
export function replyOf(decision: Decision, edit: MessageEdit, ours: number): FinalReply {
  const { disposition, header } = decision
  if (disposition !== 'reject' && disposition !== 'tempfail' && disposition !== 'discard') mark(edit, ours, header)
  return REPLIES[disposition](decision)
}

/** What the brake lets through before anybody has looked; nobody behind us shall take a stranger's header for ours. */
export function letThrough(mode: string, edit: MessageEdit, ours: number): FinalReply {
  mark(edit, ours, uncheckedHeader(mode))
  return accept()
}

function mark(edit: MessageEdit, ours: number, header: string): void {
  for (let index = ours; index > 0; index -= 1) edit.deleteHeader(HEADER_NAME, index)
  edit.addHeader(HEADER_NAME, header)
}
