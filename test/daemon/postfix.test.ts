import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { startPostfix } from '../postfix/instance.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { startSink } from '../postfix/sink.ts'
import { SmtpClient, sendMail } from '../postfix/smtp-client.ts'
import { type FilterOptions, startFilter } from './filter.ts'
import { descendants } from './processes.ts'

const CLEAN = mail({ subject: 'clean', attachments: [{ name: 'notes.txt', type: 'text/plain', content: 'minutes' }] })
const BAD = mail({ subject: 'bad', attachments: [{ name: 'eicar.com', content: eicar() }] })

/** A filter behind a Postfix that delivers to a sink. */
async function scene(t: TestContext, options: FilterOptions = {}, fragment: 'mx' | 'observe' = 'mx') {
  const listeners = [{ listen: 'inet:127.0.0.1:0', profile: fragment }]
  const [filter, sink] = await Promise.all([startFilter({ listeners, ...options }), startSink()])
  t.after(() => Promise.all([filter.stop(), sink.stop()]))
  const postfix = await startPostfix({ fragment, milterPort: filter.port(), deliverTo: { port: sink.port } })
  t.after(() => postfix.stop())
  const send = (message: Buffer, from = 'a@src.test') => sendMail(postfix.port, { from, to: 'b@dst.test', message })
  return { filter, sink, postfix, send }
}

test('a bad mail is refused, a clean one delivered with our header and without one that it brought', async (t) => {
  const { filter, sink, postfix, send } = await scene(t)
  const spoofed = Buffer.concat([Buffer.from('X-Peekaboo: verdict=good; id=FAKE\r\n'), CLEAN])

  const bad = await send(BAD)
  const clean = await send(spoofed)
  const [delivered] = await sink.waitFor(1)

  assert.match(`${bad.code} ${bad.enhanced}`, /^550 5\.7\.1/)
  assert.equal(clean.code, 250)
  assert.deepEqual(delivered?.raw.toString('latin1').match(/^X-Peekaboo:.*$/gm)?.length, 1)
  assert.match(delivered?.raw.toString('latin1') ?? '', /^X-Peekaboo: verdict=ignored; id=[0-9A-Z]{10}\r$/m)
  assert.equal((await postfix.milterRejects()).length, 1)
  const line = await filter.message((one) => one.disposition === 'reject')
  assert.ok(bad.text.includes(String(line.ref)))
  assert.equal((line.samples as { sha256: string }[])[0]?.sha256, createHash('sha256').update(eicar()).digest('hex'))
})

test('in observe everything is delivered untouched, also with inspector and store dead', async (t) => {
  const { filter, sink, send } = await scene(
    t,
    { config: { store: { url: 'sqlite:/dev/null/peekaboo.db' } } },
    'observe',
  )
  const before = await send(BAD)
  for (const { pid } of descendants(filter.pid)) process.kill(pid, 'SIGSTOP')

  const during = await send(BAD)
  for (const { pid } of descendants(filter.pid)) process.kill(pid, 'SIGKILL')
  const after = await send(BAD)

  assert.deepEqual([before.code, during.code, after.code], [250, 250, 250])
  const delivered = await sink.waitFor(3)
  for (const { raw } of delivered) assert.doesNotMatch(raw.toString('latin1'), /^X-Peekaboo/m)
})

test('an answer that takes longer than the hold is 451, and the retry is refused by the report that came meanwhile', async (t) => {
  const roles = {
    roles: { sandbox: 'slow' },
    analyzers: { slow: { type: 'dummy', after: '4s', answer: { score: 9 } } },
  }
  const { filter, send } = await scene(t, {
    config: { ...roles, profiles: { mx: { hold: '1s' } }, scheduler: { poll: '250ms' }, rules: { dirs: [siteRules] } },
  })
  const macro = mail({ attachments: [{ name: 'offer.doc', content: 'a document' }] })

  const first = await send(macro)
  await filter.waitFor((line) => line.msg === 'analysis ended')
  const retry = await send(macro)

  assert.match(`${first.code} ${first.enhanced}`, /^451 4\.7\.1/)
  assert.match(`${retry.code} ${retry.enhanced}`, /^550 5\.7\.1/)
  const refs = filter.lines.filter(({ msg }) => msg === 'message').map((line) => line.ref)
  assert.equal(refs[0], refs[1])
})

const siteRules = new URL('./rules', import.meta.url).pathname

test('two messages of one session do not mix, and a reset between them leaves nothing', async (t) => {
  const { sink, postfix } = await scene(t)
  const client = await SmtpClient.connect(postfix.port)
  t.after(() => client.drop())
  await client.ehlo()

  await client.mail('a@src.test')
  await client.rcpt('b@dst.test')
  const bad = await client.data(BAD)
  await client.mail('a@src.test')
  await client.rcpt('other@dst.test')
  await client.rset()
  await client.mail('c@src.test')
  await client.rcpt('d@dst.test')
  const clean = await client.data(CLEAN)
  await client.quit()

  assert.deepEqual([bad.code, clean.code], [550, 250])
  const [delivered] = await sink.waitFor(1)
  assert.deepEqual([delivered?.from, delivered?.to], ['c@src.test', ['d@dst.test']])
})

test('mail of the local sendmail command passes the filter too', async (t) => {
  const filter = await startFilter()
  const sink = await startSink()
  t.after(() => Promise.all([filter.stop(), sink.stop()]))
  const postfix = await startPostfix({
    nonSmtpdMilters: `inet:127.0.0.1:${filter.port()}`,
    deliverTo: { port: sink.port },
  })
  t.after(() => postfix.stop())

  await postfix.sendmail(['-f', 'a@src.test', 'b@dst.test'], CLEAN)
  const [delivered] = await sink.waitFor(1)

  assert.match(delivered?.raw.toString('latin1') ?? '', /^X-Peekaboo: verdict=ignored/m)
})

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`${signal} with 50 messages in work: each is delivered with a verdict, refused or deferred, none is lost`, async (t) => {
    const roles = { roles: { sandbox: 'slow' }, analyzers: { slow: { type: 'dummy', answer: 'never' } } }
    const config = {
      ...roles,
      rules: { dirs: [siteRules] },
      milter: { held: 60, grace: '2s', listeners: [{ listen: 'inet:127.0.0.1:0', profile: 'mx' }] },
    }
    const { filter, sink, postfix } = await scene(t, { config })
    const doc = (i: number) => mail({ subject: `${i}`, attachments: [{ name: `${i}.doc`, content: `document ${i}` }] })

    const sending = Array.from({ length: 50 }, (_, i) =>
      sendMail(postfix.port, { from: `s${i}@src.test`, to: 'b@dst.test', message: i % 5 === 0 ? CLEAN : doc(i) }),
    )
    await postfix.waitForLog(/from=<s0@src\.test>/)
    filter.kill(signal)
    const replies = await Promise.all(sending)

    const accepted = replies.filter(({ code }) => code === 250).length
    assert.deepEqual(
      [...new Set(replies.map(({ code }) => code))].filter((code) => code !== 250 && code !== 451),
      [],
    )
    const delivered = await sink.waitFor(accepted)
    assert.equal(delivered.length, accepted)
    for (const { raw } of delivered) assert.match(raw.toString('latin1'), /^X-Peekaboo: verdict=ignored/m)
    assert.ok(replies.some(({ code }) => code === 451))
  })
}
