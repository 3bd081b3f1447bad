// How replies leave: together, and at once.
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { Connection } from '../../src/milter/connection.ts'
import { accept, type FinalReply, reject } from '../../src/milter/index.ts'
import { readOptions } from '../../src/milter/options.ts'
import { FakeClock } from '../../src/milter/testing.ts'
import { ABORT, deferred, END, EVENTS, framesOf, MAIL, OFFER, RCPT, startFilter } from './support.ts'

/** A socket that counts the system calls that its writes would be. */
class CountingSocket extends Duplex {
  readonly writes: Buffer[] = []

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk)
    done()
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    this.writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)))
    done()
  }
}

function connect(hooks: Parameters<typeof readOptions>[0]['hooks']): CountingSocket {
  const socket = new CountingSocket()
  const settings = readOptions({ hooks, actions: ['addHeader', 'replaceBody'] })
  new Connection(
    socket as unknown as Socket,
    settings,
    { nextSessionId: () => '1', isDraining: () => false },
    () => undefined,
  )
  socket.emit('data', OFFER)
  socket.writes.length = 0
  return socket
}

test('edits, body chunks and the final reply leave in one write', () => {
  const socket = connect({
    endOfMessage: (tx) => {
      for (let i = 0; i < 5; i += 1) tx.edit.addHeader(`X-${i}`, 'v')
      tx.edit.replaceBody(Buffer.alloc(200_000))
      return accept()
    },
  })

  socket.emit('data', END)

  assert.equal(socket.writes.length, 1)
  assert.equal(framesOf(socket.writes[0] ?? Buffer.alloc(0)).length, 5 + 4 + 1)
})

test('all replies to the frames of one chunk leave in one write', () => {
  const look = () => undefined
  const socket = connect({
    connect: look,
    helo: look,
    mail: look,
    rcpt: () => reject(),
    data: look,
    header: look,
    body: look,
  })

  socket.emit('data', Buffer.concat(EVENTS))

  assert.equal(socket.writes.length, 1)
  assert.equal(framesOf(socket.writes[0] ?? Buffer.alloc(0)).length, 9)
})

test('a chunk that wants no reply is not answered with an empty write', () => {
  const socket = connect({})

  socket.emit('data', ABORT)

  assert.equal(socket.writes.length, 0)
})

test('a reply behind a keep-alive does not wait for the peer to acknowledge that', async (t) => {
  const clock = new FakeClock()
  let held = deferred<(reply: FinalReply) => void>()
  const filter = await startFilter(t, {
    clock,
    hooks: {
      endOfMessage: () => {
        const answer = deferred<FinalReply>()
        held.resolve(answer.resolve)
        return answer.promise
      },
    },
  })
  const client = await filter.client()
  await client.negotiate()
  const took: number[] = []

  for (let i = 0; i < 60; i += 1) {
    held = deferred()
    await client.send(END)
    const answer = await held.promise
    clock.advance(5000)
    await client.receive()
    const started = performance.now()
    answer(accept())
    await client.receive()
    took.push(performance.now() - started)
    await client.send(ABORT)
  }

  const late = took.filter((ms) => ms > 35).length
  assert.ok(late < 30, `${late} of 60 replies took as long as a delayed acknowledgement`)
})

test('macros of a MAIL that ends a message out of order are those of the new one', async (t) => {
  const ids: (string | undefined)[] = []
  const filter = await startFilter(t, {
    hooks: {
      mail: (tx) => void ids.push(tx.queueId, tx.macros.get('r')),
      rcpt: () => undefined,
      body: () => undefined,
    },
  })
  const client = await filter.client()
  await client.negotiate()
  const macros = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length + 1]), Buffer.from(`D${text}`)])

  await client.ask(macros('Mi\0Q1\0'), MAIL)
  await client.ask(macros('Rr\0old\0'), RCPT)
  await client.ask(macros('Mi\0Q2\0'), MAIL)

  assert.deepEqual(ids, ['Q1', undefined, 'Q2', undefined])
})
