import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accept, encodeFrame, encodeMail, SMFIC } from '../../src/milter/index.ts'
import { piecesOf } from '../../src/milter/testing.ts'
import {
  CONNECT,
  DATA,
  END,
  HEADER,
  HELO,
  MAIL,
  MESSAGE,
  OFFER,
  RCPT,
  startFilter,
  type TestFilter,
} from './support.ts'

const look = () => undefined
const hooks = {
  connect: look,
  helo: look,
  mail: look,
  rcpt: look,
  header: look,
  body: look,
  unknown: look,
  endOfMessage: () => accept(),
}

async function isStillServing(filter: TestFilter): Promise<boolean> {
  const mta = await filter.postfix()
  return (await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })).kind === 'accept'
}

// Bytes that are no frames, or frames that nobody can go on from: the connection ends, the filter does not.
for (const { name, bytes, violation } of [
  { name: 'an empty frame', bytes: [OFFER, Buffer.from('00000000', 'hex')], violation: 'empty-frame' },
  { name: 'an empty frame instead of the options', bytes: [Buffer.from('00000000', 'hex')], violation: 'empty-frame' },
  { name: 'a length of 512 MiB', bytes: [OFFER, Buffer.from('2000000042', 'hex')], violation: 'frame-too-long' },
  { name: 'a length of 0xffffffff', bytes: [OFFER, Buffer.from('ffffffff42', 'hex')], violation: 'frame-too-long' },
  {
    name: 'a frame over 1 KiB before the options',
    bytes: [Buffer.from('000004014f', 'hex')],
    violation: 'frame-too-long',
  },
  { name: 'options of 11 bytes', bytes: [encodeFrame(SMFIC.OPTNEG, Buffer.alloc(11))], violation: 'malformed-options' },
  {
    name: 'options with an unfinished macro list',
    bytes: [encodeFrame(SMFIC.OPTNEG, Buffer.from('000000060000000100000001000000006a', 'hex'))],
    violation: 'malformed-options',
  },
  { name: 'options twice', bytes: [OFFER, OFFER], violation: 'negotiated-twice' },
  { name: 'an event before the options', bytes: [CONNECT], violation: 'not-negotiated' },
  { name: 'SMFIC_QUIT_NC before the options', bytes: [encodeFrame(SMFIC.QUIT_NC)], violation: 'not-negotiated' },
  { name: 'an unknown command', bytes: [OFFER, encodeFrame(0x7a)], violation: 'unknown-command' },
  { name: 'a reply byte as a command', bytes: [OFFER, encodeFrame(0x63)], violation: 'unknown-command' },
  { name: 'HTTP', bytes: [Buffer.from('GET / HTTP/1.1\r\n\r\n')], violation: 'frame-too-long' },
]) {
  for (const cut of [1, 4096]) {
    test(`${name} in pieces of ${cut} closes that connection only, and is reported as ${violation}`, async (t) => {
      const filter = await startFilter(t, { hooks })
      const client = await filter.client({ cut: piecesOf(cut) })

      await client.send(...bytes)

      assert.equal(await client.closed(), true)
      assert.deepEqual(
        filter.reported('violation').map((event) => event.violation),
        [violation],
      )
      assert.equal(await isStillServing(filter), true)
    })
  }
}

test('a frame that the peer leaves unfinished is reported as truncated', async (t) => {
  const filter = await startFilter(t, { hooks })
  const client = await filter.client()
  await client.send(OFFER, MAIL.subarray(0, 9))

  client.half()

  assert.equal(await client.closed(), true)
  assert.deepEqual(
    filter.reported('violation').map((event) => event.violation),
    ['truncated-frame'],
  )
})

