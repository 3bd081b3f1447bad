// What libmilter's engine.c does about events out of order.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accept, encodeConnect, encodeFrame, encodeStrings, reject, SMFIC, tempfail } from '../../src/milter/index.ts'
import {
  ABORT,
  BODY,
  CONNECT,
  DATA,
  END,
  EOH,
  EVENTS,
  HEADER,
  HELO,
  lettersOf,
  MAIL,
  MESSAGE,
  QUIT,
  RCPT,
  startFilter,
} from './support.ts'

const look = () => undefined
const hooks = {
  connect: look,
  helo: look,
  mail: look,
  rcpt: look,
  data: look,
  unknown: look,
  header: look,
  endOfHeaders: look,
  body: look,
  endOfMessage: () => accept(),
}
const FOO = encodeStrings(SMFIC.UNKNOWN, ['FOO'])

for (const { name, events, letters } of [
  { name: 'a complete message', events: EVENTS, letters: 'cccccccca' },
  { name: 'MAIL without a HELO', events: [CONNECT, MAIL], letters: 'cc' },
  { name: 'HELO twice', events: [CONNECT, HELO, HELO, MAIL], letters: 'cccc' },
  { name: 'many recipients', events: [CONNECT, HELO, MAIL, RCPT, RCPT, RCPT], letters: 'cccccc' },
  { name: 'content without DATA', events: [CONNECT, HELO, MAIL, RCPT, HEADER, EOH, BODY, END], letters: 'ccccccca' },
  { name: 'no headers and no body', events: [CONNECT, HELO, MAIL, RCPT, DATA, EOH, END], letters: 'cccccca' },
  {
    name: 'an unknown verb in between',
    events: [CONNECT, FOO, HELO, FOO, MAIL, FOO, RCPT, FOO, DATA, EOH, END],
    letters: 'cccccccccca',
  },
  { name: 'two messages without the abort', events: [...EVENTS, ...EVENTS.slice(2)], letters: 'cccccccca' + 'cccccca' },
  {
    name: 'HELO between two messages',
    events: [...EVENTS, HELO, ...EVENTS.slice(2)],
    letters: 'cccccccca' + 'c' + 'cccccca',
  },
]) {
  test(`${name} is in order`, async (t) => {
    const filter = await startFilter(t, { hooks })
    const client = await filter.client()
    await client.negotiate()

    await client.send(...events, QUIT)

    assert.equal(await lettersOf(client, letters.length + 1), `${letters}(closed)`)
    assert.ok(filter.reported('out-of-order').every((event) => !event.isIgnored))
  })
}

for (const { name, events, letters, aborts } of [
  {
    name: 'RCPT without MAIL is ignored without a reply',
    events: [CONNECT, HELO, RCPT, MAIL],
    letters: 'ccc',
    aborts: 0,
  },
  {
    name: 'content without a message is ignored without a reply',
    events: [CONNECT, HELO, HEADER, EOH, BODY, END, MAIL],
    letters: 'ccc',
    aborts: 0,
  },
  { name: 'CONNECT twice is ignored the second time', events: [CONNECT, CONNECT, HELO], letters: 'cc', aborts: 0 },
  {
    name: 'MAIL within a message ends the one before',
    events: [CONNECT, HELO, MAIL, RCPT, MAIL, RCPT],
    letters: 'cccccc',
    aborts: 1,
  },
  {
    name: 'HELO within a message ends it',
    events: [CONNECT, HELO, MAIL, RCPT, HELO, MAIL],
    letters: 'cccccc',
    aborts: 1,
  },
  {
    name: 'RCPT after headers ends the message and is ignored',
    events: [CONNECT, HELO, MAIL, RCPT, HEADER, RCPT, MAIL],
    letters: 'cccccc',
    aborts: 1,
  },
  {
    name: 'a header after end of headers ends the message and is ignored',
    events: [CONNECT, HELO, MAIL, RCPT, EOH, HEADER, MAIL],
    letters: 'cccccc',
    aborts: 1,
  },
  {
    name: 'body before end of headers ends the message and is ignored',
    events: [CONNECT, HELO, MAIL, RCPT, HEADER, BODY, END, MAIL],
    letters: 'cccccc',
    aborts: 1,
  },
  {
    name: 'an unknown verb within content ends the message',
    events: [CONNECT, HELO, MAIL, RCPT, HEADER, FOO, MAIL],
    letters: 'ccccccc',
    aborts: 1,
  },
]) {
  test(name, async (t) => {
    const filter = await startFilter(t, { hooks })
    const client = await filter.client()
    await client.negotiate()

    await client.send(...events, ABORT, QUIT)

    assert.equal(await lettersOf(client, letters.length + 1), `${letters}(closed)`)
    assert.equal(filter.reported('aborted').filter((event) => event.reason === 'out-of-order').length, aborts)
    assert.ok(filter.reported('out-of-order').length > 0)
  })
}

test('stages negotiated away may be stepped over', async (t) => {
  const filter = await startFilter(t, { hooks: { endOfMessage: () => accept() } })
  const client = await filter.client()
  await client.negotiate()

  await client.send(END, ABORT, END, ABORT, QUIT)

  assert.equal(await lettersOf(client, 3), 'aa(closed)')
  assert.equal(filter.reported('aborted').length, 0)
})

