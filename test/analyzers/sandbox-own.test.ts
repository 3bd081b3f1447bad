/** What is CAPE's or Cuckoo's own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causeOf } from '../../src/core/index.ts'
import { FakeCape } from '../fakes/cape.ts'
import { json, say } from '../fakes/http-service.ts'
import { kindOf } from './fault.ts'
import { scene, untilEnded } from './sandboxes.ts'
import { submission } from './submission.ts'

const { signal } = new AbortController()

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
