/** Commands that are needed when something is broken go on where the broken thing is not theirs. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { draft } from '../store/build.ts'
import { onSqlite } from './operator-world.ts'
import { World } from './world.ts'

const FOR = ['--for', '1h', '--reason', 'drill'] as const
const SHA256 = '0'.repeat(64)

const SECRETS = `events: { webhook: { url: "https://hook.example/", secret: { file: hook.secret } } }
inspector: { passwords: { file: site.passwords } }`

/** What helps in an emergency, and how it ends where nothing else is wrong. */
const COMMANDS: readonly (readonly [code: number, words: string, ...argv: readonly string[]])[] = [
  [0, 'brake on', '--mode', 'monitor', ...FOR],
  [0, 'brake status'],
  [0, 'brake off'],
  [0, 'rule disable', 'eicar-test-file', ...FOR],
  [0, 'rule list-disabled'],
  [0, 'rule enable', 'eicar-test-file'],
  [0, 'override add', 'allow', SHA256, ...FOR],
  [0, 'override list'],
  [0, 'messages'],
  [0, 'why', 'KNOWN'],
  [0, 'quarantine list'],
  [1, 'analysis list'],
  [0, 'store status'],
  [0, 'store purge', 'facts', '--inspector', 'old'],
  [77, 'release'],
  [1, 'ping', '--timeout', '1'],
]

const ALL_BROKEN = `language: fr
overrides: [{ recipients: { file: gone.list }, bad: tag }, { recipients: { file: wrong.list }, bad: tag }]
${SECRETS}`

/** Each is a reason to refuse a start. */
const BROKEN: Readonly<Record<string, { readonly yaml: string; readonly says: RegExp; make?(world: World): void }>> = {
  'a list that is gone': { yaml: 'overrides: [{ recipients: { file: gone.list }, bad: tag }]', says: /gone\.list/ },
  'a line of a list': {
    yaml: 'overrides: [{ recipients: { file: wrong.list }, bad: tag }]',
    says: /wrong\.list:1.*"bad@@x" is not an address/,
    make: (world) => world.file('wrong.list', 'bad@@x\n'),
  },
  'a secret of others': {
    yaml: SECRETS,
    says: /hook\.secret/,
  },
  'a catalogue': {
    yaml: 'language: fr',
    says: /messages\.d\/french\.yaml/,
    make: (world) => {
      mkdirSync(join(world.folder, 'messages.d'))
      world.file('messages.d/french.yaml', 'later: x\n')
    },
  },
}

/** The world's configuration with these lines at its end. */
function write(world: World, yaml: string): void {
  const common = 'http: { listen: "off" }\nmilter: { listeners: [{ listen: "inet:127.0.0.1:1" }] }\n'
  world.file('peekaboo.yaml', `dataDir: ${world.folder}/data\n${common}${yaml}\n`)
}

for (const [what, { yaml, says, make }] of Object.entries(BROKEN)) {
  test(`${what} stops a start and a check, and not a ping`, async (t) => {
    const world = new World(t)
    write(world, yaml)
    make?.(world)

    for (const words of ['serve', 'config check']) assert.equal(await world.command(words), 78, words)
    world.stderr = ''
    assert.equal(await world.command('ping', '--timeout', '1'), 1)
    assert.match(world.stderr, /^warning: a start would be refused: /)
    assert.match(world.stderr, says)
  })
}

test('no command of an emergency ends because parts that it does not need are broken, and each of them is told', async (t) => {
  const { world, store, run } = await onSqlite(t)
  await store.openStory(draft({ ref: 'KNOWN' }))
  write(world, ALL_BROKEN)
  for (const { make } of Object.values(BROKEN)) make?.(world)

  for (const [code, words, ...argv] of COMMANDS) {
    const ended = await run(words, ...argv)
    assert.equal(ended.code, code, `${words}: ${ended.stderr}`)
    for (const { says } of Object.values(BROKEN)) assert.match(ended.stderr, says, words)
  }
})

test('a secret that the command itself needs still stops it', async (t) => {
  const { world, run } = await onSqlite(t)
  world.file('peekaboo.yaml', 'store: { type: mariadb, password: { file: gone.secret } }\n')

  const { code, stderr } = await run('brake status')

  assert.deepEqual([code, /store\.password/.test(stderr)], [78, true], stderr)
  assert.equal((await run('ping', '--timeout', '1')).code, 1)
})
