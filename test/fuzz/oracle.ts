/** Asks Python which attachments of a message are the EICAR test file: one process for all messages. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eicar } from '../postfix/mail.ts'

/** An attachment as Python describes it, in words. */
export type Seen = string

const program = fileURLToPath(new URL('./oracle.py', import.meta.url))

export class Oracle {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting: ((line: string | undefined) => void)[] = []
  #error = ''

  constructor() {
    this.#child = spawn('/usr/bin/python3', ['-I', program, eicar().toString('base64')])
    createInterface(this.#child.stdout).on('line', (line) => this.#waiting.shift()?.(line))
    this.#child.stderr.on('data', (text: Buffer) => {
      this.#error += text
    })
    this.#child.stdin.on('error', () => undefined)
    this.#child.on('close', () => {
      for (const resolve of this.#waiting.splice(0)) resolve(undefined)
    })
  }

  /** The attachments of a message that begin with the test file. */
  async ask(message: Buffer): Promise<readonly Seen[]> {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(message.length)
    this.#child.stdin.write(head)
    this.#child.stdin.write(message)
    const line = await new Promise<string | undefined>((resolve) => this.#waiting.push(resolve))
    if (line === undefined) throw new Error(`Python ended: ${this.#error}`)
    return (JSON.parse(line) as unknown[]).map((one) => JSON.stringify(one))
  }

  async close(): Promise<void> {
    this.#child.stdin.end()
    if (this.#child.exitCode === null) await once(this.#child, 'close')
  }
}
