import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reading } from '../../src/core/index.ts'
import { messageFacts } from '../../src/pipeline/message-facts.ts'
import { envelope } from './bench-pipeline.ts'

const NOTHING = { attachments: [], bodies: [], anomalies: [], unscannable: '', subject: '', messageId: '' }
const claim = (server: string, result: string) => ({ server, method: 'dkim', result, domain: 'a.test' })

function reading(...auth: readonly ReturnType<typeof claim>[]): Reading {
  return { ...NOTHING, header: { fields: [], isCut: false, from: ['a@a.test'], replyTo: [], auth } }
}

test('a result of authentication counts where one of our own servers says it, and nobody is by default', () => {
  const forged = reading(claim('mx.evil.test', 'pass'), claim('mx.our.test', 'fail'))
  const ours = messageFacts(envelope(), forged, 1, ['mx.our.test'])
  const nobodys = messageFacts(envelope(), forged, 1)

  assert.deepEqual(ours.auth, [{ method: 'dkim', result: 'fail', domain: 'a.test' }])
  assert.deepEqual(nobodys.auth, [])
})

test('very many results of strangers leave room for ours, and too many of ours are named', () => {
  const strangers = Array.from({ length: 900 }, () => claim('mx.evil.test', 'pass'))
  const some = messageFacts(envelope(), reading(...strangers, claim('mx.our.test', 'fail')), 1, ['mx.our.test'])
  const many = messageFacts(envelope(), reading(...strangers), 1, ['mx.evil.test'])

  assert.deepEqual([some.auth.length, some.headersCut], [1, false])
  assert.deepEqual([many.auth.length, many.headersCut], [100, true])
})

test('a header of which nothing is known is told as cut', () => {
  assert.equal(messageFacts(envelope(), NOTHING, 1).headersCut, true)
})

test('the direction is what the listener says, else told from login and address', () => {
  const direction = (changes: Parameters<typeof envelope>[1]) =>
    messageFacts(envelope('mx', changes), NOTHING, 1).direction

  assert.equal(direction({ clientAddress: '192.0.2.1' }), 'inbound')
  assert.equal(direction({ clientAddress: '192.0.2.1', authenticated: true }), 'outbound')
  for (const clientAddress of ['', '127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
    assert.equal(direction({ clientAddress }), 'local', clientAddress)
  for (const clientAddress of ['::10', '12.7.0.1', '2001:db8::1'])
    assert.equal(direction({ clientAddress }), 'inbound', clientAddress)
  assert.equal(direction({ clientAddress: '127.0.0.1', direction: 'inbound' }), 'inbound')
})
