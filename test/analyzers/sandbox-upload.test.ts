/** What may leave for a sandbox: samples, where `upload` says so, and passwords, where `sharePasswords` does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capeOptions } from '../../src/analyzers/cape/options.ts'
import { causeOf } from '../../src/core/index.ts'
import { FakeCape } from '../fakes/cape.ts'
import { json } from '../fakes/http-service.ts'
import { kindOf } from './fault.ts'
import { count, driver, scene, startFake, untilEnded } from './sandboxes.ts'
import { submission } from './submission.ts'

const { signal } = new AbortController()

/** A sample whose bytes must not be asked for. */
function secretOne(content: string, changes: object = {}) {
  const asked = { times: 0 }
  const one = submission(content, changes)
  const bytes = () => {
    asked.times += 1
    return one.bytes()
  }
  return { asked, one: { ...one, bytes } }
}

for (const make of ['cape', 'cuckoo'] as const) {
  test(`${make} without upload: a report that is there already counts, and no byte leaves`, async (t) => {
    const { fakes, analyzer, run } = await scene(t, make, { upload: false }, 2)
    fakes[1]?.add('some malware', 'theirs')
    const { one, asked } = secretOne('some malware')

    const ended = await run(analyzer.submit(one, signal).then((id) => untilEnded(analyzer, id)))

    assert.ok(ended.state === 'reported' && ended.report.score === 8.5)
    assert.deepEqual([fakes.reduce((sum, fake) => sum + count(fake, 'submit'), 0), asked.times], [0, 0])
    assert.equal(analyzer.capacity().running, 0)
  })

  test(`${make} without upload: what nobody has run there is not analysed, and no byte leaves`, async (t) => {
    const { fakes, analyzer, run } = await scene(t, make, { upload: false }, 2)
    const { one, asked } = secretOne('some malware')

    const error = await run(analyzer.submit(one, signal).catch((fault: unknown) => fault))

    assert.equal(causeOf(error), 'not-uploaded')
    assert.match(String(error), /upload does not allow to hand over application\/octet-stream/)
    assert.deepEqual([fakes.reduce((sum, fake) => sum + count(fake, 'submit'), 0), asked.times], [0, 0])
  })

  test(`${make} without upload: a host that does not answer may know the bytes, so they are asked about again`, async (t) => {
    const { fakes, analyzer, run } = await scene(t, make, { upload: false }, 2)
    await fakes[1]?.service.stop()

    const first = await run(analyzer.submit(submission('some malware'), signal).catch((fault: unknown) => fault))
    await fakes[0]?.service.stop()
    const second = await run(analyzer.submit(submission('some malware'), signal).catch((fault: unknown) => fault))

    assert.deepEqual([causeOf(first), causeOf(second)], ['analyzer-unavailable', 'analyzer-unavailable'])
  })

  test(`${make} without upload: a report without proof is none, and of several the newest counts`, async (t) => {
    const { fake, analyzer, run } = await scene(t, make, { upload: false })
    const old = fake.add('some malware', 'theirs')
    Object.assign(
      old.report,
      make === 'cape' ? { malscore: 0 } : { info: { ...(old.report.info as object), score: 0 } },
    )
    fake.add('some malware', 'theirs')
    fake.add('some malware', 'theirs').status = 'running'
    const ask = () => run(analyzer.submit(submission('some malware'), signal).then((id) => untilEnded(analyzer, id)))

    const newest = await ask()
    fake.rewrite = (report) => ({ ...report, info: {} })
    const unproven = await run(
      analyzer
        .submit(submission('other malware'), signal)
        .catch(causeOf)
        .then(() => {
          fake.add('other malware', 'theirs')
          return analyzer.submit(submission('other malware'), signal).then((id) => untilEnded(analyzer, id))
        }),
    )

    assert.ok(newest.state === 'reported' && newest.report.score === 8.5)
    assert.equal(unproven.state, 'failed')
  })

  test(`${make} gets samples of the types that upload names, and of others none`, async (t) => {
    const { fake, analyzer, run } = await scene(t, make, { upload: { types: ['application/pdf'] } })
    const { one, asked } = secretOne('some malware', { type: 'application/msword' })

    await run(analyzer.submit(submission('a page', { type: 'application/pdf' }), signal))
    const error = await run(analyzer.submit(one, signal).catch((fault: unknown) => fault))

    assert.equal(fake.fields.get('file')?.toString(), 'a page')
    assert.deepEqual([causeOf(error), count(fake, 'submit'), asked.times], ['not-uploaded', 1, 0])
  })

  test(`${make}: a report that was only looked up does not count once samples may be handed over`, async (t) => {
    const fake = await startFake(t, make)
    const digestOf = (upload: unknown) => {
      return driver(t, make, { url: fake.url, upload }, { now: () => 0, after: () => () => {} }).analyzer.optionsDigest
    }

    assert.equal(new Set([true, false, { types: ['application/pdf'] }].map(digestOf)).size, 3)
  })

  test(`${make} that says a password back: it is in no error and in no event`, async (t) => {
    const { fake, analyzer, run, told } = await scene(t, make, { sharePasswords: true }, 1)
    const one = submission('x', { passwords: ['Sommer-2026'] })
    const answers = [
      [
        'analyzer-refused',
        (text: string) => [
          make === 'cape' ? { error: true, error_value: text } : { message: text },
          make === 'cape' ? 200 : 400,
        ],
      ],
      ['analyzer-unavailable', (text: string) => [{ [text]: 1 }, 500]],
    ] as const

    for (const [cause, answerOf] of answers) {
      fake.service.misdeed = ({ path, response, body }) => {
        if (kindOf(path) !== 'submit') return false
        const options = /name="options"\r\n\r\n([^\r]*)/.exec(body.toString('latin1'))?.[1] ?? ''
        assert.equal(options, 'password=Sommer-2026')
        const [answer, status] = answerOf(`bad options: ${options.slice('password='.length)}`)
        return json(response, answer, Number(status))
      }
      const error = await run(analyzer.submit(one, signal).catch((fault: unknown) => fault))
      assert.equal(causeOf(error), cause)
      for (let at = error; at instanceof Error; at = at.cause) assert.ok(!at.message.includes('Sommer'), at.message)
    }

    assert.ok(!JSON.stringify(told.events).includes('Sommer'))
  })

  test(`${make}: with and without the password it is another sample when an answer was lost`, async (t) => {
    const { fake, analyzer, run } = await scene(t, make, { sharePasswords: true })
    let isDeaf = true
    fake.service.misdeed = ({ path, response, headers, body }) => {
      if (!isDeaf || kindOf(path) === 'other') return false
      if (kindOf(path) !== 'submit') return json(response, {}, 500)
      fake.add('some malware', /name="custom"\r\n\r\n([^\r]*)/.exec(body.toString('latin1'))?.[1] ?? '')
      return json(response, headers, 500)
    }
    const without = submission('some malware', { marker: 'without' })
    const unlocked = submission('some malware', { marker: 'with', passwords: ['infected'], variant: '0123' })

    await run(analyzer.submit(without, signal).catch(causeOf))
    isDeaf = false
    await run(analyzer.submit(unlocked, signal))
    const made = fake.tasks.size
    await run(analyzer.submit(without, signal))

    assert.deepEqual([made, fake.tasks.size], [2, 2])
  })
}

