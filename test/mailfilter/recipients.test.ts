/** Recipients with several policies on one listener: what Postfix is told at RCPT, and what a fault is answered then. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { createListener, milterOptions } from '../../src/mailfilter/index.ts'
import { type FakePostfix, fakePostfix } from '../../src/milter/testing.ts'
import type { Pipeline } from '../../src/pipeline/index.ts'
import { createPolicy, headersOptions, overridesOptions, profilesOptions } from '../../src/policy/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { decision, scripted } from './scripted-filter.ts'

const MESSAGE = 'Subject: hello\r\nX-Peekaboo: good\r\nsubject: again\r\n\r\nbody\r\n'
const NR_RCPT = 0x8000

function policyOf(overrides: unknown, profileName: string) {
  return createPolicy({
    profiles: profilesOptions.parse({}),
    overrides: overridesOptions.parse(overrides),
    headers: headersOptions.parse(undefined),
    language: 'en',
    milter: { listeners: [{ profile: profileName }] },
  })
}

async function filter(t: TestContext, overrides: unknown, pipeline: Pipeline, profileName = 'mx') {
  const policy = policyOf(overrides, profileName)
  const profile = policy.profiles.get(profileName)
  assert.ok(profile)
  const server = createListener(
    {
      pipeline,
      policy: () => policy,
      listener: { listen: 'inet:127.0.0.1:0', profileName, profile },
      log: pino({ level: 'silent' }),
      clock: new FakeClock(),
      deadlineMs: 240_000,
      stopping: new AbortController().signal,
    },
    milterOptions.parse(undefined),
  )
  await server.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => server.close({ graceMs: 0 }))
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  return { server, connect: (macros = {}) => fakePostfix(address, { macros, resolve: resolved }) }
}

/** What stands last in a group, and who is named behind a route. */
function resolved(recipient: string): string {
  return recipient.replace(/^.*: ?([^;]*);?$/, '$1').replaceAll('"', '')
}

/** Says MAIL and each RCPT; the answers in a word. */
async function envelope(mta: FakePostfix, from: string, to: readonly string[]): Promise<readonly string[]> {
  await mta.mail(from)
  const told: string[] = []
  for (const one of to) {
    const { kind, smtp } = await mta.rcpt(one)
    told.push(smtp?.slice(0, 9) ?? kind)
  }
  return told
}

const PARTED = [{ name: 'pilot', recipients: ['pilot@dst.test'], bad: 'tag', subjectPrefix: '[odd]' }]

test('recipients are waited for only where an override asks who they are', async (t) => {
  const pipeline = scripted(() => decision())
  const some = await (await filter(t, PARTED, pipeline)).connect()
  const none = await (await filter(t, [{ senders: ['<>'], bad: 'tag' }], pipeline)).connect()
  const desk = await (await filter(t, PARTED, pipeline, 'submission')).connect()

  assert.deepEqual(
    [some, none, desk].map(({ protocol }) => (protocol & NR_RCPT) !== 0),
    [false, true, true],
  )
  for (const one of [some, none, desk]) await one.quit()
})

test('a client that is logged in, a bounce and mail without SMTP are never asked to come again', async (t) => {
  const { connect } = await filter(
    t,
    PARTED,
    scripted(() => decision()),
  )
  const to = ['x@dst.test', 'pilot@dst.test']
  const stranger = await connect()
  await stranger.connect()
  const user = await connect({ auth_authen: 'user' })
  await user.connect()
  const local = await connect()
  await local.connect({ port: 0, hostname: 'localhost' })

  assert.deepEqual(await envelope(stranger, 'a@src.test', to), ['continue', '452 4.5.3'])
  assert.deepEqual(await envelope(user, 'a@src.test', to), ['continue', 'continue'])
  assert.deepEqual(await envelope(local, 'a@src.test', to), ['continue', 'continue'])
  await stranger.rset()
  assert.deepEqual(await envelope(stranger, '', to), ['continue', 'continue'])
  for (const one of [stranger, user, local]) await one.quit()
})

test('the pipeline is told of those who were taken alone, and by which policy', async (t) => {
  const pipeline = scripted(() => decision())
  const { connect } = await filter(t, PARTED, pipeline)
  const mta = await connect()
  await mta.connect()
  await mta.deliver({ from: 'a@src.test', to: ['PILOT+x@DST.test', 'x@dst.test'], message: MESSAGE })
  await mta.quit()

  const [told] = pipeline.envelopes
  assert.deepEqual(told?.recipients, ['PILOT+x@DST.test'])
  assert.deepEqual([told?.profileName, told?.profile.bad, told?.isMixed], ['mx (pilot)', 'tag', false])
})

test('a tagged mail gets the prefix before each of its subjects, and loses a header that was not ours', async (t) => {
  const pipeline = scripted(() => decision({ disposition: 'tag', header: 'verdict=bad; id=REF' }))
  const mta = await (await filter(t, PARTED, pipeline)).connect()
  await mta.connect()
  const { edits } = await mta.deliver({ from: 'a@src.test', to: ['pilot@dst.test'], message: MESSAGE })
  await mta.quit()

  const told = JSON.stringify(edits)
  assert.match(told, /\[odd\] hello/)
  assert.match(told, /\[odd\] again/)
  assert.match(told, /verdict=bad; id=REF/)
})

