// Ten facts about Postfix that most implementations get wrong, as far as they show on the wire.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import {
  accept,
  continue_,
  discard,
  type FinalReply,
  quarantine,
  reject,
  skip,
  tempfail,
} from '../../src/milter/index.ts'
import { FakeClock } from '../../src/milter/testing.ts'
import {
  ABORT,
  BODY,
  DATA,
  deferred,
  END,
  EOH,
  EVENTS,
  framesOf,
  HEADER,
  lettersOf,
  MAIL,
  MESSAGE,
  OFFER,
  QUIT,
  RCPT,
  startFilter,
  until,
} from './support.ts'

const look = () => undefined

test('fact 1: shutdown and connection failure are never sent, hanging up is a 421', async (t) => {
  const replies: FinalReply[] = [
    continue_(),
    accept(),
    reject(),
    tempfail(),
    discard(),
    quarantine('x'),
    tempfail({ code: 421, enhanced: '4.3.2', text: 'bye' }),
  ]
  const filter = await startFilter(t, {
    actions: ['quarantine'],
    hooks: { endOfMessage: () => replies.shift() ?? accept() },
  })
  const client = await filter.client()
  await client.negotiate()

  let letters = ''
  for (const count of [1, 1, 1, 1, 1, 2]) {
    await client.send(END)
    letters += await lettersOf(client, count)
    await client.send(ABORT)
  }
  await client.send(END)
  const last = await client.receive()

  assert.equal(letters, 'cartdqa')
  assert.equal(last?.payload.toString(), '421 4.3.2 bye\0')
})

test('fact 2: no keep-alive comes between body chunks, and chunks follow each other without anything between them', async (t) => {
  const clock = new FakeClock()
  const answer = deferred<FinalReply>()
  const filter = await startFilter(t, {
    clock,
    progressEveryMs: 1000,
    actions: ['replaceBody', 'addHeader', 'addRecipient'],
    hooks: {
      endOfMessage: (tx) => {
        tx.edit.replaceBody(Buffer.alloc(200_000, 'x'))
        tx.edit.addHeader('X-A', 'b')
        tx.edit.addRecipient('c@dst.test')
        return answer.promise
      },
    },
  })
  const client = await filter.client()
  await client.negotiate()
  await client.send(END)
  await until(() => filter.server.messages === 1 && clock.timers > 1, 'the hold')
  clock.advance(3500)
  answer.resolve(accept())

  const reply = await client.reply()
  clock.advance(10_000)
  const next = await client.ask(MAIL)

  assert.equal(reply.progressCount, 3)
  assert.deepEqual(
    reply.edits.map((edit) => (edit.kind === 'replaceBody' ? edit.chunk.length : edit.kind)),
    ['addRecipient', 'addHeader', 65535, 65535, 65535, 3395],
  )
  assert.deepEqual([reply.kind, next.kind, next.progressCount], ['accept', 'continue', 0])
})

test('fact 3: a reply text ends with NUL', async (t) => {
  const filter = await startFilter(t, {
    hooks: { endOfMessage: () => reject({ code: 550, enhanced: '5.7.1', text: 'no' }) },
  })
  const client = await filter.client()
  await client.negotiate()

  await client.send(END)

  assert.equal((await client.receive())?.payload.toString(), '550 5.7.1 no\0')
})

test('fact 4: every event gets exactly one final reply, also when a hook answers twice over', async (t) => {
  const filter = await startFilter(t, {
    hooks: {
      connect: look,
      helo: async () => continue_(),
      mail: look,
      rcpt: () => Promise.resolve(),
      data: () => {
        throw new Error('no')
      },
      header: look,
      endOfMessage: () => accept(),
    },
  })
  const client = await filter.client()
  await client.negotiate()

  for (const event of EVENTS) await client.send(event)
  const letters = await lettersOf(client, 9)
  await client.send(QUIT)

  assert.equal(letters + (await lettersOf(client, 1)), 'ccccyyyyy(closed)')
})

test('fact 5: quarantine is sent at end of message only, before the final reply, wherever it was asked for', async (t) => {
  const filter = await startFilter(t, {
    actions: ['quarantine'],
    hooks: { mail: (tx) => tx.edit.quarantine('held by mail hook'), header: look, endOfMessage: () => accept() },
  })
  const client = await filter.client()
  await client.negotiate()

  const early = [await client.ask(MAIL), await client.ask(RCPT), await client.ask(DATA), await client.ask(HEADER)]
  const final = await client.ask(END)

  assert.ok(early.every((reply) => reply.kind === 'continue' && reply.edits.length === 0))
  assert.deepEqual([final.kind, final.edits], ['accept', [{ kind: 'quarantine', reason: 'held by mail hook' }]])
})

