// Deadlines, keep-alives and silence, by a clock that is told to go on.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Action, accept, type FinalReply, SMFIR, type Transaction } from '../../src/milter/index.ts'
import { FakeClock, piecesOf } from '../../src/milter/testing.ts'
import {
  ABORT,
  BODY,
  deferred,
  END,
  EVENTS,
  HELO,
  MAIL,
  MESSAGE,
  OFFER,
  QUIT,
  RCPT,
  startFilter,
  until,
} from './support.ts'

const HOUR = 3_600_000
const never = () => new Promise<FinalReply>(() => undefined)

function holding() {
  const held = deferred<Transaction>()
  const answer = deferred<FinalReply>()
  const aborted: string[] = []
  const hooks = {
    endOfMessage: (tx: Transaction) => {
      held.resolve(tx)
      return answer.promise
    },
    abort: (tx: Transaction) => void aborted.push(`${tx.signal.reason}`),
  }
  return { hooks, held: held.promise, answer: answer.resolve, aborted }
}

for (const { onDeadline, kind, edits } of [
  { onDeadline: undefined, kind: 'tempfail', edits: [] },
  { onDeadline: 'accept', kind: 'accept', edits: [] },
  { onDeadline: 'quarantine', kind: 'accept', edits: ['quarantine'] },
] as const) {
  test(`a hook that misses its deadline is answered with ${onDeadline ?? 'tempfail, unless said otherwise'}, without its edits`, async (t) => {
    const clock = new FakeClock()
    const { hooks, held, aborted } = holding()
    const actions: readonly Action[] = ['quarantine', 'addHeader']
    const filter = await startFilter(t, { clock, hooks, actions, ...(onDeadline === undefined ? {} : { onDeadline }) })
    const client = await filter.client()
    await client.negotiate()
    await client.send(END)
    const tx = await held
    tx.edit.addHeader('X-Half', 'done')

    clock.advance(239_999)
    assert.equal(tx.signal.aborted, false)
    clock.advance(1)
    const reply = await client.reply()

    assert.deepEqual([reply.kind, reply.edits.map((edit) => edit.kind), reply.progressCount], [kind, edits, 47])
    assert.equal(tx.signal.aborted, true)
    assert.deepEqual(aborted, ['AbortError: milter: ended by deadline'])
    assert.equal(filter.reported('deadline')[0]?.elapsedMs, 240_000)
  })
}

test('keep-alives come at their interval while end of message is held, and never elsewhere', async (t) => {
  const clock = new FakeClock()
  const answer = deferred<undefined>()
  const body = deferred<void>()
  const filter = await startFilter(t, {
    clock,
    hooks: {
      body: () => {
        body.resolve()
        return answer.promise
      },
      endOfMessage: never,
    },
  })
  const client = await filter.client()
  await client.negotiate()
  await client.send(BODY)
  await body.promise
  clock.advance(60_000)
  answer.resolve(undefined)

  const first = await client.reply()
  await client.send(END)
  await until(() => clock.timers > 1, 'the hold')
  clock.advance(5000)
  const keepAlive = await client.receive()

  assert.deepEqual([first.kind, first.progressCount], ['continue', 0])
  assert.deepEqual([keepAlive?.command, keepAlive?.payload.length], [SMFIR.PROGRESS, 0])
})

test('keep-alives can be turned off', async (t) => {
  const clock = new FakeClock()
  const { hooks, held, answer } = holding()
  const filter = await startFilter(t, { clock, hooks, progressEveryMs: 0 })
  const client = await filter.client()
  await client.negotiate()
  await client.send(END)
  await held
  clock.advance(100_000)

  answer(accept())

  assert.equal((await client.reply()).progressCount, 0)
})

test('a hook of a command has the shorter deadline of commands', async (t) => {
  const clock = new FakeClock()
  const filter = await startFilter(t, { clock, hooks: { helo: () => new Promise<undefined>(() => undefined) } })
  const client = await filter.client()
  await client.negotiate()
  await client.send(HELO)
  await until(() => clock.timers > 1, 'the hold')

  clock.advance(25_000)

  assert.equal((await client.reply()).kind, 'tempfail')
})

