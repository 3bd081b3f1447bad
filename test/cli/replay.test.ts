import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { corpusFiles, messagesOf } from '../../src/cli/corpus.ts'
import { compose } from '../../src/main.ts'
import { createLogger, systemClock } from '../../src/telemetry/index.ts'
import { World } from './world.ts'

const NOW = '- { id: small, verdict: good, when: sample.size < 1000 }\n- { id: rest, verdict: unknown, when: "true" }\n'
const THEN = `- { id: named, verdict: bad, when: sample.name == 'evil.txt', reason: "{{sample.name}}" }\n${NOW}`

function mail(name: string): string {
  const part = `Content-Type: text/plain; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\nhello\r\n`
  return `From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n${part}--q--\r\n`
}

/** A world with the real filter, two rulesets, and a corpus. */
function worldWith(t: TestContext): World {
  const log = createLogger({ level: 'silent' })
  const world = new World(t, { deps: { compose: (config, _, rules) => compose(config, log, systemClock, rules) } })
  for (const folder of ['now', 'then', 'corpus', 'corpus/deep', 'data'])
    mkdirSync(join(world.folder, folder), { mode: 0o700 })
  world.file('now/a.yaml', NOW)
  world.file('then/a.yaml', THEN)
  world.file('corpus/1.eml', mail('evil.txt'))
  world.file('corpus/deep/2.eml', mail('good.txt'))
  world.file('corpus/.hidden', mail('evil.txt'))
  world.file(
    'peekaboo.yaml',
    `dataDir: ${world.folder}/data\nstore: { url: "memory:" }\nprofiles: { mx: { bad: reject } }\n`,
  )
  return world
}

function replay(world: World, ...more: readonly string[]): Promise<number> {
  const { folder } = world
  return world.command('replay', `${folder}/corpus`, '--alone', '--rules', `${folder}/now`, ...more)
}

test('replay tells what other rules would say, and counts', async (t) => {
  const world = worldWith(t)

  assert.equal(await replay(world, '--against', `${world.folder}/then`, '--json'), 1, world.stderr)

  const [change, sum, ...others] = world.json
  assert.deepEqual(others, [])
  assert.equal(change?.message, `${world.folder}/corpus/1.eml`)
  assert.deepEqual(change?.then, { kind: 'decided', verdict: 'bad', rule: 'named', reason: 'evil.txt' })
  assert.deepEqual(change?.dispositions, ['accept', 'reject'])
  assert.deepEqual(sum, { messages: 2, samples: 2, changed: 1, unread: 0 })
})

test('replay of a ruleset against itself changes nothing and ends with 0', async (t) => {
  const world = worldWith(t)

  assert.equal(await replay(world, '--against', `${world.folder}/now`), 0, world.stderr)

  assert.equal(world.stdout, '2 messages, 2 samples: 0 would change\n')
})

test('replay refuses rules that are wrong, and a corpus that is not there', async (t) => {
  const world = worldWith(t)
  world.file('then/a.yaml', '- { id: x, verdict: bad, when: sample.sise > 1 }\n')

  assert.equal(await replay(world, '--against', `${world.folder}/then`), 78)
  assert.match(world.stderr, /then\/a\.yaml:1:39: sample has no field "sise"; did you mean "size"\?/)
  assert.equal(await world.command('replay', '/nonexistent', '--against', `${world.folder}/now`), 3)
  assert.match(world.stderr, /nonexistent cannot be read: there is no such file/)
})

async function textsOf(file: string): Promise<readonly string[]> {
  const texts: string[] = []
  for await (const { chunks } of messagesOf(file)) {
    let text = ''
    for await (const chunk of chunks) text += Buffer.from(chunk).toString('latin1')
    texts.push(text)
  }
  return texts
}

test('a mailbox is split where a line begins with From after an empty one, and its quoting undone', async (t) => {
  const world = new World(t)
  const file = world.file(
    'mbox',
    'From a@b Mon\nSubject: 1\n\nhi\n>From here\n>>From there\nFrom now on\n\nFrom c@d Tue\nSubject: 2\n\nho\n',
  )

  assert.deepEqual(await textsOf(file), [
    'Subject: 1\n\nhi\nFrom here\n>From there\nFrom now on\n\n',
    'Subject: 2\n\nho\n',
  ])
})

test('a mailbox is split wherever its pieces end', async (t) => {
  const world = new World(t)
  const filler = 'x'.repeat(65_536 - 'From a@b Mon\r\nSubject: 1\r\n\r\n\r\n\r\nFr'.length)
  const file = world.file(
    'mbox',
    `From a@b Mon\r\nSubject: 1\r\n\r\n${filler}\r\n\r\nFrom c@d Tue\r\nSubject: 2\r\n\r\n`,
  )

  const texts = await textsOf(file)

  assert.deepEqual(
    texts.map((text) => text.slice(0, 10)),
    ['Subject: 1', 'Subject: 2'],
  )
})

test('any other file is one message, and a folder is all files in it', async (t) => {
  const world = worldWith(t)

  assert.deepEqual(
    corpusFiles(join(world.folder, 'corpus')).map((file) => file.slice(world.folder.length)),
    ['/corpus/1.eml', '/corpus/deep/2.eml'],
  )
  assert.deepEqual(await textsOf(join(world.folder, 'corpus/1.eml')), [mail('evil.txt')])
  assert.deepEqual(await textsOf(world.file('empty', '')), [''])
})
