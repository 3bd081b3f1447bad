/** Sends messages to a running filter as Postfix would, and tells each answer in a word or two. */
import { fakePostfix, MilterClient, type MtaReply } from '../../src/milter/testing.ts'

let serial = 0

/** A sender that no other message of this run has, to find its line in the log. */
export function newSender(): string {
  serial += 1
  return `s${process.pid}-${serial}@src.test`
}

/** Delivers one message in a session of its own. */
export async function deliver(port: number, message: Uint8Array, from = newSender()): Promise<MtaReply> {
  const mta = await fakePostfix({ host: '127.0.0.1', port })
  await mta.connect()
  await mta.helo('client.test.invalid')
  const reply = await mta.deliver({ from, to: ['b@dst.test'], message })
  await mta.quit()
  return reply
}

/** A session that is past the negotiation, for what no Postfix would send. */
export async function rawSession(port: number): Promise<MilterClient> {
  const client = await MilterClient.connect({ host: '127.0.0.1', port })
  await client.negotiate()
  return client
}

/** `550 5.7.1`, `451 4.3.0`, `accept`, `closed`. */
export function said(reply: MtaReply): string {
  if (reply.kind === 'error') return 'session closed'
  return reply.smtp === undefined ? reply.kind : reply.smtp.slice(0, 9)
}
