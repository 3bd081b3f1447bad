import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accept, createMilterServer, encodeHeader, type HeaderField, reject } from '../../src/milter/index.ts'
import { MilterClient } from '../../src/milter/testing.ts'
import { DATA, END, EOH, HEADER, MAIL, MESSAGE, QUIT, RCPT, startFilter, until } from './support.ts'

test('10,000 headers and a body of 5 MB arrive whole', async (t) => {
  let [headers, bytes] = [0, 0]
  const filter = await startFilter(t, {
    noReply: { header: true, body: true },
    hooks: {
      header: () => {
        headers += 1
      },
      body: (_tx, chunk) => {
        bytes += chunk.length
      },
      endOfMessage: () => accept(),
    },
  })
  const mta = await filter.postfix()
  const message = `${Array.from({ length: 10_000 }, (_, i) => `X-${i}: ${i}\r\n`).join('')}\r\n${'x'.repeat(5_000_000)}`

  const reply = await mta.deliver({ from: 'a@x', to: ['b@x'], message })

  assert.deepEqual([reply.kind, headers, bytes], ['accept', 10_000, 5_000_000])
})

test('a header of 60,000 bytes, with NUL, 8-bit bytes and folds, arrives as it was sent', async (t) => {
  const seen: HeaderField[] = []
  const filter = await startFilter(t, {
    hooks: { header: (_tx, header) => void seen.push(header), endOfMessage: () => accept() },
  })
  const client = await filter.client()
  await client.negotiate()
  const values = [
    Buffer.alloc(60_000, 'x'),
    Buffer.from([0x61, 0, 0xfc, 0xff, 0x0a, 0x09, 0x62]),
    Buffer.from('ü\n folded'),
    Buffer.alloc(0),
  ]

  for (const value of values) await client.ask(encodeHeader('X-A', value))

  assert.deepEqual(
    seen.map((header) => header.value),
    values,
  )
  assert.deepEqual(
    seen.slice(1).map((header) => header.valueText),
    ['a\0\xfc\xff\n\tb', 'ü\n folded', ''],
  )
  assert.ok(seen.every((header) => header.nameText === 'X-A' && `${header.name}` === 'X-A'))
})

test('a message without a header and one without a body are messages', async (t) => {
  const seen: string[] = []
  const filter = await startFilter(t, {
    hooks: {
      header: () => void seen.push('L'),
      endOfHeaders: () => void seen.push('N'),
      body: () => void seen.push('B'),
      endOfMessage: () => {
        seen.push('E')
        return accept()
      },
    },
  })
  const mta = await filter.postfix()

  await mta.deliver({ from: 'a@x', to: ['b@x'], message: 'no header here\r\n' })
  await mta.deliver({ from: 'a@x', to: ['b@x'], message: 'Subject: x\r\n\r\n' })

  assert.equal(seen.join(''), 'NBE' + 'LNE')
})

for (const { limits, name } of [
  { limits: { headers: 3 }, name: 'headers' },
  { limits: { headerBytes: 30 }, name: 'headerBytes' },
] as const) {
  for (const isQuiet of [false, true]) {
    test(`beyond ${name} the message gets a tempfail${isQuiet ? ' at its end' : ''}, the next one passes`, async (t) => {
      const aborted: string[] = []
      const filter = await startFilter(t, {
        limits,
        noReply: { header: isQuiet, endOfHeaders: isQuiet },
        hooks: {
          mail: () => undefined,
          header: () => undefined,
          endOfMessage: () => accept(),
          abort: (tx) => void aborted.push(`${tx.signal.reason}`),
        },
      })
      const mta = await filter.postfix()

      const long = await mta.deliver({
        from: 'a@x',
        to: ['b@x'],
        message: 'A: 1234567\r\nB: 1234567\r\nC: 1234567\r\nD: 1234567\r\n\r\n',
      })
      await mta.rset()
      const next = await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })

      assert.equal(long.smtp, '451 4.3.1 The message exceeds a limit of the mail filter')
      assert.equal(next.kind, 'accept')
      assert.deepEqual(aborted, ['AbortError: milter: ended by limit'])
      assert.deepEqual(
        filter.reported('limit').map((event) => event.limit),
        [name],
      )
    })
  }
}

