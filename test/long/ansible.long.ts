// The role applied for real to a mail host in a folder: in check mode, twice, changed, plugged in, rolled back, removed.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { MailHost } from '../ansible/mail-host.ts'

const UNITS = ['peekaboo-inspector.service', 'peekaboo.service']
const SITE = "- { id: site, when: 'false', verdict: bad, reason: never, tests: [] }\n"
const OTHERS = 'inet:127.0.0.1:11332'

let host: MailHost
let asBefore: readonly string[] = []

before(async () => {
  host = await MailHost.make()
  asBefore = await host.files()
})
after(() => host?.remove())

async function milters(): Promise<string> {
  return (await host.debian.run('postconf -h smtpd_milters', { deadlineMs: 60_000 })).output.trim()
}

test('what cannot work is refused before anything is changed, with variable and remedy', async () => {
  const wrong: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
    [{ peekaboo_milter_config: 'yes' }, /peekaboo_milter_config.*(dict|type)/s],
    [
      { peekaboo_milter_archive: '/nowhere/peekaboo-milter-1-linux-x64.tar.gz' },
      /peekaboo_milter_archive: there is no release/,
    ],
    [
      { peekaboo_milter_postfix_folder: '/etc/postfix-out' },
      /peekaboo_milter_plug: there is no Postfix in \/etc\/postfix-out/,
    ],
    [{ peekaboo_milter_secrets: { cape: '' } }, /nothing stands in\s+cape/],
  ]

  for (const [variables, says] of wrong) {
    const { status, output, changed } = await host.play(variables)
    assert.notEqual(status, 0, output)
    assert.match(output, says)
    assert.ok(changed <= 0, output)
  }
  assert.deepEqual(await host.files(), asBefore)
})

test('in check mode it changes nothing', async () => {
  const { status, output, asked } = await host.play({}, '--check', '--diff')

  assert.equal(status, 0, output)
  assert.deepEqual([await host.files(), asked, await milters()], [asBefore, [], OTHERS])
})

test('it installs, starts, and puts itself behind the other milters; a second time it changes nothing', async () => {
  const first = await host.play({})
  const second = await host.play({})

  assert.equal(first.status, 0, first.output)
  assert.ok(first.asked.includes('daemon-reload'))
  for (const unit of UNITS) {
    assert.ok(
      first.asked.includes(`enable ${unit}`) &&
        first.asked.some((one) => /^(re)?start/.test(one) && one.endsWith(unit)),
      unit,
    )
  }
  assert.match(await milters(), /^inet:127\.0\.0\.1:11332, \{ inet:127\.0\.0\.1:8095, .*default_action=accept \}$/)
  assert.deepEqual([second.status, second.changed, second.asked], [0, 0, []], second.output)
})

test('a changed rule is a reload, a changed configuration a restart, and one that is wrong stays out', async () => {
  const rules = { peekaboo_milter_rules: { 'site.yaml': SITE } }
  const first = await host.play(rules)
  const list = await host.play({ ...rules, peekaboo_milter_lists: { partners: ['example.org'] } })
  const config = { ...rules, peekaboo_milter_config: { log: { level: 'debug' } } }
  const level = await host.play(config)
  const kept = await host.read('etc/peekaboo/peekaboo.yaml')
  const wrong = await host.play({ ...rules, peekaboo_milter_config: { logg: {} } })

  assert.deepEqual(
    first.asked,
    UNITS.map((unit) => `restart ${unit}`),
    first.output,
  )
  assert.deepEqual(list.asked, ['reload peekaboo.service'], list.output)
  assert.deepEqual(
    level.asked,
    UNITS.map((unit) => `restart ${unit}`),
    level.output,
  )
  assert.notEqual(wrong.status, 0)
  assert.match(wrong.output, /logg/)
  assert.equal(await host.read('etc/peekaboo/peekaboo.yaml'), kept)
})

test('it is plugged in to refuse, and out again, without touching the other milter', async () => {
  const mx = await host.play({ peekaboo_milter_plug: 'mx' })
  const refusing = await milters()
  const none = await host.play({ peekaboo_milter_plug: 'none' })

  assert.deepEqual([mx.status, none.status], [0, 0], mx.output + none.output)
  assert.match(refusing, /^inet:127\.0\.0\.1:11332, \{ inet:127\.0\.0\.1:8095, .*default_action=tempfail \}$/)
  assert.equal(await milters(), OTHERS)
})

test('a newer release is used, and the older one again where it is named', async () => {
  const current = async () =>
    (await host.debian.run('readlink /opt/peekaboo-milter/current', { deadlineMs: 60_000 })).output.trim()
  const newer = await host.nextRelease()

  const upgraded = await host.play({ peekaboo_milter_archive: newer })
  const then = await current()
  const back = await host.play({})

  assert.deepEqual([upgraded.status, back.status], [0, 0], upgraded.output + back.output)
  assert.match(then, /-99\.0\.0-/)
  assert.doesNotMatch(await current(), /-99\.0\.0-/)
  for (const { asked } of [upgraded, back])
    assert.deepEqual(
      asked,
      UNITS.map((unit) => `restart ${unit}`),
    )
})

test('removed, it leaves the host as it was', async () => {
  const { status, output } = await host.play({ peekaboo_milter_state: 'absent' })
  const again = await host.play({ peekaboo_milter_state: 'absent' })

  assert.equal(status, 0, output)
  assert.deepEqual(await host.files(), asBefore)
  assert.equal(await milters(), OTHERS)
  assert.deepEqual([again.status, again.changed], [0, 0], again.output)
})
