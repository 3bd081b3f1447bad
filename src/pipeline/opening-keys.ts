/**
 * Under which key the store keeps what a password opened. What opens with everybody's password follows from the bytes and is kept as
 * their facts; what a message or the site opened is an opening of its own, found again only by who brings the same. Keys are made with a
 * secret of the site, so that nobody who reads the store can try passwords at them.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Reading } from '../core/index.ts'

const SECRET_BYTES = 32
const MARK_CHARS = 24

/** The two keys of a container in a message: as the site's passwords open it, and as the message does. */
export interface KeysOf {
  readonly site: string
  readonly message: string
}

export class OpeningKeys {
  readonly #passwords: string
  #secret: Buffer = randomBytes(SECRET_BYTES)

  /** `passwords` is the site's list as it is written; with another list everything is opened anew. */
  constructor(passwords = '') {
    this.#passwords = passwords
  }

  /** Takes the secret from a file, and writes a new one where there is none. Without it, keys hold as long as this process. */
  async start(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const fresh = randomBytes(SECRET_BYTES).toString('hex')
    await writeFile(path, `${fresh}\n`, { flag: 'wx', mode: 0o600 }).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return
      // A full disk leaves an empty file, which the next start would refuse.
      await rm(path, { force: true }).catch(() => undefined)
      throw new Error(`${path} cannot be written: is the disk full, or the folder not ours?`, { cause: error })
    })
    const text = (await readFile(path, 'utf8')).trim()
    if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${path} holds no secret of ours: remove it, a new one is made`)
    this.#secret = Buffer.from(text, 'hex')
  }

  /** The keys of the containers of one message, which says what its passwords may be: by its texts, names and what else it carries. */
  of({ subject, bodies, attachments }: Reading): (sha256: string) => KeysOf {
    const texts = bodies.map(({ sha256 }) => sha256).sort()
    const carried = attachments
      .map(({ sha256, names }) => [sha256, ...names.map(({ value }) => value)].join('\0'))
      .sort()
    const said = this.#mac(['message', subject, texts, carried])
    return (sha256) => ({ site: this.#mac(['site', sha256]), message: this.#mac(['opening', sha256, said]) })
  }

  /** Stands for passwords that open a container, where others may read it. */
  markOf(sha256: string, passwords: readonly string[]): string {
    return this.#mac(['password', sha256, ...passwords]).slice(0, MARK_CHARS)
  }

  #mac(words: readonly unknown[]): string {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([this.#passwords, ...words]))
      .digest('hex')
  }
}
