import { test } from 'node:test'
import { startFilter } from '../daemon/filter.ts'
import { deliver, said } from '../daemon/mta.ts'
import { FakeClamd } from '../fakes/clamd.ts'
import { assertNoneSlipped, misbehaveAtRandom, numberedMail } from './random-faults.ts'

const MAILS = 200
const AT_A_TIME = 8

test('with one scan in ten going wrong every mail is answered, and no malware is delivered', async (t) => {
  const fake = await FakeClamd.start(t)
  const filter = await startFilter({
    config: {
      analyzers: { clamav: { type: 'clamav', ...fake.address } },
      roles: { av: 'clamav' },
      rules: { dirs: [new URL('./rules', import.meta.url).pathname] },
      scheduler: { poll: '100ms' },
    },
  })
  t.after(() => filter.stop())
  misbehaveAtRandom(fake, 10, 8)
  const replies: { isBad: boolean; code: number }[] = []
  let next = 0

  const worker = async () => {
    while (next < MAILS) {
      const { isBad, message } = numberedMail(next++)
      const answer = said(await deliver(filter.port(), message))
      replies.push({ isBad, code: answer === 'accept' ? 250 : Number(answer.slice(0, 3)) })
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, worker))

  assertNoneSlipped(replies)
})
