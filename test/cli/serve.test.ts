import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

const LAYERS = [
  { name: 'network namespace', active: false, detail: 'start as root' },
  { name: 'data limit', active: true, detail: 'memory ends' },
]

/** Starts the filter, waits until it says that it listens, stops it; resolves with the exit code. */
async function served(world: World): Promise<number> {
  const ended = world.command('serve')
  await world.printed(/"msg":"listening"/)
  world.signal('SIGTERM')
  return ended
}

test('SIGTERM stops what was started and ends well', async (t) => {
  const world = new World(t)

  assert.equal(await served(world), 0)

  assert.deepEqual(world.events, ['startCore', 'startListeners', 'stop'])
  assert.equal(world.isWatchingSignals, false)
})

test('off a terminal there is nothing but JSON lines', async (t) => {
  const world = new World(t, { layers: LAYERS, uid: 0 })

  await served(world)

  assert.ok(world.json.length >= 2)
  assert.equal(world.stderr, '')
})

test('off a terminal the log names missing layers, root, and roles without an analyzer', async (t) => {
  const world = new World(t, { layers: LAYERS, uid: 0 })
  world.file('peekaboo.yaml', 'roles: { sandbox: none }\n')

  await served(world)

  const said = world.json.filter(({ level }) => level === 'warn').map(({ msg }) => msg)
  assert.deepEqual(said, [
    'the filter runs as root',
    'the role sandbox is none',
    'protection layer missing: network namespace',
  ])
})

test('on a terminal it says where it listens, what to paste, what is missing and how to try it', async (t) => {
  const world = new World(t, { layers: LAYERS, uid: 0, isTTY: true, env: { NO_COLOR: '1' } })
  world.file('peekaboo.yaml', 'roles: { sandbox: none }\n')

  const ended = world.command('serve')
  await world.printed(/npm run try/)
  world.signal('SIGINT')

  assert.equal(await ended, 0)
  const paste =
    'postconf -e "smtpd_milters = { inet:127.0.0.1:8095, connect_timeout=5s, command_timeout=30s, content_timeout=300s, default_action=tempfail }"'
  assert.ok(world.stdout.includes(paste), world.stdout)
  assert.match(world.stdout, /http:\/\/127\.0\.0\.1:8100\/readyz/)
  assert.match(world.stdout, /the role sandbox is none: no rule asks for it: tag in mx/)
  assert.match(world.stdout, /protection layer missing: network namespace: start as root/)
  assert.doesNotMatch(world.stdout, /data limit/)
  assert.match(world.stdout, /runs as root/)
})

test('a listener that only watches is pasted with default_action=accept, a socket as Postfix sees it', async (t) => {
  const world = new World(t, { isTTY: true, env: { NO_COLOR: '1' } })

  const ended = world.command(
    'serve',
    ...[
      '--listen',
      'unix:/var/spool/postfix/peekaboo/mx.sock',
      '--listen',
      'inet:0.0.0.0:9095',
      '--profile',
      'observe',
    ],
  )
  await world.printed(/npm run try/)
  world.signal('SIGTERM')
  await ended

  assert.match(world.stdout, /\{ unix:peekaboo\/mx\.sock, connect_timeout=2s, .*default_action=accept \}/)
  assert.match(world.stdout, /\{ inet:127\.0\.0\.1:9095, .*default_action=accept \}/)
})

test('the second signal does not wait for what hangs', async (t) => {
  const world = new World(t, { parts: { stop: () => new Promise<void>(() => {}) } })

  const ended = world.command('serve')
  await world.printed(/"msg":"listening"/)
  world.signal('SIGTERM')
  await world.printed(/"msg":"stopping/)
  world.signal('SIGTERM')

  assert.equal(await ended, 1)
  assert.match(world.stdout, /"code":1,"msg":"ended by a second signal"\}\n$/)
  assert.doesNotMatch(world.stdout, /"stopped"/)
})

test('a signal while it is still starting stops it', async (t) => {
  const started = Promise.withResolvers<void>()
  const parts = {
    startCore: () => {
      started.resolve()
      return new Promise<void>(() => {})
    },
  }
  const world = new World(t, { parts })

  const ended = world.command('serve')
  await started.promise
  world.signal('SIGINT')

  assert.equal(await ended, 0)
  assert.deepEqual(world.events, ['stop'])
})

/** The lines that a reload wrote. */
async function reloaded(world: World, lines: RegExp): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const before = world.lines.length
  world.signal('SIGHUP')
  await world.printed(lines)
  return world.json.slice(before)
}

