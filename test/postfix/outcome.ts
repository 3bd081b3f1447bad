import type { PostfixInstance } from './instance.ts'
import { mail } from './mail.ts'
import { SmtpClient, type SmtpReply } from './smtp-client.ts'

/**
 * Sends one message in a session of its own and tells in one line what became of it: the first refusal with the command
 * that it answered, what Postfix logged of the filter, and whether the message was delivered, held or lost.
 */
export async function outcomeOf(postfix: PostfixInstance): Promise<string> {
  const since = postfix.log.mark()
  const client = await SmtpClient.connect(postfix.port)
  const told = await converse(client)
  client.drop()
  const actions = await postfix.milterActions(since)
  const first = actions[0]
  const logged = first === undefined ? 'nothing logged' : `${first.action} ${first.stage}`
  return `${told}, ${logged}, ${await fate(postfix, since)}`
}

async function converse(client: SmtpClient): Promise<string> {
  // A refused session is greeted with 554 but goes on all the same: what counts is what MAIL says.
  if (client.greeting.code === 421) return refusal(client.greeting, 'greeting')
  const steps: readonly (readonly [string, () => Promise<SmtpReply>])[] = [
    ['EHLO', () => client.ehlo()],
    ['MAIL', () => client.mail('a@src.test')],
    ['RCPT', () => client.rcpt('b@dst.test')],
    ['DATA', () => client.raw('DATA')],
    ['end', () => client.content(mail())],
  ]
  for (const [name, step] of steps) {
    const reply = await step()
    if (reply.code >= 400) return refusal(reply, name)
  }
  return '250'
}

function refusal(reply: SmtpReply, command: string): string {
  return `${[reply.code, reply.enhanced].filter((word) => word !== undefined).join(' ')} to ${command}`
}

// A message that the queue has let go of was either sent or thrown away; `removed` is Postfix's last word about it.
async function fate(postfix: PostfixInstance, since: number): Promise<string> {
  const lines = await postfix.settledLog(since)
  const entered = lines.map((line) => /smtpd\[\d+\]: (\w+): client=/.exec(line)?.[1]).find((id) => id !== undefined)
  if (entered === undefined) return 'never queued'
  if (lines.some((line) => line.includes(`${entered}: milter-hold`))) {
    await postfix.remove(entered)
    return 'held'
  }
  if (lines.some((line) => line.includes(`${entered}: milter-`))) return 'not delivered'
  if (!lines.some((line) => line.includes(`${entered}: message-id=`))) return 'never queued'
  await postfix.waitForLog(new RegExp(`${entered}: removed`), { since })
  return postfix.log.lines(since).some((line) => line.includes(`${entered}:`) && /status=sent/.test(line))
    ? 'delivered'
    : 'lost'
}
