import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { LAYER_KEYS, type LayerKey } from '../../src/inspector/layers.ts'
import { COLUMNS, type Column, EXPECTED, renderAttackTable } from './attack-table.ts'
import { ATTEMPTS, type Targets } from './parsers/attacker.ts'
import { until } from './pids.ts'
import { never, readMessage, startRig, testCode } from './rig.ts'

const DOCUMENT = new URL('../../docs/attack-table.md', import.meta.url)

/** Listeners, files and processes that attacker code would like to reach, all of the user that runs the filter. */
async function makeTargets(t: TestContext): Promise<Omit<Targets, 'neighbour'>> {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-test-attack-'))
  const openFolder = mkdtempSync(join(tmpdir(), 'peekaboo-test-open-'))
  chmodSync(openFolder, 0o777)
  const secretFile = join(folder, 'message.eml')
  writeFileSync(secretFile, 'secret', { mode: 0o600 })
  const tcp = createServer((_request, response) => response.end('page')).listen(0, '127.0.0.1')
  const unix = createServer().listen(join(folder, 'store.sock'))
  const udp = createSocket('udp4').bind(0, '127.0.0.1')
  udp.on('message', (query, { port, address }) => {
    if (query.length < 12) return
    // The question sent back as an answer without records.
    query.writeUInt16BE(0x8180, 2)
    udp.send(query, port, address)
  })
  await Promise.all([once(tcp, 'listening'), once(unix, 'listening'), once(udp, 'listening')])
  const sleepers = [0, 1].map(() => spawn('sleep', ['120'], { stdio: 'ignore' }))
  const sharedMemory = /\d+/.exec(execFileSync('ipcmk', ['-M', '64'], { encoding: 'utf8' }))?.[0] ?? ''
  t.after(() => {
    for (const sleeper of sleepers) sleeper.kill('SIGKILL')
    execFileSync('ipcrm', ['-m', sharedMemory])
    tcp.closeAllConnections()
    tcp.close()
    unix.close()
    udp.close()
    rmSync(folder, { recursive: true, force: true })
    rmSync(openFolder, { recursive: true, force: true })
  })
  const [victim, debuggee] = sleepers.map(({ pid }) => pid ?? 0) as [number, number]
  const ports = { tcpPort: (tcp.address() as AddressInfo).port, udpPort: udp.address().port }
  const files = {
    secretFile,
    openFolder,
    unixSocket: join(folder, 'store.sock'),
    ownEntry: testCode('attacker.ts').entry,
  }
  return { filter: process.pid, victim, debuggee, sharedMemory, ...ports, ...files }
}

/** What attacker code achieves with only those layers; and which layers this machine did not give. */
async function attackWith(t: TestContext, wanted: readonly LayerKey[]) {
  const without = LAYER_KEYS.filter((key) => !wanted.includes(key))
  const options = { processes: 1, limits: { cpu: '60s' } }
  const { inspector, supervisor, count } = await startRig(t, { parser: 'attacker.ts', without, options })
  await count('process-ready', 2)
  const missing = supervisor.layers.filter(({ name, active }) => wanted.includes(name as LayerKey) && !active)
  const earlier = await readMessage(inspector, '{"earlier":"a message"}')
  assert.equal(earlier.subject, '{}')
  const targets = await makeTargets(t)
  const inspection = inspector.read(never())
  inspection.write(Buffer.alloc(300_000, ' '))
  await until(() => supervisor.busyPids().length === 1)
  const neighbour = supervisor.pids().find((pid) => !supervisor.busyPids().includes(pid)) ?? 0
  inspection.write(Buffer.from(JSON.stringify({ targets: { ...targets, neighbour } })))
  const answer = await inspection.finish()
  assert.equal(answer.unscannable, '')
  return { missing: missing.map(({ name }) => name), results: JSON.parse(answer.subject) as Record<string, string> }
}

async function measure(t: TestContext, column: Column): Promise<readonly string[]> {
  const { missing, results } = await attackWith(t, column.layers)
  if (missing.length > 0 || process.getuid?.() !== 0) {
    t.diagnostic(`not on this machine: ${missing.join(', ') || 'root'}`)
    return []
  }
  assert.deepEqual(Object.keys(results), Object.keys(ATTEMPTS))
  const wrong: string[] = []
  for (const [attempt, result] of Object.entries(results)) {
    const expected = EXPECTED[attempt]?.includes(column.name) ? 'denied' : 'open'
    if (!result.startsWith(expected)) wrong.push(`${attempt}: ${result}, expected ${expected}`)
  }
  return wrong
}

for (const column of COLUMNS) {
  test(`attacker code is stopped where the table says so by: ${column.name}`, async (t) => {
    assert.deepEqual(await measure(t, column), [])
  })
}

test('with all layers nothing works but to read what the same process had before', () => {
  const open = Object.keys(ATTEMPTS).filter((attempt) => !EXPECTED[attempt]?.includes('all'))
  assert.deepEqual(open, ['read a message that this process had before'])
})

test('the document shows the table that was measured', () => {
  const table = renderAttackTable(Object.keys(ATTEMPTS))
  if (process.env.UPDATE_DOCS === '1') writeFileSync(DOCUMENT, table)
  assert.equal(
    readFileSync(DOCUMENT, 'utf8'),
    table,
    'run this test with UPDATE_DOCS=1 and commit docs/attack-table.md',
  )
})
