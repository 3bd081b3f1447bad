import assert from 'node:assert/strict'
import { test } from 'node:test'
import { factsText } from '../../src/cli/facts-text.ts'
import { styleFor } from '../../src/cli/style.ts'
import { anomaly } from '../../src/core/index.ts'
import { TextInspector } from './text-inspector.ts'
import { World } from './world.ts'

test('facts --json gives one line for each file, also for one that cannot be read', async (t) => {
  const world = new World(t, { inspector: new TextInspector() })

  const code = await world.command('facts', '--json', world.file('a', 'inner.txt'), '/nonexistent')

  assert.equal(code, 1)
  assert.deepEqual(
    world.json.map(({ members, failed }) => [
      (members as { name: string }[] | undefined)?.map(({ name }) => name),
      failed,
    ]),
    [
      [['inner.txt'], ''],
      [undefined, 'unreadable'],
    ],
  )
  assert.equal(world.stderr, 'peekaboo: /nonexistent cannot be read: there is no such file\n')
})

test('facts says that a folder is a folder', async (t) => {
  const world = new World(t, { inspector: new TextInspector() })

  assert.equal(await world.command('facts', import.meta.dirname), 1)
  assert.match(world.stderr, /cannot be read: it is a folder\n$/)
})

test('facts shows the tree with types and digests, and what a stranger wrote harmless', async (t) => {
  const world = new World(t, { inspector: new TextInspector() })

  const code = await world.command('facts', world.file('a', 'in\u202e\u001bner.txt'))

  assert.equal(code, 0)
  assert.match(world.stdout, /opened as zip/)
  assert.match(world.stdout, /in\\u\{202e\}\\u\{1b\}ner\.txt\s+text\/plain\s+3 bytes\s+a{64}/)
})

test('facts names the limit that ended the opening', async (t) => {
  const world = new World(t, { inspector: new TextInspector() })

  await world.command('facts', world.file('a', 'limit container-ratio'))

  assert.match(world.stdout, /not opened whole.*container-ratio/)
})

test('facts stops the inspector, also when it fails', async (t) => {
  const inspector = new TextInspector()
  const world = new World(t, { inspector })

  assert.equal(await world.command('facts', world.file('a', 'crash')), 1)
  assert.ok(inspector.isStopped)
})

test('facts says what an anomaly means, and where it is', async () => {
  const tree = await new TextInspector().open(bytes('inner.txt'))
  const root = { ...tree.root, anomalies: [anomaly('no-directory', 7)] }

  const text = factsText('a.zip', { ...tree, root }, styleFor({ write: () => true }, {}))

  assert.match(text, /odd: no-directory \(unscannable\) at byte 7: the directory of the container is missing/)
})

async function* bytes(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text)
}
