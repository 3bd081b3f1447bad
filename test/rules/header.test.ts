/** Rules that look at the header of the message. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadText, outcomeOf } from './harness.ts'

const one = (when: string, more = '') =>
  loadText(`${more}rules:\n- { id: r, verdict: bad, when: ${JSON.stringify(when)} }\n`)

const ASKING: readonly (readonly [text: string, asks: boolean])[] = [
  ["message.headers.exists(h, h.name == 'list-id')", true],
  ['message . auth . exists(a, a.result == "fail")', true],
  ['message.from.size() > 1', true],
  ['message.replyTo != message.from', true],
  ['message.headersCut', true],
  ["message.direction == 'inbound'", false],
  ["message.subject.contains('x')", false],
  ["sample.name == 'headers'", false],
]

test('the header is read where some rule looks at it, and only there', () => {
  for (const [when, asks] of ASKING) assert.equal(one(when).asks('header'), asks, when)
  assert.ok(one('odd', 'define: { odd: message.from.size() > 1 }\n').asks('header'))
  assert.ok(!one('true', 'define: { odd: message.from.size() > 1 }\n').asks('header'))
})

test('the header is read for a reason that shows it', () => {
  const text = "- { id: r, verdict: bad, when: 'true', reason: 'From {{message.from}}' }\n"

  assert.ok(loadText(text).asks('header'))
})

test('a rule judges by headers, addresses, results and direction', () => {
  const ruleset = one(
    "message.direction == 'inbound' && message.headers.exists(h, h.name == 'x-mailer' && h.value.contains('Kit')) && " +
      "message.from.exists(f, f.endsWith('@our.test')) && !message.auth.exists(a, a.method == 'dmarc' && a.result == 'pass')",
  )
  const message = {
    direction: 'inbound',
    headers: [{ name: 'x-mailer', value: 'Kit 2' }],
    from: ['boss@our.test'],
    auth: [{ method: 'dmarc', result: 'fail', domain: 'our.test' }],
  }

  assert.equal(outcomeOf(ruleset, { message }), 'bad by r')
  assert.equal(outcomeOf(ruleset, { message: { ...message, direction: 'outbound' } }), 'unknown by (none)')
  const passed = [{ method: 'dmarc', result: 'pass', domain: 'our.test' }]
  assert.equal(outcomeOf(ruleset, { message: { ...message, auth: passed } }), 'unknown by (none)')
})
