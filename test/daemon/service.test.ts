import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeServiceManager } from '../fakes/service-manager.ts'
import { startFilter } from './filter.ts'

test('systemd is told when the filter listens, that it lives, that it reloads and that it stops', async (t) => {
  const manager = await fakeServiceManager(t)
  const env = { NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '2000000' }
  const filter = await startFilter({ env })
  t.after(() => filter.stop('SIGKILL'))
  const count = (field: string) => manager.heard.filter((one) => one === field).length
  await manager.until(() => count('WATCHDOG=1') >= 2)

  process.kill(filter.pid, 'SIGHUP')
  await manager.until(() => count('READY=1') === 2)
  await filter.stop('SIGTERM')
  await manager.until(() => count('STOPPING=1') === 1)

  const fields = manager.heard.filter((one) => !/^(WATCHDOG|STATUS)=/.test(one))
  assert.deepEqual(fields, ['READY=1', 'RELOADING=1', 'READY=1', 'STOPPING=1'])
  assert.match(
    manager.heard.find((one) => one.startsWith('STATUS=')) ?? '',
    /^STATUS=inet:127\.0\.0\.1:\d+ \(mx\); rules /,
  )
})
