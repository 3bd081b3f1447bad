import { attachmentPart, multipart } from '../postfix/mail.ts'

/** The message that a conversation puts together line by line. */
export class Draft {
  from = ''
  fromArgs: readonly string[] = []
  readonly to: string[] = []
  isBdat = false
  isLocal = false
  readonly #headers: string[] = []
  readonly #body: string[] = []
  readonly #parts: Buffer[] = []

  /** Takes a FROM line apart. */
  setFrom(words: string): void {
    const [from = '', ...args] = words.split(' ')
    this.from = from === '<>' ? '' : from
    this.fromArgs = args
  }

  /** Takes HEADER, BODY and ATTACH lines. */
  add(verb: string, words: string): void {
    if (verb === 'HEADER') this.#headers.push(words)
    else if (verb === 'BODY') this.#body.push(words)
    else this.#attach(words)
  }

  #attach(words: string): void {
    const [name = '', ...content] = words.split(' ')
    this.#parts.push(attachmentPart({ name, content: content.join(' ') }))
  }

  /** The message in CRLF lines. */
  bytes(): Buffer {
    const text = Buffer.from(this.#body.map((line) => `${line}\r\n`).join(''))
    if (this.#parts.length === 0) return Buffer.concat([head(this.#headers), text])
    const first = Buffer.concat([Buffer.from('Content-Type: text/plain\r\n\r\n'), text])
    const headers = [...this.#headers, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="cut"']
    return Buffer.concat([head(headers), multipart('cut', [first, ...this.#parts])])
  }
}

function head(headers: readonly string[]): Buffer {
  return Buffer.from(`${headers.map((line) => `${line}\r\n`).join('')}\r\n`)
}
