import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CAUSES, type Cause, DISPOSITIONS, LIMITS, type Limit, type Outcome, VERDICTS } from '../../src/core/index.ts'
import { headerFor, replyFor } from '../../src/policy/index.ts'

const bad: Outcome = { kind: 'decided', verdict: 'bad', rule: 'secret-rule', reason: 'because of evil.exe' }
const pending: Outcome = { kind: 'pending', roles: ['sandbox'] }

test('a refusal is 550 5.7.1 with the reference and what the sender can do', () => {
  assert.deepEqual(replyFor('reject', { ref: 'K3-77', outcome: bad }), {
    code: 550,
    enhanced: '5.7.1',
    text: 'Message refused because of its content; if that is wrong, ask the postmaster of the recipient (ref K3-77)',
  })
})

test('a refusal of something encrypted says so, because the sender can do something about it', () => {
  const reply = replyFor('reject', { ref: 'K3', outcome: { kind: 'encrypted', what: 'container' } })

  assert.match(reply?.text ?? '', /an attachment is encrypted; ask the recipient for another way/)
})

test('a refusal of what could not be read does not accuse the content', () => {
  const reply = replyFor('reject', { ref: 'K3', outcome: { kind: 'unscannable', limit: 'parts' } })

  assert.match(reply?.text ?? '', /could not be checked/)
})

test('what is pending or failed is asked for again with 451 4.7.1', () => {
  for (const outcome of [pending, { kind: 'failed', cause: 'analyzer-failed' } as const]) {
    const reply = replyFor('tempfail', { ref: 'K3', outcome })

    assert.equal(`${reply?.code} ${reply?.enhanced}`, '451 4.7.1')
  }
})

test('overload and shutdown are 451 4.3.2: it is us, not the message', () => {
  for (const cause of ['overloaded', 'shutting-down', 'spool-full'] as const) {
    const reply = replyFor('tempfail', { ref: 'K3', outcome: { kind: 'failed', cause } })

    assert.equal(`${reply?.code} ${reply?.enhanced}`, '451 4.3.2')
  }
})

test('where the mail server takes the message it speaks for itself', () => {
  for (const disposition of ['accept', 'tag', 'redirect', 'quarantine', 'discard'] as const) {
    assert.equal(replyFor(disposition, { ref: 'K3', outcome: bad }), undefined)
  }
})

test('no reply and no header leaks a rule, a reason, a role, a cause or a limit', () => {
  const outcomes: readonly Outcome[] = [
    bad,
    pending,
    ...(Object.keys(CAUSES) as Cause[]).map((cause): Outcome => ({ kind: 'failed', cause, detail: 'tmp/x' })),
    ...(Object.keys(LIMITS) as Limit[]).map((limit): Outcome => ({ kind: 'unscannable', limit })),
    { kind: 'unanalysed', why: 'role', role: 'sandbox', rule: 'secret-rule' },
  ]
  const secrets = ['secret-rule', 'evil', 'sandbox', 'tmp', ...Object.keys(CAUSES), ...Object.keys(LIMITS)]

  for (const outcome of outcomes) {
    for (const disposition of DISPOSITIONS) {
      const said = `${replyFor(disposition, { ref: 'K', outcome })?.text} ${headerFor({ ref: 'K', outcome })}`
      for (const secret of secrets) assert.ok(!said.includes(secret), `${secret} in ${said}`)
    }
  }
})

test('whatever the reference is, a reply is one line of printable ASCII within 500 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom('reject', 'tempfail'), (ref, said) => {
      const reply = replyFor(said as 'reject' | 'tempfail', { ref, outcome: bad })

      assert.match(`${reply?.code} ${reply?.enhanced} ${reply?.text}`, /^[ -~]{1,500}$/)
      assert.match(headerFor({ ref, outcome: bad }), /^[ -~]{1,200}$/)
    }),
  )
})

test('the header says the verdict, or in one word why there is none', () => {
  for (const verdict of VERDICTS) {
    const outcome: Outcome = { kind: 'decided', verdict, rule: 'r', reason: '' }
    assert.equal(headerFor({ ref: 'K3', outcome }), `verdict=${verdict}; id=K3`)
  }
  assert.equal(headerFor({ ref: 'K3', outcome: pending }), 'verdict=pending; id=K3')
  assert.equal(headerFor({ ref: 'K3', outcome: { kind: 'failed', cause: 'internal' } }), 'verdict=failed; id=K3')
})
