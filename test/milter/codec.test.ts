import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  decodeConnect,
  decodeEdit,
  decodeHeader,
  decodeMacros,
  decodeOptions,
  decodeString,
  decodeStrings,
  describeFrame,
  encodeAddHeader,
  encodeAddRecipient,
  encodeChangeFrom,
  encodeChangeHeader,
  encodeConnect,
  encodeFrame,
  encodeHeader,
  encodeHelo,
  encodeInsertHeader,
  encodeMacros,
  encodeMail,
  encodeOptions,
  encodeQuarantine,
  encodeRcpt,
  encodeRemoveRecipient,
  encodeReplyCode,
  type Frame,
  SMFIC,
  SMFIR,
} from '../../src/milter/index.ts'
import { framesOf } from './support.ts'

function only(bytes: Buffer): Frame {
  const [frame] = framesOf(bytes)
  assert.ok(frame !== undefined)
  return frame
}

const payloadOf = (bytes: Buffer) => only(bytes).payload

for (const { name, frame, bytes } of [
  { name: 'continue', frame: encodeFrame(SMFIR.CONTINUE), bytes: '\0\0\0\x01c' },
  { name: 'helo', frame: encodeHelo('log1'), bytes: '\0\0\0\x06Hlog1\0' },
  { name: 'mail', frame: encodeMail('<>', ['SIZE=1']), bytes: '\0\0\0\x0bM<>\0SIZE=1\0' },
  { name: 'rcpt', frame: encodeRcpt('<b@x>'), bytes: '\0\0\0\x07R<b@x>\0' },
  { name: 'header', frame: encodeHeader('A', 'b'), bytes: '\0\0\0\x05LA\0b\0' },
  {
    name: 'connect',
    frame: encodeConnect({ hostname: 'h', family: 'inet', port: 258, address: '::' }),
    bytes: '\0\0\0\x09Ch\x004\x01\x02::\0',
  },
  {
    name: 'connect from nowhere',
    frame: encodeConnect({ hostname: 'h', family: 'unknown', port: 0, address: '' }),
    bytes: '\0\0\0\x04Ch\0U',
  },
  {
    name: 'macros',
    frame: encodeMacros(SMFIC.MAIL, [
      ['i', '1'],
      ['mail_addr', 'a'],
    ]),
    bytes: '\0\0\0\x14DMi\x001\0{mail_addr}\0a\0',
  },
  { name: 'empty macros', frame: encodeMacros(SMFIC.HELO, []), bytes: '\0\0\0\x02DH' },
  { name: 'reply code', frame: encodeReplyCode('550 no'), bytes: '\0\0\0\x08y550 no\0' },
  { name: 'insert header', frame: encodeInsertHeader(1, 'A', 'b'), bytes: '\0\0\0\x09i\0\0\0\x01A\0b\0' },
  { name: 'delete header', frame: encodeChangeHeader(2, 'A', ''), bytes: '\0\0\0\x08m\0\0\0\x02A\0\0' },
  { name: 'change sender', frame: encodeChangeFrom('<a>', 'RET=HDRS'), bytes: '\0\0\0\x0ee<a>\0RET=HDRS\0' },
  { name: 'add recipient', frame: encodeAddRecipient('<a>'), bytes: '\0\0\0\x05+<a>\0' },
  {
    name: 'add recipient with arguments',
    frame: encodeAddRecipient('<a>', 'NOTIFY=NEVER'),
    bytes: '\0\0\0\x122<a>\0NOTIFY=NEVER\0',
  },
  { name: 'remove recipient', frame: encodeRemoveRecipient('<a>'), bytes: '\0\0\0\x05-<a>\0' },
  { name: 'quarantine', frame: encodeQuarantine('why'), bytes: '\0\0\0\x05qwhy\0' },
]) {
  test(`${name} has the bytes that sendmail's header files prescribe`, () => {
    assert.equal(frame.toString('latin1'), bytes)
  })
}

test('options go both ways, with macro lists', () => {
  const options = {
    version: 6,
    actions: 0x1ff,
    protocol: 0x301fffff,
    macros: new Map([
      [3, 'i {rcpt_addr}'],
      [5, ''],
    ]),
  }

  assert.deepEqual(decodeOptions(payloadOf(encodeOptions(options))), options)
})

test('options cut anywhere are not options', () => {
  const payload = payloadOf(encodeOptions({ version: 6, actions: 1, protocol: 2, macros: new Map([[0, 'j']]) }))

  for (let end = 0; end < payload.length; end += 1) {
    if (end !== 12) assert.equal(decodeOptions(payload.subarray(0, end)), undefined, `${end} bytes`)
  }
})

