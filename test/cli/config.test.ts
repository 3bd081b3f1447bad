import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { compose } from '../../src/main.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { World } from './world.ts'

test('config check ends well and names the files that it read', async (t) => {
  const world = new World(t)

  assert.equal(await world.command('config check'), 0)

  assert.match(world.stdout, /^good: .*peekaboo\.yaml\n$/)
})

test('config check warns of overrides that nothing reaches, with their place, and ends well', async (t) => {
  const world = new World(t)
  world.file(
    'peekaboo.yaml',
    'overrides:\n  - { bad: tag }\n  - { recipients: [x@dst.test], bad: accept }\nlanguage: xx\n',
  )

  assert.equal(await world.command('config check'), 0)

  const [first, second] = world.stderr.split('\n')
  assert.match(first ?? '', /^warning: .*peekaboo\.yaml:4:1\d?: language: there are no texts in "xx"/)
  assert.match(
    second ?? '',
    /^warning: .*peekaboo\.yaml:3:5: overrides\[1\]: is never reached: overrides\[0\] comes first/,
  )
})

test('config check ends with 78 and prints every problem with its place', async (t) => {
  const world = new World(t)
  const file = world.file('peekaboo.yaml', 'huh: 1\nmilter: { held: 0 }\n')

  assert.equal(await world.command('config check'), 78)

  assert.ok(world.stderr.includes(`${file}:1:1: huh: unknown key`), world.stderr)
  assert.ok(world.stderr.includes(`${file}:2:17: milter.held: 0 is too small`), world.stderr)
})

test('what only policy can see is refused with its place in the file', async (t) => {
  const world = new World(t)
  const file = world.file('peekaboo.yaml', 'profiles:\n  a: { extends: b }\n  b: { extends: a }\n')

  assert.equal(await world.command('config check'), 78)

  assert.ok(world.stderr.includes(`${file}:2:17: profiles.a.extends:`), world.stderr)
})

test('a rule that is wrong is refused by config check as by serve', async (t) => {
  const world = new World(t, {
    deps: { compose: (config) => compose(config, createLogger({ level: 'silent' })) },
  })
  const rules = world.file('site.yaml', '- id: broken\n  when: sampel.size > 1\n  verdict: bad\n  reason: x\n')
  world.file('peekaboo.yaml', `dataDir: ${world.folder}/data\nrules: { dirs: [${world.folder}] }\n`)

  const code = await world.command('config check')

  assert.equal(code, 78)
  assert.ok(world.stderr.includes(`${rules}:2:`), world.stderr)
})

/** What config check says of a configuration with this rule of the site. */
async function checkedWith(t: TestContext, when: string, roles = '{}'): Promise<readonly [number, string]> {
  const world = new World(t, {
    deps: { compose: (config) => compose(config, createLogger({ level: 'silent' })) },
  })
  world.file('site.yaml', `- { id: ours, verdict: bad, reason: x, when: "${when}" }\n`)
  world.file(
    'peekaboo.yaml',
    `dataDir: ${world.folder}/data\nrules: { dirs: [${world.folder}/site.yaml] }\nroles: ${roles}\n`,
  )
  const code = await world.command('config check')
  return [code, world.stderr]
}

test('a rule of the site that asks a role which nobody plays ends config check with 1, and names place and remedy', async (t) => {
  const shipped = await checkedWith(t, 'sandbox.score > 4.0')
  const own = await checkedWith(t, 'sample.size > 1 && virustotal.score > 4.0')
  const none = await checkedWith(t, 'sandbox.score > 4.0', '{ sandbox: none }')

  assert.deepEqual([shipped[0], own[0], none[0]], [1, 1, 0])
  assert.match(
    shipped[1],
    /site\.yaml:1:46: the role "sandbox" is not configured; write roles: \{ sandbox: ANALYZER \}/,
  )
  assert.match(own[1], /site\.yaml:1:66: the role "virustotal" is not configured/)
})

test('a role that is misspelt, and one beside another mistake, end config check with 78', async (t) => {
  const misspelt = await checkedWith(t, 'sandbx.score > 4.0')
  const both = await checkedWith(t, 'virustotal.score > 4.0, bad: 1')

  assert.deepEqual([misspelt[0], both[0]], [78, 78])
  assert.match(misspelt[1], /did you mean "sandbox"/)
})

test('a folder of rules that is not there ends config check with 78 and its name', async (t) => {
  const world = new World(t, {
    deps: { compose: (config) => compose(config, createLogger({ level: 'silent' })) },
  })
  world.file('peekaboo.yaml', `dataDir: ${world.folder}/data\nrules: { dirs: [/nonexistent/rules.d] }\n`)

  assert.equal(await world.command('config check'), 78)

  assert.match(
    world.stderr,
    /\/nonexistent\/rules\.d: cannot be read: there is no such file or folder; check rules\.dirs/,
  )
})

test('config show prints what is in force and hides nothing but secrets', async (t) => {
  const world = new World(t)
  world.file('peekaboo.yaml', 'http: { listen: off }\n')

  assert.equal(await world.command('config show'), 0)

  assert.match(world.stdout, /listen: "?off"? # .*peekaboo\.yaml:1:17/)
  assert.match(world.stdout, /deadline: 240s/)
})

test('config schema prints a JSON schema with every key of the root', async (t) => {
  const world = new World(t)

  assert.equal(await world.run('config', 'schema'), 0)

  const { properties } = JSON.parse(world.stdout)
  for (const key of ['milter', 'store', 'profiles', 'roles', 'rules']) assert.ok(key in properties)
})

test('a configuration that does not exist ends with 78', async (t) => {
  const world = new World(t)

  assert.equal(await world.run('config', 'check', '--config', '/nonexistent.yaml'), 78)
})
