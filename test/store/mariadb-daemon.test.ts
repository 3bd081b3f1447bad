import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startFilter } from '../daemon/filter.ts'
import { deliver, said } from '../daemon/mta.ts'
import { startPostfix } from '../postfix/instance.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { MariadbServer } from './mariadb-server.ts'

const siteRules = fileURLToPath(new URL('../daemon/rules', import.meta.url))
const BAD = mail({ subject: 'bad', attachments: [{ name: 'eicar.com', content: eicar() }] })
const PLAIN = mail({ subject: 'plain', attachments: [{ name: 'notes.txt', type: 'text/plain', content: 'minutes' }] })
const DOCUMENT = mail({ attachments: [{ name: 'offer.doc', content: 'a document' }] })

test('behind Postfix, with its database killed, the filter refuses what is bad, defers what needs an analysis, and goes on when it is back', async (t) => {
  const server = await MariadbServer.make()
  t.after(() => server.remove())
  const database = await server.database()
  const store = { type: 'mariadb', socketPath: server.socketPath, user: 'root', database }
  const [filter, sink] = await Promise.all([startFilter({ config: config(store) }), startSink()])
  t.after(() => Promise.all([filter.stop(), sink.stop()]))
  const postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port(), deliverTo: { port: sink.port } })
  t.after(() => postfix.stop())
  const answers = async () => {
    const codes: number[] = []
    for (const message of [BAD, PLAIN, DOCUMENT]) {
      codes.push((await sendMail(postfix.port, { from: 'a@src.test', to: 'b@dst.test', message })).code)
    }
    return codes
  }
  const kept = async () =>
    Number((await server.sql<{ n: bigint }[]>('SELECT COUNT(*) AS n FROM story', database))[0]?.n)

  const before = await answers()
  assert.equal(await kept(), 3)
  await server.stop('SIGKILL')
  const during = await answers()
  await server.start()
  await filter.waitFor((line) => line.msg === 'store' && line.kind === 'recovered')
  const after = await answers()

  assert.deepEqual(before, [550, 250, 550])
  assert.deepEqual(during, [550, 250, 451])
  assert.deepEqual(after, [550, 250, 550])
})

test('the filter starts while its database is away and uses it when it comes', async (t) => {
  const server = await MariadbServer.make()
  t.after(() => server.remove())
  const database = await server.database()
  await server.stop()
  const filter = await startFilter({
    config: config({ type: 'mariadb', socketPath: server.socketPath, user: 'root', database }),
  })
  t.after(() => filter.stop())

  await server.start()
  await filter.waitFor((line) => line.msg === 'store' && line.kind === 'recovered')

  assert.equal((await server.sql<unknown[]>('SELECT * FROM schema_version', database)).length, 1)
})

test('what an operator denies is refused by every node within seconds, and the story says by whom it was decided', async (t) => {
  const server = await MariadbServer.make()
  t.after(() => server.remove())
  const database = await server.database()
  const store = { type: 'mariadb', socketPath: server.socketPath, user: 'root', database }
  // One after the other: each start has its own time.
  const first = await startFilter({ config: config(store) })
  t.after(() => first.stop())
  const second = await startFilter({ config: config(store) })
  t.after(() => second.stop())
  const nodes = [first, second]
  const operator = server.store(database)
  await operator.start()
  t.after(() => operator.stop())
  const answers = () => Promise.all(nodes.map(async (node) => said(await deliver(node.port(), PLAIN))))
  assert.deepEqual(await answers(), ['accept', 'accept'])

  const sha256 = createHash('sha256').update('minutes').digest('hex')
  await operator.setOverride({ kind: 'sha256', value: sha256, verdict: 'deny', reason: 'told so', who: 'me', until: 0 })
  while ((await answers()).some((answer) => answer !== '550 5.7.1')) await pause(100)

  const [story] = await operator.stories({ sha256 }, 1)
  assert.deepEqual(story?.outcome, {
    ...{ kind: 'decided', verdict: 'bad', rule: '(denied by an operator)', reason: 'told so' },
  })
})

function config(store: object): Record<string, unknown> {
  return {
    store,
    roles: { sandbox: 'box' },
    analyzers: { box: { type: 'dummy', after: '0s', answer: { score: 9 } } },
    profiles: { mx: { hold: '20s' } },
    scheduler: { poll: '250ms' },
    rules: { dirs: [siteRules] },
  }
}
