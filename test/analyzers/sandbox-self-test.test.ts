import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scene } from './sandboxes.ts'

const { signal } = new AbortController()
const HOUR = 3_600_000

for (const make of ['cape', 'cuckoo'] as const) {
  test(`${make} that recognises the test file stays in service, and is asked again after its time`, async (t) => {
    const { analyzer, fake, run, pass } = await scene(t, make, { selfTest: '24h', check: '1h' })

    await pass(60_000)
    const [health] = await run(analyzer.health(signal))
    const once = fake.tasks.size
    await pass(26 * HOUR)

    assert.deepEqual([health?.selfTest, health?.ok], ['passed', true])
    assert.deepEqual([once, fake.tasks.size], [1, 2])
    assert.equal(analyzer.capacity().inService, 1)
  })

  test(`${make} that does not recognise the test file goes out of service with the reason, and comes back when it does`, async (t) => {
    const { analyzer, fake, run, told } = await scene(t, make, { selfTest: '24h', selfTestScore: 9 })

    const out = await run(told.event('out of service'))
    const inService = analyzer.capacity().inService
    fake.rewrite = (report) => ({ ...report, malscore: 9.5, info: { ...(report.info as object), score: 9.5 } })
    await run(told.event('in service', told.events.length))

    assert.match(out.detail, /self-test: it gives the EICAR test file 8\.5, less than the 9/)
    assert.equal(inService, 0)
    assert.equal(analyzer.capacity().inService, 1)
  })

  test(`${make} whose machines do not start goes out of service`, async (t) => {
    const { fake, run, told } = await scene(t, make, { selfTest: '24h' })
    for (const task of fake.tasks.values()) task.status = 'failed_analysis'
    fake.rewrite = () => ({})

    const out = await run(told.event('out of service'))

    assert.match(out.detail, /^self-test: /)
  })

  test(`${make} is not tested where the options do not say so`, async (t) => {
    const { analyzer, fake, run, pass } = await scene(t, make)

    await pass(HOUR)

    const [health] = await run(analyzer.health(signal))
    assert.equal(health?.selfTest, 'not run')
    assert.equal(fake.tasks.size, 0)
  })
}
