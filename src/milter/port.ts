// What lies on either side of a conversation: the wire, and the server that it belongs to.
import type { CloseReason } from './end-reason.ts'

/** The wire as the conversation needs it. */
export interface Port {
  /** Queues a frame; it leaves with the next flush. */
  send(frame: Uint8Array): void
  flush(): void
  /** Says that frames are taken again after a hold. */
  resume(): void
  /** Sets the largest frame length to accept from now on, and the command whose frames may come in pieces. */
  allow(maxLength: number, divisible: number | undefined): void
  /** Ends the connection after what has been sent. */
  close(reason: CloseReason): void
}

/** What the sessions of one server share. */
export interface Host {
  nextSessionId(): string
  isDraining(): boolean
}
