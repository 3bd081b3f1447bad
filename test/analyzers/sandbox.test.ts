/** What both sandboxes have in common, when all goes well and when several hosts share the work. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causeOf } from '../../src/core/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { json } from '../fakes/http-service.ts'
import { kindOf } from './fault.ts'
import { count, driver, pump, scene, startFake, untilEnded } from './sandboxes.ts'
import { submission } from './submission.ts'

const { signal } = new AbortController()

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

  test(`${make} is told how to run samples of a type, which lies over how all are run there`, async (t) => {
    const optionsByType = { 'application/pdf': { package: 'pdf', tags: ['reader'] } }
    const { fake, analyzer, run } = await scene(t, make, {
      options: { package: 'doc', platform: 'windows' },
      optionsByType,
    })
    const told = () => ['package', 'platform', 'tags'].map((name) => fake.fields.get(name)?.toString())

    await run(analyzer.submit(submission('x', { type: 'application/pdf' }), signal))
    const pdf = told()
    await run(analyzer.submit(submission('y', { type: 'application/msword' }), signal))
    const [health] = await run(analyzer.health(signal))

    assert.deepEqual(pdf, ['pdf', 'windows', 'reader'])
    assert.deepEqual(told(), ['doc', 'windows', undefined])
    assert.match(health?.detail ?? '', /no machine has the tag reader/)
  })

  test(`${make} is told what the sender called a sample only where shareNames says so, and never his extension`, async (t) => {
    const discreet = await scene(t, make)
    const open = await scene(t, make, { shareNames: true })
    const type = 'application/pdf'
    const called = async ({ analyzer, run, fake }: typeof open, givenName: string) => {
      await run(analyzer.submit(submission(givenName, { type, givenName }), signal))
      return fake.fields
        .get('filename')
        ?.toString()
        .replace(/^[0-9a-f]{64}/, 'DIGEST')
    }

    assert.equal(await called(discreet, 'Rechnung 7.exe'), 'DIGEST.pdf')
    assert.equal(await called(open, 'Rechnung 7.exe'), 'Rechnung 7.pdf')
    assert.equal(await called(open, '..\\x/a"\r\n.b;c.pdf.txt'), 'a____b_c_pdf.pdf')
    assert.equal(await called(open, '….exe'), 'DIGEST.pdf')
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
    const { fake, analyzer, run, told } = await scene(t, make, { maxPending: 10 })
    fake.pending = 11

    await run(told.event('out of service'))
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

    assert.equal(causeOf(error), 'sample-too-large')
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

  test(`${make} that was set up anew gives a number again: who had it is told to try again, and nobody waits for ever`, async (t) => {
    const { fake, analyzer, run } = await scene(t, make)
    fake.isSlow = true
    const before = await run(analyzer.submit(submission('some malware'), signal))
    fake.reset()
    const now = await run(analyzer.submit(submission('harmless'), signal))
    fake.finish()

    const [lost, found] = await run(Promise.all([before, now].map((id) => untilEnded(analyzer, id))))

    assert.ok(lost?.state === 'failed' && lost.mayRetry && /number 1 to another/.test(lost.detail))
    assert.ok(found?.state === 'reported' && found.report.score === 0)
    assert.equal(analyzer.capacity().running, 0)
  })

  test(`${make} that was set up anew and gets the same sample again: one report is for both`, async (t) => {
    const { fake, analyzer, run } = await scene(t, make)
    fake.isSlow = true
    const before = await run(analyzer.submit(submission('some malware'), signal))
    fake.reset()
    const now = await run(analyzer.submit(submission('some malware', { marker: 'another' }), signal))
    fake.finish()

    const ends = await run(Promise.all([before, now].map((id) => untilEnded(analyzer, id))))

    assert.ok(ends.every((one) => one.state === 'reported' && one.report.score === 8.5))
    assert.equal(analyzer.capacity().running, 0)
  })

  test(`${make} that wants no calls for a while gets none, not for reports either`, async (t) => {
    const { fake, clock, analyzer, run } = await scene(t, make)
    const times: number[] = []
    fake.service.misdeed = ({ path, response }) => {
      if (kindOf(path) !== 'report' || times.push(clock.now()) > 2) return false
      return json(response, { detail: 'throttled' }, 429, { 'retry-after': '40' })
    }

    const ended = await run(analyzer.submit(submission('some malware'), signal).then((id) => untilEnded(analyzer, id)))

    assert.ok(ended.state === 'reported')
    const [first = 0, second = 0, third = 0] = times
    assert.ok(second - first >= 40_000 && third - second >= 40_000, times.join(' '))
  })

  test(`${make}: a push ends the wait at once, and many pushes ask no more often than once a second`, async (t) => {
    const { fake, clock, analyzer, run } = await scene(t, make, { poll: '60s' })
    fake.isSlow = true
    const id = await run(analyzer.submit(submission('some malware'), signal))
    await run(analyzer.poll([id], signal))
    const asked = count(fake, 'status')
    const began = clock.now()
    for (let i = 0; i < 100; i += 1) analyzer.hurry()
    const between = await run(analyzer.poll([id], signal))
    fake.finish()
    analyzer.hurry()

    const ended = await run(untilEnded(analyzer, id))

    assert.equal(between[0]?.state, 'running')
    assert.equal(ended.state, 'reported')
    assert.ok(clock.now() - began < 15_000, `${clock.now() - began}`)
    assert.ok(count(fake, 'status') - asked <= 3)
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
