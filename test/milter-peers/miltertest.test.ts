import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { MilterServer } from '../../src/milter/index.ts'
import { run } from '../postfix/run.ts'
import { startPlannedFilter } from './scripted-filter.ts'

suite('miltertest, an MTA side by other people, against a server of our library', () => {
  let server: MilterServer
  let port = 0
  before(async () => {
    const filter = await startPlannedFilter()
    server = filter.server
    port = filter.port
  })
  after(() => server.close({ graceMs: 0 }))

  async function miltertest(name: string): Promise<string> {
    const script = fileURLToPath(new URL(name, import.meta.url))
    const ran = await run('/usr/bin/miltertest', ['-D', `port=${port}`, '-s', script])
    const output = `${ran.stdout.toString()}${ran.stderr}`
    assert.equal(ran.status, 0, output)
    return output
  }

  test('finds every reply at every stage as it should be', async () => {
    assert.match(await miltertest('replies.lua'), /checked 42 replies/)
  })

  test('finds edits, abort, unknown command and refusal of a session as they should be', async () => {
    assert.match(await miltertest('session.lua'), /session checked/)
  })
})
