import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { ServiceManager } from '../../src/cli/service-manager.ts'
import { feedWatchdog } from '../../src/cli/watchdog.ts'
import { Fault } from '../../src/core/index.ts'
import { FakeClock, settle } from '../fakes/clock.ts'
import { fakeServiceManager } from '../fakes/service-manager.ts'

const silent = pino({ level: 'silent' })

/** A service manager with a watchdog of a minute that notes what it is told. */
function noting(usec = '60000000') {
  const said: string[] = []
  const send = async (fields: readonly string[]) => {
    said.push(fields.join(' '))
  }
  return { said, manager: new ServiceManager({ NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: usec }, silent, send) }
}

test('outside of systemd nobody is told anything, and no watchdog runs', async () => {
  const told: unknown[] = []
  const manager = new ServiceManager({ WATCHDOG_USEC: '1000000' }, silent, async (fields) => void told.push(fields))

  await manager.ready('here')

  assert.deepEqual([told, manager.watchdogMs], [[], 0])
})

test('systemd hears what the service says, in order, by its own tool', async (t) => {
  const { socket, heard, until } = await fakeServiceManager(t)
  const manager = new ServiceManager({ NOTIFY_SOCKET: socket }, silent)

  await Promise.all([manager.ready('inet:127.0.0.1:8095 (mx)'), manager.reloading(), manager.stopping()])
  await until((fields) => fields.includes('STOPPING=1'))

  assert.deepEqual(heard.slice(0, 4), ['READY=1', 'STATUS=inet:127.0.0.1:8095 (mx)', 'RELOADING=1', 'STOPPING=1'])
})

test('a socket that is not there is logged and harms nobody', async () => {
  const manager = new ServiceManager({ NOTIFY_SOCKET: '/nonexistent/socket' }, silent)

  await manager.ready('x')
})

test('the watchdog is fed while the self-test passes, four times in its time', async () => {
  const clock = new FakeClock()
  const { said, manager } = noting()
  const stop = feedWatchdog(manager, async () => {}, clock, silent)

  await clock.advance(59_000)
  const fed = said.length
  stop()
  await clock.advance(60_000)

  assert.deepEqual([fed, said.length, said[0]], [4, 4, 'WATCHDOG=1'])
})

test('a self-test that fails or hangs starves the watchdog, and one that passes again feeds it', async () => {
  const clock = new FakeClock()
  const { said, manager } = noting()
  const hanging = Promise.withResolvers<void>()
  const answers = [() => Promise.reject(new Fault('inspector-unavailable')), () => hanging.promise]
  const stop = feedWatchdog(manager, () => answers.shift()?.() ?? Promise.resolve(), clock, silent)

  await clock.advance(600_000)
  const starved = said.length
  hanging.resolve()
  await settle()

  assert.deepEqual([starved, said.length], [0, 1])
  stop()
})
