import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoryDraft } from '../../src/store/index.ts'
import { sample } from '../fakes/inspector.ts'
import { outcomeOf } from './text-pipeline.ts'
import { World } from './world.ts'

const BAD = outcomeOf('bad')
const DRAFT: StoryDraft = {
  ref: 'ABCDE12345',
  key: 'key',
  queueId: '4bXyz12Qz3',
  listener: 'inet:127.0.0.1:8095',
  profile: 'mx',
  mode: 'enforce',
  clientAddress: '192.0.2.7',
  helo: 'mail.example.org',
  sender: 'a@example.org',
  recipients: ['b@example.net', 'c@example.net'],
  subject: 'In\u202Evoice',
  messageId: '<1@example.org>',
  size: 4711,
  rulesetVersion: 'rules-1',
  samples: [
    {
      sample: sample('invoice.doc'),
      outcome: BAD,
      disposition: 'reject',
      reports: {
        sandbox: { analyzer: 'cape', version: 'cape 2.4', score: 8.5, families: ['emotet'], evidence: ['ran'] },
        av: 'failed: analyzer-unavailable',
      },
    },
  ],
  outcome: BAD,
  answer: { disposition: 'reject', reply: '550 5.7.1 refused (ref ABCDE12345)' },
}

async function told(world: World): Promise<World> {
  await world.store.start()
  await world.store.openStory(DRAFT)
  await world.store.answerStory(DRAFT.ref, DRAFT.queueId, DRAFT.answer)
  return world
}

/** The store of the world outlives the command, as a database would. */
function keepOpen(world: World): World {
  world.store.stop = async () => {}
  return world
}

for (const [kind, what] of [
  ['reference', DRAFT.ref],
  ['reference in small letters', DRAFT.ref.toLowerCase()],
  ['queue id', DRAFT.queueId],
  ['SHA-256 of a sample', DRAFT.samples[0]?.sample.sha256 ?? ''],
] as const) {
  test(`a message is found by its ${kind}`, async (t) => {
    const world = await told(keepOpen(new World(t)))

    assert.equal(await world.command('why', what), 0)

    assert.match(world.stdout, /Message ABCDE12345/)
  })
}

test('the story says who, what, which rule and version, what each analyzer said and what Postfix was told', async (t) => {
  const world = await told(keepOpen(new World(t)))

  await world.command('why', DRAFT.ref)

  for (const part of [
    /decided +bad by rule named-bad: It says so itself/,
    /<a@example\.org> +client 192\.0\.2\.7 +HELO mail\.example\.org/,
    /<b@example\.net>, <c@example\.net>/,
    /In\\u\{202e\}voice/,
    /rules +version rules-1/,
    /\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ +4bXyz12Qz3 +reject +550 5\.7\.1 refused/,
    /invoice\.doc/,
    /sandbox: cape cape 2\.4, score 8\.5, families emotet/,
    /av: failed: analyzer-unavailable/,
  ]) {
    assert.match(world.stdout, part)
  }
})

test('a try that was never answered is told as such', async (t) => {
  const world = keepOpen(new World(t))
  await world.store.start()
  await world.store.openStory(DRAFT)

  await world.command('why', DRAFT.ref)

  assert.match(world.stdout, /deciding \(reject was to be told\)/)
})

test('--json prints the story as one line', async (t) => {
  const world = await told(keepOpen(new World(t)))

  await world.command('why', '--json', DRAFT.ref)

  assert.equal(world.json.length, 1)
  assert.equal(world.json[0]?.ref, DRAFT.ref)
  assert.equal(world.json[0]?.subject, DRAFT.subject)
})

test('what nobody knows ends with 1 and says why that may be', async (t) => {
  const world = new World(t)

  assert.equal(await world.command('why', 'NOTHING'), 1)

  assert.match(world.stderr, /nothing is known of NOTHING: /)
  assert.equal(world.stdout, '')
})

test('a store that cannot be read ends with 1 and its reason', async (t) => {
  const world = new World(t)
  world.store.start = () => Promise.reject(new Error('store /x is locked by another process'))

  assert.equal(await world.command('why', 'ANY'), 1)

  assert.match(world.stderr, /is locked by another process/)
})