test('cape without upload: of a container that was taken apart every file must have a report, and the worst counts', async (t) => {
  const { fake, analyzer, run } = await scene(t, 'cape', { upload: false })
  assert.ok(fake instanceof FakeCape)
  const { one } = secretOne('a container')
  fake.add('harmless', 'theirs', one.sha256)
  const bad = fake.add('some malware', 'theirs', one.sha256)
  bad.status = 'running'

  const error = await run(analyzer.submit(one, signal).catch((fault: unknown) => fault))
  bad.status = 'reported'
  const ended = await run(analyzer.submit(one, signal).then((id) => untilEnded(analyzer, id)))

  assert.equal(causeOf(error), 'not-uploaded')
  assert.ok(ended.state === 'reported' && ended.report.score === 8.5)
})

test('a cuckoo whose guest tells its options in an error: the password in them is not told on, also after a restart', async (t) => {
  const { fake, analyzer, run } = await scene(t, 'cuckoo')
  const errors = [
    "the guest failed with {'package': 'zip', 'password': 'Sommer-2026'}",
    'options password=Sommer-2026,free=yes',
  ]

  for (const error of errors) {
    fake.rewrite = (report) => ({ ...report, debug: { ...(report.debug as object), errors: [error] } })
    const ended = await run(analyzer.submit(submission(error), signal).then((id) => untilEnded(analyzer, id)))
    assert.ok(ended.state === 'failed')
    assert.match(ended.detail, /its guest had an error: .*password.*…/)
    assert.ok(!ended.detail.includes('Sommer'))
  }
})

test('where nothing may be handed over there is no self-test either', () => {
  const options = { type: 'cape', url: 'http://box', selfTest: '24h' }

  const refused = capeOptions.safeParse({ ...options, upload: false })
  const taken = capeOptions.safeParse({ ...options, upload: true })

  assert.deepEqual(
    refused.error?.issues.map(({ path }) => path),
    [['selfTest']],
  )
  assert.equal(taken.success, true)
})
