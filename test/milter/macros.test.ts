import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAddress } from '../../src/milter/address.ts'
import { SMFIC } from '../../src/milter/index.ts'
import { MacroTable } from '../../src/milter/macros.ts'

test('a macro is looked up in the latest stage first, then in the session', () => {
  const session = new MacroTable()
  const message = new MacroTable(session)
  session.set(SMFIC.CONNECT, 'j\0mx\0_\0who\0')
  session.set(SMFIC.HELO, '_\0later\0')
  message.set(SMFIC.MAIL, 'i\0Q1\0')
  message.set(SMFIC.DATA, 'i\0Q2\0')

  assert.deepEqual(
    [message.get('j'), message.get('_'), message.get('i'), session.get('i')],
    ['mx', 'later', 'Q2', undefined],
  )
  assert.deepEqual(Object.fromEntries(message.all()), { j: 'mx', _: 'later', i: 'Q2' })
})

test('braces make no difference, neither sent nor asked for', () => {
  const table = new MacroTable()
  table.set(SMFIC.MAIL, '{i}\x001\0{mail_addr}\0a\0')

  assert.deepEqual(
    [table.get('i'), table.get('{i}'), table.get('mail_addr'), table.get('{mail_addr}')],
    ['1', '1', 'a', 'a'],
  )
})

test('a list replaces the one of its stage, and says when it is the same or odd', () => {
  const table = new MacroTable()

  assert.equal(table.set(SMFIC.RCPT, 'i\x001\0'), 'new')
  assert.equal(table.set(SMFIC.RCPT, 'i\x001\0'), 'same')
  assert.equal(table.set(SMFIC.RCPT, 'i\x002\0x\0'), 'odd')
  assert.equal(table.get('i'), '2')
  table.set(SMFIC.RCPT, '')
  assert.equal(table.get('i'), undefined)
})

test('a value of any bytes is kept, and read as UTF-8', () => {
  const table = new MacroTable()
  table.set(SMFIC.MAIL, `${Buffer.from('{a}\0ü\0{b}\0', 'utf8').toString('latin1')}\xff\0`)

  assert.equal(table.get('a'), 'ü')
  assert.deepEqual(table.bytes('b'), Buffer.from([0xff]))
})

for (const { payload, address, args } of [
  { payload: '<a@x>\0', address: 'a@x', args: {} },
  { payload: 'a@x\0', address: 'a@x', args: {} },
  { payload: '<>\0', address: '', args: {} },
  { payload: '\0', address: '', args: {} },
  { payload: '<"quoted sp"@x>\0', address: '"quoted sp"@x', args: {} },
  { payload: '<"a>b"@x>\0SIZE=1\0', address: '"a>b"@x', args: { SIZE: '1' } },
  { payload: '<"a\\">b"@x>\0', address: '"a\\">b"@x', args: {} },
  { payload: '<grüße@x>\0SMTPUTF8\0', address: 'grüße@x', args: { SMTPUTF8: '' } },
  {
    payload: '<a@x>\0size=100\0RET=HDRS\0ENVID=a=b\0',
    address: 'a@x',
    args: { SIZE: '100', RET: 'HDRS', ENVID: 'a=b' },
  },
  { payload: '<a@x> SIZE=5 SMTPUTF8\0', address: 'a@x', args: { SIZE: '5', SMTPUTF8: '' } },
  { payload: '<unclosed@x\0', address: 'unclosed@x', args: {} },
]) {
  test(`the address in ${JSON.stringify(payload)} is ${JSON.stringify(address)}`, () => {
    const bytes = Buffer.from(payload)

    const read = readAddress(bytes)
    bytes.fill(0)

    assert.deepEqual([read.address, Object.fromEntries(read.args)], [address, args])
    assert.equal(read.raw.toString(), payload.split('\0')[0])
  })
}
