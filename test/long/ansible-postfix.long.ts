// The role and the Postfix of its host: each way in, the commands of the pages, an upgrade and the way back.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { MailHost, OTHERS, RESTARTED } from '../ansible/mail-host.ts'
import { shellBlocks } from '../docs/pages.ts'
import { eicarOverSmtp } from './bare/eicar.ts'

const PING = '/opt/peekaboo-milter/current/bin/peekaboo ping'
const NEWER_SCHEMA = "db.execute('UPDATE schema SET version = 99, minReader = 99')"
const CURRENT = 'readlink /opt/peekaboo-milter/current'

let host: MailHost

before(async () => {
  host = await MailHost.make()
})
after(() => host?.remove())

async function said(command: string): Promise<string> {
  return (await host.run(command)).output.trim()
}

const milters = () => said('postconf -h smtpd_milters')

test('each way in is wired, a private Postfix then refuses EICAR, and unplugged nothing is left of it', async () => {
  await host.run(
    `postconf -M 'submission/inet=submission inet n - y - - smtpd -o syslog_name=x'; postconf -e enable_long_queue_ids=yes`,
  )
  const master = await host.read('etc/postfix/master.cf')
  const also = [
    { service: 'submission/inet', plug: 'submission', listen: 'unix:/var/spool/postfix/peekaboo/submission.sock' },
  ]

  const mx = await host.play({ peekaboo_milter_plug: 'mx', peekaboo_milter_also: also })
  const [general, own] = [await milters(), await said('postconf -Ph submission/inet/smtpd_milters')]
  const refused = await host.run(eicarOverSmtp(host.ports.smtp, host.ports.http))
  const none = await host.play({ peekaboo_milter_plug: 'none' })

  assert.deepEqual([mx.status, none.status], [0, 0], mx.output + none.output)
  assert.match(general, /^inet:127\.0\.0\.1:11332, \{ inet:127\.0\.0\.1:\d+, .*default_action=tempfail \}$/)
  assert.match(own, /^inet:127\.0\.0\.1:11332,\{unix:peekaboo\/submission\.sock,.*default_action=tempfail\}$/)
  assert.match(refused.output, /^answered 550 5\.7\.1 Message refused because of its content/m)
  assert.equal(await milters(), OTHERS)
  assert.equal(await host.read('etc/postfix/master.cf'), master)
})

test('the commands of the pages work on it', async () => {
  const blocks = [
    ...shellBlocks('docs/install.md').slice(1),
    ...shellBlocks('README.md').filter((block) => /^(postconf|postfix)/.test(block)),
    ...shellBlocks('docs/first-hour.md').filter((block) => /bin\/peekaboo (ping|doctor)|journalctl/.test(block)),
  ]

  const ran = await host.run(
    `systemctl boot; until systemctl is-active peekaboo.service && ${PING}; do :; done\n${blocks.join('\n')}`,
  )

  await host.run(`postconf -e "smtpd_milters = ${OTHERS}"`)
  assert.ok(blocks.length >= 6, `${blocks.length}`)
  assert.doesNotMatch(ran.output, /not found|unknown (command|option)|usage:/i)
})

test('a newer release is used, and the older one again where it is named', async () => {
  const newer = await host.nextRelease()
  await host.run('rm -f /etc/systemd/system/peekaboo.service.d/socket.conf')

  const upgraded = await host.play({ peekaboo_milter_archive: newer })
  const then = await said(CURRENT)
  const back = await host.play({})

  assert.deepEqual([upgraded.status, back.status], [0, 0], upgraded.output + back.output)
  assert.match(then, /-99\.0\.0-/)
  assert.doesNotMatch(await said(CURRENT), /-99\.0\.0-/)
  for (const { asked } of [upgraded, back]) assert.deepEqual(asked, RESTARTED)
})

test('a release that is too old for the store is refused before anything is changed', async () => {
  const newerSchema = `import sqlite3; db = sqlite3.connect('/var/lib/peekaboo/peekaboo.db'); ${NEWER_SCHEMA}; db.commit()`
  await host.run(`python3 -c "${newerSchema}"`)

  const { status, output, changed } = await host.play({})

  assert.notEqual(status, 0, output)
  assert.match(output, /peekaboo_milter_archive: peekaboo-milter-\S+ is too old for the store/)
  assert.equal(changed, 0)
})
