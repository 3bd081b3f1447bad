// What `peekaboo doctor` says of a Postfix that is set up as the fragments do, and of one that is not: the settings are read by the real
// postconf(1).
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { World } from '../cli/world.ts'
import { startFilter } from '../daemon/filter.ts'
import { startPostfix } from './instance.ts'
import { freePorts } from './ports.ts'

interface Told {
  readonly check: string
  readonly state: string
  readonly where: string
  readonly what: string
  readonly remedy: string
}

/** What the doctor says of the Postfix in a folder, under a configuration. */
async function doctor(t: TestContext, config: object, dir: string): Promise<{ code: number; told: readonly Told[] }> {
  const world = new World(t)
  const file = world.file('peekaboo.yaml', JSON.stringify({ dataDir: join(world.folder, 'data'), ...config }))
  const code = await world.run('doctor', '--json', '--config', file, '--postfix', dir, '--timeout', '30')
  return { code, told: world.json as unknown as readonly Told[] }
}

/** A folder with a main.cf and a master.cf as somebody wrote them. */
function written(t: TestContext, main: string, master: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'peekaboo-cf-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'main.cf'), `compatibility_level = 3.6\nqueue_directory = ${dir}/queue\n${main}`)
  writeFileSync(join(dir, 'master.cf'), `${master}\ncleanup unix n - n - 0 cleanup\n`)
  return dir
}

function ofPostfix(told: readonly Told[]): readonly Told[] {
  return told.filter(({ check }) => check.startsWith('postfix'))
}

/** Check, state and service of what is not well. */
function wrongs(told: readonly Told[], dir: string): readonly string[] {
  const bad = ofPostfix(told).filter(({ state }) => state !== 'ok')
  return bad.map(({ check, state, where, what }) => {
    return `${state} ${check.replace('postfix: ', '')} | ${where.replace(`${dir} `, '').replaceAll(dir, 'DIR')} | ${what}`
  })
}

test('of a Postfix that has the fragment for an MX, and asks for local mail too, nothing is to be said', async (t) => {
  const [milter = 0, http = 0] = await freePorts(2)
  const listeners = [{ listen: `inet:127.0.0.1:${milter}`, profile: 'mx' }]
  const filter = await startFilter({ listeners, config: { http: { listen: `127.0.0.1:${http}` } } })
  t.after(() => filter.stop())
  const postfix = await startPostfix({
    fragment: 'mx',
    milterPort: milter,
    nonSmtpdMilters: `{ inet:127.0.0.1:${milter}, default_action=tempfail }`,
    mainCf: { enable_long_queue_ids: 'yes' },
  })
  t.after(() => postfix.stop())

  const { told } = await doctor(t, { milter: { listeners }, http: { listen: `127.0.0.1:${http}` } }, postfix.configDir)

  assert.deepEqual(wrongs(told, postfix.configDir), [])
  const names = new Set(ofPostfix(told).map(({ check }) => check))
  assert.ok(names.size >= 15, [...names].join())
  assert.deepEqual(
    told.filter(
      ({ check, state }) => ['filter', 'rules', 'limits', 'clock', 'store'].includes(check) && state !== 'ok',
    ),
    [],
  )
})

test('everything that is wrong in a main.cf is named with its service, and costs exit code 2', async (t) => {
  const main = `
smtpd_milters = { inet:localhost:8095, default_action=accept, content_timeout=5s, { command_timeout = 1s } }, inet:127.0.0.1:11332
milter_connect_timeout = 5m
milter_protocol = 2
milter_mail_macros = i
milter_end_of_data_macros =
milter_data_macros =
message_size_limit = 0
mailbox_size_limit = 0
virtual_mailbox_limit = 0
default_process_limit = 50
soft_bounce = yes
`
  const master = `smtp inet n - n - - smtpd
127.0.0.1:10025 inet n - n - - smtpd
  -o receive_override_options=no_milters
2525 inet n - n - - smtpd
  -o smtpd_milters=
465 inet n - n - 0 smtpd
  -o smtpd_proxy_filter=127.0.0.1:10026`
  const dir = written(t, main, master)

  const { code, told } = await doctor(t, { http: { listen: 'off' } }, dir)

  assert.equal(code, 2)
  assert.deepEqual(wrongs(told, dir), [
    'warn running | DIR | does not run',
    'warn every smtpd | 2525/inet | takes mail without asking us',
    'fail every smtpd | 465/inet | smtpd_proxy_filter=127.0.0.1:10026: milters are shown no content there',
    'warn local mail | non_smtpd_milters | mail of sendmail(1), such as that of web forms, is not examined',
    'warn queue ids | enable_long_queue_ids=no | short queue ids are used again',
    'warn connections | master.cf | any number of sessions are possible, we take 1000',
    'warn soft bounce | soft_bounce=yes | what we refuse is only put off',
    ...['smtp/inet', '465/inet'].map(
      (place) => `fail default action | ${place} default_action=accept | mail passes unseen while the filter is away`,
    ),
    ...['smtp/inet', '465/inet'].flatMap((place) => [
      `fail time-outs | ${place} content_timeout=5s | shorter than two signs of life while we hold: 10 s`,
      `warn time-outs | ${place} command_timeout=1s | a busy moment of the machine is taken for a fault`,
      `warn time-outs | ${place} connect_timeout=300s | longer than any connect takes`,
    ]),
    ...['smtp/inet', '465/inet'].map(
      (place) => `warn protocol | ${place} protocol=2 | an old version: every step of a message waits for an answer`,
    ),
    'warn held answers | smtp/inet maxproc=50 | 33 held answers may take more than a third of the processes: others wait to be greeted',
    ...['smtp/inet', '465/inet'].map(
      (place) =>
        `warn message size | ${place} message_size_limit=0 | Postfix takes messages larger than we read (104857600 bytes): they are unscannable(message-size)`,
    ),
    ...['smtp/inet', '465/inet'].flatMap((place) => [
      `warn macros | ${place} milter_mail_macros | who logged in is not told`,
      `warn macros | ${place} milter_end_of_data_macros | the queue id is not told`,
    ]),
    ...['smtp/inet', '465/inet'].map(
      (place) =>
        `warn order | ${place} smtpd_milters | rspamd is asked after us: spam is examined that it would have refused`,
    ),
  ])
  assert.ok(ofPostfix(told).every(({ state, remedy }) => (state === 'ok') === (remedy === '')))
})

