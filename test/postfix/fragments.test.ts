// Each fragment of postfix/ in a real Postfix: that it asks the filter, by each way in, and what becomes of the mail.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  accept,
  createMilterServer,
  type ListenAddress,
  type MilterServer,
  quarantine,
  reject,
} from '../../src/milter/index.ts'
import { FRAGMENTS, readMasterFragment } from './fragment.ts'
import { PostfixInstance, type PostfixOptions, startPostfix } from './instance.ts'
import { mail } from './mail.ts'
import { freePort } from './ports.ts'
import { runOk } from './run.ts'
import { startSink } from './sink.ts'
import { sendMail } from './smtp-client.ts'

/** A filter that refuses the senders `bad@…`, holds `late@…`, takes all others, and remembers whom it saw. */
interface Seer {
  readonly server: MilterServer
  readonly seen: string[]
  readonly port: number
}

async function startSeer(t: TestContext, address: ListenAddress = { host: '127.0.0.1', port: 0 }): Promise<Seer> {
  const seen: string[] = []
  const server = createMilterServer({
    hooks: {
      mail: () => undefined,
      endOfMessage: (tx) => {
        const sender = tx.sender?.address ?? ''
        seen.push(sender)
        if (sender.startsWith('bad@')) return reject({ code: 550, enhanced: '5.7.1', text: 'refused by the seer' })
        return sender.startsWith('late@') ? quarantine('not decided yet') : accept()
      },
    },
    actions: ['quarantine'],
  })
  t.after(() => server.close({ graceMs: 0 }))
  await server.listen(address)
  const at = server.address()
  return { server, seen, port: typeof at === 'object' && at ? at.port : 0 }
}

async function postfixOf(t: TestContext, options: PostfixOptions): Promise<PostfixInstance> {
  const postfix = await startPostfix(options)
  t.after(() => postfix.stop())
  return postfix
}

async function told(port: number, from: string): Promise<string> {
  const { code, enhanced } = await sendMail(port, { from, to: 'b@dst.test', message: mail() })
  return `${code} ${enhanced}`
}

test('every fragment in postfix/ is one that these tests know', () => {
  const files = readdirSync(new URL('../../postfix/', import.meta.url)).filter((name) => name.endsWith('.cf'))

  const names = files.filter((name) => !name.endsWith('.master.cf')).map((name) => name.replace(/\.cf$/, ''))
  assert.deepEqual(names.toSorted(), [...FRAGMENTS].toSorted())
})

for (const fragment of ['mx', 'instances'] as const) {
  test(`${fragment}: what the filter refuses is refused while the sender is connected`, async (t) => {
    const seer = await startSeer(t)
    const postfix = await postfixOf(t, { fragment, milterPort: seer.port })

    const replies = [await told(postfix.port, 'bad@src.test'), await told(postfix.port, 'good@src.test')]

    assert.deepEqual(replies, ['550 5.7.1', '250 2.0.0'])
    assert.deepEqual(seer.seen, ['bad@src.test', 'good@src.test'])
  })
}

test('submission: only the port of the users is asked about, and what is held waits under a long queue id', async (t) => {
  const seer = await startSeer(t)
  const postfix = await postfixOf(t, {
    fragment: 'submission',
    milterPort: seer.port,
    master: { ports: ['submission'], text: (ports) => readMasterFragment('submission', ports) },
  })
  const port = postfix.ports.submission ?? 0

  const replies = [
    await told(port, 'bad@src.test'),
    await told(port, 'late@src.test'),
    await told(postfix.port, 'bad@src.test'),
  ]

  assert.deepEqual(replies, ['550 5.7.1', '250 2.0.0', '250 2.0.0'])
  assert.deepEqual(seer.seen, ['bad@src.test', 'late@src.test'])
  const [held] = await postfix.held()
  assert.equal(held?.sender, 'late@src.test')
  assert.ok((held?.queueId.length ?? 0) > 12, held?.queueId)
})

test('local: mail of sendmail(1) is shown to the filter, a refusal becomes a bounce, and what is held waits', async (t) => {
  const seer = await startSeer(t)
  const sink = await startSink()
  t.after(() => sink.stop())
  const postfix = await postfixOf(t, { fragment: 'local', milterPort: seer.port, deliverTo: { port: sink.port } })
  const send = (from: string) => postfix.sendmail(['-f', from, 'b@dst.test'], Buffer.from('Subject: local\n\nhello\n'))

  await send('good@src.test')
  await sink.waitForMessage((one) => one.from === 'good@src.test')
  await send('late@src.test')
  await postfix.waitForQueue('hold')
  await send('bad@src.test')
  await sink.waitForMessage((one) => one.from === '' && one.to.includes('bad@src.test'))

  assert.deepEqual(seer.seen, ['good@src.test', 'late@src.test', 'bad@src.test'])
  assert.deepEqual(await told(postfix.port, 'bad@src.test'), '250 2.0.0')
})

