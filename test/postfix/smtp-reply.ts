import type { Socket } from 'node:net'

/** One line of an SMTP reply. */
export type ReplyLine = { readonly code: number; readonly last: boolean; readonly text: string; readonly raw: string }

type Waiting = {
  readonly resolve: (lines: readonly ReplyLine[]) => void
  readonly reject: (cause: Error) => void
}

/** Cuts what a server sends into complete replies (RFC 5321 section 4.2). */
export class ReplyReader {
  readonly #socket: Socket
  readonly #ready: (readonly ReplyLine[])[] = []
  #pending = ''
  #lines: ReplyLine[] = []
  #waiting: Waiting | undefined
  #ended: Error | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', this.#take)
    socket.on('error', this.#fail)
    socket.on('close', this.#close)
  }

  /** The next complete reply; fails when the connection ends or the deadline passes first. */
  next(deadlineMs: number, what: string): Promise<readonly ReplyLine[]> {
    const reply = this.#ready.shift()
    if (reply !== undefined) return Promise.resolve(reply)
    if (this.#ended !== undefined) return Promise.reject(new Error(`no reply to ${what}: ${this.#ended.message}`))
    const { promise, resolve, reject } = Promise.withResolvers<readonly ReplyLine[]>()
    const deadline = setTimeout(() => reject(new Error(`no reply to ${what} within ${deadlineMs} ms`)), deadlineMs)
    const fail = (cause: Error) => reject(new Error(`no reply to ${what}: ${cause.message}`))
    this.#waiting = { resolve, reject: fail }
    return promise.finally(() => {
      clearTimeout(deadline)
      this.#waiting = undefined
    })
  }

  /** Leaves the socket to somebody else; errors of the socket are still swallowed. */
  forget(): void {
    this.#socket.off('data', this.#take)
  }

  readonly #take = (bytes: Buffer): void => {
    this.#pending += bytes.toString('utf8')
    for (let end = this.#pending.indexOf('\n'); end !== -1; end = this.#pending.indexOf('\n')) {
      this.#line(this.#pending.slice(0, end).replace(/\r$/, ''))
      this.#pending = this.#pending.slice(end + 1)
    }
  }

  #line(raw: string): void {
    const match = /^(\d{3})([ -]|$)(.*)$/s.exec(raw)
    if (match === null) {
      this.#fail(new Error(`not a line of an SMTP reply: ${JSON.stringify(raw)}`))
      return
    }
    const line = { code: Number(match[1]), last: match[2] !== '-', text: match[3] ?? '', raw }
    this.#lines.push(line)
    if (!line.last) return
    const reply = this.#lines
    this.#lines = []
    if (this.#waiting === undefined) this.#ready.push(reply)
    else this.#waiting.resolve(reply)
  }

  readonly #close = (): void => this.#fail(new Error('the connection is closed'))

  readonly #fail = (cause: Error): void => {
    this.#ended ??= cause
    this.#waiting?.reject(cause)
  }
}
