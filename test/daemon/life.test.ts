// The life of the daemon: it starts whatever is down, and stops within the time that it is given.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakePostfix } from '../../src/milter/testing.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { freePort } from '../postfix/ports.ts'
import { type Filter, startFilter } from './filter.ts'
import { deliver, newSender, rawSession, said as saidOf } from './mta.ts'

const BAD = mail({ attachments: [{ name: 'x.com', content: eicar() }] })

/** Everything that can be down is down. */
async function nothingWorks(): Promise<Readonly<Record<string, unknown>>> {
  const port = await freePort()
  return {
    store: { type: 'mariadb', host: '127.0.0.1', port, user: 'peekaboo', database: 'peekaboo' },
    inspector: { socket: '/nonexistent/inspector.sock' },
    analyzers: { av: { type: 'clamav', socket: '/nonexistent/clamd.ctl' } },
    roles: { av: 'av' },
  }
}

async function readiness(filter: Filter): Promise<{ readonly status: number; readonly body: Record<string, string> }> {
  const response = await fetch(`http://${filter.http}/readyz`)
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

test('a filter starts though store, inspector and analyzers are down: it says so, puts mail off, and touches none that it only watches', async (t) => {
  const filter = await startFilter({
    config: await nothingWorks(),
    listeners: [
      { listen: 'inet:127.0.0.1:0', profile: 'mx' },
      { listen: 'inet:127.0.0.1:0', profile: 'observe' },
    ],
  })
  t.after(() => filter.stop())

  const answers = [await deliver(filter.port(0), BAD), await deliver(filter.port(1), BAD)].map(saidOf)
  const { status, body } = await readiness(filter)

  assert.match(answers[0] ?? '', /^451 4\./)
  assert.equal(answers[1], 'accept')
  assert.equal(status, 503)
  assert.notEqual(body.store, 'ok')
  assert.notEqual(body.inspector, 'ok')
})

test('a filter that is told to stop ends in order within its grace, whoever keeps a session open or a message unfinished', async () => {
  const filter = await startFilter({
    config: { milter: { grace: '1s', listeners: [{ listen: 'inet:127.0.0.1:0', profile: 'mx' }] } },
  })
  const idle = await rawSession(filter.port())
  const busy = await fakePostfix({ host: '127.0.0.1', port: filter.port() })
  await busy.connect()
  await busy.helo('client.test.invalid')
  await busy.mail(newSender())

  filter.kill('SIGTERM')
  const { code, signal } = await filter.ended
  await filter.stop()

  assert.deepEqual([code, signal], [0, null])
  assert.ok(filter.lines.some(({ msg }) => msg === 'stopped'))
  idle.destroy()
  busy.client.destroy()
})
