/** What ends the reading of a message; each is named in `unscannable` when it is reached. */
export interface MailLimits {
  /** Bytes of the whole message. */
  readonly messageSize: number
  /** Parts, those of messages within the message included. */
  readonly parts: number
  /** Multiparts within multiparts of one message. */
  readonly mimeDepth: number
  /** Messages within messages. */
  readonly messageDepth: number
  /** Bytes of the header of one part. */
  readonly headerBytes: number
}