test('the answer of a hook that comes after its deadline is dropped and reported', async (t) => {
  const clock = new FakeClock()
  const { hooks, held, answer } = holding()
  const filter = await startFilter(t, { clock, hooks })
  const client = await filter.client()
  await client.negotiate()
  await client.send(END)
  await held
  clock.advance(240_000)
  await client.reply()

  answer(accept())
  await filter.report('late-answer')
  const next = await client.ask(ABORT, MAIL)

  assert.equal(next.kind, 'continue')
})

for (const { name, end, why } of [
  { name: 'aborts', end: ABORT, why: 'abort' },
  { name: 'quits', end: QUIT, why: 'quit' },
]) {
  test(`an MTA that ${name} while a message is held aborts its signal, and the late answer is dropped`, async (t) => {
    const { hooks, held, answer, aborted } = holding()
    const filter = await startFilter(t, { hooks })
    const client = await filter.client()
    await client.negotiate()
    await client.send(RCPT)
    await client.reply()
    await client.send(END)
    const tx = await held
    const { signal } = tx

    await client.send(end)
    await filter.report('aborted')
    answer(accept())
    await filter.report('late-answer')

    assert.equal(signal.aborted, true)
    assert.deepEqual(aborted, [`AbortError: milter: ended by ${why}`])
    assert.equal(filter.server.messages, 0)
    if (end === ABORT) assert.equal((await client.ask(MAIL)).kind, 'continue')
  })
}

test('an MTA that resets the connection while a message is held aborts its signal', async (t) => {
  const { hooks, held } = holding()
  const filter = await startFilter(t, { hooks })
  const client = await filter.client()
  await client.negotiate()
  await client.send(END)
  const tx = await held

  client.reset()
  await filter.report('close')

  assert.equal(tx.signal.aborted, true)
})

test('an MTA that shuts its side down while a message is held has gone', async (t) => {
  const { hooks, held } = holding()
  const filter = await startFilter(t, { hooks })
  const client = await filter.client()
  await client.negotiate()
  await client.send(END)
  const tx = await held

  client.half()
  await filter.report('close')

  assert.equal(tx.signal.aborted, true)
  assert.equal(await client.closed(), true)
})

test('100 idle sessions stay for their two hours, pass a message after them, and are closed beyond', async (t) => {
  const clock = new FakeClock()
  const filter = await startFilter(t, { clock, hooks: { endOfMessage: () => accept() } })
  const sessions = await Promise.all(Array.from({ length: 100 }, () => filter.postfix()))
  await Promise.all(sessions.map((session) => session.connect()))

  clock.advance(2 * HOUR)
  const replies = await Promise.all(
    sessions.map((session) => session.deliver({ from: 'a@x', to: ['b@x'], message: MESSAGE })),
  )
  await until(() => filter.server.messages === 0, 'the end of the messages')
  clock.advance(2 * HOUR)
  assert.equal(filter.server.sessions, 100)
  clock.advance(30_000)
  await until(() => filter.server.sessions === 0, 'the close of the idle')

  assert.ok(replies.every((reply) => reply.kind === 'accept'))
  assert.equal(filter.reported('timeout').filter((event) => event.which === 'idle').length, 100)
})

test('a peer that never negotiates is closed after 30 seconds, one that drips its bytes too', async (t) => {
  const clock = new FakeClock()
  const filter = await startFilter(t, { clock, hooks: {} })
  const silent = await filter.client()
  const slow = await filter.client()
  await slow.send(OFFER.subarray(0, 5))
  await until(() => filter.server.sessions === 2, 'both sessions')

  clock.advance(40_000)

  assert.deepEqual([await silent.closed(), await slow.closed()], [true, true])
  assert.deepEqual(
    filter.reported('timeout').map((event) => event.which),
    ['negotiate', 'negotiate'],
  )
})

