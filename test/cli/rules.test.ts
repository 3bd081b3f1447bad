import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { World } from './world.ts'

/** A world whose site has these rules. */
function worldWith(t: TestContext, rules: string, more: ConstructorParameters<typeof World>[1] = {}): World {
  const world = new World(t, more)
  mkdirSync(join(world.folder, 'rules.d'))
  world.file('rules.d/site.yaml', rules)
  world.file('peekaboo.yaml', `dataDir: ${world.folder}/data\nrules: { dirs: [${world.folder}/rules.d] }\n`)
  return world
}

const RULES = `
lists: { names: [a, b] }
define: { isNamed: sample.name in lists.names }
off: [peekaboo-test-file]
rules:
  - id: named
    before: eicar-test-file
    when: isNamed && sandbox.score > 5.0
    verdict: bad
    severity: high
    tags: [ours]
    reason: "{{sample.name}} again"
    tests:
      - { facts: { sample: { name: a } }, reports: { sandbox: { score: 6 } }, expect: bad }
`

const CONFIGURED = (world: World) =>
  world.file(
    'peekaboo.yaml',
    `dataDir: ${world.folder}/data\nroles: { sandbox: none }\nrules: { dirs: [${world.folder}/rules.d] }\n`,
  )

test('rules check says what there is, with the version', async (t) => {
  const world = worldWith(t, RULES)
  CONFIGURED(world)

  assert.equal(await world.command('rules check'), 0)

  assert.match(
    world.stdout,
    /^good: \d+ rules with \d+ tests, 1 switched off, \d+ lists, \d+ definitions; version [0-9a-f]{16}\n$/,
  )
})

test('rules check tells every problem with its place and a caret, and ends with 78', async (t) => {
  const world = worldWith(t, '- id: x\n  when: sample.tpye == "x"\n  verdict: bda\n')

  assert.equal(await world.command('rules check'), 78)

  assert.ok(
    world.stderr.includes(`${world.folder}/rules.d/site.yaml:2:16: sample has no field "tpye"; did you mean "type"?\n`),
    world.stderr,
  )
  assert.match(world.stderr, /\n {4} {2}when: sample\.tpye == "x"\n {4} +\^\n/)
  assert.match(world.stderr, /site\.yaml:3:12: "bda" is no verdict; did you mean "bad"\?/)
  assert.equal(world.stdout, '')
})

test('rules check --json gives a line for each problem', async (t) => {
  const world = worldWith(t, '- id: x\n  when: sample.tpye == "x"\n  verdict: bda\n')

  assert.equal(await world.command('rules check', '--json'), 78)

  assert.deepEqual(
    world.json.map(({ line, column, remedy }) => [line, column, remedy]),
    [
      [3, 12, 'did you mean "bad"?'],
      [2, 16, 'did you mean "type"?'],
    ],
  )
})

test('a rule of a site that names a role which nobody configured is refused', async (t) => {
  const world = worldWith(t, RULES)

  assert.equal(await world.command('rules check'), 1)

  assert.match(
    world.stderr,
    /site\.yaml:8:11: the role "sandbox" is not configured; write roles: \{ sandbox: ANALYZER \}/,
  )
})

test('a test that fails refuses the rules, and rules test tells it', async (t) => {
  const world = worldWith(
    t,
    '- { id: x, verdict: bad, when: sample.size > 1, tests: [{ expect: bad }, { expect: none }] }\n',
  )

  assert.equal(await world.command('rules check'), 78)
  assert.match(world.stderr, /site\.yaml:1:57: a test of rule x fails: expected bad, got none/)

  assert.equal(await world.command('rules test', '--alone'), 1)
  assert.match(world.stdout, /site\.yaml:1:57: rule x fails: expected bad, got none\n2 tests: 1 fail\n$/)
})

test('the rules that came with the filter pass all their tests', async (t) => {
  const world = new World(t)

  assert.equal(await world.command('rules test'), 0)

  assert.match(world.stdout, /^\d+ tests: all pass\n$/)
})

test('rules list shows the order, what is off, and where rules stand', async (t) => {
  const world = worldWith(t, RULES)
  CONFIGURED(world)

  assert.equal(await world.command('rules list', '--json'), 0)

  const rows = new Map(world.json.map(({ id, place }) => [id, place]))
  assert.equal(rows.get('named'), Number(rows.get('eicar-test-file')) - 1)
  assert.equal(rows.get('peekaboo-test-file'), 0)
  world.stdout = ''
  await world.command('rules list')
  assert.match(world.stdout, /\n\d+ +named +bad high +sandbox +\S+site\.yaml:6\n/)
  assert.match(world.stdout, /\noff +peekaboo-test-file /)
})

test('rules show tells a rule with the definitions, lists and tests that belong to it', async (t) => {
  const world = worldWith(t, RULES)
  CONFIGURED(world)

  assert.equal(await world.command('rules show', 'named'), 0)

  assert.match(
    world.stdout,
    /when +isNamed && sandbox\.score > 5\.0\n +isNamed +sample\.name in lists\.names\n +lists\.names +2 strings, /,
  )
  assert.match(world.stdout, /tests +1 of 1 pass/)
  world.stdout = ''
  await world.command('rules show', '--json', 'named')
  const [{ id, definitions, lists } = {}] = world.json
  assert.deepEqual([id, (definitions as object[]).length, (lists as object[]).length], ['named', 1, 1])
})

test('rules show names the rule that was probably meant', async (t) => {
  const world = new World(t)

  assert.equal(await world.command('rules show', 'eicar-tset-file'), 1)

  assert.equal(world.stderr, 'peekaboo: there is no rule eicar-tset-file; did you mean eicar-test-file?\n')
})

test('rules reference prints every fact and function', async (t) => {
  const world = new World(t)

  assert.equal(await world.run('rules', 'reference'), 0)

  assert.match(world.stdout, /\n {2}sample\.sha256 {2}text +SHA-256/)
  assert.match(world.stdout, /\n {2}ROLE\.failed {2}true\/false/)
})

test('a folder of rules that is not there is refused by its name', async (t) => {
  const world = new World(t)

  assert.equal(await world.command('rules check', '--dir', '/nonexistent/rules.d'), 78)

  assert.match(world.stderr, /^\/nonexistent\/rules\.d: cannot be read: there is no such file or folder/)
})

test('colours come on a terminal only', async (t) => {
  const world = worldWith(t, '[]', { isTTY: true })

  await world.command('rules check')

  assert.ok(world.stdout.startsWith('\u001b[32mgood\u001b[0m'), world.stdout)
})
