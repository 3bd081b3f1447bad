/** What an event says, as JSON that is never larger than a receiver may be asked to take. */

/** A sample was called bad after mails with it were delivered. */
export interface TurnedEvent {
  readonly sha256: string
  readonly analyzer: string
  readonly score: number
  readonly families: readonly string[]
  /** Where an operator reads the full report, empty where there is none. */
  readonly link: string
  readonly messages: readonly TurnedMessage[]
}

/** A mail that was delivered with the sample. */
export interface TurnedMessage {
  readonly ref: string
  readonly messageId: string
  readonly sender: string
  readonly recipients: readonly string[]
  readonly at: number
}

const MOST_BYTES = 1024 * 1024
const MOST_RECIPIENTS = 100

/** The event as text; where it would be too large, it says how many recipients and mails were left out. */
export function eventBody(id: string, at: number, { messages, ...about }: TurnedEvent): string {
  const event = { id, type: 'verdict-turned', at, ...about }
  let room = MOST_BYTES - Buffer.byteLength(JSON.stringify(event))
  const told = messages.map(withFewerRecipients).filter((message) => {
    room -= Buffer.byteLength(JSON.stringify(message)) + 1
    return room > 0
  })
  const left = messages.length - told.length
  return JSON.stringify({ ...event, messages: told, ...(left > 0 && { messagesLeftOut: left }) })
}

function withFewerRecipients(message: TurnedMessage) {
  const left = message.recipients.length - MOST_RECIPIENTS
  if (left <= 0) return message
  return { ...message, recipients: message.recipients.slice(0, MOST_RECIPIENTS), recipientsLeftOut: left }
}
