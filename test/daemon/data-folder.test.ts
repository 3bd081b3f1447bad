import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eicar, mail } from '../postfix/mail.ts'
import { startFilter } from './filter.ts'
import { deliver, said } from './mta.ts'

const BAD = mail({ attachments: [{ name: 'eicar.com', content: eicar() }] })

function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-data-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('a second filter in the same data folder is refused, until the first is killed; the first goes on', async (t) => {
  const dataDir = join(tempFolder(t), 'data')
  const first = await startFilter({ dataDir })
  t.after(() => first.stop('SIGKILL'))

  await assert.rejects(startFilter({ dataDir }), (error: Error) =>
    error.message.includes(`the data folder ${dataDir} is in use by another filter: stop that one`),
  )
  const answer = said(await deliver(first.port(), BAD))
  await first.stop('SIGKILL')
  const next = await startFilter({ dataDir })
  t.after(() => next.stop())

  assert.deepEqual([answer, said(await deliver(next.port(), BAD))], ['550 5.7.1', '550 5.7.1'])
})

test('a data folder where nothing can be made is told at the start, and the filter ends', async () => {
  const started = startFilter({ dataDir: '/proc/peekaboo/data' })

  await assert.rejects(started, /the data folder \/proc\/peekaboo\/data cannot be made: give another with --data-dir/)
})

test('a data folder that may only be read is told at the start, and the filter ends', async (t) => {
  const dataDir = tempFolder(t)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,mode=700', 'tmpfs', dataDir])

  const started = startFilter({ dataDir })

  const isTold = (error: Error) =>
    error.message.includes(`the data folder ${dataDir} cannot be written: give another with --data-dir: EROFS`)
  await assert.rejects(started, isTold).finally(() => execFileSync('umount', ['-l', dataDir]))
})

test('a store in a folder that cannot be made is told, and mail goes on', async (t) => {
  const filter = await startFilter({ config: { store: { url: 'sqlite:/proc/peekaboo/store.db' } } })
  t.after(() => filter.stop())

  assert.equal(said(await deliver(filter.port(), BAD)), '550 5.7.1')
  assert.ok(filter.lines.some(({ msg }) => msg === 'store unavailable'))
})