test('a frame that is not finished within 300 seconds closes, one that is slow but comes does not', async (t) => {
  const clock = new FakeClock()
  const filter = await startFilter(t, { clock, hooks: { mail: () => undefined } })
  const stuck = await filter.client()
  const slow = await filter.client()
  const other = await filter.client()
  await stuck.negotiate()
  await slow.negotiate()
  await other.negotiate()
  await stuck.send(MAIL.subarray(0, 9))
  for (const piece of piecesOf(1)(MAIL)) {
    await slow.send(piece)
    // Whoever gets an answer knows that what was sent before has been read.
    await other.ask(ABORT, MAIL)
    clock.advance(10_000)
  }
  assert.equal((await slow.reply()).kind, 'continue')

  clock.advance(200_000)

  assert.equal(await stuck.closed(), true)
  assert.equal(slow.isEnded, false)
  assert.deepEqual(
    filter.reported('timeout').map((event) => event.which),
    ['frame'],
  )
})

test('a peer that does not take what it asked for is closed after the write timeout', async (t) => {
  const clock = new FakeClock()
  const filter = await startFilter(t, {
    clock,
    actions: ['replaceBody'],
    hooks: {
      endOfMessage: (tx) => {
        tx.edit.replaceBody(Buffer.alloc(40_000_000, 'x'))
        return accept()
      },
    },
  })
  const client = await filter.client()
  await client.negotiate()
  client.stall(true)
  await client.send(END)
  await filter.report('answered')

  clock.advance(45_000)
  await filter.report('close')

  assert.deepEqual(
    filter.reported('timeout').map((event) => event.which),
    ['write'],
  )
})

test('a held message is no idle session', async (t) => {
  const clock = new FakeClock()
  const { hooks, held, answer } = holding()
  const filter = await startFilter(t, { clock, hooks, deadlineMs: 4 * HOUR, progressEveryMs: 0 })
  const client = await filter.client()
  await client.negotiate()
  await client.send(END)
  await held

  clock.advance(3 * HOUR)
  answer(accept())

  assert.equal((await client.reply()).kind, 'accept')
})

test('a promise stops the session: frames behind it wait, and come in their order', async (t) => {
  const order: string[] = []
  const gate = deferred<undefined>()
  const filter = await startFilter(t, {
    noReply: {
      mail: true,
      rcpt: true,
      header: true,
      body: true,
      endOfHeaders: true,
      data: true,
      connect: true,
      helo: true,
    },
    hooks: {
      mail: () => {
        order.push('mail')
        return gate.promise
      },
      rcpt: () => void order.push('rcpt'),
      body: async () => void order.push('body'),
      endOfMessage: () => {
        order.push('end')
        return accept()
      },
    },
  })
  const client = await filter.client()
  await client.negotiate()

  await client.send(...EVENTS)
  await until(() => order.length > 0, 'the mail hook')
  assert.deepEqual(order, ['mail'])
  gate.resolve(undefined)

  assert.equal((await client.reply()).kind, 'accept')
  assert.deepEqual(order, ['mail', 'rcpt', 'body', 'end'])
})

test('while a hook is waited for, the socket takes a bounded amount and then holds the MTA back', async (t) => {
  const gate = deferred<undefined>()
  let taken = 0
  const filter = await startFilter(t, {
    noReply: { body: true },
    hooks: {
      body: (_tx, chunk) => {
        taken += chunk.length
        return taken === chunk.length ? gate.promise : undefined
      },
      endOfMessage: () => accept(),
    },
  })
  const client = await filter.client()
  const other = await filter.client()
  await client.negotiate()
  await other.negotiate()
  const chunk = Buffer.concat([Buffer.from('0001000042', 'hex'), Buffer.alloc(65535)])
  const before = process.memoryUsage().arrayBuffers

  let isSent = false
  const sent = client.send(...Array.from({ length: 640 }, () => chunk)).then(() => {
    isSent = true
  })
  await until(() => taken > 0, 'the first chunk')
  for (let i = 0; i < 50; i += 1) await other.ask(ABORT, MAIL)
  const [wasSent, grown] = [isSent, process.memoryUsage().arrayBuffers - before]
  gate.resolve(undefined)
  await sent
  const reply = await client.ask(END)

  assert.equal(wasSent, false)
  assert.ok(grown < 60 * 1024 * 1024, `${grown} bytes: 42 MB of them are the sender’s`)
  assert.deepEqual([reply.kind, taken], ['accept', 640 * 65535])
})
