import { test } from 'node:test'
import { startFilter } from '../daemon/filter.ts'
import { deliver, said } from '../daemon/mta.ts'
import { assertNoneSlipped } from './random-faults.ts'
import { misbehaveAtRandom, numberedMail } from './sandbox-random.ts'
import { startFake } from './sandboxes.ts'

const MAILS = 100
const AT_A_TIME = 8

for (const make of ['cape', 'cuckoo'] as const) {
  test(`with one call in thirty of ${make} going wrong every mail is answered, and no malware is delivered`, async (t) => {
    const fakes = [await startFake(t, make), await startFake(t, make)]
    const filter = await startFilter({
      config: {
        analyzers: { box: { type: make, instances: fakes.map(({ url }) => ({ url })), poll: '50ms' } },
        roles: { sandbox: 'box' },
        rules: { dirs: [new URL('./sandbox-rules', import.meta.url).pathname] },
        scheduler: { poll: '50ms' },
      },
    })
    t.after(() => filter.stop())
    for (const [i, fake] of fakes.entries()) misbehaveAtRandom(make, fake, 30, i)
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
}
