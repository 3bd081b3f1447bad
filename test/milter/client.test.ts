// The MTA's side: what it takes, what it gives up on, and that it goes on as Postfix does.
import assert from 'node:assert/strict'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import {
  accept,
  discard,
  encodeAddHeader,
  encodeFrame,
  encodeOptions,
  encodeReplyCode,
  reject,
  SMFIR,
  skip,
} from '../../src/milter/index.ts'
import { fakePostfix, MilterClient, readMessage } from '../../src/milter/testing.ts'
import { MESSAGE, startFilter } from './support.ts'

/** A filter that sends given bytes whatever it is sent. */
async function startParrot(t: TestContext, ...replies: readonly Buffer[]): Promise<AddressInfo> {
  const server = createServer((socket) => {
    const left = [...replies]
    socket.on('data', () => {
      const next = left.shift()
      if (next === undefined) socket.end()
      else socket.write(next)
    })
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  t.after(() => server.close())
  return server.address() as AddressInfo
}

const CONTINUE = encodeFrame(SMFIR.CONTINUE)
const BODY = encodeFrame(SMFIR.REPLBODY, Buffer.from('x'))
const PROGRESS = encodeFrame(SMFIR.PROGRESS)

for (const { name, bytes, error } of [
  {
    name: 'data behind a continue',
    bytes: encodeFrame(SMFIR.CONTINUE, Buffer.from('xx')),
    error: /SMFIR_CONTINUE was followed by 2 data bytes/,
  },
  {
    name: 'data behind a keep-alive',
    bytes: encodeFrame(SMFIR.PROGRESS, Buffer.from('x')),
    error: /SMFIR_PROGRESS was followed/,
  },
  {
    name: 'a byte that is no reply',
    bytes: encodeFrame(0x37),
    error: /unexpected filter response \(unknown filter reply\)/,
  },
  {
    name: 'a connection failure',
    bytes: encodeFrame(SMFIR.CONN_FAIL),
    error: /unexpected filter response SMFIR_CONN_FAIL/,
  },
  { name: 'a shutdown', bytes: encodeFrame(SMFIR.SHUTDOWN), error: /SMFIR_SHUTDOWN/ },
  {
    name: 'a text without its NUL',
    bytes: encodeFrame(SMFIR.REPLYCODE, Buffer.from('550 x')),
    error: /without its NUL/,
  },
  {
    name: 'a text with a second string',
    bytes: encodeFrame(SMFIR.REPLYCODE, Buffer.from('550 x\0y\0')),
    error: /without its NUL/,
  },
  { name: 'a text with another class', bytes: encodeReplyCode('554 4.7.1 x'), error: /malformed reply/ },
  { name: 'a text with 250', bytes: encodeReplyCode('250 x'), error: /malformed reply/ },
  { name: 'a text with bare line ends', bytes: encodeReplyCode('550-x\n550 y'), error: /malformed reply/ },
  { name: 'a text with two codes', bytes: encodeReplyCode('550-x\r\n551 y'), error: /malformed reply/ },
  {
    name: 'a keep-alive between body chunks',
    bytes: Buffer.concat([BODY, PROGRESS, BODY, CONTINUE]),
    error: /can’t currently be mixed/,
  },
  {
    name: 'a header between body chunks',
    bytes: Buffer.concat([BODY, encodeAddHeader('A', 'b'), BODY, CONTINUE]),
    error: /can’t currently be mixed/,
  },
  {
    name: 'a header without a value',
    bytes: encodeFrame(SMFIR.ADDHEADER, Buffer.from('A\0')),
    error: /SMFIR_ADDHEADER/,
  },
  { name: 'an empty frame', bytes: Buffer.alloc(4), error: /empty-frame/ },
]) {
  test(`${name} is an error, as it is for Postfix`, async (t) => {
    const client = await MilterClient.connect(await startParrot(t, bytes))
    t.after(() => client.destroy())

    const reply = await client.ask(CONTINUE)

    assert.equal(reply.kind, 'error')
    assert.match(reply.error ?? '', error)
  })
}

test('keep-alives and edits are collected up to the final reply', async (t) => {
  const client = await MilterClient.connect(
    await startParrot(t, Buffer.concat([PROGRESS, PROGRESS, encodeAddHeader('A', 'b'), BODY, BODY, CONTINUE])),
  )
  t.after(() => client.destroy())

  const reply = await client.ask(CONTINUE)

  assert.deepEqual(
    [reply.kind, reply.progressCount, reply.edits.map((edit) => edit.kind)],
    ['continue', 2, ['addHeader', 'replaceBody', 'replaceBody']],
  )
})

test('a filter that answers more than it was offered is refused', async (t) => {
  const version7 = await startParrot(t, encodeOptions({ version: 7, actions: 0, protocol: 0 }))
  const actions = await startParrot(t, encodeOptions({ version: 6, actions: 0x3ff, protocol: 0 }))
  const silent = await startParrot(t)

  await assert.rejects(fakePostfix(version7), /version 7/)
  await assert.rejects(fakePostfix(actions), /actions 0x3ff/)
  await assert.rejects(fakePostfix(silent), /did not negotiate: closed/)
})

test('a filter that says nothing runs into the time-out', async (t) => {
  const server = createServer((socket) => socket.resume())
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const client = await MilterClient.connect(server.address() as AddressInfo, { timeoutMs: 20 })
  t.after(() => {
    client.destroy()
    server.close()
  })

  assert.equal((await client.ask(CONTINUE)).error, 'timeout')
})

test('after an error Postfix gives up on the filter for the rest of the session', async (t) => {
  const options = encodeOptions({ version: 6, actions: 0, protocol: 0 })
  const mta = await fakePostfix(await startParrot(t, options, CONTINUE, encodeFrame(0x37)))
  t.after(() => mta.client.destroy())
  await mta.connect()

  const replies = [
    await mta.helo('h'),
    await mta.mail('a@x'),
    await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE }),
  ]

  assert.deepEqual(
    replies.map((reply) => reply.kind),
    ['error', 'error', 'error'],
  )
})

