import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { z } from 'zod'
import { sandboxShape } from '../../src/analyzers/sandbox/options.ts'
import { FakeClock } from '../fakes/clock.ts'
import { type Service, skeletonAnalyzer } from './skeleton.ts'
import { submission } from './submission.ts'

const ANALYSES = 4000
const HOSTS = 4

test('an analysis that runs costs at most 8 kB of memory, whoever waits for it included', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const service: Service = { tasks: [], isHanging: true }
  const instances = Array.from({ length: HOSTS }, (_, i) => ({ url: `http://sandbox${i}.example` }))
  const options = z.strictObject(sandboxShape).parse({ instances, concurrency: 1000 })
  const analyzer = skeletonAnalyzer('box', options, service, { clock: new FakeClock(), onEvent: () => {} })
  await analyzer.start()
  const { signal } = new AbortController()
  const begin = async (n: number) => {
    const id = await analyzer.submit(submission(`sample ${n}`), signal)
    analyzer.poll([id], signal).catch(() => undefined)
  }
  for (let n = 0; n < 50; n += 1) await begin(n)
  collect()
  const before = process.memoryUsage().heapUsed

  for (let n = 50; n < ANALYSES; n += 1) await begin(n)
  // What the stand-in of the service remembers is no cost of ours.
  service.tasks.length = 0
  collect()
  const each = (process.memoryUsage().heapUsed - before) / (ANALYSES - 50)

  t.diagnostic(`${Math.round(each)} bytes each`)
  assert.equal(analyzer.capacity().running, ANALYSES)
  assert.ok(each <= 8192, `${each}`)
  await analyzer.stop()
})
