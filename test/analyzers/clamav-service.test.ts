import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { FakeClamd, MISDEEDS } from '../fakes/clamd.ts'
import { FakeClock, settle } from '../fakes/clock.ts'
import { scanner } from './scanner.ts'
import { analyse, submission } from './submission.ts'

const { signal } = new AbortController()

async function scene(t: TestContext, count: number, options: object = {}) {
  const clock = new FakeClock()
  const fakes = await Promise.all(Array.from({ length: count }, () => FakeClamd.start(t)))
  const instances = fakes.map(({ address }) => address)
  const { analyzer, told } = scanner(t, { instances, ...options }, clock)
  return { clock, fakes, fake: fakes[0] as FakeClamd, analyzer, told }
}

test('an instance that does not recognise EICAR is out of service, says so, and comes back by itself', async (t) => {
  const { clock, fake, analyzer, told } = await scene(t, 1)
  fake.knowsEicar = false

  await assert.rejects(analyzer.start(), /does not recognise the EICAR test file/)
  await assert.rejects(analyzer.submit(submission('x'), signal), /no instance is in service.*EICAR/)
  const [health] = await analyzer.health(signal)
  fake.knowsEicar = true
  const back = told.event('in service')
  await clock.advance(1000)
  await back

  assert.deepEqual([health?.ok, health?.selfTest], [false, 'failed'])
  assert.deepEqual(
    told.events.filter(({ event }) => event.endsWith('service')).map(({ event, level }) => [event, level]),
    [
      ['out of service', 'warn'],
      ['in service', 'info'],
    ],
  )
  assert.equal((await analyse(analyzer, submission('x'))).state, 'reported')
})

test('an instance that finds something in everything is out of service', async (t) => {
  const { fake, analyzer } = await scene(t, 1)
  fake.findsAll = true

  await assert.rejects(analyzer.start(), /finds something in a harmless text/)
})

test('an instance that forgets EICAR later is taken out by its periodic test, told once, and tested ever more rarely', async (t) => {
  const { clock, fake, analyzer, told } = await scene(t, 1, { check: '60s' })
  await analyzer.start()
  fake.knowsEicar = false

  const out = told.event('out of service')
  await clock.advance(60_000)
  await out
  for (const pause of [1000, 2000, 4000]) {
    const tests = fake.nextBytes()
    await clock.advance(pause)
    await tests
    await settled(() => clock.waiting >= 1)
  }

  assert.equal(told.events.filter(({ event }) => event === 'out of service').length, 1)
  assert.equal(analyzer.capacity().inService, 0)
})

test('a service without STATS and with old signatures works, and its age is told once', async (t) => {
  const { fake, analyzer, told } = await scene(t, 1)
  fake.stats = undefined

  await analyzer.start()
  const [health] = await analyzer.health(signal)

  assert.deepEqual([health?.ok, health?.load], [true, undefined])
  assert.match((await told.event('signatures old')).detail, /27500.*freshclam/)
})

test('the revision changes with the version that a scan tells, and with the size of what is loaded', async (t) => {
  const { clock, fake, analyzer, told } = await scene(t, 1)
  const before = analyzer.revision()
  await analyzer.start()
  const first = analyzer.revision()

  fake.version = 'ClamAV 1.4.6/27501/Tue Nov 24 09:24:11 2026'
  await analyse(analyzer, submission('x'))
  const second = analyzer.revision()
  fake.stats = fake.stats?.replace('1300.250M', '1300.300M')
  const changed = told.event('signatures changed', told.events.length)
  await clock.advance(60_000)
  await changed

  assert.equal(before, 'unknown')
  assert.match(first, /27500.* 1300\.250M$/)
  assert.match(second, /27501.* 1300\.250M$/)
  assert.match(analyzer.revision(), /27501.* 1300\.300M$/)
})

