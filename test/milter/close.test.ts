import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { accept, createMilterServer, type FinalReply, type Transaction } from '../../src/milter/index.ts'
import { FakeClock, fakePostfix, MilterClient } from '../../src/milter/testing.ts'
import { deferred, END, MESSAGE, startFilter, until } from './support.ts'

test('a close finishes the messages in flight, answers new ones with a tempfail, and ends when the MTAs have quit', async (t) => {
  const gate = deferred<FinalReply>()
  const filter = await startFilter(t, { hooks: { mail: () => undefined, endOfMessage: () => gate.promise } })
  const sessions = await Promise.all(Array.from({ length: 50 }, () => filter.postfix()))
  const running = sessions.map((session) => session.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE }))
  await until(() => filter.server.messages === 50, '50 messages in flight')

  const closing = filter.server.close({ graceMs: 60_000 })
  gate.resolve(accept())
  const finished = await Promise.all(running)
  const second = await Promise.all(
    sessions.map((session) => session.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })),
  )
  await Promise.all(sessions.map((session) => session.quit()))

  assert.ok(finished.every((reply) => reply.kind === 'accept'))
  assert.ok(second.every((reply) => reply.smtp === '451 4.3.2 The mail filter is restarting - try again later'))
  assert.deepEqual(await closing, { forced: 0 })
})

test('a closing server accepts no connection', async (t) => {
  const filter = await startFilter(t, { hooks: {} })
  const session = await filter.postfix()
  const closing = filter.server.close({ graceMs: 60_000 })

  await assert.rejects(MilterClient.connect(filter.address))
  await session.quit()
  await closing
})

test('where MAIL is not replied to, a new message of a closing server is answered at its end', async (t) => {
  const filter = await startFilter(t, { hooks: { endOfMessage: () => accept() } })
  const session = await filter.postfix()
  const closing = filter.server.close({ graceMs: 60_000 })

  const reply = await session.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })
  await session.quit()

  assert.equal(reply.kind, 'tempfail')
  assert.deepEqual(await closing, { forced: 0 })
})

test('a closing server that may let mail pass does so when told', async (t) => {
  const filter = await startFilter(t, { onDrain: 'accept', hooks: { mail: () => undefined } })
  const session = await filter.postfix()
  const closing = filter.server.close({ graceMs: 60_000 })

  const reply = await session.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })
  await session.quit()
  await closing

  assert.equal(reply.kind, 'accept')
})

test('what has not ended after the grace is ended, and its messages are aborted', async (t) => {
  const clock = new FakeClock()
  const held = deferred<Transaction>()
  const filter = await startFilter(t, {
    clock,
    hooks: {
      endOfMessage: (tx) => {
        held.resolve(tx)
        return new Promise<FinalReply>(() => undefined)
      },
    },
  })
  const [idle, busy] = [await filter.client(), await filter.client()]
  await idle.negotiate()
  await busy.negotiate()
  await busy.send(END)
  const tx = await held.promise

  const closing = filter.server.close({ graceMs: 30_000 })
  clock.advance(30_000)

  assert.deepEqual(await closing, { forced: 2 })
  assert.match(String(tx.signal.reason), /ended by forced/)
  assert.deepEqual([await idle.closed(), await busy.closed()], [true, true])
})

test('a close without sessions is done at once, and may be asked for twice', async (t) => {
  const filter = await startFilter(t, { hooks: {} })

  assert.deepEqual(await filter.server.close(), { forced: 0 })
  assert.deepEqual(await filter.server.close(), { forced: 0 })
  assert.equal(filter.server.isClosing, true)
})

test('two closes at once both end', async (t) => {
  const filter = await startFilter(t, { hooks: {} })
  const session = await filter.postfix()

  const closes = [filter.server.close({ graceMs: 60_000 }), filter.server.close({ graceMs: 60_000 })]
  await session.quit()

  assert.deepEqual(await Promise.all(closes), [{ forced: 0 }, { forced: 0 }])
})

function unixPath(t: { after(fn: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'milter-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'milter.sock')
}

test('a unix socket has the mode asked for, 0660 by default, and serves', async (t) => {
  const path = unixPath(t)
  for (const mode of [undefined, 0o600]) {
    const server = createMilterServer({ hooks: { endOfMessage: () => accept() } })
    await server.listen(mode === undefined ? { path } : { path, mode })

    const session = await fakePostfix(server.address())
    const reply = await session.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })
    await session.quit()

    assert.equal(statSync(path).mode & 0o777, mode ?? 0o660)
    assert.equal(reply.kind, 'accept')
    await server.close({ graceMs: 5000 })
    assert.equal(existsSync(path), false)
  }
})

test('a socket file that nobody listens at is replaced, one in use is an error', async (t) => {
  const path = unixPath(t)
  const first = createMilterServer({ hooks: {} })
  await first.listen({ path })
  const second = createMilterServer({ hooks: {} })

  await assert.rejects(second.listen({ path }), /EADDRINUSE/)
  await first.close({ graceMs: 0 })
  const leave = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', leave])
  assert.equal(existsSync(path), true)
  await second.listen({ path })

  assert.equal((await fakePostfix({ path })).client.isEnded, false)
  await second.close({ graceMs: 0 })
})

test('a port in use is an error that names it', async (t) => {
  const filter = await startFilter(t, { hooks: {} })
  const server = createMilterServer({ hooks: {} })

  await assert.rejects(server.listen({ port: filter.address.port }), new RegExp(`EADDRINUSE.*${filter.address.port}`))
})

test('a descriptor that is listening already, as systemd hands it over, is served', async (t) => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen({ host: '127.0.0.1', port: 0 }, resolve))
  t.after(() => holder.close())
  const { port } = holder.address() as { readonly port: number }
  const code = `
    import { createMilterServer } from ${JSON.stringify(new URL('../../src/milter/index.ts', import.meta.url).href)}
    const server = createMilterServer({ hooks: {} })
    await server.listen({ fd: 3 })
    process.send?.('ready')
    process.on('disconnect', () => process.exit())`
  const { fd } = (holder as unknown as { readonly _handle: { readonly fd: number } })._handle
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'ignore', 'inherit', fd, 'ipc'],
  })
  t.after(() => child.kill())
  await once(child, 'message')
  holder.close()

  const session = await fakePostfix({ port })

  assert.equal((await session.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })).kind, 'continue')
  session.client.destroy()
})