test('an abort keeps connection and HELO data and macros, and forgets those of the message', async (t) => {
  const seen: unknown[] = []
  const filter = await startFilter(t, {
    hooks: {
      ...hooks,
      rcpt: (tx) => void seen.push(tx.session.connect?.address, tx.session.helo, tx.macros.get('j'), tx.queueId),
    },
  })
  const client = await filter.client()
  await client.negotiate()
  const macros = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length + 1]), Buffer.from(`D${text}`)])

  await client.ask(macros('Cj\0mx\0'), CONNECT)
  await client.ask(HELO)
  await client.ask(macros('Mi\0Q1\0'), MAIL)
  await client.ask(RCPT)
  await client.send(ABORT, ABORT)
  await client.ask(MAIL)
  await client.ask(RCPT)

  assert.deepEqual(seen, ['192.0.2.1', 'client.test', 'mx', 'Q1', '192.0.2.1', 'client.test', 'mx', undefined])
})

test('an abort before anything else is harmless', async (t) => {
  const filter = await startFilter(t, { hooks })
  const client = await filter.client()
  await client.send(ABORT)
  await client.negotiate()

  await client.send(ABORT, CONNECT, ABORT, HELO, ABORT, MAIL)

  assert.equal(await lettersOf(client, 3), 'ccc')
  assert.equal(filter.reported('aborted').length, 0)
})

test('quit without closing begins another session with the same options', async (t) => {
  const log: string[] = []
  const filter = await startFilter(t, {
    noReply: { header: true },
    hooks: {
      ...hooks,
      connect: (session) =>
        void log.push(`connect ${session.connect?.hostname} ${session.helo} ${session.macros.get('j')}`),
      close: (session) => void log.push(`close ${session.connect?.hostname} ${session.signal.aborted}`),
      abort: () => void log.push('abort'),
    },
  })
  const client = await filter.client()
  await client.negotiate()
  await client.ask(Buffer.from('\0\0\0\x07DCj\0mx\0', 'latin1').with(3, 7), CONNECT)
  await client.ask(HELO)
  await client.ask(MAIL)

  await client.send(encodeFrame(SMFIC.QUIT_NC))
  await client.ask(encodeConnect({ hostname: 'second', family: 'unknown', port: 0, address: '' }))
  await client.send(HELO, MAIL, RCPT, DATA, HEADER, EOH, END)

  assert.equal(await lettersOf(client, 6), 'ccccca')
  assert.deepEqual(log, [
    'connect client.test undefined mx',
    'abort',
    'close client.test true',
    'connect second undefined undefined',
  ])
})

test('a last piece of the body in end of message goes to the body hook first and gets one reply', async (t) => {
  for (const isLate of [false, true]) {
    const seen: string[] = []
    const filter = await startFilter(t, {
      hooks: {
        ...hooks,
        body: (_tx, chunk) => {
          seen.push(`${chunk}`)
          return isLate ? Promise.resolve() : undefined
        },
        endOfMessage: () => {
          seen.push('end')
          return accept()
        },
      },
    })
    const client = await filter.client()
    await client.negotiate()

    await client.send(...EVENTS.slice(0, -1), encodeFrame(SMFIC.BODYEOB, Buffer.from('last')))

    assert.equal(await lettersOf(client, 9), 'cccccccca')
    assert.deepEqual(seen, ['hello\r\n', 'last', 'end'])
  }
})

test('a verdict on the message is repeated to an MTA that goes on', async (t) => {
  const filter = await startFilter(t, {
    hooks: { ...hooks, mail: () => reject({ code: 550, enhanced: '5.7.1', text: 'no' }) },
  })
  const client = await filter.client()
  await client.negotiate()

  await client.send(...EVENTS)

  assert.equal(await lettersOf(client, 9), 'ccyyyyyyy')
})

test('a verdict on the session stands for each of its messages', async (t) => {
  const filter = await startFilter(t, { hooks: { ...hooks, connect: () => tempfail() }, noReply: { connect: true } })
  const client = await filter.client()
  await client.negotiate()

  await client.send(CONNECT, HELO, ...EVENTS.slice(2), ABORT, MAIL)

  assert.equal(await lettersOf(client, 9), 'ttttttttt')
})

test('what a stage without replies decided is answered at the next stage that has one', async (t) => {
  const filter = await startFilter(t, {
    hooks: { ...hooks, header: () => reject() },
    noReply: { header: true, endOfHeaders: true },
  })
  const client = await filter.client()
  await client.negotiate()

  await client.send(...EVENTS)

  assert.equal(await lettersOf(client, 7), 'ccccc' + 'rr')
  assert.equal(filter.reported('deferred')[0]?.stage, 'header')
})

test('a refused recipient is no refused message', async (t) => {
  const counts: number[] = []
  const filter = await startFilter(t, {
    hooks: {
      ...hooks,
      rcpt: (_tx, recipient) =>
        recipient.address.startsWith('no') ? reject({ code: 550, enhanced: '5.1.1', text: 'no' }) : undefined,
      endOfMessage: (tx) => {
        counts.push(tx.recipients.length)
        return accept()
      },
    },
  })
  const mta = await filter.postfix()

  const reply = await mta.deliver({ from: 'a@x', to: ['no1@x', 'yes@x', 'no2@x'], message: MESSAGE })

  assert.equal(reply.kind, 'accept')
  assert.deepEqual(counts, [1])
})

test('an accept at connect makes Postfix close without a quit, which is no fault', async (t) => {
  const filter = await startFilter(t, { hooks: { ...hooks, connect: () => accept() } })
  const mta = await filter.postfix()

  const reply = await mta.connect()
  const close = await filter.report('close')

  assert.equal(reply.kind, 'accept')
  assert.equal(close.type === 'close' && close.reason, 'eof')
})
