import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

const COMMANDS = [
  ...['serve', 'inspector', 'config', 'extract', 'facts', 'scan', 'why', 'ping', 'rules', 'replay', 'analyzers'],
  ...['override', 'store', 'import', 'brake', 'rule', 'messages', 'analysis', 'doctor', 'quarantine', 'release'],
]

const SUBCOMMANDS = [
  ...['config check', 'config show', 'config schema', 'rules check', 'rules test', 'rules list', 'rules show'],
  ...['rules reference', 'analyzers check', 'override add', 'override list', 'override remove', 'store status'],
  ...['store check', 'store migrate', 'store purge', 'import peekabooav', 'brake on', 'brake off', 'brake status'],
  ...['rule disable', 'rule enable', 'rule list-disabled', 'analysis list', 'analysis show', 'analysis retry'],
  ...['analysis cancel'],
]

const WRONG: Readonly<Record<string, readonly [argv: readonly string[], says: RegExp]>> = {
  'no command': [[], /USAGE/],
  'an unknown command': [['sacn', 'x'], /unknown command 'sacn'.*scan/s],
  'an unknown option': [['scan', '--expain', 'x'], /unknown option '--expain'.*--explain/s],
  'scan without a file': [['scan'], /missing required argument 'file'/],
  'extract without a file': [['extract'], /missing required argument 'file'/],
  'why without a reference': [['why'], /missing required argument 'ref'/],
  'why with an empty reference': [['why', ' '], /is a variable unset/],
  'why with two references': [['why', 'a', 'b'], /too many arguments/],
  'config without what to do': [['config'], /check.*show.*schema/s],
  'serve with an argument': [['serve', 'x'], /too many arguments/],
  'a wait that is no number': [['scan', '--wait', 'long', 'x'], /--wait takes 0 to 86400 seconds/],
  'a negative wait': [['scan', '--wait=-1', 'x'], /--wait takes/],
  'a profile that does not exist': [['scan', '--profile', 'mxx', 'x'], /mxx.*there are mx, observe/],
  'a limit of none': [['why', '--limit', '0', 'x'], /--limit takes 1 to 1000/],
  'a time-out that is no number': [['ping', '--timeout', 'x'], /--timeout takes/],
  'an address to ping that is none': [['ping', '--listen', '8095'], /inet:HOST:PORT or unix:\/PATH/],
  'an inspector without a socket': [['inspector'], /no socket: give --socket/],
  'an option without its value': [['serve', '--listen'], /argument missing/],
}

for (const [what, [argv, says]] of Object.entries(WRONG)) {
  test(`${what} is a usage error: exit code 64, and what is wrong on standard error`, async (t) => {
    const world = new World(t)

    const code = await world.run(...argv)

    assert.equal(code, 64)
    assert.match(world.stderr, says)
    assert.equal(world.stdout, '')
  })
}

test('--help names every command and ends well', async (t) => {
  const world = new World(t)

  assert.equal(await world.run('--help'), 0)

  for (const command of COMMANDS) assert.match(world.stdout, new RegExp(`^  ${command}\\b`, 'm'))
  assert.match(world.stdout, /EXAMPLES/)
  assert.equal(world.stderr, '')
})

for (const command of COMMANDS) {
  test(`${command} --help has a usage line, examples and exit codes`, async (t) => {
    const world = new World(t)

    assert.equal(await world.run(command, '--help'), 0)

    for (const section of [`USAGE peekaboo ${command}`, 'EXAMPLES', 'EXIT CODES']) {
      assert.ok(world.stdout.includes(section), `${section} is missing`)
    }
  })
}

for (const command of ['check', 'show']) {
  test(`config ${command} --help has exit codes`, async (t) => {
    const world = new World(t)

    assert.equal(await world.run('config', command, '--help'), 0)

    assert.match(world.stdout, /EXIT CODES\n {2}0 [\s\S]*78 /)
  })
}

test('the help of scan documents every exit code', async (t) => {
  const world = new World(t)

  await world.run('scan', '--help')

  const codes = [...world.stdout.matchAll(/^ {2}(\d+) {3}/gm)].map((match) => match[1])
  assert.deepEqual(codes, ['0', '1', '2', '3', '4'])
})

test('--version prints the version', async (t) => {
  const world = new World(t)

  assert.equal(await world.run('--version'), 0)

  assert.equal(world.stdout, '1.2.3\n')
})

test('help is in colours on a terminal only, and nowhere when NO_COLOR says so', async (t) => {
  const painted = async (options: ConstructorParameters<typeof World>[1]) => {
    const world = new World(t, options)
    await world.run('--help')
    return world.stdout.includes('\x1b[')
  }

  assert.equal(await painted({ isTTY: true }), true)
  assert.equal(await painted({ isTTY: false }), false)
  assert.equal(await painted({ isTTY: true, env: { NO_COLOR: '1' } }), false)
  assert.equal(await painted({ isTTY: true, env: { TERM: 'dumb' } }), false)
})

for (const command of SUBCOMMANDS) {
  test(`${command} --help tells its exit codes`, async (t) => {
    const world = new World(t)

    assert.equal(await world.run(...command.split(' '), '--help'), 0)

    assert.match(world.stdout, new RegExp(`^USAGE peekaboo ${command}\\b[^]*^EXIT CODES$`, 'm'))
  })
}