test('a redirected mail loses all its recipients and its sender; one who is the target already stays', async (t) => {
  const overrides = [{ name: 'soc', recipients: ['@dst.test'], bad: 'redirect', redirectTo: 'soc@dst.test' }]
  const pipeline = scripted(() => decision({ disposition: 'redirect' }))
  const mta = await (await filter(t, overrides, pipeline)).connect()
  await mta.connect()
  const far = await mta.deliver({ from: 'a@src.test', to: ['b@dst.test', 'b@dst.test'], message: MESSAGE })
  const near = await mta.deliver({ from: 'a@src.test', to: ['b@dst.test', 'SOC@dst.test'], message: MESSAGE })
  await mta.quit()

  const kinds = ({ edits }: typeof far) =>
    edits.map(({ kind }) => kind).filter((kind) => /recipient|sender/i.test(kind))
  assert.deepEqual([kinds(far).length, kinds(near).length], [3, 2], JSON.stringify([far.edits, near.edits]))
})

test('a fault is answered by the policy of the very message: 451 where it is enforced, accepted where it is watched', async (t) => {
  const broken = scripted(() => {
    throw new Error('broken')
  })
  const watched = [{ name: 'watched', recipients: ['w@dst.test'], mode: 'monitor' }]
  const pilot = [{ name: 'pilot', recipients: ['e@dst.test'], mode: 'enforce' }]
  const answers: string[] = []
  for (const [overrides, profile] of [
    [watched, 'mx'],
    [pilot, 'observe'],
  ] as const) {
    const { connect } = await filter(t, overrides, broken, profile)
    const mta = await connect()
    await mta.connect()
    for (const to of ['w@dst.test', 'e@dst.test']) {
      const { kind, smtp } = await mta.deliver({ from: 'a@src.test', to: [to], message: MESSAGE })
      answers.push(`${profile} ${to[0]} ${smtp?.slice(0, 3) ?? kind}`)
    }
    await mta.quit()
  }

  assert.deepEqual(answers, ['mx w accept', 'mx e 451', 'observe w accept', 'observe e 451'])
})

test('while the filter stops, mail that is watched goes on and mail that is enforced is answered by the pipeline', async (t) => {
  const smtp = { code: 451, enhanced: '4.3.2', text: 'later' }
  const pipeline = scripted(({ profile }) =>
    profile.mode === 'monitor' ? decision() : decision({ disposition: 'tempfail', smtp }),
  )
  const { server, connect } = await filter(t, [{ name: 'w', recipients: ['w@dst.test'], mode: 'monitor' }], pipeline)
  const mta = await connect()
  await mta.connect()
  const closing = server.close({ graceMs: 60_000 })

  const watched = await mta.deliver({ from: 'a@src.test', to: ['w@dst.test'], message: MESSAGE })
  const enforced = await mta.deliver({ from: 'a@src.test', to: ['e@dst.test'], message: MESSAGE })
  await mta.quit()
  await closing

  assert.equal(watched.kind, 'accept')
  assert.match(enforced.smtp ?? '', /^451 4\.3\.2 later/)
})

test('who is behind a strange spelling is looked up by the address that Postfix resolved', async (t) => {
  const pipeline = scripted(() => decision())
  const overrides = [
    { name: 'pilot', recipients: ['victim@dst.test'], mode: 'enforce' },
    { name: 'other', recipients: ['other@dst.test'], mode: 'enforce', suspicious: 'reject' },
    { name: 'rest', mode: 'monitor' },
  ]
  const mta = await (await filter(t, overrides, pipeline)).connect()
  await mta.connect()
  for (const to of ['victim@dst.test', 'x: victim@dst.test;', 'x: y@dst.test;', 'y%dst.test'])
    await mta.deliver({ from: 'a@src.test', to: [to], message: MESSAGE })
  await mta.quit()

  assert.deepEqual(
    pipeline.envelopes.map(({ profileName }) => profileName),
    ['mx (pilot)', 'mx (pilot)', 'mx (rest)', 'mx (other)'],
  )
})

test('a recipient is taken off without its route, and where nobody knows by what name, the mail is refused', async (t) => {
  const overrides = [{ name: 'soc', bad: 'redirect', redirectTo: 'soc@dst.test' }]
  const smtp = { code: 550, enhanced: '5.7.1', text: 'refused' }
  const pipeline = scripted(({ profile: { bad } }) =>
    decision({ disposition: bad, smtp: bad === 'reject' ? smtp : undefined }),
  )
  const mta = await (await filter(t, overrides, pipeline)).connect()
  await mta.connect()
  const answer = async (to: string) => {
    const { kind, smtp, edits } = await mta.deliver({ from: 'a@src.test', to: [to], message: MESSAGE })
    return [smtp?.slice(0, 9) ?? kind, ...edits.flatMap((one) => (one.kind === 'removeRecipient' ? one.address : []))]
  }
  const gone = ['@a.test,@b.test:b@dst.test', '"b c"@dst.test', 'b@dst.test']
  const refused = ['\t@dst.test', 'x: b@dst.test;', 'b%dst.test', '@a.test:b%dst.test@local.test', 'b @dst.test']

  const told = []
  for (const to of [...gone, ...refused]) told.push(await answer(to))
  await mta.quit()

  assert.deepEqual(told.slice(0, 3), [
    ['accept', '<b@dst.test>'],
    ['accept', '<"b c"@dst.test>'],
    ['accept', '<b@dst.test>'],
  ])
  for (const one of told.slice(3)) assert.deepEqual(one, ['550 5.7.1'])
})
