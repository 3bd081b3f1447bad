import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

const CODES: Readonly<Record<string, number>> = {
  good: 0,
  ignored: 0,
  bad: 1,
  suspicious: 2,
  unknown: 2,
  failed: 3,
  unscannable: 3,
  encrypted: 3,
  unanalysed: 3,
  pending: 4,
  throw: 3,
  'good bad': 1,
  'good pending': 4,
  'pending failed': 3,
  'suspicious pending': 4,
  'ignored unknown': 2,
}

for (const [text, expected] of Object.entries(CODES)) {
  test(`a message that is ${text} ends scan with ${expected}`, async (t) => {
    const world = new World(t)

    const code = await world.command('scan', world.file('mail', text))

    assert.equal(code, expected)
    assert.deepEqual(world.events, ['startCore', 'stop'])
  })
}

test('a bad sample decides the exit code also where the profile only watches', async (t) => {
  const world = new World(t)

  assert.equal(await world.command('scan', '--profile', 'observe', world.file('mail', 'ignored bad')), 1)
})

test('of several files the gravest gives the exit code, and none stops the others', async (t) => {
  const world = new World(t)

  const code = await world.command(
    'scan',
    '--json',
    world.file('1', 'good'),
    `${world.folder}/gone`,
    world.file('3', 'bad'),
  )

  assert.equal(code, 1)
  assert.deepEqual(
    world.json.map(({ verdict, exit }) => [verdict, exit]),
    [
      ['good', 0],
      ['failed', 3],
      ['bad', 1],
    ],
  )
})

test('a file that cannot be read counts as failed, never as harmless', async (t) => {
  const world = new World(t)

  assert.equal(await world.command('scan', `${world.folder}/gone`), 3)

  assert.match(world.stderr, /there is no such file/)
})

test('a filter that cannot start counts as failed, not as bad', async (t) => {
  const parts = { startCore: () => Promise.reject(new Error('no room on the disk')) }
  const world = new World(t, { parts })

  assert.equal(await world.command('scan', world.file('1', 'good')), 3)

  assert.match(world.stderr, /no room on the disk/)
})

test('verdict, rule, reason, answer and reference are printed, and the same for each sample', async (t) => {
  const world = new World(t)

  await world.command('scan', world.file('mail', 'bad good'))

  assert.match(world.stdout, /mail: bad by rule named-bad: It says so itself\n/)
  assert.match(world.stdout, /reject: 550 5\.7\.1 /)
  assert.match(world.stdout, /reference {2}REF/)
  assert.match(world.stdout, /good by rule named-good: It says so itself → accept/)
})

test('--json has the outcome and each sample with digest, rule and reason', async (t) => {
  const world = new World(t)

  await world.command('scan', '--json', world.file('mail', 'bad'))

  const [line] = world.json
  assert.equal(line?.disposition, 'reject')
  assert.deepEqual(line?.outcome, { kind: 'decided', verdict: 'bad', rule: 'named-bad', reason: 'It says so itself' })
  const [sample] = line?.samples as readonly { sha256: string; verdict: string }[]
  assert.match(sample?.sha256 ?? '', /^[0-9a-f]{64}$/)
  assert.equal(sample?.verdict, 'bad')
})

test('--explain tells every rule with what it looked at', async (t) => {
  const world = new World(t)

  await world.command('scan', '--explain', world.file('mail', 'bad'))

  assert.match(world.stdout, /rule named-bad \(bad\): applied, decided {2}site\.yaml:\d+/)
  assert.match(world.stdout, /sample\.name = "bad"/)
  assert.match(world.stdout, /message\.subject = "hello"/)
  assert.match(world.stdout, /rule rest \(ignored\): not reached/)
})

test('sender, recipients, profile and the time to wait reach the envelope', async (t) => {
  const world = new World(t)
  const options = ['--sender', 'a@b', '--recipient', 'c@d', '--recipient', 'e@f', '--profile', 'observe', '--wait', '7']

  await world.command('scan', ...options, world.file('mail', 'good'))

  const [envelope] = world.pipeline.envelopes
  assert.equal(envelope?.sender, 'a@b')
  assert.deepEqual(envelope?.recipients, ['c@d', 'e@f'])
  assert.equal(envelope?.profileName, 'observe')
  assert.equal(envelope?.profile.hold, 7000)
})

test('the profile is that of the first listener unless said otherwise', async (t) => {
  const world = new World(t)
  world.file('peekaboo.yaml', 'milter: { listeners: [{ listen: unix:/a, profile: observe }] }\n')

  await world.command('scan', world.file('mail', 'good'))

  assert.equal(world.pipeline.envelopes[0]?.profileName, 'observe')
  assert.equal(world.pipeline.envelopes[0]?.listener, 'scan')
})

test('the story of a scan is closed', async (t) => {
  const world = new World(t)

  await world.command('scan', world.file('mail', 'good'))

  assert.deepEqual(world.pipeline.answered, ['REF'])
})
