import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isAlive, untilGone } from './pids.ts'

test('no process outlives a filter that was killed, not even one that spins', async () => {
  const script = fileURLToPath(new URL('./daemon.ts', import.meta.url))
  const daemon = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(daemon.stdout, 'data')) as [Buffer]
  const pids = JSON.parse(line.toString()) as number[]
  assert.equal(pids.length, 4)
  assert.ok(pids.every(isAlive))
  daemon.kill('SIGKILL')
  await once(daemon, 'exit')
  await untilGone(pids)
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`peekaboo-inspector-${daemon.pid}-`))
  assert.deepEqual(left, [])
})
