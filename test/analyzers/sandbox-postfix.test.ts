/** The whole way: Postfix, the filter with its shipped rules, and a sandbox that takes its time. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startFilter } from '../daemon/filter.ts'
import { DOCUMENT_SAMPLES } from '../facts/type/samples/document.ts'
import { startPostfix } from '../postfix/instance.ts'
import { mail } from '../postfix/mail.ts'
import { startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { kindOf } from './fault.ts'
import { type FakeSandbox, type Make, startFake } from './sandboxes.ts'

/** A Word document with a storage for macros: the rules ask the sandbox about such. */
const DOCUMENT =
  DOCUMENT_SAMPLES.find(({ type }) => type === 'application/x-vba-project')?.genuine[0] ?? Buffer.alloc(0)
const LETTER = mail({ subject: 'invoice', attachments: [{ name: 'invoice.doc', content: DOCUMENT }] })

async function scene(t: TestContext, make: Make, hold: string) {
  const fakes: FakeSandbox[] = [await startFake(t, make), await startFake(t, make)]
  for (const fake of fakes) fake.isSlow = true
  const config = {
    analyzers: { box: { type: make, instances: fakes.map(({ url }) => ({ url })), poll: '100ms' } },
    roles: { sandbox: 'box' },
    profiles: { mx: { hold } },
    scheduler: { poll: '100ms' },
  }
  const [filter, sink] = await Promise.all([startFilter({ config }), startSink()])
  t.after(() => Promise.all([filter.stop(), sink.stop()]))
  const postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port(), deliverTo: { port: sink.port } })
  t.after(() => postfix.stop())
  const send = async () => {
    const { code, enhanced } = await sendMail(postfix.port, { from: 'a@src.test', to: 'b@dst.test', message: LETTER })
    return `${code} ${enhanced}`
  }
  const submitted = () => Promise.race(fakes.map(({ service }) => service.request((path) => kindOf(path) === 'submit')))
  const finish = (score: number) => {
    for (const fake of fakes) fake.finish(score)
  }
  const tasks = () => fakes.reduce((sum, fake) => sum + fake.tasks.size, 0)
  return { filter, send, submitted, finish, tasks }
}

for (const make of ['cape', 'cuckoo'] as const) {
  test(`an unknown document with macros is refused while its sender waits, once ${make} says 8.5`, async (t) => {
    const { filter, send, submitted, finish, tasks } = await scene(t, make, '60s')

    const held = send()
    await submitted()
    finish(8.5)
    const reply = await held

    assert.match(reply, /^550 5\.7\.1/)
    assert.equal(tasks(), 1)
    const line = await filter.message()
    assert.deepEqual([line.rule, line.disposition], ['sandbox-malicious', 'reject'])
  })

  test(`what ${make} has not finished in the time of holding is tried again later, and then refused`, async (t) => {
    const { filter, send, submitted, finish, tasks } = await scene(t, make, '300ms')

    const first = await send()
    const second = await send()
    await submitted()
    finish(8.5)
    await filter.waitFor(({ msg }) => msg === 'analysis ended')
    const third = await send()

    assert.match(first, /^451 4\.7\.1/)
    assert.match(second, /^451 4\.7\.1/)
    assert.match(third, /^550 5\.7\.1/)
    assert.equal(tasks(), 1)
  })
}