for (const family of ['inet', 'inet6', 'unix'] as const) {
  test(`connect from ${family} goes both ways`, () => {
    const info = { hostname: 'mail.test', family, port: 25, address: family === 'unix' ? '/run/x' : '::1' }

    assert.deepEqual(decodeConnect(payloadOf(encodeConnect(info))), info)
  })
}

test('connect cut anywhere is not a connect', () => {
  const payload = payloadOf(encodeConnect({ hostname: 'h', family: 'inet', port: 25, address: '1.2.3.4' }))

  for (let end = 0; end < payload.length; end += 1) assert.equal(decodeConnect(payload.subarray(0, end)), undefined)
})

test('an IPv6 address loses the prefix that Sendmail puts before it', () => {
  const payload = payloadOf(encodeConnect({ hostname: 'h', family: 'inet6', port: 25, address: 'IPv6:2001:db8::1' }))

  assert.equal(decodeConnect(payload)?.address, '2001:db8::1')
})

test('macros lose their braces, and an odd list loses one entry only', () => {
  const even = decodeMacros(
    payloadOf(
      encodeMacros(SMFIC.RCPT, [
        ['i', '1'],
        ['rcpt_addr', 'b'],
      ]),
    ),
  )
  const odd = decodeMacros(Buffer.from('Ri\x001\0{rcpt_addr}\0', 'latin1'))

  assert.deepEqual(
    [...(even?.macros ?? [])],
    [
      ['i', '1'],
      ['rcpt_addr', 'b'],
    ],
  )
  assert.deepEqual([...(odd?.macros ?? [])], [['i', '1']])
  assert.deepEqual([even?.isOdd, odd?.isOdd, decodeMacros(Buffer.from('L'))?.isOdd], [false, true, false])
  assert.equal(decodeMacros(Buffer.alloc(0)), undefined)
})

test('strings without their NUL are none', () => {
  assert.equal(decodeStrings(Buffer.from('a\0b')), undefined)
  assert.equal(decodeString(Buffer.from('a')), undefined)
  assert.equal(decodeHeader(Buffer.from('a\0b')), undefined)
  assert.equal(decodeHeader(Buffer.from('a\0')), undefined)
  assert.deepEqual(decodeStrings(Buffer.alloc(0)), [])
})

test('a header value keeps NUL and 8-bit bytes', () => {
  const value = Buffer.from([0xfc, 0, 0xff])

  assert.deepEqual(decodeHeader(payloadOf(encodeHeader('X', value)))?.value, value)
})

for (const { frame, edit } of [
  { frame: encodeAddHeader('A', 'b'), edit: { kind: 'addHeader', name: 'A', value: 'b' } },
  { frame: encodeInsertHeader(0, 'A', 'b'), edit: { kind: 'insertHeader', index: 0, name: 'A', value: 'b' } },
  { frame: encodeChangeHeader(1, 'A', ''), edit: { kind: 'changeHeader', index: 1, name: 'A', value: '' } },
  { frame: encodeChangeFrom('<a>'), edit: { kind: 'changeSender', address: '<a>', args: undefined } },
  { frame: encodeAddRecipient('<a>', 'X'), edit: { kind: 'addRecipient', address: '<a>', args: 'X' } },
  { frame: encodeRemoveRecipient('<a>'), edit: { kind: 'removeRecipient', address: '<a>' } },
  { frame: encodeQuarantine('r'), edit: { kind: 'quarantine', reason: 'r' } },
  { frame: encodeFrame(SMFIR.REPLBODY, Buffer.from('x')), edit: { kind: 'replaceBody', chunk: Buffer.from('x') } },
  { frame: encodeFrame(SMFIR.INSHEADER, Buffer.from('\0\0')), edit: undefined },
  { frame: encodeFrame(SMFIR.CONTINUE), edit: undefined },
]) {
  test(`the MTA reads ${describeFrame(only(frame), 'filter')}`, () => {
    assert.deepEqual(decodeEdit(only(frame)), edit)
  })
}

test('a frame is described by its sendmail name and its readable payload', () => {
  assert.equal(describeFrame(only(encodeMail('<a@x>')), 'mta'), 'SMFIC_MAIL "<a@x>␀"')
  assert.equal(describeFrame(only(encodeFrame(SMFIR.CONTINUE)), 'filter'), 'SMFIR_CONTINUE')
  assert.equal(describeFrame(only(encodeFrame(0x37)), 'filter'), 'unknown 0x37')
  assert.equal(
    describeFrame(only(encodeOptions({ version: 6, actions: 3, protocol: 0x400 })), 'mta'),
    'SMFIC_OPTNEG version 6 actions ADDHDRS|CHGBODY protocol SKIP',
  )
  assert.match(
    describeFrame(only(encodeFrame(SMFIC.BODY, Buffer.alloc(5000, 'x'))), 'mta'),
    /^SMFIC_BODY "x{120}"… 5000 bytes$/,
  )
})
