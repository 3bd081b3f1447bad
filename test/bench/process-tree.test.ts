import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { cpuSeconds, peakBytes, processTree, residentBytes } from './process-tree.ts'

/** A shell whose child worked for a while and ended, and whose other child still lives, holding memory. */
async function family(): Promise<{ pid: number; end: () => void }> {
  const work = 'for (const end = process.cpuUsage().user + 3e5; process.cpuUsage().user < end; );'
  const hold = 'const held = Buffer.alloc(2 ** 26, 1); console.log(held.length); setInterval(() => held.length, 1000)'
  const script = '"$0" -e "$1"; "$0" -e "$2" & wait'
  const child = spawn('/bin/sh', ['-c', script, process.execPath, work, hold], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const pid = child.pid ?? 0
  const end = () =>
    processTree(pid)
      .toReversed()
      .map((each) => process.kill(each, 'SIGKILL'))
  return { pid, end }
}

test('processor time of a tree counts children that ended, and memory those that live', async () => {
  const { pid, end } = await family()

  try {
    assert.equal(processTree(pid).length, 2)
    assert.ok(cpuSeconds(pid) >= 0.3, `${cpuSeconds(pid)} s`)
    assert.ok(peakBytes(pid) >= 2 ** 26 && residentBytes(pid) < 2 ** 26)
  } finally {
    end()
  }
})
