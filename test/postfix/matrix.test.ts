// Every reply at every stage through a real Postfix: what the client is told and at which command, what Postfix logs, and
// what becomes of the message.

import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { MilterServer } from '../../src/milter/index.ts'
import type { ReplyName, StageName } from '../conversations/parse.ts'
import { FilterScript, startScriptedFilter } from '../conversations/script.ts'
import { type PostfixInstance, startPostfix } from './instance.ts'
import { outcomeOf } from './outcome.ts'

const stages = ['CONNECT', 'HELO', 'MAIL', 'RCPT', 'DATA', 'HEADER', 'EOH', 'BODY', 'EOM'] as const
type ContentRow = 'content'
type Expected = Readonly<Partial<Record<StageName | ContentRow, string>>>

type Row = {
  readonly reply: ReplyName
  readonly code?: number
  readonly enhanced?: string
  /** By stage; `content` stands for HEADER to EOM where they are alike, and a missing stage for `otherwise`. */
  readonly at: Expected
  readonly otherwise?: string
}

const delivered = '250, nothing logged, delivered'

// What is not legal at a stage is a fault of the filter's hook, which the server answers by its fallback: 451 4.3.0.
const fault: Expected = {
  CONNECT: '451 4.3.0 to MAIL, reject CONNECT, never queued',
  HELO: '451 4.3.0 to MAIL, reject EHLO, never queued',
  MAIL: '451 4.3.0 to MAIL, reject MAIL, never queued',
  RCPT: '451 4.3.0 to RCPT, reject RCPT, never queued',
  DATA: '451 4.3.0 to DATA, reject DATA, not delivered',
  content: '451 4.3.0 to end, reject END-OF-MESSAGE, not delivered',
}

function refused(status: string): Expected {
  return {
    CONNECT: `${status} to MAIL, reject CONNECT, never queued`,
    HELO: `${status} to MAIL, reject EHLO, never queued`,
    MAIL: `${status} to MAIL, reject MAIL, never queued`,
    RCPT: `${status} to RCPT, reject RCPT, never queued`,
    DATA: `${status} to DATA, reject DATA, not delivered`,
    content: `${status} to end, reject END-OF-MESSAGE, not delivered`,
  }
}

const matrix: Readonly<Record<string, Row>> = {
  continue: { reply: 'continue', at: {}, otherwise: delivered },
  accept: { reply: 'accept', at: {}, otherwise: delivered },
  'reject with the text of Postfix': { reply: 'reject', at: refused('550 5.7.1') },
  'tempfail with the text of Postfix': { reply: 'tempfail', at: refused('451 4.7.1') },
  'reject with 554 5.6.1': { reply: 'reject', code: 554, enhanced: '5.6.1', at: refused('554 5.6.1') },
  'reject without an enhanced code': { reply: 'reject', code: 550, at: refused('550') },
  'tempfail with 452 4.5.3': { reply: 'tempfail', code: 452, enhanced: '4.5.3', at: refused('452 4.5.3') },
  'tempfail with 421': {
    reply: 'tempfail',
    code: 421,
    enhanced: '4.3.2',
    at: {
      ...refused('421 4.3.2'),
      CONNECT: '421 to greeting, reject CONNECT, never queued',
      HELO: '421 4.3.2 to EHLO, reject EHLO, never queued',
    },
  },
  discard: {
    reply: 'discard',
    at: {
      ...fault,
      MAIL: '250, discard MAIL, never queued',
      RCPT: '250, discard RCPT, never queued',
      DATA: '250, discard DATA, not delivered',
      content: '250, discard END-OF-MESSAGE, not delivered',
    },
  },
  skip: { reply: 'skip', at: { ...fault, RCPT: delivered, HEADER: delivered, BODY: delivered } },
  quarantine: { reply: 'quarantine', at: { ...fault, EOM: '250, hold END-OF-MESSAGE, held' } },
}

function expectedAt(row: Row, stage: StageName): string | undefined {
  const isContent = ['HEADER', 'EOH', 'BODY', 'EOM'].includes(stage)
  return row.at[stage] ?? (isContent ? row.at.content : undefined) ?? row.otherwise
}

suite('reply × stage through a real Postfix', () => {
  const script = new FilterScript()
  let server: MilterServer
  let postfix: PostfixInstance
  before(async () => {
    const filter = await startScriptedFilter(script)
    server = filter.server
    postfix = await startPostfix({ milters: `inet:127.0.0.1:${filter.port}` })
  })
  after(async () => {
    await postfix.stop()
    await server.close({ graceMs: 0 })
  })

  for (const [title, row] of Object.entries(matrix)) {
    for (const stage of stages) {
      test(`${title} at ${stage}: ${expectedAt(row, stage)}`, async () => {
        const text = row.code === undefined ? undefined : 'our text'
        script.nothing()
        script.reply({ reply: row.reply, stage, code: row.code, enhanced: row.enhanced, text })

        assert.equal(await outcomeOf(postfix), expectedAt(row, stage))
      })
    }
  }
})

suite('reply × stage where the filter asked not to be waited for', () => {
  const script = new FilterScript()
  let server: MilterServer
  let postfix: PostfixInstance
  before(async () => {
    const noReply = { connect: true, helo: true, data: true, header: true, endOfHeaders: true, body: true } as const
    const filter = await startScriptedFilter(script, { noReply })
    server = filter.server
    postfix = await startPostfix({ milters: `inet:127.0.0.1:${filter.port}` })
  })
  after(async () => {
    await postfix.stop()
    await server.close({ graceMs: 0 })
  })

  // The decision is told at the next event that is replied to: MAIL for the session, end of message for the rest.
  for (const stage of ['CONNECT', 'HELO', 'DATA', 'HEADER', 'EOH', 'BODY'] as const) {
    const [command, logged] = stage === 'CONNECT' || stage === 'HELO' ? ['MAIL', 'MAIL'] : ['end', 'END-OF-MESSAGE']
    test(`a reject decided at ${stage} is told to ${command}`, async () => {
      script.nothing()
      script.reply({ reply: 'reject', stage, code: 550, enhanced: '5.7.1', text: 'our text' })

      assert.match(await outcomeOf(postfix), new RegExp(`^550 5\\.7\\.1 to ${command}, reject ${logged}, `))
    })
  }

  test('a message that nothing speaks against is delivered', async () => {
    script.nothing()

    assert.equal(await outcomeOf(postfix), delivered)
  })
})
