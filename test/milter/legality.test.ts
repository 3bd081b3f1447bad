// The matrix reply × stage on the wire: what the types forbid is refused at run time too, and never sent.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  accept,
  continue_,
  discard,
  encodeStrings,
  LEGAL_REPLIES,
  quarantine,
  type Reply,
  reject,
  SMFIC,
  type Stage,
  skip,
  tempfail,
} from '../../src/milter/index.ts'
import { BODY, CONNECT, DATA, END, EOH, HEADER, HELO, lettersOf, MAIL, RCPT, startFilter } from './support.ts'

const UNKNOWN = encodeStrings(SMFIC.UNKNOWN, ['FOO'])
const ORDER: readonly (readonly [Stage, Buffer])[] = [
  ['connect', CONNECT],
  ['unknown', UNKNOWN],
  ['helo', HELO],
  ['mail', MAIL],
  ['rcpt', RCPT],
  ['data', DATA],
  ['header', HEADER],
  ['endOfHeaders', EOH],
  ['body', BODY],
  ['endOfMessage', END],
]
const REPLIES: readonly (readonly [Reply, string])[] = [
  [continue_(), 'c'],
  [accept(), 'a'],
  [reject(), 'r'],
  [tempfail(), 't'],
  [reject({ code: 550, enhanced: '5.7.1', text: 'no' }), 'y'],
  [tempfail({ code: 421, enhanced: '4.7.1', text: 'no' }), 'y'],
  [discard(), 'd'],
  [skip(), 's'],
  [quarantine('held'), 'qa'],
]

for (const [stage] of ORDER) {
  for (const [reply, letters] of REPLIES) {
    const isLegal = LEGAL_REPLIES[stage].includes(reply.kind)
    const name = `${reply.kind}${letters === 'y' ? ' with a text' : ''} at ${stage} is ${isLegal ? 'sent' : 'replaced by a tempfail and reported'}`
    for (const isLate of [false, true]) {
      test(isLate ? `${name}, also when it comes late` : name, async (t) => {
        const hooks = Object.fromEntries(
          ORDER.map(([name]) => [
            name,
            (): unknown => (name === stage ? (isLate ? Promise.resolve(reply) : reply) : continue_()),
          ]),
        )
        const filter = await startFilter(t, { actions: ['quarantine'], hooks })
        const client = await filter.client()
        await client.negotiate()
        const at = ORDER.findIndex(([name]) => name === stage)

        for (const [, event] of ORDER.slice(0, at)) assert.equal((await client.ask(event)).kind, 'continue')
        await client.send(ORDER[at]?.[1] ?? Buffer.alloc(0))

        assert.equal(await lettersOf(client, isLegal ? letters.length : 1), isLegal ? letters : 'y')
        assert.equal(filter.reported('hook-error').length, isLegal ? 0 : 1)
      })
    }
  }
}

test('an end-of-message hook that forgets to answer costs a tempfail', async (t) => {
  const filter = await startFilter(t, { hooks: { endOfMessage: (() => undefined) as never } })
  const client = await filter.client()
  await client.negotiate()

  assert.equal((await client.ask(END)).kind, 'tempfail')
})

test('a quarantine that was not negotiated is not an accept', async (t) => {
  const filter = await startFilter(t, { hooks: { endOfMessage: () => quarantine('held') } })
  const client = await filter.client()
  await client.negotiate()

  assert.equal((await client.ask(END)).kind, 'tempfail')
  assert.match(String(filter.reported('hook-error')[0]?.error), /quarantine was not negotiated/)
})

test('a reply made by hand with a code that no MTA takes costs a tempfail', async (t) => {
  const filter = await startFilter(t, {
    hooks: { endOfMessage: () => ({ kind: 'reject', smtp: { code: 250, text: 'ok' } }) },
  })
  const client = await filter.client()
  await client.negotiate()

  assert.equal((await client.ask(END)).kind, 'tempfail')
})
