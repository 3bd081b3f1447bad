import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { caseWith } from '../mail/generate/cases.ts'
import { type PostfixInstance, startPostfix } from '../postfix/instance.ts'
import { eicar } from '../postfix/mail.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { type Filter, startFilter } from './filter.ts'

/** One of each class, hidden as well as the class can. */
const WORST = [
  'message-dress/twice-base64-mixed',
  'cte-duplicate/7bit-then-true-base64-mixed',
  'cte-near/doubled-value-base64-mixed',
  'ct-duplicate/text-then-multipart-base64-mixed',
  'boundary-comment/comment-removed-base64-single',
  'boundary-empty/missing-base64-single',
  'delimiter-line/leading-blank-base64-single',
  'outside-parts/early-close-base64-single',
  'head-body/no-blank-line-base64-rfc822',
  'base64-padding/padded-chunks-1-mixed',
  'base64-words/armour-mixed',
  'quoted-printable/split-hex-mixed',
  'uuencode/in-base64-text-single',
  'smime/ber-pieces-of-7-single',
  'pgp/partial-lengths-single',
  'data-uri/link-base64-mixed',
  'yenc/in-quoted-text-rfc822',
  'crossed/shape-in-shape-7-epilogue-in-inner-same-rfc822-base64',
]

let filter: Filter
let postfix: PostfixInstance

before(async () => {
  filter = await startFilter({ listeners: [{ listen: 'inet:127.0.0.1:0', profile: 'mx' }] })
  postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port() })
})
after(() => Promise.all([postfix?.stop(), filter?.stop()]))

for (const [i, name] of WORST.entries()) {
  test(`Postfix refuses the EICAR file hidden by ${name}`, async () => {
    const { message } = caseWith(name, eicar())
    const from = `worst${i}@src.test`

    const reply = await sendMail(postfix.port, { from, to: 'b@dst.test', message })

    assert.match(`${reply.code} ${reply.enhanced}`, /^550 5\.7\.1/)
    const line = await filter.message(({ sender }) => sender === from)
    assert.match(JSON.stringify(line), /eicar-test-file/)
  })
}
