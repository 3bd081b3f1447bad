import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFilter } from '../daemon/filter.ts'
import { startPostfix } from '../postfix/instance.ts'
import { startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { assertNoneSlipped } from './random-faults.ts'
import { misbehaveAtRandom, numberedMail } from './sandbox-random.ts'
import { startFake } from './sandboxes.ts'

const MAILS = 2000
const AT_A_TIME = 8

for (const make of ['cape', 'cuckoo'] as const) {
  test(`2,000 mails through a real Postfix, one analysis of ${make} in a hundred going wrong: none hangs, no malware is delivered`, async (t) => {
    const fakes = [await startFake(t, make), await startFake(t, make)]
    const config = {
      analyzers: { box: { type: make, instances: fakes.map(({ url }) => ({ url })), poll: '50ms' } },
      roles: { sandbox: 'box' },
      rules: { dirs: [new URL('./sandbox-rules', import.meta.url).pathname] },
      scheduler: { poll: '50ms' },
    }
    const [filter, sink] = await Promise.all([startFilter({ config }), startSink()])
    t.after(() => Promise.all([filter.stop(), sink.stop()]))
    const postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port(), deliverTo: { port: sink.port } })
    t.after(() => postfix.stop())
    for (const [i, fake] of fakes.entries()) misbehaveAtRandom(make, fake, 100, i)
    const replies: { isBad: boolean; code: number }[] = []
    let next = 0

    const worker = async () => {
      while (next < MAILS) {
        const n = next++
        const { isBad, message } = numberedMail(n)
        const envelope = { from: `s${n}@src.test`, to: 'b@dst.test', message, deadlineMs: 240_000 }
        replies.push({ isBad, code: (await sendMail(postfix.port, envelope)).code })
      }
    }
    await Promise.all(Array.from({ length: AT_A_TIME }, worker))

    assertNoneSlipped(replies)
    const accepted = replies.filter(({ code }) => code === 250).length
    assert.equal((await sink.waitFor(accepted)).length, accepted)
  })
}
