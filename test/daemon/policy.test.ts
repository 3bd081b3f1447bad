/** Policies through a real Postfix: every action, recipients with several policies, a pilot by lists, and monitored mail with everything broken. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type PostfixOptions, startPostfix } from '../postfix/instance.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { startSink } from '../postfix/sink.ts'
import { SmtpClient, sendMail } from '../postfix/smtp-client.ts'
import { type Filter, type FilterOptions, startFilter } from './filter.ts'
import { descendants } from './processes.ts'

const BAD = mail({ subject: 'bad', attachments: [{ name: 'eicar.com', content: eicar() }] })

async function scene(t: TestContext, options: FilterOptions, postfixOptions: PostfixOptions = {}) {
  const [filter, sink] = await Promise.all([startFilter(options), startSink()])
  t.after(() => Promise.all([filter.stop(), sink.stop()]))
  const postfix = await startPostfix({
    milters: `inet:127.0.0.1:${filter.port()}`,
    deliverTo: { port: sink.port },
    mainCf: { enable_long_queue_ids: 'yes' },
    ...postfixOptions,
  })
  t.after(() => postfix.stop())
  const send = (to: string | readonly string[], message: Buffer = BAD, from = 'a@src.test') =>
    sendMail(postfix.port, { from, to, message })
  return { filter, sink, postfix, send }
}

test('every action does with a bad mail what its name says', async (t) => {
  const actions = ['accept', 'tag', 'redirect', 'quarantine', 'return', 'tempfail', 'discard', 'reject']
  const overrides = actions.map((bad) => ({
    name: bad,
    domains: [`${bad}.test`],
    bad,
    ...(bad === 'redirect' && { redirectTo: 'review@dst.test' }),
    ...(bad === 'tag' && { subjectPrefix: '[gefährlich]' }),
  }))
  const { filter, sink, postfix, send } = await scene(t, {
    config: { overrides, headers: { name: 'X-Checked', value: '{verdict} {disposition} {ref}', add: 'tagged' } },
  })
  const spoofed = Buffer.concat([Buffer.from('x-checked: good\r\nX-Checked: better\r\n'), BAD])
  const delivered = async (to: string) => {
    const found = await sink.waitForMessage((one) => one.to.includes(to))
    return { ...found, text: found.raw.toString('latin1') }
  }

  const answers = new Map<string, string>()
  for (const action of actions) {
    const { code, enhanced, text } = await send([`b@${action}.test`, `"c d"@${action}.test`], spoofed)
    answers.set(action, `${code} ${enhanced}`)
    assert.ok(code < 400 || text.includes(`(ref ${(await lineOf(filter, action)).ref})`), text)
  }

  assert.deepEqual(Object.fromEntries(answers), {
    accept: '250 2.0.0',
    tag: '250 2.0.0',
    redirect: '250 2.0.0',
    quarantine: '250 2.0.0',
    return: '250 2.0.0',
    tempfail: '451 4.7.1',
    discard: '250 2.0.0',
    reject: '550 5.7.1',
  })
  const accepted = await delivered('b@accept.test')
  assert.doesNotMatch(accepted.text, /^X-Checked/im)
  const tagged = await delivered('b@tag.test')
  assert.deepEqual(tagged.text.match(/^X-Checked:.*$/gim)?.length, 1)
  assert.match(tagged.text, /^X-Checked: bad tag [0-9A-Z]{10}\r$/m)
  assert.match(tagged.text, /^Subject: =\?utf-8\?B\?W2dlZsOkaHJsaWNoXSA=\?= bad\r$/m)
  const redirected = await delivered('review@dst.test')
  assert.deepEqual([redirected.from, redirected.to], ['', ['review@dst.test']])
  assert.match(
    redirected.text,
    /^X-Peekaboo-Redirected: from=<a@src\.test>;\r\n to=<b@redirect\.test>,\r\n <"c d"@redirect\.test>\r$/m,
  )
  const held = await postfix.held()
  assert.deepEqual(held.map(({ recipients }) => recipients[0]?.address).sort(), ['b@quarantine.test', 'b@return.test'])
  for (const { queueId } of held)
    assert.match(`${await postfix.postcat(queueId)}`, /^X-Checked: bad (?:quarantine|return) /m)
  assert.equal((await postfix.milterActions()).filter(({ action }) => action === 'discard').length, 1)
  assert.deepEqual(
    sink.messages.filter(({ to }) => to.some((one) => /discard|reject|tempfail/.test(one))),
    [],
  )
})

function lineOf(filter: Filter, override: string) {
  return filter.message(({ profile }) => profile === `mx (${override})`)
}

test('recipients of three policies: others than the first come in a message of their own, a monitored one never has to', async (t) => {
  const overrides = [
    { name: 'pilot', recipients: ['pilot@dst.test'], bad: 'tempfail' },
    { name: 'watched', domains: ['watched.test'], mode: 'monitor' },
  ]
  const { filter, sink, postfix, send } = await scene(t, { config: { overrides } })
  const client = await SmtpClient.connect(postfix.port)
  t.after(() => client.drop())
  await client.ehlo()
  const say = async (from: string, to: readonly string[]) => {
    await client.mail(from)
    const told: string[] = []
    for (const one of to) {
      const { code, enhanced } = await client.rcpt(one)
      told.push(`${code} ${enhanced}`)
    }
    const { code } = await client.data(BAD)
    return [...told, code]
  }
  const ok = '250 2.1.5'
  const later = '452 4.5.3'

  assert.deepEqual(await say('a@src.test', ['x@dst.test', 'PILOT+1@dst.test', 'w@watched.test', 'y@dst.test']), [
    ok,
    later,
    ok,
    ok,
    550,
  ])
  assert.deepEqual(await say('b@src.test', ['pilot@dst.test', 'x@dst.test']), [ok, later, 451])
  assert.deepEqual(await say('c@src.test', ['w@watched.test', 'x@dst.test', 'v@watched.test']), [ok, later, ok, 250])
  assert.deepEqual(await say('', ['pilot@dst.test', 'x@dst.test', 'w@watched.test']), [ok, ok, ok, 550])
  const mixed = await filter.message(({ sender }) => sender === 'a@src.test')
  const bounce = await filter.message(({ sender }) => sender === '')
  assert.deepEqual(
    [mixed.mixed, mixed.mode, mixed.recipients],
    [true, 'enforce', ['x@dst.test', 'w@watched.test', 'y@dst.test']],
  )
  assert.deepEqual([bounce.mixed, bounce.profile], [true, 'mx (pilot, watched)'])
  const [delivered] = await sink.waitFor(1)
  assert.deepEqual(delivered?.to.toSorted(), ['v@watched.test', 'w@watched.test'])
  assert.doesNotMatch(delivered?.raw.toString('latin1') ?? '', /^X-Peekaboo/m)
  assert.equal((await send('postmaster@dst.test')).code, 250)
  assert.equal((await send(['postmaster@dst.test', 'x@dst.test'])).code, 550)
})

test('a group or a sign that leads to another mailbox gets nobody the policy of a third', async (t) => {
  const overrides = [{ name: 'watched', recipients: ['w@dst.test'], mode: 'monitor' }]
  const { send } = await scene(t, { config: { overrides } })
  const codes: number[] = []
  for (const to of ['postmaster+: b@dst.test;', 'w+<b@dst.test>', 'dst.test!b', 'postmaster@dst.test', 'w@dst.test'])
    codes.push((await send(to)).code)

  assert.deepEqual(codes, [550, 550, 550, 250, 250])
})

test('a pilot: addresses move from watching to refusing by a line in a list, without a restart', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-pilot-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const list = (name: string, text: string) => writeFileSync(join(folder, name), text)
  const file = (name: string) => ({ file: join(folder, name) })
  list('never.list', '# who must get everything\nabuse-team@dst.test\n')
  list('first.list', 'one@dst.test\n')
  list('domains.list', '')
  const overrides = [
    { name: 'never', recipients: file('never.list'), mode: 'monitor' },
    { name: 'first', recipients: file('first.list'), mode: 'enforce' },
    { name: 'domains', domains: file('domains.list'), mode: 'enforce' },
  ]
  const listeners = [{ listen: 'inet:127.0.0.1:0', profile: 'observe' }]
  const { filter, send } = await scene(t, { listeners, config: { overrides, milter: { listeners } } })
  const codes = async () => {
    const told: number[] = []
    for (const to of ['one', 'two', 'abuse-team']) told.push((await send(`${to}@dst.test`)).code)
    return told
  }
  const reloaded = (seen: ReadonlySet<unknown>) =>
    filter.waitFor((line) => !seen.has(line) && /lists of the policy|rules reloaded/.test(line.msg ?? ''))

  const first = await codes()
  const before = new Set(filter.lines)
  list('first.list', 'one@dst.test\ntwo@dst.test\n')
  const byItself = await reloaded(before)
  const second = await codes()
  const then = new Set(filter.lines)
  list('first.list', 'nobody at all\n')
  const refused = await reloaded(then)
  const still = await codes()
  list('first.list', '')
  list('domains.list', 'dst.test\n')
  const last = new Set(filter.lines)
  filter.kill('SIGHUP')
  await reloaded(last)
  const everybody = await codes()

  assert.deepEqual(
    [first, second, still, everybody],
    [
      [550, 250, 250],
      [550, 550, 250],
      [550, 550, 250],
      [550, 550, 250],
    ],
  )
  assert.equal(byItself.msg, 'lists of the policy reloaded')
  assert.match(`${(refused.problems as string[])[0]}`, /first\.list:1: "nobody at all" is not an address; write /)
})

test('monitored mail is delivered in a moment and untouched with every dependency dead', async (t) => {
  const listeners = [{ listen: 'inet:127.0.0.1:0', profile: 'observe' }]
  const nowhere = { type: 'clamav', host: '127.0.0.1', port: 1 }
  const { filter, sink, send } = await scene(t, {
    listeners,
    config: {
      milter: { listeners },
      store: { url: 'sqlite:/dev/null/peekaboo.db' },
      analyzers: { av: nowhere },
      roles: { av: 'av' },
      spool: { memoryPerMessage: '1KiB', memory: '1KiB', spool: '1KiB' },
    },
  })
  for (const { pid } of descendants(filter.pid)) process.kill(pid, 'SIGSTOP')
  const large = mail({ attachments: [{ name: 'large.bin', content: Buffer.alloc(3_000_000, 'x') }] })

  const times: number[] = []
  for (const message of [BAD, large, BAD, large, BAD]) {
    const start = performance.now()
    const { code } = await send('b@dst.test', message)
    times.push(performance.now() - start)
    assert.equal(code, 250)
  }
  for (const { pid } of descendants(filter.pid)) process.kill(pid, 'SIGKILL')
  const after = await send('b@dst.test')

  assert.equal(after.code, 250)
  const median = times.toSorted((a, b) => a - b)[2] ?? Number.POSITIVE_INFINITY
  assert.ok(median < 1000, `${times}`)
  const delivered = await sink.waitFor(6)
  for (const { raw } of delivered) assert.doesNotMatch(raw.toString('latin1'), /^X-Peekaboo/m)
})

test('strangers are answered in the language of the site, in letters that their server takes', async (t) => {
  const { send } = await scene(t, { config: { language: 'de', contact: 'mailhilfe@example.org' } })

  const { code, lines } = await send('b@dst.test')

  assert.equal(code, 550)
  assert.match(
    lines.join('\n'),
    /^550 5\.7\.1 Nachricht wegen ihres Inhalts abgelehnt; .* fragen Sie mailhilfe@example\.org \(Ref\. [0-9A-Z]{10}\)$/,
  )
})