for (const reply of [accept(), discard(), reject()]) {
  test(`after ${reply.kind} at MAIL no more of the message is sent, and the next message is asked about`, async (t) => {
    const seen: string[] = []
    const filter = await startFilter(t, {
      hooks: {
        mail: () => {
          seen.push('mail')
          return seen.length === 1 ? reply : undefined
        },
        rcpt: () => void seen.push('rcpt'),
      },
    })
    const mta = await filter.postfix()

    const first = [await mta.mail('a@x'), await mta.rcpt('b@x'), await mta.data(), await mta.message(MESSAGE)]
    await mta.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })

    assert.ok(first.every((each) => each.kind === reply.kind))
    assert.deepEqual(seen, ['mail', 'mail', 'rcpt'])
  })
}

test('after a skip events of that kind are not sent', async (t) => {
  const commands: string[] = []
  const filter = await startFilter(t, {
    hooks: {
      header: () => {
        commands.push('L')
        return skip()
      },
      body: () => {
        commands.push('B')
        return skip()
      },
      endOfMessage: () => accept(),
    },
  })
  const mta = await filter.postfix()

  await mta.deliver({ from: 'a@x', to: ['b@x'], message: `A: 1\r\nB: 2\r\n\r\n${'x'.repeat(200_000)}` })

  assert.equal(commands.join(''), 'LB')
})

test('a message is taken apart as cleanup does', () => {
  const shown = (text: string, protocol = 0) => {
    const { headers, body } = readMessage(Buffer.from(text, 'latin1'), protocol)
    return [headers.map((header) => `${header.name}|${header.value.toString('latin1')}`), body.toString('latin1')]
  }

  assert.deepEqual(shown('A: 1\r\nB:2\r\nC:  3\r\nD:\t4\r\nE : 5\r\n\r\nbody\r\n'), [
    ['A|1', 'B|2', 'C| 3', 'D|\t4', 'E|5'],
    'body\r\n',
  ])
  assert.deepEqual(shown('A: 1\r\n\tfold\r\n fold\r\n\r\n'), [['A|1\n\tfold\n fold'], ''])
  assert.deepEqual(shown('A: 1\r\n\r\n', 0x100000), [['A| 1'], ''])
  assert.deepEqual(shown('no header\r\n'), [[], 'no header\r\n'])
  assert.deepEqual(shown('A: 1\r\nno header\r\n'), [['A|1'], 'no header\r\n'])
  assert.deepEqual(shown('\r\nbody'), [[], 'body'])
  assert.deepEqual(shown('A: \xfc'), [['A|\xfc'], ''])
  assert.equal(readMessage(Buffer.from(`A: ${'x'.repeat(90_000)}\r\n\r\n`), 0).headers[0]?.value.length, 60_000)
})
