import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { digest } from '../store/build.ts'
import { MariadbServer } from '../store/mariadb-server.ts'
import { describeOperatorCommands } from './operator-commands.ts'
import { onMariadb, onSqlite } from './operator-world.ts'
import { World } from './world.ts'

let server: MariadbServer
before(async () => {
  server = await MariadbServer.make()
})
after(() => server.remove())

describeOperatorCommands('sqlite', onSqlite)
describeOperatorCommands(
  'mariadb',
  onMariadb(() => server),
)

test('the clock of a MariaDB is told, so that the doctor can compare it with ours', async (t) => {
  const { run } = await onMariadb(() => server)(t)

  const asked = Date.now()
  const { stdout } = await run('store status', '--json')

  const { now } = JSON.parse(stdout)
  assert.ok(now >= asked - 1000 && now <= Date.now() + 1000, `${now - asked} ms`)
})

const WRONG: Readonly<Record<string, readonly [argv: readonly string[], says: RegExp]>> = {
  'a brake without a mode': [['brake', 'on', '--for', '1h', '--reason', 'r'], /--mode/],
  'a brake of another mode': [['brake', 'on', '--mode', 'off', '--for', '1h', '--reason', 'r'], /monitor.*tempfail/],
  'a brake without an end': [['brake', 'on', '--mode', 'monitor', '--reason', 'r'], /--for/],
  'a brake without a reason': [['brake', 'on', '--mode', 'monitor', '--for', '1h'], /--reason/],
  'a brake for ever': [['brake', 'on', '--mode', 'monitor', '--for', '90d', '--reason', 'r'], /1s to 30d/],
  'a brake for no time': [['brake', 'on', '--mode', 'monitor', '--for', '0s', '--reason', 'r'], /1s to 30d/],
  'a time that is none': [['rule', 'disable', 'x', '--for', 'ever', '--reason', 'r'], /--for takes a duration/],
  'an empty recipient': [['messages', '--recipient', ''], /--recipient is empty: is a variable unset/],
  'a date that is none': [['messages', '--since', 'yesterday'], /--since takes a duration such as 2h, or a date/],
  'too many messages': [['messages', '--limit', '1001'], /--limit takes 1 to 1000/],
  'a digest that is none': [['messages', '--sha256', 'abc'], /--sha256 takes 64 hex digits/],
  'a state that is none': [['analysis', 'list', '--state', 'lost'], /unfinished/],
  'an analysis of no digest': [['analysis', 'show', 'abc'], /64 hex digits/],
  'a retry of nothing': [['analysis', 'retry'], /name either a SHA-256, or --all/],
  'a cancelling of one and all': [['analysis', 'cancel', '--all', digest(1)], /name either a SHA-256, or --all/],
}

for (const [what, [argv, says]] of Object.entries(WRONG)) {
  test(`${what} is a usage error`, async (t) => {
    const world = new World(t)

    assert.equal(await world.run(...argv), 64)

    assert.match(world.stderr, says)
  })
}
