/**
 * The hold queue of one Postfix, by Postfix's own commands. Of a message nothing is looked at but lines of its header that begin with the name
 * of our field, and those only for their signature; its bytes are handed on as they come.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isLongQueueId } from './queue-id.ts'
import { HOLD_HEADER } from './ticket.ts'

/** A command of Postfix is missing, or did not do what it was asked. */
export class QueueError extends Error {
  override readonly name = 'QueueError'
  /** No command works: the others need not be tried. */
  readonly isGeneral: boolean

  constructor(message: string, isGeneral = false, options?: ErrorOptions) {
    super(message, options)
    this.isGeneral = isGeneral
  }
}

const LONGEST_HEADER_BYTES = 2 * 1024 * 1024
const MOST_FIELDS = 20
const LONGEST_OUTPUT_BYTES = 64 * 1024
const TIMEOUT_MS = 120_000
const ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

export class MailQueue {
  readonly #configDir: string
  readonly #commands: string
  #folder: string | undefined

  /** `configDir` is the folder of main.cf, `commands` that of postsuper and its siblings. */
  constructor(configDir: string, commands: string) {
    this.#configDir = configDir
    this.#commands = commands
  }

  /** Long queue ids of what lies in the hold queue: names of files, in folders by the first letters where Postfix is told so. */
  async heldIds(): Promise<readonly string[]> {
    this.#folder ??= (await this.#run('postconf', ['-c', this.#configDir, '-h', 'queue_directory'])).stdout.trim()
    const hold = join(this.#folder, 'hold')
    const entries = await readdir(hold, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      throw new QueueError(`the hold queue ${hold} cannot be read: is this Postfix set up?`, true, { cause: error })
    })
    return entries.filter((entry) => entry.isFile() && isLongQueueId(entry.name)).map(({ name }) => name)
  }

  /** Values of the fields of our name. */
  async sealsOf(queueId: string): Promise<readonly string[]> {
    const { stdout } = await this.#run('postcat', ['-c', this.#configDir, '-h', '-q', queueId], LONGEST_HEADER_BYTES)
    return fieldsOf(stdout)
  }

  /** The message in LF lines; throws at the end where it did not come whole. */
  async *message(queueId: string): AsyncGenerator<Buffer> {
    const child = this.#spawn('postcat', ['-c', this.#configDir, '-b', '-h', '-q', queueId])
    const ended = once(child, 'close')
    ended.catch(() => undefined)
    child.stdin.end()
    child.stderr.resume()
    try {
      for await (const chunk of child.stdout) yield chunk as Buffer
      const [code] = await ended
      if (code !== 0) throw new QueueError(`postcat ended with ${code} before ${queueId} was read`)
    } catch (error) {
      throw error instanceof QueueError ? error : this.#missing('postcat', error)
    } finally {
      child.kill('SIGKILL')
    }
  }

  /** Puts it back among the mail to deliver, and has it delivered now. */
  async release(queueId: string): Promise<void> {
    await this.#super(['-H', queueId], /Released from hold: 1 message/, queueId)
    await this.#run('postqueue', ['-c', this.#configDir, '-i', queueId])
  }

  /** Deletes it, if it still lies in the hold queue. */
  async remove(queueId: string): Promise<void> {
    await this.#super(['-d', queueId, 'hold'], /Deleted: 1 message/, queueId)
  }

  /** Submits a notice with the null sender; resolves when Postfix has it on disk. */
  async submit(to: string, text: string): Promise<void> {
    const args = ['-C', this.#configDir, '-i', '-f', '<>', '--', to]
    await this.#run('sendmail', args, LONGEST_OUTPUT_BYTES, text)
  }

  /** postsuper(1) ends with 0 also where there was no such message: what it says counts. */
  async #super(args: readonly string[], done: RegExp, queueId: string): Promise<void> {
    const { stderr, stdout } = await this.#run('postsuper', ['-c', this.#configDir, ...args])
    if (!done.test(`${stderr}${stdout}`)) throw new QueueError(`${queueId} does not lie in the hold queue any more`)
  }

  async #run(name: string, args: readonly string[], most = LONGEST_OUTPUT_BYTES, input = ''): Promise<Output> {
    const child = this.#spawn(name, args)
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS)
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    const ended = once(child, 'close')
    ended.catch(() => undefined)
    try {
      const errors = bounded(child.stderr, LONGEST_OUTPUT_BYTES)
      const { text: stdout, isCut } = await bounded(child.stdout, most)
      if (isCut) child.kill('SIGKILL')
      const [code] = await ended
      const stderr = (await errors).text
      if (code !== 0 && !isCut) throw new QueueError(`${name} ended with ${code}: ${lastLine(stderr)}`)
      return { stdout, stderr }
    } catch (error) {
      throw error instanceof QueueError ? error : this.#missing(name, error)
    } finally {
      clearTimeout(timer)
    }
  }

  #spawn(name: string, args: readonly string[]) {
    return spawn(join(this.#commands, name), args, { env: ENV, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  }

  #missing(name: string, cause: unknown): QueueError {
    const path = join(this.#commands, name)
    return new QueueError(`${path} cannot be run: install Postfix, or name the folder in quarantine.commands`, true, {
      cause,
    })
  }
}

interface Output {
  readonly stdout: string
  readonly stderr: string
}

/** So much of a stream, and whether there was more; the rest is not read. */
async function bounded(stream: AsyncIterable<Uint8Array>, most: number): Promise<{ text: string; isCut: boolean }> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of stream) {
    pieces.push(Buffer.from(piece))
    bytes += piece.length
    if (bytes > most) break
  }
  return { text: Buffer.concat(pieces).subarray(0, most).toString('latin1'), isCut: bytes > most }
}

function fieldsOf(header: string): readonly string[] {
  const start = `\n${HOLD_HEADER}: `
  const text = `\n${header}`
  const found: string[] = []
  for (let at = text.indexOf(start); at >= 0 && found.length < MOST_FIELDS; at = text.indexOf(start, at + 1)) {
    const from = at + start.length
    const end = text.indexOf('\n', from)
    found.push(text.slice(from, end < 0 ? undefined : end))
  }
  return found
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').slice(0, 300)
}
