import { createHash } from 'node:crypto'
import { z } from 'zod'
import { DummyAnalyzer } from '../../src/analyzers/dummy/dummy.ts'
import { dummyOptions } from '../../src/analyzers/dummy/options.ts'
import { sandboxShape } from '../../src/analyzers/sandbox/options.ts'
import { testStrings } from '../../src/analyzers/test-strings.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { FakeClamd, MISDEEDS } from '../fakes/clamd.ts'
import { FakeClock } from '../fakes/clock.ts'
import { describeAnalyzer } from './contract.ts'
import { MARKER, RealClamd } from './real-clamd.ts'
import { driver, startFake } from './sandboxes.ts'
import { scanner } from './scanner.ts'
import { type Service, skeletonAnalyzer } from './skeleton.ts'

const HARMLESS = 'minutes of the meeting'

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

describeAnalyzer('dummy', async () => {
  const hanging = Object.fromEntries(['hangs', 'late'].map((text) => [digest(text), 'never']))
  const bySha256 = { ...hanging, [digest('malware')]: { score: 9 } }
  const options = dummyOptions.parse({ type: 'dummy', answer: { score: 0 }, bySha256 })
  const again = () => new DummyAnalyzer('box', options, new FakeClock())
  return { analyzer: again(), bad: 'malware', harmless: HARMLESS, again, hang: () => {} }
})

describeAnalyzer('clamav with a fake clamd', async (t) => {
  const fakes = [await FakeClamd.start(t), await FakeClamd.start(t)]
  const again = () => scanner(t, { instances: fakes.map(({ address }) => address) }, systemClock).analyzer
  const analyzer = again()
  await analyzer.start()
  const hang = () => {
    for (const fake of fakes) fake.misdeed = MISDEEDS['says nothing']
  }
  return { analyzer, bad: `${testStrings.bad}\n`, harmless: HARMLESS, again, hang }
})

describeAnalyzer("clamav with Debian's clamd", async (t) => {
  const clamd = await RealClamd.start(t)
  const again = () => scanner(t, { socket: clamd.socket }, systemClock).analyzer
  const analyzer = again()
  await analyzer.start()
  return { analyzer, bad: MARKER, harmless: HARMLESS, again, hang: () => clamd.pause() }
})

for (const make of ['cape', 'cuckoo'] as const) {
  describeAnalyzer(`${make} with a fake`, async (t) => {
    const fakes = [await startFake(t, make), await startFake(t, make)]
    const options = { instances: fakes.map(({ url }) => ({ url })), poll: '5ms' }
    const again = () => driver(t, make, options, systemClock).analyzer
    const analyzer = again()
    await analyzer.start()
    const hang = () => {
      for (const fake of fakes) fake.isSlow = true
    }
    return { analyzer, bad: 'some malware', harmless: HARMLESS, again, hang }
  })
}

describeAnalyzer('the skeleton of a sandbox', async (t) => {
  const service: Service = { tasks: [], isHanging: false }
  const options = z.strictObject(sandboxShape).parse({ url: 'http://sandbox.example', poll: '5ms' })
  const again = () => skeletonAnalyzer('box', options, service, { clock: systemClock, onEvent: () => {} })
  const analyzer = again()
  t.after(() => analyzer.stop())
  await analyzer.start()
  const hang = () => {
    service.isHanging = true
  }
  return { analyzer, bad: 'some malware', harmless: HARMLESS, again, hang }
})