test('beyond a limit the message gets what the owner says', async (t) => {
  const filter = await startFilter(t, {
    limits: { headers: 1 },
    onLimit: reject({ code: 552, enhanced: '5.3.4', text: 'too many headers' }),
    hooks: { header: () => undefined },
  })
  const mta = await filter.postfix()

  const reply = await mta.deliver({ from: 'a@x', to: ['b@x'], message: 'A: 1\r\nB: 2\r\n\r\n' })

  assert.equal(reply.smtp, '552 5.3.4 too many headers')
})

test('beyond the recipients further ones are refused one by one and the message goes on', async (t) => {
  const filter = await startFilter(t, {
    limits: { recipients: 2 },
    hooks: { rcpt: () => undefined, endOfMessage: (tx) => (tx.recipients.length === 2 ? accept() : reject()) },
  })
  const client = await filter.client()
  await client.negotiate()
  const kinds: string[] = []

  for (const event of [RCPT, RCPT, RCPT, RCPT, END]) kinds.push((await client.ask(event)).kind)

  assert.deepEqual(kinds, ['continue', 'continue', 'tempfail', 'tempfail', 'accept'])
})

test('beyond the connections a peer is closed at once, and is welcome when another has gone', async (t) => {
  const filter = await startFilter(t, { limits: { connections: 2 }, hooks: {} })
  const first = await filter.postfix()
  await filter.postfix()

  const third = await filter.client()
  assert.equal(await third.closed(), true)
  await first.quit()
  await until(() => filter.server.sessions === 1, 'the end of the first')
  const fourth = await filter.postfix()

  assert.equal((await fourth.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })).kind, 'continue')
  assert.equal(filter.reported('limit')[0]?.limit, 'connections')
})

test('options that cannot work are refused before anything listens', () => {
  assert.throws(() => createMilterServer({ hooks: {}, limits: { connections: 0 } }), /limits\.connections is 0/)
  assert.throws(() => createMilterServer({ hooks: {}, deadlineMs: Number.NaN }), /deadlineMs is NaN/)
  assert.throws(() => createMilterServer({ hooks: {}, timeouts: { idleMs: -1 } }), /timeouts\.idleMs is -1/)
  assert.throws(
    () => createMilterServer({ hooks: {}, onHookError: { kind: 'reject', smtp: { code: 250 } } }),
    RangeError,
  )
})

test('300 held messages cost little memory each', async (t) => {
  let held = 0
  const filter = await startFilter(t, {
    noReply: { mail: true, rcpt: true, data: true, header: true, endOfHeaders: true, body: true },
    hooks: {
      endOfMessage: () => {
        held += 1
        return new Promise(() => undefined)
      },
    },
  })
  const clients = await Promise.all(Array.from({ length: 300 }, () => MilterClient.connect(filter.address)))
  t.after(() => {
    for (const client of clients) client.destroy()
  })
  await Promise.all(clients.map((client) => client.negotiate()))
  const before = process.memoryUsage()

  await Promise.all(
    clients.map((client) =>
      client.send(
        MAIL,
        RCPT,
        DATA,
        HEADER,
        EOH,
        Buffer.from('00001001 42'.replace(' ', ''), 'hex'),
        Buffer.alloc(4096),
        END,
      ),
    ),
  )
  await until(() => held === 300, '300 held messages')
  const after = process.memoryUsage()

  assert.ok(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers < 300 * 60_000)
  await Promise.all(clients.map((client) => client.send(QUIT)))
  await until(() => filter.server.sessions === 0, 'their end')
})

test('an observer that throws changes nothing', async (t) => {
  const filter = await startFilter(t, {
    hooks: { endOfMessage: () => accept() },
    onEvent: () => {
      throw new Error('observer')
    },
  })
  const mta = await filter.postfix()

  assert.equal((await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })).kind, 'accept')
})

test('abort and close hooks that throw are reported and change nothing', async (t) => {
  const fail = () => {
    throw new Error('no')
  }
  const filter = await startFilter(t, { hooks: { mail: () => undefined, abort: fail, close: fail } })
  const mta = await filter.postfix()
  await mta.mail('a@x')

  await mta.quit()
  await filter.report('close')

  assert.deepEqual(
    filter.reported('hook-error').map((event) => event.stage),
    ['abort', 'close'],
  )
})
