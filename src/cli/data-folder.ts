/**
 * The folder that one filter has for itself: spool, local stories, the embedded store. A second filter there would send away what the first
 * one keeps, so it is refused; commands that only ask may work beside it. The system lets go of the lock however the process ends.
 */
import { closeSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder } from '../store/index.ts'

const SQLITE_BUSY = 5
const ELSEWHERE = 'give another with --data-dir'

export class DataFolder {
  readonly #path: string
  #lock: DatabaseSync | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Makes it where it is missing. Whoever may write in it may change verdicts and read mail: nobody but us. */
  own(): void {
    try {
      makeFolder(this.#path)
    } catch (error) {
      throw new Error(`the data folder ${this.#path} cannot be made: ${ELSEWHERE}`, { cause: error })
    }
    const found = statSync(this.#path)
    if (!found.isDirectory()) throw new Error(`the data folder ${this.#path} is not a folder: ${ELSEWHERE}`)
    const mine = process.getuid?.() ?? found.uid
    if ((found.mode & 0o022) === 0 && (found.uid === mine || mine === 0)) return
    throw new Error(
      `the data folder ${this.#path} may be written by others than this user: chown ${mine} and chmod 700 it`,
    )
  }

  /** Keeps every other filter out, until `release` or the end of the process. */
  lock(): void {
    const path = join(this.#path, 'filter.lock')
    try {
      closeSync(openSync(path, 'a', 0o600))
      // Node has no file locks; those of an empty database that nobody writes to are the same.
      this.#lock = new DatabaseSync(path, { timeout: 0 })
      this.#lock.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      this.release()
      const isBusy = (error as { readonly errcode?: number }).errcode === SQLITE_BUSY
      const why = isBusy ? 'is in use by another filter: stop that one, or' : 'cannot be written:'
      throw new Error(`the data folder ${this.#path} ${why} ${ELSEWHERE}`, isBusy ? {} : { cause: error })
    }
  }

  release(): void {
    this.#lock?.close()
    this.#lock = undefined
  }
}
