import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFilter } from '../daemon/filter.ts'
import { FakeClamd } from '../fakes/clamd.ts'
import { startPostfix } from '../postfix/instance.ts'
import { startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { assertNoneSlipped, misbehaveAtRandom, numberedMail } from './random-faults.ts'

const MAILS = 2000
const AT_A_TIME = 8

test('2,000 mails through a real Postfix, one scan in a hundred going wrong: none hangs, no malware is delivered', async (t) => {
  const fakes = await Promise.all([FakeClamd.start(t), FakeClamd.start(t)])
  const config = {
    analyzers: { clamav: { type: 'clamav', instances: fakes.map(({ address }) => address) } },
    roles: { av: 'clamav' },
    rules: { dirs: [new URL('./rules', import.meta.url).pathname] },
  }
  const [filter, sink] = await Promise.all([startFilter({ config }), startSink()])
  t.after(() => Promise.all([filter.stop(), sink.stop()]))
  const postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port(), deliverTo: { port: sink.port } })
  t.after(() => postfix.stop())
  for (const [i, fake] of fakes.entries()) misbehaveAtRandom(fake, 100, i)
  const replies: { isBad: boolean; code: number }[] = []
  let next = 0

  const worker = async () => {
    while (next < MAILS) {
      const n = next++
      const { isBad, message } = numberedMail(n)
      const { code } = await sendMail(postfix.port, { from: `s${n}@src.test`, to: 'b@dst.test', message })
      replies.push({ isBad, code })
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, worker))

  assertNoneSlipped(replies)
  const accepted = replies.filter(({ code }) => code === 250).length
  const delivered = await sink.waitFor(accepted)
  assert.equal(delivered.length, accepted)
  assert.ok(delivered.every(({ raw }) => !raw.toString('latin1').includes('eHh4eHh4eHh4')))
})