test('SIGHUP takes up what the configuration says of rules, and names what else was changed in it', async (t) => {
  const world = new World(t)
  const data = `dataDir: ${world.folder}/data\n`
  const ended = world.command('serve')
  await world.printed(/"msg":"listening"/)

  const site = world.file('site.yaml', "- { id: ours, when: 'true', verdict: bad, reason: ours }\n")
  world.file('peekaboo.yaml', `${data}rules: { dirs: ['${site}'] }\nlanguage: de\n`)
  const lines = await reloaded(world, /taken up by a restart only/)
  world.signal('SIGTERM')

  assert.equal(await ended, 0)
  assert.deepEqual(
    lines.map(({ msg, keys }) => [msg, keys]),
    [
      ['rules reloaded', undefined],
      ['changed in the configuration, and taken up by a restart only', ['language']],
    ],
  )
  assert.notEqual(lines[0]?.rules, lines[0]?.before)
})

test('SIGHUP names a secret that has another value where it lay as taken up by a restart only', async (t) => {
  const world = new World(t)
  const secret = world.file('push.secret', 'one-secret-of-the-sandbox\n')
  world.file('peekaboo.yaml', `dataDir: ${world.folder}/data\nhttp: { push: { file: ${secret} } }\n`)
  const ended = world.command('serve')
  await world.printed(/"msg":"listening"/)

  const same = await reloaded(world, /rules reloaded/)
  world.file('push.secret', 'another-secret-of-the-sandbox\n')
  const lines = await reloaded(world, /taken up by a restart only/)
  world.signal('SIGTERM')

  assert.equal(await ended, 0)
  assert.deepEqual(
    same.map(({ msg }) => msg),
    ['rules reloaded'],
  )
  assert.deepEqual(lines.at(-1)?.keys, ['http'])
})

test('a SIGHUP that finds a configuration, a folder or a rule that is not good changes nothing', async (t) => {
  const world = new World(t)
  const ended = world.command('serve')
  await world.printed(/"msg":"listening"/)
  const said = async (text: string, count: number): Promise<readonly [unknown, string]> => {
    world.file('peekaboo.yaml', text)
    const [line] = await reloaded(world, new RegExp(`(?:reload failed[^]*){${count}}`))
    return [line?.level, String((line?.problems as string[] | undefined)?.[0])]
  }

  const config = await said('rulse: {}\n', 1)
  const folder = await said(`rules: { dirs: ['${world.folder}/none'] }\n`, 2)
  world.file('site.yaml', "- { id: ours, when: 'tru', verdict: bad, reason: ours }\n")
  const rule = await said(`rules: { dirs: ['${world.folder}/site.yaml'] }\n`, 3)
  world.signal('SIGTERM')
  await ended

  assert.deepEqual([config[0], folder[0], rule[0]], ['error', 'error', 'error'])
  assert.match(config[1], /peekaboo\.yaml:1:1: rulse: /)
  assert.match(folder[1], /\/none: cannot be read: there is no such file or folder/)
  assert.match(rule[1], /site\.yaml:1:22: "tru" is neither a fact/)
})

test('a start that fails stops what was started, names the reason and ends with 1', async (t) => {
  const parts = { startListeners: () => Promise.reject(new Error('cannot listen on inet:127.0.0.1:8095')) }
  const [service, terminal] = [new World(t, { parts }), new World(t, { parts, isTTY: true })]

  assert.equal(await service.command('serve'), 1)
  assert.equal(await terminal.command('serve'), 1)

  assert.deepEqual(service.events, ['startCore', 'stop'])
  assert.match(service.stdout, /"level":"error".*cannot listen on/)
  assert.match(terminal.stderr, /cannot run: cannot listen on/)
})

test('options override the configuration', async (t) => {
  const seen: unknown[] = []
  const world = new World(t, {
    deps: {
      compose: (config) => {
        seen.push(config)
        throw new Error('enough')
      },
    },
  })
  const options = ['--data-dir', '/d', '--http', 'off', '--log-level', 'debug', '--listen', 'inet:[::1]:9']

  await world.command('serve', ...options)

  const [config] = seen as readonly { dataDir: string; http: object; log: object; milter: { listeners: object } }[]
  assert.equal(config?.dataDir, '/d')
  assert.deepEqual(config?.http, { listen: 'off' })
  assert.deepEqual(config?.log, { level: 'debug' })
  assert.deepEqual(config?.milter.listeners, [{ listen: 'inet:[::1]:9', profile: 'mx' }])
})

test('an option with a bad value is refused by its own name', async (t) => {
  const world = new World(t)

  assert.equal(await world.command('serve', '--profile', 'mxx'), 78)

  assert.match(
    world.stderr,
    /^--profile: milter\.listeners\[0\]\.profile: there is no profile "mxx"; did you mean "mx"\?/m,
  )
})
