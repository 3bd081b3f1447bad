import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compose } from '../../src/main.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { World } from './world.ts'

test('config check ends well and names the files that it read', async (t) => {
  const world = new World(t)

  assert.equal(await world.command('config check'), 0)

  assert.match(world.stdout, /^good: .*peekaboo\.yaml\n$/)
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