// Frames whose payload cannot be read: the message, or the command, is answered with a tempfail; the connection stays.
for (const { name, before, bytes } of [
  { name: 'a connect without anything', before: [], bytes: '0000000143' },
  { name: 'a connect without its terminator', before: [], bytes: '00000003436162' },
  { name: 'a connect that ends after its host', before: [], bytes: '00000004436162 00'.replace(' ', '') },
  { name: 'a connect of an unknown family', before: [], bytes: '0000000543616200 58'.replace(' ', '') },
  { name: 'a connect without its address', before: [], bytes: '0000000743616200340019' },
  { name: 'a helo without its NUL', before: [CONNECT], bytes: '00000003486162' },
  { name: 'an empty helo', before: [CONNECT], bytes: '0000000148' },
  { name: 'a sender without its NUL', before: [CONNECT, HELO], bytes: '000000044d3c613e' },
  { name: 'an empty sender', before: [CONNECT, HELO], bytes: '000000014d' },
  { name: 'an argument without its NUL', before: [CONNECT, HELO], bytes: '000000074d3c613e005358' },
  { name: 'a recipient without its NUL', before: [CONNECT, HELO, MAIL], bytes: '00000004523c613e' },
  { name: 'a header without a value', before: [CONNECT, HELO, MAIL, RCPT, DATA], bytes: '000000034c5800' },
  { name: 'a header without its last NUL', before: [CONNECT, HELO, MAIL, RCPT, DATA], bytes: '000000044c580079' },
  { name: 'an empty header', before: [CONNECT, HELO, MAIL, RCPT, DATA], bytes: '000000014c' },
  { name: 'an unknown verb without its NUL', before: [CONNECT, HELO], bytes: '0000000455464f4f' },
]) {
  test(`${name} is answered with a tempfail`, async (t) => {
    const filter = await startFilter(t, { hooks: { ...hooks, data: look } })
    const client = await filter.client()
    await client.negotiate()
    for (const frame of before) assert.equal((await client.ask(frame)).kind, 'continue')

    const reply = await client.ask(Buffer.from(bytes, 'hex'))

    assert.equal(reply.kind, 'tempfail')
    assert.equal(reply.smtp, '451 4.3.0 Temporary failure of the mail filter - try again later')
    assert.equal(filter.reported('malformed').length, 1)
    assert.equal(client.isEnded, false)
  })
}

test('a malformed header that is not replied to ends its message with a tempfail', async (t) => {
  const filter = await startFilter(t, { hooks, noReply: { header: true, mail: true, rcpt: true, body: true } })
  const client = await filter.client()
  await client.negotiate()

  const reply = await client.ask(MAIL, RCPT, HEADER, Buffer.from('000000034c5800', 'hex'), HEADER, END)

  assert.equal(reply.kind, 'tempfail')
})

for (const { name, bytes } of [
  { name: 'no stage byte at all', bytes: '0000000144' },
  { name: 'a name without a value', bytes: '00000004444d6900' },
  { name: 'no last NUL', bytes: '00000005444d690031' },
  { name: 'a stage that does not exist', bytes: '00000006447a69003100' },
]) {
  test(`macros with ${name} cost nothing but a report`, async (t) => {
    const filter = await startFilter(t, { hooks })
    const client = await filter.client()
    await client.negotiate()

    const reply = await client.ask(Buffer.from(bytes, 'hex'), MAIL)

    assert.equal(reply.kind, 'continue')
    assert.equal(filter.reported('malformed').length, 1)
  })
}

test('an empty macro list is normal and not reported', async (t) => {
  const filter = await startFilter(t, { hooks })
  const client = await filter.client()
  await client.negotiate()

  await client.ask(Buffer.from('000000024448', 'hex'), HELO)

  assert.equal(filter.reported('malformed').length, 0)
})

test('payload behind commands that have none is ignored', async (t) => {
  const filter = await startFilter(t, { hooks: { ...hooks, data: look, endOfHeaders: look } })
  const client = await filter.client()
  await client.negotiate()
  const extra = Buffer.from('extra')

  await client.ask(encodeMail('<a@x>'))
  await client.send(encodeFrame(SMFIC.ABORT, extra))
  await client.ask(MAIL)
  await client.ask(RCPT)

  assert.equal((await client.ask(encodeFrame(SMFIC.DATA, extra))).kind, 'continue')
  assert.equal((await client.ask(encodeFrame(SMFIC.EOH, extra))).kind, 'continue')
  assert.equal((await client.ask(END)).kind, 'accept')
})

test('a flood of macros takes no memory that stays', async (t) => {
  const filter = await startFilter(t, { hooks })
  const client = await filter.client()
  await client.negotiate()
  const macros = encodeFrame(SMFIC.MACRO, Buffer.from(`Mi\0${'x'.repeat(60_000)}\0`))

  for (let i = 0; i < 300; i += 1) await client.send(macros)
  const reply = await client.ask(MAIL)

  assert.equal(reply.kind, 'continue')
})

test('macros over their limit are ignored and reported', async (t) => {
  const ids: (string | undefined)[] = []
  const filter = await startFilter(t, {
    limits: { macroBytes: 100 },
    hooks: { ...hooks, mail: (tx) => void ids.push(tx.queueId) },
  })
  const client = await filter.client()
  await client.negotiate()

  await client.ask(encodeFrame(SMFIC.MACRO, Buffer.from(`Mi\0${'x'.repeat(100)}\0`)), MAIL)

  assert.deepEqual(ids, [undefined])
  assert.equal(filter.reported('limit')[0]?.limit, 'macroBytes')
  assert.equal((await client.ask(RCPT)).kind, 'continue')
  assert.equal((await client.ask(END)).kind, 'accept')
})
