/** What both sandboxes have in common, and what is CAPE's own, when all goes well and when several hosts share the work. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Analyzer, Progress } from '../../src/analyzers/analyzer.ts'
import { causeOf } from '../../src/core/index.ts'
import { FakeCape } from '../fakes/cape.ts'
import { FakeClock } from '../fakes/clock.ts'
import { json, say } from '../fakes/http-service.ts'
import { kindOf } from './fault.ts'
import { driver, type FakeSandbox, type Make, pump, startFake } from './sandboxes.ts'
import { submission } from './submission.ts'

const { signal } = new AbortController()

async function scene(t: TestContext, make: Make, options: object = {}, hosts = 1) {
  const clock = new FakeClock()
  const fakes: FakeSandbox[] = []
  for (let i = 0; i < hosts; i += 1) fakes.push(await startFake(t, make))
  const all = { instances: fakes.map(({ url }) => ({ url })), ...options }
  const { analyzer, told } = driver(t, make, all, clock)
  const run = <T>(promise: Promise<T>) => pump(promise, clock, fakes)
  await run(analyzer.start())
  const [fake] = fakes
  assert.ok(fake)
  return { clock, fakes, fake, analyzer, told, run, all }
}

async function untilEnded(analyzer: Analyzer, id: string): Promise<Exclude<Progress, { state: 'running' }>> {
  for (;;) {
    const [progress] = await analyzer.poll([id], signal)
    if (progress && progress.state !== 'running') return progress
  }
}

function count(fake: FakeSandbox, kind: string): number {
  return fake.service.requests.filter(({ path }) => kindOf(path) === kind).length
}

for (const make of ['cape', 'cuckoo'] as const) {
  test(`${make} gets the digest with the extension that opens it, how to run it, and our mark`, async (t) => {
    const options = { machine: 'win10-1', platform: 'windows', tags: ['office', 'x64'], package: 'doc', route: 'none' }
    const more = { timeout: '120s', priority: 2, enforceTimeout: true, set: { free: 'yes' } }
    const { fake, analyzer, run } = await scene(t, make, { options: { ...options, ...more } })
    const type = 'application/vnd.ms-word.document.macroEnabled.12'
    const one = submission('some malware', { type, marker: 'our mark', passwords: ['secret'] })

    await run(analyzer.submit(one, signal))

    const fields = Object.fromEntries([...fake.fields].map(([name, value]) => [name, value.toString()]))
    const expected = {
      ...{ filename: `${one.sha256}.docm`, file: 'some malware', custom: 'our mark', machine: 'win10-1' },
      ...{
        platform: 'windows',
        tags: 'office,x64',
        package: 'doc',
        timeout: '120',
        priority: '2',
        enforce_timeout: '1',
      },
      ...(make === 'cape'
        ? { route: 'none', options: 'free=yes' }
        : { options: 'free=yes,route=none', owner: 'peekaboo' }),
    }
    assert.deepEqual(fields, expected)
  })

  test(`${make} is told a password only where sharePasswords says so`, async (t) => {
    const { fake, analyzer, run } = await scene(t, make, { sharePasswords: true })

    await run(analyzer.submit(submission('x', { passwords: ['infected'] }), signal))
    const told = fake.fields.get('options')?.toString()
    await run(analyzer.submit(submission('y', { passwords: ['a,machine=b'] }), signal))

    assert.equal(told, 'password=infected')
    assert.equal(fake.fields.get('options'), undefined)
  })

  test(`${make}: what one host runs differs from the others where its options say so`, async (t) => {
    const clock = new FakeClock()
    const fakes = [await startFake(t, make), await startFake(t, make)]
    const [a, b] = fakes.map(({ url }) => url)
    const instances = [
      { url: a, options: { machine: 'kvm' } },
      { url: b, options: { machine: 'esx', tags: ['big'] } },
    ]
    const { analyzer } = driver(t, make, { instances, options: { platform: 'windows', tags: ['x64'] } }, clock)
    await pump(analyzer.start(), clock, fakes)

    await pump(analyzer.submit(submission('1'), signal), clock, fakes)
    await pump(analyzer.submit(submission('2'), signal), clock, fakes)

    const told = fakes.map(({ fields }) => ['machine', 'platform', 'tags'].map((name) => fields.get(name)?.toString()))
    assert.deepEqual(told, [
      ['kvm', 'windows', 'x64'],
      ['esx', 'windows', 'big'],
    ])
  })

  test(`${make}: a hundred analyses are asked about with the calls of a few`, async (t) => {
    const { clock, fake, analyzer, run } = await scene(t, make, { concurrency: 1000 })
    fake.isSlow = true
    const ids: string[] = []
    for (let i = 0; i < 100; i += 1) ids.push(await run(analyzer.submit(submission(`malware ${i}`), signal)))
    fake.service.requests.length = 0

    const first = await run(analyzer.poll(ids, signal))
    await run(analyzer.poll(ids, signal))
    const rounds = 2
    const asked = count(fake, 'list') + count(fake, 'status')
    fake.finish()
    const ends = await run(Promise.all(ids.map((id) => untilEnded(analyzer, id))))

    assert.ok(first.every(({ state }) => state === 'running'))
    assert.ok(asked <= rounds * 6, `${asked} calls in ${rounds} rounds`)
    assert.ok(ends.every((one) => one.state === 'reported' && one.report.score === 8.5))
    assert.equal(analyzer.capacity().running, 0)
    assert.ok(clock.now() > 0)
  })

  test(`${make}: an analysis of before a restart is followed by its handle, and its report checked all the same`, async (t) => {
    const { clock, fakes, fake, analyzer, run, all } = await scene(t, make)
    fake.isSlow = true
    const id = await run(analyzer.submit(submission('some malware'), signal))
    await analyzer.stop()
    const { analyzer: again } = driver(t, make, all, clock)
    await pump(again.start(), clock, fakes)

    const followed = untilEnded(again, id)
    fake.finish()
    const ended = await run(followed)

    assert.ok(ended.state === 'reported' && ended.report.score === 8.5)
    assert.equal(fake.tasks.size, 1)
  })

  test(`${make}: a task that was made before a crash is found by digest and mark, on whatever host`, async (t) => {
    const { clock, fakes, analyzer, run, all } = await scene(t, make, {}, 2)
    const one = submission('some malware', { marker: 'mark-1' })
    await run(analyzer.submit(one, signal))
    await analyzer.stop()
    const { analyzer: again } = driver(t, make, all, clock)
    await pump(again.start(), clock, fakes)

    const found = await run(again.find(one.sha256, 'mark-1', signal))
    const none = await run(again.find(one.sha256, 'mark-2', signal))

    assert.ok(found)
    const ended = await run(untilEnded(again, found))
    assert.ok(ended.state === 'reported' && ended.report.score === 8.5)
    assert.equal(none, undefined)
  })

  test(`${make}: a sample that failed on one host is tried on another`, async (t) => {
    const { fakes, analyzer, run } = await scene(t, make, {}, 2)
    for (const fake of fakes) fake.isSlow = true
    const first = await run(analyzer.submit(submission('some malware'), signal))
    const [used] = fakes.filter(({ tasks }) => tasks.size === 1)
    for (const task of used?.tasks.values() ?? []) task.status = 'failed_analysis'
    const ended = await run(untilEnded(analyzer, first))

    // The other one has more to do: it gets the sample all the same.
    await run(analyzer.submit(submission('other'), signal))
    await run(analyzer.submit(submission('some malware'), signal))

    assert.equal(ended.state, 'failed')
    assert.equal(used?.tasks.size, 1)
  })

  test(`${make}: a host that is away gets nothing while another is there, and comes back by itself`, async (t) => {
    const { fakes, clock, analyzer, run, told } = await scene(t, make, {}, 2)
    const [away, there] = fakes
    assert.ok(away && there)
    await away.service.stop()

    for (let i = 0; i < 3; i += 1) await run(analyzer.submit(submission(`${i}`), signal))
    const out = await told.event('out of service')
    await away.service.begin()
    const since = told.events.length
    const back = told.event('in service', since)
    await run(back)

    assert.equal(there.tasks.size, 3)
    assert.match(out.detail, /nobody listens there/)
    assert.equal(analyzer.capacity().inService, 2)
    assert.ok(clock.now() > 0)
  })

  test(`${make}: a host whose queue is too long gets no more, and says so`, async (t) => {
    const { fake, analyzer, clock, run, told } = await scene(t, make, { maxPending: 10 })
    fake.pending = 11

    await run(clock.advance(60_000).then(() => told.event('out of service')))
    const error = await run(analyzer.submit(submission('x'), signal).catch((one: unknown) => one))
    fake.pending = 10
    const since = told.events.length
    await run(told.event('in service', since))
    const id = await run(analyzer.submit(submission('x'), signal))

    assert.equal(causeOf(error), 'analyzer-unavailable')
    assert.match(String(error), /11 tasks wait in its queue/)
    assert.notEqual(id, '')
  })

  test(`${make}: a sample beyond maxSize is refused and never sent`, async (t) => {
    const { fake, analyzer } = await scene(t, make, { maxSize: '1kB' })

    const error = await analyzer.submit(submission('x'.repeat(1001)), signal).catch((one: unknown) => one)

    assert.equal(causeOf(error), 'analyzer-refused')
    assert.equal(count(fake, 'submit'), 0)
  })

  test(`${make}: machines that the options name and nobody has are warned of`, async (t) => {
    const options = { machine: 'win95', platform: 'beos', tags: ['office', 'solitaire'] }
    const { analyzer, run } = await scene(t, make, { options })

    const [health] = await run(analyzer.health(signal))

    assert.equal(health?.ok, true)
    assert.match(health?.detail ?? '', /no machine is named win95; there are: .*win/)
    assert.match(health?.detail ?? '', /platform beos; there are: windows/)
    assert.match(health?.detail ?? '', /tag solitaire; there are: office/)
    assert.doesNotMatch(health?.detail ?? '', /tag office/)
    assert.ok((health?.machines?.length ?? 0) >= 2)
    assert.match(health?.version ?? '', make === 'cape' ? /^CAPE 2\.5$/ : /^Cuckoo 2\.0\.7$/)
  })

  test(`${make}: the token goes with every call`, async (t) => {
    const clock = new FakeClock()
    const fake = await startFake(t, make, { token: 'sesame' })
    const { analyzer } = driver(t, make, { url: fake.url, token: { env: 'TOKEN' } }, clock, 'sesame')
    await pump(analyzer.start(), clock, [fake])
    const ended = await pump(
      analyzer.submit(submission('some malware'), signal).then((id) => untilEnded(analyzer, id)),
      clock,
      [fake],
    )

    assert.equal(ended.state, 'reported')
  })
}

test('CAPE: of a container that is taken apart the worst file counts, when all are done', async (t) => {
  const { fake, analyzer, run } = await scene(t, 'cape')
  assert.ok(fake instanceof FakeCape)
  fake.demux = () => ['harmless', 'this is malware', 'harmless too']
  fake.isSlow = true
  const id = await run(analyzer.submit(submission('a zip'), signal))

  fake.finish(undefined, 2)
  const between = await run(analyzer.poll([id], signal))
  fake.finish()
  const ended = await run(untilEnded(analyzer, id))

  assert.equal(between[0]?.state, 'running')
  assert.ok(ended.state === 'reported')
  assert.equal(ended.report.score, 8.5)
  assert.equal(ended.report.evidence.length, 9)
})

test('CAPE: of a container that is taken apart one file that failed makes all fail', async (t) => {
  const { fake, analyzer, run } = await scene(t, 'cape')
  assert.ok(fake instanceof FakeCape)
  fake.demux = () => ['harmless', 'harmless too']
  fake.isSlow = true
  const id = await run(analyzer.submit(submission('a zip'), signal))
  for (const task of fake.tasks.values()) task.status = task.id === 2 ? 'failed_analysis' : 'reported'

  const ended = await run(untilEnded(analyzer, id))

  assert.equal(ended.state, 'failed')
})

test('CAPE with everything switched off that is off by default is driven all the same', async (t) => {
  const { fake, analyzer, run } = await scene(t, 'cape')
  assert.ok(fake instanceof FakeCape)
  Object.assign(fake.on, { tasklist: false, cuckoostatus: false, machinelist: false })
  fake.isSlow = true
  const ids: string[] = []
  for (let i = 0; i < 6; i += 1) ids.push(await run(analyzer.submit(submission(`malware ${i}`), signal)))
  fake.finish()

  const ends = await run(Promise.all(ids.map((id) => untilEnded(analyzer, id))))
  const [health] = await run(analyzer.health(signal))

  assert.ok(ends.every((one) => one.state === 'reported'))
  assert.deepEqual([health?.ok, health?.version, health?.machines], [true, 'CAPE', undefined])
})

test('CAPE: the small report is read where there is one, and the whole where it says too little', async (t) => {
  const { fake, analyzer, run } = await scene(t, 'cape', { liteReport: true })
  assert.ok(fake instanceof FakeCape)
  const whole = await run(analyzer.submit(submission('malware 1'), signal).then((id) => untilEnded(analyzer, id)))
  fake.on.litereport = true
  fake.service.requests.length = 0
  const lite = await run(analyzer.submit(submission('malware 2'), signal).then((id) => untilEnded(analyzer, id)))
  const kinds = fake.service.requests
    .filter(({ path }) => kindOf(path) === 'report')
    .map(({ path }) => path.split('/')[6])

  assert.deepEqual([whole.state, lite.state], ['reported', 'reported'])
  assert.deepEqual(kinds, ['litereport'])
})

test('CAPE that has analysed the bytes already and takes them once a day: ours is found, another is waited for', async (t) => {
  const { fake, analyzer, run } = await scene(t, 'cape')
  assert.ok(fake instanceof FakeCape)
  const ours = submission('some malware', { marker: 'ours' })
  fake.add('some malware', 'ours')
  fake.refusal = {
    error: true,
    error_value: 'Error adding task to database',
    errors: [{ x: 'Duplicated file, disable unique option' }],
  }

  const found = await run(analyzer.submit(ours, signal))
  const other = await run(analyzer.submit(submission('others', { marker: 'o' }), signal).catch((one: unknown) => one))

  const ended = await run(untilEnded(analyzer, found))
  assert.ok(ended.state === 'reported' && ended.report.score === 8.5)
  assert.equal(causeOf(other), 'analyzer-unavailable')
})

for (const elements of ['bare', 'ignored'] as const) {
  test(`a Cuckoo whose elements are ${elements} is read all the same`, async (t) => {
    const { fake, analyzer, run } = await scene(t, 'cuckoo')
    Object.assign(fake, { elements })

    const ended = await run(analyzer.submit(submission('some malware'), signal).then((id) => untilEnded(analyzer, id)))

    assert.ok(ended.state === 'reported' && ended.report.score === 8.5, JSON.stringify(ended))
  })
}

test('a 404 of something between is not a task that is gone', async (t) => {
  const { fake, clock, analyzer, run } = await scene(t, 'cuckoo')
  fake.isSlow = true
  const id = await run(analyzer.submit(submission('some malware'), signal))
  fake.service.misdeed = ({ response, path }) =>
    kindOf(path) === 'status' && say(response, '<h1>nginx</h1>', 'text/html', 404)

  const ended = untilEnded(analyzer, id)
  while (clock.now() < 1_800_000_000_000 + 300_000) await run(analyzer.poll([id], signal))
  fake.service.misdeed = undefined
  fake.finish()

  const end = await run(ended)
  assert.ok(end.state === 'reported')
})

test('a report of somebody else that is sent for our task is refused however late it comes', async (t) => {
  const { fake, analyzer, run } = await scene(t, 'cape')
  fake.isSlow = true
  const id = await run(analyzer.submit(submission('some malware'), signal))
  fake.service.misdeed = ({ response, path }) =>
    path.includes('/tasks/status/') && json(response, { error: false, data: 'reported' })
  const [task] = fake.tasks.values()
  assert.ok(task)
  task.status = 'reported'
  Object.assign(task.report.target as object, { file: { sha256: 'f'.repeat(64) } })

  const ended = await run(untilEnded(analyzer, id))

  assert.ok(ended.state === 'failed' && /another file/.test(ended.detail))
})
