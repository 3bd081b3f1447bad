// SIGKILL at every step of a message, on a database that outlives the process: MariaDB.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { killAt, stepsOf } from '../nodes/killed.ts'
import { inParallel } from '../nodes/nodes.ts'
import { MariadbServer } from '../store/mariadb-server.ts'

/** Longer than any lease, shorter than an analysis may take. */
const LATER_MS = 300_000

test('on MariaDB too a process that is killed at any step loses no analysis, runs none again and accepts nothing unseen', async (t) => {
  const [server, folder] = [await MariadbServer.make(), await mkdtemp(join(tmpdir(), 'peekaboo-killed-'))]
  t.after(() => Promise.all([server.remove(), rm(folder, { recursive: true, force: true })]))
  const place = async () => {
    const database = await server.database()
    const where = { type: 'mariadb', socketPath: server.socketPath, user: 'root', database, timeout: '60s' }
    return {
      where: JSON.stringify(where),
      later: () => server.store(database, { now: () => Date.now() + LATER_MS }),
    }
  }
  const beats = ['uncommitted', 'committed'].map((moment) => `${moment} renewal of the lease`)
  const steps = [...(await stepsOf(join(folder, 'whole'), await place())), ...beats]

  const left = await inParallel(steps.length, 2, async (n) =>
    killAt(join(folder, `${n}`), await place(), steps[n] ?? ''),
  )

  assert.ok(left.length >= 20)
  assert.deepEqual(
    left.filter(({ runs }) => runs !== 1),
    [],
  )
})
