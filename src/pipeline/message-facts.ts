/** What rules may know of the message around a sample. Pure. */
import type { AuthResult, Direction, MessageFacts, Reading } from '../core/index.ts'
import type { Envelope } from './pipeline.ts'

type Sender = Pick<Envelope, 'sender' | 'recipients' | 'clientAddress' | 'helo' | 'authenticated' | 'direction'>

/** Results that are told of one message. */
const MOST_RESULTS = 100

/** The facts of a message; results of authentication count where one of these servers says them. */
export function messageFacts(
  envelope: Sender,
  reading: Reading,
  size: number,
  authServers: readonly string[] = [],
): MessageFacts {
  const { sender, recipients, clientAddress, helo, authenticated } = envelope
  const { subject, anomalies, attachments, header } = reading
  const auth = (header?.auth ?? []).filter(({ server }) => authServers.includes(server)).map(resultOf)
  return {
    sender,
    recipients,
    clientAddress,
    helo,
    authenticated,
    size,
    subject,
    anomalies,
    attachments: attachments.length,
    direction: directionOf(envelope),
    headers: header?.fields ?? [],
    headersCut: (header?.isCut ?? true) || auth.length > MOST_RESULTS,
    from: header?.from ?? [],
    replyTo: header?.replyTo ?? [],
    auth: auth.slice(0, MOST_RESULTS),
  }
}

function resultOf({ method, result, domain }: AuthResult): AuthResult {
  return { method, result, domain }
}

/** Mail of this machine itself comes from no client or from a loopback address; a proxy in front of Postfix tells the real one. */
export function directionOf({
  direction,
  authenticated,
  clientAddress,
}: Pick<Sender, 'direction' | 'authenticated' | 'clientAddress'>): Direction {
  if (direction !== undefined) return direction
  if (authenticated) return 'outbound'
  return clientAddress === '' || /^(?:127\.|::1$|::ffff:127\.)/i.test(clientAddress) ? 'local' : 'inbound'
}
