import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { test } from 'node:test'
import { eicar, mail } from '../postfix/mail.ts'
import { readTrace } from './milter.ts'
import { stepsOf } from './milter-model.ts'
import { Oracle } from './oracle.ts'
import { runRounds } from './rounds.ts'
import { house } from './targets.ts'

/** So many cases take a second or two; `npm run fuzz` goes on for as long as one likes. */
const CASES: Readonly<Record<string, number>> = {
  milter: 500,
  mail: 150,
  'inspector-frames': 1000,
  rules: 60,
  config: 60,
  types: 500,
}

for (const [target, cases] of Object.entries(CASES)) {
  test(`${target}: ${cases} broken inputs do no harm`, async () => {
    const { failures, ...done } = await runRounds({ house, target, seed: 'short', cases, seconds: 120, hangMs: 60_000 })

    assert.deepEqual(failures, [])
    assert.equal(done.cases, cases)
  })
}

test('a case that throws, ends the thread, hangs or leaves a rejection is found, its bytes are kept, and the rest is tried', async (t) => {
  const faulty = new URL('./faulty.ts', import.meta.url).href
  const plan = { house: faulty, target: 'faulty', seed: '28', cases: 10, seconds: 60, hangMs: 1000 }

  const { cases, failures } = await runRounds(plan)
  t.after(() => failures.map(({ file }) => rmSync(file, { force: true })))

  const found = new Map(failures.map(({ why, file }) => [readFileSync(file)[0], why]))
  assert.match(found.get(1) ?? '', /this case does not hold/)
  assert.match(found.get(2) ?? '', /ended the thread with 3/)
  assert.match(found.get(3) ?? '', /hangs/)
  assert.match(found.get(4) ?? '', /nobody waits for this/)
  assert.equal(cases, 10)
})

test('the model of the protocol gives a recorded conversation as many replies as it got', () => {
  for (const name of ['smtpd', 'local', 'starttls']) {
    const { sent, replies } = readTrace(name)

    const expected = stepsOf(Buffer.concat(sent)).reduce((sum, step) => sum + step.replies, 0)

    assert.equal(expected, replies, name)
  }
})

test('Python sees the test file where it is attached, and nowhere else', async (t) => {
  const oracle = new Oracle()
  t.after(() => oracle.close())

  const attached = await oracle.ask(mail({ attachments: [{ name: 'eicar.com', content: eicar() }] }))
  const quoted = await oracle.ask(mail({ text: eicar().toString() }))

  assert.deepEqual(
    attached.map((one) => JSON.parse(one)[0]),
    ['compat32', 'default'],
  )
  assert.deepEqual(quoted, [])
})
