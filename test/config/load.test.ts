import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_FILE, loadConfig, loadConfigWithPlaces } from '../../src/config/index.ts'
import { brief, load, refusals, SURROUNDINGS, written } from './written.ts'

test('nothing written gives every default', (t) => {
  const config = load(t, '')

  assert.deepEqual(config.milter.listeners, [{ listen: 'inet:127.0.0.1:8095', profile: 'mx' }])
  assert.equal(config.http.listen, '127.0.0.1:8100')
  assert.equal(config.milter.deadline, 240_000)
  assert.equal(config.spool.memoryPerMessage, 262_144)
  assert.equal(config.dataDir, '/home/op/.local/state/peekaboo')
})

test('a file of comments only gives every default', (t) => {
  assert.deepEqual(load(t, '# nothing yet\n'), load(t, ''))
})

test('drop-ins are laid over the file in the order of their names: maps merge, lists and values replace', (t) => {
  const file = written(t, {
    'peekaboo.yaml': 'milter: { held: 1, progress: 1s, connections: 1 }\nrules: { dirs: [/a, /b] }\n',
    'peekaboo.d/20-b.yaml': 'milter: { held: 3 }\nrules: { dirs: [/c] }\n',
    'peekaboo.d/10-a.yaml': 'milter: { held: 2, progress: 2s }\n',
    'peekaboo.d/README': 'this: is not read\n',
    'peekaboo.d/.hidden.yaml': 'neither: is this\n',
  })

  const { config, files } = loadConfigWithPlaces({ file, surroundings: SURROUNDINGS })

  assert.equal(config.milter.held, 3)
  assert.equal(config.milter.progress, 2000)
  assert.equal(config.milter.connections, 1)
  assert.deepEqual(config.rules.dirs, ['/c'])
  assert.deepEqual(
    files.map((name) => name.slice(name.lastIndexOf('/') + 1)),
    ['peekaboo.yaml', '10-a.yaml', '20-b.yaml'],
  )
})

test('an error in a drop-in names the drop-in and its line', (t) => {
  const file = written(t, { 'peekaboo.yaml': 'log: {}\n', 'peekaboo.d/site.yaml': '\nlog:\n  levl: info\n' })

  const [problem] = refusals({ file })

  assert.match(problem?.place.origin ?? '', /peekaboo\.d\/site\.yaml$/)
  assert.deepEqual([problem?.place.line, problem?.place.column], [3, 3])
})

test('a drop-in that ends with .yml is refused rather than forgotten', (t) => {
  const file = written(t, { 'peekaboo.yaml': '', 'peekaboo.d/site.yml': 'log: {}\n' })

  assert.match(brief(refusals({ file }))[0] ?? '', /its name must end with \.yaml/)
})

test('a file where the folder of drop-ins should be is refused', (t) => {
  const file = written(t, { 'peekaboo.yaml': '', 'peekaboo.d': '' })

  assert.match(brief(refusals({ file }))[0] ?? '', /cannot be read/)
})

test('the command line overrides the files, and its errors name the option', (t) => {
  const file = written(t, { 'peekaboo.yaml': 'log: { level: warn }\nhttp: { listen: off }\n' })
  const set = (value: string) => [{ path: ['log', 'level'] as const, value, origin: '--log-level' }]

  assert.equal(loadConfig({ file, set: set('debug'), surroundings: SURROUNDINGS }).log.level, 'debug')
  assert.equal(loadConfig({ file, set: set('debug'), surroundings: SURROUNDINGS }).http.listen, 'off')
  const [problem] = refusals({ file, set: set('loud') })
  assert.equal(problem?.place.origin, '--log-level')
  assert.equal(problem?.place.line, 0)
})

test('the configuration is frozen to its last value', (t) => {
  const config = load(t, 'rules: { dirs: [/a] }\nprofiles: { mx: { bad: tag } }\nanalyzers: { a: { type: dummy } }\n')

  const open: string[] = []
  const visit = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return
    if (!Object.isFrozen(value)) open.push(path)
    for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`)
  }
  visit(config, 'config')

  assert.deepEqual(open, [])
})

test('the same text gives the same value, and no load changes another', (t) => {
  const first = load(t, 'milter: { held: 5 }\n')

  load(t, 'milter: { held: 6 }\n')

  assert.equal(first.milter.held, 5)
})

test('profiles that policy has built in may be named by listeners', (t) => {
  const text = 'milter: { listeners: [{ listen: unix:/a, profile: relay }] }\n'

  const config = load(t, text, { file: written(t, { x: text }), builtinProfiles: ['mx', 'relay'] })

  assert.equal(config.milter.listeners[0]?.profile, 'relay')
})

test('a role may be said to have no analyzer', (t) => {
  assert.equal(load(t, 'roles: { sandbox: none }\n').roles.sandbox, 'none')
})

test('an error that another room finds is placed where the value was written', (t) => {
  const file = written(t, { 'peekaboo.yaml': 'profiles:\n  a: { extends: b }\n  b: { extends: a }\n' })
  const { refuse } = loadConfigWithPlaces({ file, surroundings: SURROUNDINGS })

  const path = ['profiles', 'b', 'extends']
  const error = refuse([{ path, message: 'goes round in circles', remedy: 'break the circle' }])

  assert.equal(error.message, `${file}:3:17: profiles.b.extends: goes round in circles; break the circle`)
})

test('data lies where systemd says, else in the system folder as root, else in the state folder of the user', () => {
  const dataDir = (surroundings: object) =>
    loadConfig({ set: [], surroundings: { ...SURROUNDINGS, ...surroundings } }).dataDir

  assert.equal(dataDir({ uid: 0 }), '/var/lib/peekaboo')
  assert.equal(dataDir({ uid: 0, env: { STATE_DIRECTORY: '/var/lib/private/p:/x' } }), '/var/lib/private/p')
  assert.equal(dataDir({ env: { XDG_STATE_HOME: '/state' } }), '/state/peekaboo')
  assert.equal(dataDir({ env: { XDG_STATE_HOME: 'relative' } }), '/home/op/.local/state/peekaboo')
})

test('the default file lies where the manual says', () => {
  assert.equal(DEFAULT_FILE, '/etc/peekaboo/peekaboo.yaml')
})
