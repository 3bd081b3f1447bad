/**
 * The signed header field by which a message in a hold queue is known as ours: whoever may release and delete mail looks at nothing else of
 * it. The queue id is signed too, so that a field that was copied into another message says nothing there.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isLongQueueId } from './queue-id.ts'

/** Name of the header field of a quarantined message; those that came with a message are removed. */
export const HOLD_HEADER = 'X-Peekaboo-Hold'

/** What is signed. Times are Unix milliseconds. */
export interface Ticket {
  readonly host: string
  readonly instance: string
  readonly queueId: string
  readonly ref: string
  readonly at: number
  readonly until: number
  readonly intent: 'return' | 'ask'
}

const FORM =
  /^1 ([A-Za-z0-9._-]{1,255}) ([A-Za-z0-9._-]{1,64}) ([0-9A-Za-z]{1,64}) ([0-9A-Z]{1,32}) (\d{1,15}) (\d{1,15}) (return|ask) ([0-9a-f]{64})$/

/** Reads the site's secret from its file; the key that signs is made from it, so that neither helps with the other. */
export async function readHoldKey(path: string): Promise<Buffer> {
  const text = (await readFile(path, 'utf8')).trim()
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${path} holds no secret of the filter`)
  return createHmac('sha256', Buffer.from(text, 'hex')).update('hold queue').digest()
}

/** The value of the header field. */
export function sealOf(key: Buffer, ticket: Ticket): string {
  const words = wordsOf(ticket)
  return `${words} ${macOf(key, words).toString('hex')}`
}

/** What a value says, if it has our form and our signature. */
export function ticketOf(key: Buffer, seal: string): Ticket | undefined {
  const [, host = '', instance = '', queueId = '', ref = '', at, until, intent, mac = ''] = FORM.exec(seal) ?? []
  if (host === '' || !isLongQueueId(queueId)) return undefined
  const times = { at: Number(at), until: Number(until) }
  const ticket: Ticket = { host, instance, queueId, ref, ...times, intent: intent === 'return' ? 'return' : 'ask' }
  return timingSafeEqual(Buffer.from(mac, 'hex'), macOf(key, wordsOf(ticket))) ? ticket : undefined
}

function wordsOf({ host, instance, queueId, ref, at, until, intent }: Ticket): string {
  return ['1', host, instance, queueId, ref, at, until, intent].join(' ')
}

function macOf(key: Buffer, words: string): Buffer {
  return createHmac('sha256', key).update(words).digest()
}
