/** Every shipped rule decides about a mail that comes through a real Postfix. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type PostfixInstance, startPostfix } from '../postfix/instance.ts'
import { type SmtpReply, sendMail } from '../postfix/smtp-client.ts'
import { shippedRules } from '../rules/shipped.ts'
import { type Filter, type LogLine, startFilter } from './filter.ts'
import { answers, type RuleMail, ruleMails } from './shipped-mails.ts'

/** Sessions at a time: they cost the filter what a busy server does, and no test long. */
const SESSIONS = 6

interface Answered {
  readonly reply: SmtpReply
  readonly line: LogLine
}

let filter: Filter
let postfix: PostfixInstance
let mails: readonly RuleMail[]
const told = new Map<string, Answered>()

before(async () => {
  mails = await ruleMails()
  const { av, sandbox } = answers()
  const config = {
    scheduler: { poll: '250ms' },
    roles: { av: 'scanner', sandbox: 'box' },
    analyzers: {
      scanner: { type: 'dummy', tier: 1, answer: { score: 0 }, bySha256: av },
      box: { type: 'dummy', answer: { score: 3 }, bySha256: sandbox },
    },
  }
  filter = await startFilter({ listeners: [{ listen: 'inet:127.0.0.1:0', profile: 'mx' }], config })
  postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port() })
  const open = [...mails]
  await Promise.all(Array.from({ length: SESSIONS }, () => sendAll(open)))
})
after(() => Promise.all([postfix?.stop(), filter?.stop()]))

/** Sends what is left until nothing is. */
async function sendAll(open: RuleMail[]): Promise<void> {
  for (let next = open.shift(); next; next = open.shift()) {
    const { rule, message } = next
    const from = `${rule}@src.test`
    const reply = await sendMail(postfix.port, { from, to: 'b@dst.test', message, deadlineMs: 90_000 })
    told.set(rule, { reply, line: await filter.message(({ sender }) => sender === from) })
  }
}

test('there is a mail for every shipped rule', () => {
  assert.deepEqual(
    mails.map(({ rule }) => rule).toSorted(),
    shippedRules(true)
      .rules.map(({ id }) => id)
      .toSorted(),
  )
})

test('each rule decides about its mail, and Postfix answers as the profile says', () => {
  const wrong = mails.flatMap((one) => problemsOf(one))

  assert.deepEqual(wrong, [])
})

/** What is not as the table says, with all that the log has of it. */
function problemsOf({ rule, verdict }: RuleMail): string[] {
  const answered = told.get(rule)
  if (!answered) return [`${rule}: not sent`]
  const { reply, line } = answered
  const samples = line.samples as readonly { readonly rule?: string; readonly verdict: string }[]
  const isHarmless = verdict === 'good' || verdict === 'ignored'
  const isRight =
    samples.some((one) => one.rule === rule && one.verdict === verdict) &&
    line.verdict === verdict &&
    (isHarmless || line.rule === rule) &&
    line.disposition === (verdict === 'bad' ? 'reject' : isHarmless ? 'accept' : 'tag') &&
    reply.code === (verdict === 'bad' ? 550 : 250)
  return isRight ? [] : [`${rule}: ${reply.code} ${line.verdict} by ${line.rule} ${JSON.stringify(samples)}`]
}
