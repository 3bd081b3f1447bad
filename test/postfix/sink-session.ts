import type { Delivered, SinkAnswer } from './sink.ts'

/** What a session of the sink may do to its connection and its sink. */
export type SinkDoors = {
  readonly reply: (line: string) => void
  readonly end: () => void
  readonly answer: SinkAnswer
  readonly deliver: (message: Delivered) => void
}

type Draft = {
  readonly from: string
  readonly fromArgs: readonly string[]
  readonly to: string[]
  readonly toArgs: (readonly string[])[]
}

const extensions = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'DSN', 'SIZE 209715200', 'ENHANCEDSTATUSCODES']
  .map((extension, index, all) => `250${index === all.length - 1 ? ' ' : '-'}${extension}`)
  .join('\r\n')

/** The server's side of one SMTP connection, without a socket: bytes in, reply lines out. */
export class SinkSession {
  readonly #doors: SinkDoors
  #pending: Buffer = Buffer.alloc(0)
  #body: Buffer[] | undefined
  #draft: Draft | undefined

  constructor(doors: SinkDoors) {
    this.#doors = doors
    doors.reply('220 sink.test.invalid ESMTP')
  }

  /** Takes what came from the client, in any split. */
  take(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes])
    let from = 0
    for (let end = this.#pending.indexOf(10, from); end !== -1; end = this.#pending.indexOf(10, from)) {
      this.#line(this.#pending.subarray(from, end + 1))
      from = end + 1
    }
    this.#pending = Buffer.from(this.#pending.subarray(from))
  }

  #line(line: Buffer): void {
    if (this.#body !== undefined && line.toString('latin1') !== '.\r\n') {
      this.#body.push(Buffer.from(line[0] === 46 ? line.subarray(1) : line))
      return
    }
    const command = line.toString('utf8').trimEnd()
    this.#doors.reply(this.#body === undefined ? this.#command(command) : this.#finish(this.#body))
    if (this.#body === undefined && /^quit$/i.test(command)) this.#doors.end()
  }

  #command(line: string): string {
    const verb = line.slice(0, 4).toUpperCase()
    switch (verb) {
      case 'EHLO':
        this.#draft = undefined
        return extensions
      case 'HELO':
      case 'RSET':
        this.#draft = undefined
        return '250 2.0.0 Ok'
      case 'MAIL':
        return this.#mail(line)
      case 'RCPT':
        return this.#rcpt(line)
      case 'DATA':
        return this.#data()
      case 'QUIT':
        return '221 2.0.0 Bye'
      default:
        return '502 5.5.2 not for a sink'
    }
  }

  #mail(line: string): string {
    const path = parsePath(line)
    const refusal = this.#doors.answer('mail', path.address)
    if (refusal !== undefined) return refusal
    this.#draft = { from: path.address, fromArgs: path.args, to: [], toArgs: [] }
    return '250 2.1.0 Ok'
  }

  #rcpt(line: string): string {
    const path = parsePath(line)
    if (this.#draft === undefined) return '503 5.5.1 MAIL first'
    const refusal = this.#doors.answer('rcpt', path.address)
    if (refusal !== undefined) return refusal
    this.#draft.to.push(path.address)
    this.#draft.toArgs.push(path.args)
    return '250 2.1.5 Ok'
  }

  #data(): string {
    if (this.#draft === undefined || this.#draft.to.length === 0) return '503 5.5.1 RCPT first'
    const refusal = this.#doors.answer('data', undefined)
    if (refusal !== undefined) return refusal
    this.#body = []
    return '354 go on'
  }

  #finish(body: readonly Buffer[]): string {
    const draft = this.#draft
    this.#body = undefined
    this.#draft = undefined
    const refusal = this.#doors.answer('message', undefined)
    if (refusal !== undefined) return refusal
    if (draft !== undefined) this.#doors.deliver({ ...draft, raw: Buffer.concat(body) })
    return '250 2.0.0 kept'
  }
}

function parsePath(line: string): { readonly address: string; readonly args: readonly string[] } {
  const match = /^[^:]*:\s*<(.*?)>\s*(.*)$/.exec(line)
  const args = (match?.[2] ?? '').split(' ').filter((arg) => arg !== '')
  return { address: match?.[1] ?? '', args }
}