test('a watcher that could touch mail, a quarantine with short queue ids and a table past us are named', async (t) => {
  const main = `
smtpd_milters = inet:127.0.0.1:8095
submission_milters = { inet:[::1]:8096, default_action=quarantine, content_timeout=900s }
smtpd_milter_maps = cidr:/etc/postfix/milters.cidr
`
  const master = `smtp inet n - n - - smtpd
submission inet n - n - - smtpd
  -o smtpd_milters=$submission_milters
  -o smtpd_milter_maps=`
  const dir = written(t, main, master)
  const listeners = [
    { listen: 'inet:0.0.0.0:8095', profile: 'observe' },
    { listen: 'inet:[::1]:8096', profile: 'submission' },
  ]

  const { told } = await doctor(t, { http: { listen: 'off' }, milter: { listeners } }, dir)

  const said = wrongs(told, dir)
  for (const expected of [
    'warn every smtpd | smtp/inet | smtpd_milter_maps may take some clients past us',
    'fail queue ids | enable_long_queue_ids=no | short queue ids are used again: mail in quarantine cannot be told apart',
    'fail quarantine | DIR | is not one of quarantine.instances: what would be quarantined is put off',
    'warn default action | smtp/inet default_action=tempfail | touches mail while the filter is away, though the profile only watches',
    'warn default action | submission/inet default_action=quarantine | mail waits in hold, unseen, while the filter is away',
    'warn time-outs | submission/inet content_timeout=900s | longer than senders wait: they would send the message twice',
  ])
    assert.ok(said.includes(expected), `${expected} is not in:\n${said.join('\n')}`)
})

test('a pilot that enforces for some needs the default action of those, and is told so', async (t) => {
  const dir = written(
    t,
    'smtpd_milters = { inet:127.0.0.1:8095, default_action=accept, content_timeout=30s }',
    'smtp inet n - n - - smtpd',
  )
  const config = {
    http: { listen: 'off' },
    milter: { listeners: [{ listen: 'inet:127.0.0.1:8095', profile: 'observe' }] },
    overrides: [{ recipients: ['pilot@dst.test'], profile: 'mx' }],
  }

  const { told } = await doctor(t, config, dir)

  const said = wrongs(told, dir)
  for (const expected of [
    'warn default action | smtp/inet default_action=accept | mail of those whom an override enforces passes unseen while the filter is away',
    'warn time-outs | smtp/inet content_timeout=30s | not longer than our own deadline: 240 s',
  ])
    assert.ok(said.includes(expected), said.join('\n'))
})

test('a socket that a chrooted smtpd looks for elsewhere is named with the place where it looks', async (t) => {
  const master = `smtp inet n - y - - smtpd
2525 inet n - n - - smtpd
  -o smtpd_milters=unix:peekaboo/mx.sock
2526 inet n - y - - smtpd
  -o smtpd_milters=unix:/peekaboo/mx.sock`
  const dir = written(t, '', master)
  const path = join(dir, 'queue/peekaboo/mx.sock')
  writeFileSync(
    join(dir, 'main.cf'),
    `compatibility_level = 3.6\nqueue_directory = ${dir}/queue\nsmtpd_milters = unix:${path}\n`,
  )

  const { told } = await doctor(
    t,
    { http: { listen: 'off' }, milter: { listeners: [{ listen: `unix:${path}` }] } },
    dir,
  )

  const seen = told.filter(({ check }) => check === 'postfix: every smtpd')
  assert.deepEqual(
    seen.map(({ state, where, what }) => [state, where.replace(`${dir} `, ''), what]),
    [
      ['fail', 'smtp/inet', `chrooted: it looks for our socket at ${dir}/queue${path}`],
      ['ok', '2525/inet', 'asks unix:peekaboo/mx.sock (mx)'],
      ['ok', '2526/inet', 'asks unix:/peekaboo/mx.sock (mx)'],
    ],
  )
})

test('a Postfix that nobody plugged us into fails, and a folder that is none is told', async (t) => {
  const dir = written(t, '', 'smtp inet n - n - - smtpd')

  const { told } = await doctor(t, { http: { listen: 'off' } }, dir)
  const none = await doctor(t, { http: { listen: 'off' } }, join(dir, 'none'))

  assert.ok(
    wrongs(told, dir).includes('fail every smtpd | DIR | no service of this Postfix asks us: nothing is examined'),
  )
  assert.match(
    ofPostfix(none.told)
      .map(({ what }) => what)
      .join(),
    /cannot be asked: .*No such file or directory/,
  )
})
