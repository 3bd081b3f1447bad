import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { assertGenerated, table } from '../generated.ts'
import { FAULTS, type Fault } from './faults.ts'
import { type Filter, startFilter } from './filter.ts'
import { descendants } from './processes.ts'

const LISTENERS = [
  { listen: 'inet:127.0.0.1:0', profile: 'mx' },
  { listen: 'inet:127.0.0.1:0', profile: 'observe' },
]

/** Runs one fault against a fresh filter and tells the answer of each profile. */
async function tryFault(t: TestContext, fault: Fault, listener: number): Promise<{ answer: string; filter: Filter }> {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'peekaboo-fault-')), 'data')
  const clean = fault.prepare?.(dataDir)
  const config = { store: { url: fault.prepare ? 'sqlite:store/peekaboo.db' : 'sqlite:' }, ...fault.options?.config }
  const filter = await startFilter({ listeners: LISTENERS, dataDir, config })
  t.after(async () => {
    await filter.stop()
    clean?.()
    rmSync(join(dataDir, '..'), { recursive: true, force: true })
  })
  return { answer: await fault.act(filter, filter.port(listener)), filter }
}

test('whatever breaks around the filter, nothing bad is accepted on mx, nothing is held up in observe, and the log names it', async (t) => {
  const rows: string[][] = []

  for (const fault of FAULTS) {
    const mx = await tryFault(t, fault, 0)
    await mx.filter.waitFor((line) => fault.logs.test(JSON.stringify(line)))
    const observe = await tryFault(t, fault, 1)
    assert.match(mx.answer, /^(?:550 5\.7\.1|451 4\.)/, fault.name)
    const answer = fault.isEither ? '550 5.7.1 or 451 4.7.1' : mx.answer
    rows.push([fault.name, answer, observe.answer, `\`${fault.logs.source}\``])
  }

  for (const [name = '', , observe] of rows) assert.equal(observe, 'accept', name)
  assertGenerated(
    'ARCHITECTURE.md',
    'faults',
    table(['what breaks', '`mx` (EICAR)', '`observe`', 'the log says'], rows),
  )
})

test('a second filter on the same port says so and ends; the first goes on', async (t) => {
  const first = await startFilter()
  t.after(() => first.stop())
  const listen = `inet:127.0.0.1:${first.port()}`

  const second = startFilter({ listeners: [{ listen, profile: 'mx' }] })

  await assert.rejects(second, new RegExp(`cannot listen on ${listen}`))
})

test('a unix socket in a folder that is not there is told as such', async () => {
  const listen = 'unix:/nonexistent/peekaboo/mx.sock'

  const filter = startFilter({ listeners: [{ listen, profile: 'mx' }] })

  await assert.rejects(filter, /the folder \/nonexistent\/peekaboo does not exist/)
})

test('a filter that is killed leaves no process and no spool behind for the next one', async (t) => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'peekaboo-fault-')), 'data')
  t.after(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }))
  const first = await startFilter({ dataDir })
  const below = descendants(first.pid).map(({ pid }) => pid)
  await first.stop('SIGKILL')

  const second = await startFilter({ dataDir })
  t.after(() => second.stop())

  assert.deepEqual(below.filter(isAlive), [])
  assert.deepEqual(await readdir(join(dataDir, 'spool')), [])
})

function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z'
  } catch {
    return false
  }
}
