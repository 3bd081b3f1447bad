// The role with a MariaDB on the host: refused while it does not answer, made with its user, found again, and removed with them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MailHost } from '../ansible/mail-host.ts'

const PILOT = fileURLToPath(new URL('../../ansible/examples/pilot.yml', import.meta.url))
/** The server of the host, as its unit would run it, and the question whether it answers. */
const SERVER =
  'install -d -o mysql -g mysql /run/mysqld; mariadbd --user=mysql --skip-networking >/var/log/mariadb.log 2>&1 &'
const ANSWERS = 'until mariadb -e "SELECT 1" >/dev/null 2>&1; do sleep 0.2; done'

let host: MailHost

before(async () => {
  host = await MailHost.make({ packages: ['mariadb-server'] })
})
after(() => host?.remove())

/** What the play is told about the database; its password has what SQL minds. */
function variables(): Readonly<Record<string, unknown>> {
  return {
    peekaboo_milter_secrets: { database: "it's a \\ secret" },
    peekaboo_milter_database: { host: host.debian.root, tls: false },
    peekaboo_milter_config: {
      store: {
        type: 'mariadb',
        socketPath: '/run/mysqld/mysqld.sock',
        password: { file: '/etc/peekaboo/secrets/database' },
      },
    },
  }
}

test('a server that does not answer is refused before anything is changed', async () => {
  const made = await host.play(variables())
  const others = await host.play({ ...variables(), peekaboo_milter_database: {} })

  assert.match(made.output, /peekaboo_milter_database: the server on .* cannot be asked by root at/)
  assert.match(others.output, /peekaboo_milter_config\.store: the store cannot be used; see that its server runs/)
  assert.deepEqual([made.changed, others.changed], [0, 0])
})

test('database and user are made, the filter works with them, and a second time nothing changes', async () => {
  host.beforePlays = `${SERVER}\n${ANSWERS}`

  const first = await host.play(variables())
  const second = await host.play(variables())

  assert.equal(first.status, 0, first.output)
  assert.doesNotMatch(first.output, /it's a/)
  assert.deepEqual([second.status, second.changed, second.asked], [0, 0, []], second.output)
})

test('the pilot of the examples is applied, and an address that moves is a reload', async () => {
  const first = await host.playBook(PILOT, variables())
  const moved = await host.playBook(PILOT, { ...variables(), peekaboo_milter_lists: { pilot: ['carol@example.org'] } })

  assert.equal(first.status, 0, first.output)
  assert.equal(moved.status, 0, moved.output)
  assert.deepEqual(moved.asked, ['reload peekaboo.service'])
})

test('removed with its database, the server knows neither it nor the user', async () => {
  const removed = await host.play({
    ...variables(),
    peekaboo_milter_state: 'absent',
    peekaboo_milter_drop_database: true,
  })
  const left = await host.run(
    `${SERVER}\n${ANSWERS}\nmariadb -NBe "SHOW DATABASES LIKE 'peekaboo'; SELECT User FROM mysql.user WHERE User = 'peekaboo'"`,
  )

  assert.equal(removed.status, 0, removed.output)
  assert.equal(left.output.trim(), '')
})