test('fact 6: one session carries many messages, each followed by an abort, and a HELO may come before the abort of the message that it ends', async (t) => {
  const log: string[] = []
  const filter = await startFilter<unknown, number>(t, {
    hooks: {
      helo: (session) => void log.push(`helo ${session.helo} from ${session.connect?.address}`),
      connect: look,
      mail: (tx) => {
        log.push(`mail ${tx.sender?.address} helo ${tx.session.helo} data ${tx.data}`)
        tx.data = 1
      },
      rcpt: look,
      endOfMessage: (tx) => {
        log.push(`end ${tx.recipients.length}`)
        return accept()
      },
      abort: (tx) => void log.push(`abort ${tx.sender?.address}`),
    },
  })
  const mta = await filter.postfix()

  await mta.connect()
  await mta.helo('log1')
  await mta.deliver({ from: 'a1@x', to: ['b@x', 'c@x'], message: MESSAGE })
  await mta.deliver({ from: 'a2@x', to: ['b@x'], message: MESSAGE })
  await mta.mail('a3@x')
  await mta.helo('log2')
  await mta.mail('a4@x')
  await mta.quit()
  await filter.report('close')

  assert.deepEqual(log, [
    'helo log1 from 127.0.0.1',
    'mail a1@x helo log1 data undefined',
    'end 2',
    'mail a2@x helo log1 data undefined',
    'end 1',
    'mail a3@x helo log1 data undefined',
    'abort a3@x',
    'helo log2 from 127.0.0.1',
    'mail a4@x helo log2 data undefined',
    'abort a4@x',
  ])
})

for (const stage of ['mail', 'rcpt', 'data', 'header', 'endOfHeaders', 'body', 'endOfMessage'] as const) {
  test(`fact 7: a hook that throws at ${stage} costs a tempfail and not the connection`, async (t) => {
    let isBroken = true
    const hook = () => {
      if (isBroken) throw new Error('broken')
      return continue_()
    }
    const filter = await startFilter(t, {
      hooks: { mail: look, rcpt: look, data: look, header: look, endOfHeaders: look, body: look, [stage]: hook },
    })
    const mta = await filter.postfix()
    await mta.connect()

    const broken = await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })
    await mta.rset()
    isBroken = false
    const next = await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })

    assert.equal(broken.smtp, '451 4.3.0 Temporary failure of the mail filter - try again later')
    assert.equal(next.kind, 'continue')
    assert.equal(filter.reported('aborted')[0]?.reason, 'hook-error')
  })
}

test('fact 8: edits and final reply leave in one write, on a socket that does not wait', async (t) => {
  const filter = await startFilter(t, {
    actions: ['addHeader'],
    hooks: {
      endOfMessage: (tx) => {
        for (let i = 0; i < 5; i += 1) tx.edit.addHeader(`X-${i}`, 'v')
        return accept()
      },
    },
  })
  const socket = connect(filter.address.port, '127.0.0.1')
  t.after(() => socket.destroy())
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  const took: number[] = []
  socket.write(OFFER)
  await until(() => chunks.length === 1, 'the options')

  for (let i = 2; i < 22; i += 1) {
    const started = performance.now()
    socket.write(Buffer.concat([END, ABORT]))
    await until(() => chunks.length === i, 'the edits and the reply')
    took.push(performance.now() - started)
  }

  assert.ok(chunks.slice(1).every((chunk) => framesOf(chunk).length === 6))
  assert.ok(Math.min(...took) < 40, 'Nagle against delayed acknowledgements would take 40 ms a message')
})

test('fact 9: macros before every event, empty, odd and for stages that libmilter does not know, are taken', async (t) => {
  const ids: (string | undefined)[] = []
  const filter = await startFilter(t, {
    hooks: {
      header: (tx) => void ids.push(tx.queueId),
      body: (tx) => void ids.push(tx.queueId),
      unknown: (session) => void ids.push(session.macros.get('x')),
      endOfMessage: () => accept(),
    },
  })
  const client = await filter.client()
  await client.negotiate()
  const macros = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length + 1]), Buffer.from(`D${text}`)])

  await client.ask(macros('Lhalf'), macros('Li\0Q1\0odd\0'), HEADER)
  await client.ask(macros('L'), HEADER)
  await client.ask(macros('Bi\0Q2\0'), BODY)
  await client.ask(macros('Ei\0Q3\0'), END)
  await client.ask(macros('U{x}\0y\0'), Buffer.from('\0\0\0\x05UFOO\0', 'latin1'))

  assert.deepEqual(ids, ['Q1', undefined, 'Q2', 'y'])
  assert.equal(client.isEnded, false)
})

test('fact 10: the MTA does not say when the client has gone, but its own end aborts what is held', async (t) => {
  const clock = new FakeClock()
  const held = deferred<AbortSignal>()
  const filter = await startFilter(t, {
    clock,
    hooks: {
      endOfMessage: (tx) => {
        held.resolve(tx.signal)
        return new Promise<FinalReply>(() => undefined)
      },
    },
  })
  const client = await filter.client()
  await client.negotiate()
  await client.send(END)
  const signal = await held.promise

  assert.equal(signal.aborted, false)
  client.destroy()
  await filter.report('aborted')

  assert.equal(signal.aborted, true)
  assert.match(String(signal.reason), /ended by (eof|socket-error)/)
})

test('skip is answered with skip where it was negotiated and with continue where not, and is kept either way', async (t) => {
  const seen: string[] = []
  const hooks = {
    rcpt: () => skip(),
    header: (_tx: unknown, header: { nameText: string }) => {
      seen.push(header.nameText)
      return skip()
    },
    body: () => skip(),
    endOfMessage: () => accept(),
  }
  const filter = await startFilter(t, { hooks })
  const client = await filter.client()
  await client.negotiate()
  const old = await filter.client()
  await old.negotiate({ protocol: 0x7f })

  await client.send(RCPT, HEADER, HEADER, EOH, BODY, END)
  await old.send(RCPT, HEADER, HEADER, EOH, BODY, BODY, END)

  assert.equal(await lettersOf(client, 6), 'ssccsa')
  assert.equal(await lettersOf(old, 7), 'cccccca')
  assert.deepEqual(seen, ['Subject', 'Subject'])
})