test('local: while the filter is away mail waits in the maildrop queue', async (t) => {
  const postfix = await postfixOf(t, { fragment: 'local', milterPort: await freePort() })

  await postfix.sendmail(['-f', 'a@src.test', 'b@dst.test'], Buffer.from('Subject: local\n\nhello\n'))
  await postfix.waitForLog(/cleanup\[\d+\]: \w+: milter-reject: CONNECT from localhost.*4\.7\.1/)
  await postfix.settledLog()

  assert.equal(readdirSync(join(postfix.dir, 'queue/maildrop')).length, 1)
})

test('beside: the filter stands between who refuses spam and who signs, and mail that comes back is not shown again', async (t) => {
  const seer = await startSeer(t)
  const postfix = await postfixOf(t, {
    fragment: 'beside',
    milterPort: seer.port,
    master: {
      ports: ['127.0.0.1:10025'],
      text: (ports) => readMasterFragment('beside', ports),
    },
  })

  const replies = [
    await told(postfix.port, 'bad@src.test'),
    await told(postfix.ports['127.0.0.1:10025'] ?? 0, 'bad@src.test'),
  ]

  assert.deepEqual(replies, ['550 5.7.1', '250 2.0.0'])
  assert.deepEqual(seer.seen, ['bad@src.test'])
})

test('unix: a chrooted smtpd finds the socket below the queue directory, and so does one without chroot', async (t) => {
  const chrooted = (ports: Readonly<Record<string, number>>) => `127.0.0.1:${ports.chrooted} inet n - y - - smtpd\n`
  const postfix = await PostfixInstance.create({ fragment: 'unix', master: { ports: ['chrooted'], text: chrooted } })
  t.after(() => postfix.stop())
  const folder = join(postfix.dir, 'queue/peekaboo')
  await mkdir(folder)
  await runOk('/usr/bin/chgrp', ['postfix', folder])
  await runOk('/usr/bin/chmod', ['2750', folder])
  const seer = await startSeer(t, { path: join(folder, 'mx.sock') })
  assert.equal(await postfix.start(), undefined)

  const replies = [await told(postfix.port, 'bad@src.test'), await told(postfix.ports.chrooted ?? 0, 'bad@src.test')]

  assert.deepEqual(replies, ['550 5.7.1', '550 5.7.1'])
  assert.equal(seer.seen.length, 2)
})

test('ipv6: the filter is asked at its address of IPv6', async (t) => {
  const seer = await startSeer(t, { host: '::1', port: 0 })
  const postfix = await postfixOf(t, { fragment: 'ipv6', milterPort: seer.port, mainCf: { inet_protocols: 'all' } })

  assert.equal(await told(postfix.port, 'bad@src.test'), '550 5.7.1')
})

test('instances: two instances share one filter', async (t) => {
  const seer = await startSeer(t)
  const options = { fragment: 'instances', milterPort: seer.port } as const
  const [one, two] = await Promise.all([postfixOf(t, options), postfixOf(t, options)])

  const replies = await Promise.all([told(one.port, 'bad@one.test'), told(two.port, 'bad@two.test')])

  assert.deepEqual(replies, ['550 5.7.1', '550 5.7.1'])
  assert.deepEqual(seer.seen.toSorted(), ['bad@one.test', 'bad@two.test'])
})

test('observe-copy: production delivers without asking, and the copies of the pilot are seen elsewhere and thrown away', async (t) => {
  const seer = await startSeer(t)
  const sink = await startSink()
  t.after(() => sink.stop())
  const copies = await postfixOf(t, { fragment: 'observe-copy-instance', milterPort: seer.port })
  const production = await postfixOf(t, {
    fragment: 'observe-copy',
    deliverTo: { port: sink.port },
    mainCf: { transport_maps: `inline:{ { copy.peekaboo.invalid = smtp:[127.0.0.1]:${copies.port} } }` },
  })

  assert.equal(await told(production.port, 'good@src.test'), '250 2.0.0')

  const delivered = await sink.waitForMessage((one) => one.from === 'good@src.test')
  assert.deepEqual(delivered.to, ['b@dst.test'])
  await copies.waitForLog(/to=<b@copy\.peekaboo\.invalid>.*relay=none.*status=sent/)
  assert.deepEqual(seer.seen, ['good@src.test'])
  assert.equal(sink.messages.length, 1)
})
