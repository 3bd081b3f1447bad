import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { Findings } from './report.ts'

const bench = join(import.meta.dirname, 'bench.ts')

/** Runs the short form and returns what it found; it fails where a message was lost. */
async function runShort(...args: readonly string[]): Promise<Findings> {
  const command = [bench, '--short', '--json', ...args]
  const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: 120_000, maxBuffer: 2 ** 24 })
  return JSON.parse(stdout) as Findings
}

test('the benchmark of the protocol runs and no message is lost', async () => {
  const { measurements, held, losses } = await runShort('--only', 'protocol')

  assert.deepEqual(losses, [])
  assert.deepEqual(
    measurements.map(({ peer, load }) => [peer, load.answered]),
    [
      ['null', 60],
      ['null-nr', 60],
      ['protocol', 60],
    ],
  )
  assert.deepEqual(
    held.map((result) => [result.subject, result.held]),
    [['protocol-holding', 50]],
  )
})

test('the benchmark of the whole filter runs and no message is lost', async () => {
  const { measurements, losses } = await runShort('--only', 'pipeline')

  assert.deepEqual(losses, [])
  assert.deepEqual(
    measurements.map(({ peer, load }) => [peer, load.answered]),
    [
      ['sha256', 60],
      ['python', 60],
      ['filter', 60],
    ],
  )
})

test('the benchmark of the readers runs and sees what its peer sees', async () => {
  const { mail, losses } = await runShort('--only', 'mail')

  assert.deepEqual(losses, [])
  assert.deepEqual(
    mail.map(({ mail, subject, found }) => [mail, subject, found]).filter(([mail]) => mail === '300 files'),
    [
      ['300 files', 'union', 300],
      ['300 files', 'strict', 301],
      ['300 files', 'peer', 300],
    ],
  )
})

test('the benchmark of types runs beside file', async () => {
  const { targets } = await runShort('--only', 'types')

  assert.equal(targets.length, 1)
  assert.ok((targets[0]?.measured.median ?? 0) > 1, 'cheaper than file')
})

test('the benchmark of the rules runs, and rules decide as their twins by hand', async () => {
  const { targets, losses } = await runShort('--only', 'rules')

  assert.deepEqual(losses, [])
  assert.equal(targets.length, 4)
})

test('the benchmark of analyzers runs beside clamdscan, and both find the test string in every file', async () => {
  const { targets, losses } = await runShort('--only', 'analyzers')

  assert.deepEqual(losses, [])
  assert.equal(targets.length, 1)
  assert.ok((targets[0]?.measured.median ?? 0) > 0)
})

test('the benchmark of archives runs beside 7-Zip', async () => {
  const { targets } = await runShort('--only', 'archive')

  assert.equal(targets.length, 5)
  assert.ok((targets[0]?.measured.median ?? 0) > 0)
})