test('a report names the version that scanned, and the revision every version that may scan', async (t) => {
  const { fakes, analyzer } = await scene(t, 2)
  for (const [i, fake] of fakes.entries()) fake.version = `ClamAV 1.4.${i}/2750${i}/Mon Nov 23 09:24:11 2026`
  await analyzer.start()

  const ended = await analyse(analyzer, submission('x'))

  assert.match(analyzer.revision(), /^ClamAV 1\.4\.0\/.* \+ ClamAV 1\.4\.1\//)
  assert.match((ended.state === 'reported' && ended.report.version) || '', /^ClamAV 1\.4\.[01]\/2750[01]\/[^+]*$/)
})

test('work goes to the least loaded, at most as much as configured, and the rest waits in line', async (t) => {
  const { fakes, analyzer } = await scene(t, 2, { concurrency: 2 })
  await analyzer.start()
  const { gate, open } = gateway()
  for (const fake of fakes) fake.misdeed = (scan) => void (scan.isComplete && gate.then(() => scan.answer()))

  const analyses = Array.from({ length: 7 }, (_, i) => analyse(analyzer, submission(`sample ${i}`)))
  await settled(() => fakes.every(({ running }) => running === 2) && analyzer.capacity().waiting === 3)
  const busy = analyzer.capacity()
  open()
  const ended = await Promise.all(analyses)

  assert.deepEqual(busy, { instances: 2, inService: 2, running: 4, waiting: 3, free: 0 })
  assert.ok(ended.every(({ state }) => state === 'reported'))
  assert.deepEqual(
    fakes.map(({ most }) => most),
    [2, 2],
  )
})

test('who waits too long for a place, or finds the line full, is told that the analyzer is overloaded', async (t) => {
  const { clock, fake, analyzer } = await scene(t, 1, { concurrency: 1, queue: 1, wait: '30s' })
  await analyzer.start()
  fake.misdeed = MISDEEDS['says nothing']
  await analyzer.submit(submission('first'), signal)

  const second = analyzer.submit(submission('second'), signal)
  const third = analyzer.submit(submission('third'), signal)

  await assert.rejects(third, { code: 'overloaded', message: /1 samples wait already/ })
  const late = assert.rejects(second, { code: 'overloaded', message: /within 30000 ms/ })
  await clock.advance(30_000)
  await late
})

test('a scan that one instance fails is done by another', async (t) => {
  const { fakes, analyzer } = await scene(t, 3)
  await analyzer.start()
  const [one, two, three] = fakes as [FakeClamd, FakeClamd, FakeClamd]
  one.misdeed = MISDEEDS['answers without a number']
  two.misdeed = MISDEEDS['has no memory']

  const ended = await Promise.all([1, 2, 3].map((i) => analyse(analyzer, submission(`${i}`))))

  assert.ok(ended.every(({ state }) => state === 'reported'))
  assert.ok(three.scans >= 3)
})

test('an instance that fails three scans in a row takes no more until its self-test passes', async (t) => {
  const { clock, fake, analyzer, told } = await scene(t, 1)
  await analyzer.start()
  fake.misdeed = MISDEEDS['talks garbage']

  for (let i = 0; i < 3; i += 1) await analyse(analyzer, submission(`${i}`))
  const out = await told.event('out of service')
  await assert.rejects(analyzer.submit(submission('4'), signal), { code: 'analyzer-unavailable' })
  fake.misdeed = undefined
  const back = told.event('in service', told.events.length)
  await clock.advance(1000)
  await back

  assert.equal(out.level, 'warn')
  assert.equal((await analyse(analyzer, submission('5'))).state, 'reported')
})

test('a sample over which an instance goes away is not given to the next at once, and the instance is tested', async (t) => {
  const { clock, fakes, analyzer, told } = await scene(t, 2)
  await analyzer.start()
  for (const fake of fakes) fake.misdeed = MISDEEDS['closes after the bytes']

  const ended = []
  for (let i = 0; i < 8; i += 1) ended.push(await analyse(analyzer, submission('kills')))
  const tests = fakes.map(({ tests: count }) => count)
  const tested = Promise.all(fakes.map((fake) => fake.nextBytes()))
  await clock.advance(1000)
  await tested

  assert.ok(ended.every((one) => one.state === 'failed' && one.mayRetry))
  assert.deepEqual([fakes.reduce((sum, { scans }) => sum + scans, 0), tests], [8, [2, 2]])
  assert.equal(analyzer.capacity().inService, 2)
  assert.deepEqual(
    told.events.filter(({ event }) => event === 'out of service'),
    [],
  )
})

test('a clamd that ended is out at once, the other works on, and it is back when it is back', async (t) => {
  const { clock, fakes, analyzer, told } = await scene(t, 2)
  await analyzer.start()
  const [one] = fakes as [FakeClamd, FakeClamd]
  await one.stop()

  const ended = await Promise.all([1, 2, 3, 4].map((i) => analyse(analyzer, submission(`${i}`))))
  const out = await told.event('out of service')
  const during = analyzer.capacity()
  await one.begin()
  const back = told.event('in service', told.events.length)
  await clock.advance(1000)
  await back

  assert.ok(ended.every(({ state }) => state === 'reported'))
  assert.match(out.detail, /nobody listens there/)
  assert.deepEqual([during.inService, analyzer.capacity().inService], [1, 2])
})

test('when the only clamd has ended, a submission says that none is in service and why', async (t) => {
  const { fake, analyzer } = await scene(t, 1)
  await analyzer.start()
  await fake.stop()

  await assert.rejects(analyzer.submit(submission('x'), signal), {
    code: 'analyzer-unavailable',
    message: /127\.0\.0\.1:\d+: nobody listens there: is clamd running/,
  })
})

test('a self-test without an answer does not take out an instance that scans', async (t) => {
  const { clock, fake, analyzer, told } = await scene(t, 1)
  await analyzer.start()
  await clock.advance(30_000)
  await analyse(analyzer, submission('x'))
  fake.isDeafToTests = true

  const tested = fake.nextBytes()
  await clock.advance(30_000)
  await tested
  await clock.advance(15_000)
  const afterOne = analyzer.capacity().inService
  const out = told.event('out of service')
  await settled(() => clock.waiting >= 1)
  const again = fake.nextBytes()
  await clock.advance(60_000)
  await again
  await clock.advance(15_000)

  assert.equal(afterOne, 1)
  assert.match((await out).detail, /no answer within 15000 ms/)
})

test('a clamd that takes nothing is given up after the time for stalling', async (t) => {
  const { clock, fake, analyzer } = await scene(t, 1, { stall: '10s' })
  await analyzer.start()
  fake.misdeed = ({ socket }) => socket.pause()
  const began = fake.nextBytes()

  const analysis = analyse(analyzer, submission(Buffer.alloc(20_000_000)))
  await began
  const ended = await untilSettled(analysis, () => clock.advance(10_000))

  assert.match((ended.state === 'failed' && ended.detail) || '', /took nothing for 10000 ms/)
})

test('a sample of more bytes than it has, or of others, is no report and no fault of clamd', async (t) => {
  const { analyzer, told } = await scene(t, 1)
  await analyzer.start()
  const one = submission('the right bytes')
  const others = [submission('more than the right bytes'), submission('the right bites'), submission('the right')]

  for (const { bytes } of others) {
    for (let i = 0; i < 2; i += 1) {
      const ended = await analyse(analyzer, { ...one, bytes })

      assert.ok(ended.state === 'failed' && !ended.mayRetry && /bytes are not those/.test(ended.detail))
    }
  }
  assert.deepEqual(
    told.events.filter(({ event }) => event === 'out of service'),
    [],
  )
})

test('a sample that never comes to its end is given up with the scan', async (t) => {
  const { clock, fake, analyzer } = await scene(t, 1)
  await analyzer.start()
  const bytes = async function* () {
    yield Buffer.alloc(70_000)
    await new Promise(() => {})
  }
  const began = fake.nextBytes()

  const ending = analyse(analyzer, submission(Buffer.alloc(80_000), { bytes }))
  await began
  await clock.advance(130_000)

  assert.equal((await ending).state, 'failed')
})

test('where an instance called a size too large, one that hangs up over a larger sample says the same; until it takes one', async (t) => {
  const { fake, analyzer } = await scene(t, 1)
  await analyzer.start()
  const causeAt = async (size: number) => {
    const ended = await analyse(analyzer, submission(Buffer.alloc(size)))
    return ended.state === 'failed' ? ended.cause : ended.state
  }

  fake.misdeed = MISDEEDS['closes after the bytes']
  const before = await causeAt(3000)
  fake.misdeed = MISDEEDS['was sent too much']
  const told = await causeAt(2000)
  fake.misdeed = MISDEEDS['closes after the bytes']
  const lost = [await causeAt(2000), await causeAt(3000), await causeAt(1999)]
  fake.misdeed = undefined
  const taken = await causeAt(3000)
  fake.misdeed = MISDEEDS['closes after the bytes']
  const after = await causeAt(3000)

  assert.deepEqual([before, told, taken, after], ['analyzer-failed', 'sample-too-large', 'reported', 'analyzer-failed'])
  assert.deepEqual(lost, ['sample-too-large', 'sample-too-large', 'analyzer-failed'])
})

test('what an operator should change of its limits is told beside its state', async (t) => {
  const { fake, analyzer } = await scene(t, 1, { maxSize: '1MiB' })

  const [right] = await analyzer.health(signal)
  fake.tellsLimits = false
  fake.takes = 1_000_000
  const [odd] = await analyzer.health(signal)

  assert.deepEqual([right?.ok, right?.detail], [true, ''])
  assert.equal(odd?.ok, true)
  assert.match(odd?.detail ?? '', /AlertExceedsMax yes.*; it does not take 1048576 bytes.*StreamMaxLength/)
})

test('a sample that is larger than maxSize is not sent, and the remedy is told', async (t) => {
  const { fake, analyzer } = await scene(t, 1, { maxSize: '10B' })
  await analyzer.start()

  await assert.rejects(analyzer.submit(submission('eleven byte'), signal), {
    code: 'sample-too-large',
    message: /StreamMaxLength/,
  })
  assert.equal(fake.scans, 0)
})

function gateway() {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  return { gate, open }
}

/** Gives sockets their turn until it is so. */
async function settled(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !isSo(); i += 1) await settle()
  assert.ok(isSo(), 'it never came to that')
}

/** Lets time pass again and again until the promise has settled. */
async function untilSettled<T>(promise: Promise<T>, pass: () => Promise<void>): Promise<T> {
  let isDone = false
  promise.finally(() => {
    isDone = true
  })
  for (let i = 0; i < 50 && !isDone; i += 1) await pass()
  return promise
}
