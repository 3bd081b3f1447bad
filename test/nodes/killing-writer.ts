/** The writer thread, but a file `<database>.kill` ends the whole process at the next commit: before it, or after it. */
import { existsSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const exec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function killingExec(this: DatabaseSync, sql: string): void {
  const path = `${this.location() ?? ''}.kill`
  const moment = sql === 'COMMIT' && existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (moment === 'uncommitted') process.kill(process.pid, 'SIGKILL')
  exec.call(this, sql)
  if (moment === 'committed') process.kill(process.pid, 'SIGKILL')
}

await import('../../src/store/sqlite/worker.ts')
