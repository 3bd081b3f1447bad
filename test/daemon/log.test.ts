import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, watch } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { fakePostfix } from '../../src/milter/testing.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { said } from './mta.ts'
import { runtimeFlags } from './runtime.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

test('a filter whose log cannot be written goes on answering, and ends when it is told to', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'peekaboo-log-'))
  const socket = join(dir, 'milter.sock')
  const full = openSync('/dev/full', 'w')
  const args = ['serve', '--data-dir', join(dir, 'data'), '--listen', `unix:${socket}`, '--http', 'off']
  const child = spawn(process.execPath, [...runtimeFlags(), main, ...args], { stdio: ['ignore', full, 'ignore'] })
  const ended = once(child, 'exit')
  closeSync(full)
  t.after(() => {
    child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  })
  await appears(dir, socket)
  await listens(socket)

  const answers: string[] = []
  for (let i = 0; i < 5; i += 1) {
    const mta = await fakePostfix({ path: socket })
    const message = mail({ attachments: [{ name: 'eicar.com', content: eicar() }] })
    answers.push(said(await mta.deliver({ from: 'a@src.test', to: ['b@dst.test'], message })))
    await mta.quit()
  }
  child.kill('SIGTERM')
  const [code] = await ended

  assert.deepEqual(answers, Array(5).fill('550 5.7.1'))
  assert.equal(code, 0)
})

/** A socket is there a moment before it takes connections. */
async function listens(path: string): Promise<void> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const probe = connect({ path })
    const isOpen = await once(probe, 'connect').then(
      () => true,
      () => false,
    )
    probe.destroy()
    if (isOpen || performance.now() > deadline) return
  }
}

/** Resolves when the file is there. */
async function appears(dir: string, path: string): Promise<void> {
  const watcher = watch(dir)
  try {
    while (!existsSync(path)) await once(watcher, 'change', { signal: AbortSignal.timeout(20_000) })
  } finally {
    watcher.close()
  }
}
