// The role applied for real to a mail host in a folder: refused, in check mode, twice, changed, removed.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MailHost, OTHERS, RESTARTED, SERVICES } from '../ansible/mail-host.ts'

const SITE = "- { id: site, when: 'false', verdict: bad, reason: never, tests: [] }\n"
const RULES = { peekaboo_milter_rules: { 'site.yaml': SITE } }
const ONE_NODE = fileURLToPath(new URL('../../ansible/examples/one-node.yml', import.meta.url))

let host: MailHost
let asBefore: readonly string[] = []

before(async () => {
  host = await MailHost.make()
  asBefore = await host.files()
})
after(() => host?.remove())

async function said(command: string): Promise<string> {
  return (await host.run(command)).output.trim()
}

const milters = () => said('postconf -h smtpd_milters')

test('what cannot work is refused before anything is changed, with variable and remedy', async (t) => {
  const taken = createServer().listen(host.ports.milter, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const wrong: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
    [{ peekaboo_milter_config: 'yes' }, /peekaboo_milter_config.*(dict|type)/s],
    [{ peekaboo_milter_config: { milter: { held: 'many' } } }, /held.*(int|type).*peekaboo_milter_config/s],
    [
      { peekaboo_milter_archive: '/nowhere/peekaboo-milter-1-linux-x64.tar.gz' },
      /peekaboo_milter_archive: there is no release/,
    ],
    [
      { peekaboo_milter_postfix_folder: '/etc/postfix-out' },
      /peekaboo_milter_plug: there is no Postfix in \/etc\/postfix-out/,
    ],
    [{ peekaboo_milter_secrets: { cape: '' } }, /nothing stands in\s+cape/],
    [
      { peekaboo_milter_others: [] },
      /peekaboo_milter_others: smtpd_milters of Postfix also asks inet:127\.0\.0\.1:11332; name it/,
    ],
    [{}, /peekaboo_milter_listen, .*another program listens at inet:127\.0\.0\.1:\d+; stop it/s],
  ]

  for (const [variables, says] of wrong) {
    const { status, output, changed } = await host.play(variables)
    assert.notEqual(status, 0, output)
    assert.match(output, says)
    assert.ok(changed <= 0, output)
  }
  assert.deepEqual(await host.files(), asBefore)
})

test('a secret that is missing, which the release finds out, stops it before anything is changed', async () => {
  const cape = { type: 'cape', url: 'http://127.0.0.1:9', token: { file: '/etc/peekaboo/secrets/cape' } }

  const { status, output } = await host.play({ peekaboo_milter_config: { analyzers: { cape } } })

  assert.notEqual(status, 0, output)
  assert.match(output, /peekaboo_milter_config, .*cape\.token: \/etc\/peekaboo\/secrets\/cape cannot be read/s)
  assert.deepEqual(await host.files(), asBefore)
})

test('in check mode it changes nothing, and says that Postfix would be changed', async () => {
  const { status, output, asked, changed } = await host.play({}, '--check', '--diff')

  assert.equal(status, 0, output)
  assert.match(output, /\+ inet:127\.0\.0\.1:11332, \{ inet:127\.0\.0\.1:/)
  assert.ok(changed > 5, output)
  assert.deepEqual([await host.files(), asked, await milters()], [asBefore, [], OTHERS])
})

test('it installs, starts, and puts itself behind the other milters; a second time it changes nothing', async () => {
  const first = await host.playBook(ONE_NODE, {})
  const second = await host.playBook(ONE_NODE, {})

  assert.equal(first.status, 0, first.output)
  assert.ok(first.asked.includes('daemon-reload'))
  for (const unit of SERVICES) assert.ok(first.asked.includes(`enable ${unit}`), unit)
  assert.match(await milters(), /^inet:127\.0\.0\.1:11332, \{ inet:127\.0\.0\.1:\d+, .*default_action=accept \}$/)
  assert.deepEqual([second.status, second.changed, second.asked], [0, 0, []], second.output)
})

test('a changed list is a reload, a changed configuration a restart that drains', async () => {
  const rules = await host.play(RULES)
  const list = await host.play({ ...RULES, peekaboo_milter_lists: { partners: ['example.org'] } })
  const kept = await host.read('etc/peekaboo/peekaboo.yaml')
  const wrong = await host.play({ ...RULES, peekaboo_milter_config: { roles: { sandbox: 'nobody' } } })

  assert.deepEqual(rules.asked, RESTARTED, rules.output)
  assert.deepEqual(list.asked, ['reload peekaboo.service'], list.output)
  assert.notEqual(wrong.status, 0)
  assert.match(wrong.output, /nobody/)
  assert.equal(await host.read('etc/peekaboo/peekaboo.yaml'), kept)
})

test('removed, it leaves the host as it was', async () => {
  const { status, output } = await host.play({ peekaboo_milter_state: 'absent' })
  const again = await host.play({ peekaboo_milter_state: 'absent' })

  assert.equal(status, 0, output)
  assert.deepEqual(await host.files(), asBefore)
  assert.equal(await milters(), OTHERS)
  assert.deepEqual([again.status, again.changed], [0, 0], again.output)
})
