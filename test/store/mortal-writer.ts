/**
 * The writer thread, but a commit hangs while a file `<database>.hang` exists and kills the thread when there is a `<database>.die`:
 * disks do the one and nobody knows what the other.
 */
import { existsSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const exec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function mortalExec(this: DatabaseSync, sql: string): void {
  if (sql === 'COMMIT') {
    const path = this.location() ?? ''
    const pause = new Int32Array(new SharedArrayBuffer(4))
    while (existsSync(`${path}.hang`)) Atomics.wait(pause, 0, 0, 10)
    if (existsSync(`${path}.die`)) {
      rmSync(`${path}.die`)
      process.exit(3)
    }
  }
  exec.call(this, sql)
}

await import('../../src/store/sqlite/worker.ts')
