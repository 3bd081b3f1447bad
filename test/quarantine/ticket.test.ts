import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { isLongQueueId, isNotifiable, noticeOf, sealOf, type Ticket, ticketOf } from '../../src/quarantine/index.ts'
import { held } from '../store/contract-held.ts'

const KEY = createHash('sha256').update('a').digest()
const TICKET: Ticket = {
  ...{ host: 'mail.test', instance: 'postfix', queueId: '4cXyz01Qz3z1', ref: '7K3M9QXW2A' },
  ...{ at: 1_800_000_000_000, until: 1_800_014_400_000, intent: 'return' },
}

test('a ticket is read back as it was signed, in one line of a header', () => {
  const seal = sealOf(KEY, TICKET)

  assert.deepEqual(ticketOf(KEY, seal), TICKET)
  assert.match(seal, /^[!-~ ]{1,400}$/)
})

test('whatever is changed in a ticket, or signed by another key, counts for nothing', () => {
  const seal = sealOf(KEY, TICKET)
  const words = seal.split(' ')

  assert.equal(ticketOf(createHash('sha256').update('b').digest(), seal), undefined)
  for (const [n, word] of words.entries()) {
    const last = word.endsWith('1') ? '2' : '1'
    const changed = words.with(n, word.slice(0, -1) + last).join(' ')
    assert.equal(ticketOf(KEY, changed), undefined, changed)
  }
  for (const text of [
    '',
    `${seal} `,
    ` ${seal}`,
    seal.replaceAll(' ', '  '),
    seal.toUpperCase(),
    'x'.repeat(100_000),
  ]) {
    assert.equal(ticketOf(KEY, text), undefined)
  }
})

test('a short queue id is never signed for, as another message may have it tomorrow', () => {
  assert.equal(ticketOf(KEY, sealOf(KEY, { ...TICKET, queueId: '4A2C81F03B' })), undefined)
})

for (const [id, isLong] of [
  ['4cXyz01Qz3z1', true],
  ['3Pt2mN2VXxznjll', true],
  ['4A2C81F03B', false],
  ['0123456789AB', false],
  ['', false],
  ['../../etc/passwd', false],
  ['4cXyz01Qz3z1\n', false],
  ['-d ALL', false],
  ['ALL', false],
] as const) {
  test(`${JSON.stringify(id)} is ${isLong ? 'a' : 'no'} long queue id`, () => {
    assert.equal(isLongQueueId(id), isLong)
  })
}

for (const [address, may] of [
  ['a@src.test', true],
  ['jürgen@grün.test', true],
  ['"a"@src.test', true],
  ['', false],
  ['MAILER-DAEMON', false],
  ['a b@src.test', false],
  ['a@src.test\nBcc: x@y.test', false],
  ['a@src.test>,<b@dst.test', false],
  [`${'a'.repeat(400)}@src.test`, false],
] as const) {
  test(`a notice ${may ? 'may' : 'never'} goes to ${JSON.stringify(address.slice(0, 40))}`, () => {
    assert.equal(isNotifiable(address), may)
  })
}

const facts = { subject: '', isUndecided: false, language: 'en', from: 'MAILER-DAEMON', contact: undefined, now: 0 }

test('a notice is told in the language of the site, and in English where that is not known', () => {
  const said = (language: string) => noticeOf({ ...facts, held: held(), language }).split('\n')[2]

  assert.match(said('de') ?? '', /Nachricht nicht zugestellt/)
  assert.match(said('de-AT') ?? '', /Nachricht nicht zugestellt/)
  assert.match(said('fi') ?? '', /Message not delivered/)
})

test('what strangers wrote cannot add a line to a notice', () => {
  const evil = 'x\r\nBcc: all@src.test\r\n\r\n--=_\u202e\u0000'
  const clean = noticeOf({ ...facts, held: held({ recipients: ['b@dst.test'] }), subject: 'x' })

  const text = noticeOf({ ...facts, held: held({ recipients: [`${evil}@dst.test`] }), subject: evil })

  assert.equal(text.split('\n').length, clean.split('\n').length + 1)
  assert.doesNotMatch(text, /^Bcc:/m)
  assert.doesNotMatch(text, /[\u202e\0\r]/)
})
