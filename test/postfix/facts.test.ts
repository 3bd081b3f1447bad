// What most milter implementations get wrong, each proved with a real Postfix and a tap on the wire.

import assert from 'node:assert/strict'
import { afterEach, suite, test } from 'node:test'
import {
  continue_,
  createMilterServer,
  type FinalReply,
  type MilterServer,
  type MilterServerOptions,
  reject,
} from '../../src/milter/index.ts'
import { type PostfixInstance, type PostfixOptions, startPostfix } from './instance.ts'
import { mail } from './mail.ts'
import { type Sink, startSink } from './sink.ts'
import { SmtpClient, sendMail } from './smtp-client.ts'
import { startWiretap, type Wiretap } from './wiretap.ts'

type Bench = { server: MilterServer; tap: Wiretap; sink: Sink; postfix: PostfixInstance }

const envelope = { from: 'a@src.test', to: 'b@dst.test' }

suite('facts about Postfix that our library minds', () => {
  let bench: Bench | undefined
  afterEach(async () => {
    await bench?.postfix.stop()
    await bench?.sink.stop()
    await bench?.server.close({ graceMs: 0 })
    await bench?.tap.stop()
    bench = undefined
  })

  async function start(options: MilterServerOptions, perMilter = '', more: PostfixOptions = {}): Promise<Bench> {
    const server = createMilterServer(options)
    await server.listen({ host: '127.0.0.1', port: 0 })
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const tap = await startWiretap(address.port)
    const sink = await startSink()
    const milters = `{ inet:127.0.0.1:${tap.port}, default_action=tempfail${perMilter} }`
    const postfix = await startPostfix({ milters, deliverTo: sink, ...more })
    bench = { server, tap, sink, postfix }
    return bench
  }

  test('closing the server with a message held ends in 451, and shutdown (4) is never said', async () => {
    const held = Promise.withResolvers<void>()
    const hold = (): Promise<FinalReply> => {
      held.resolve()
      return new Promise(() => {})
    }
    const { server, tap, postfix } = await start({ hooks: { endOfMessage: hold } })
    const sent = sendMail(postfix.port, { ...envelope, message: mail() })
    await held.promise

    assert.deepEqual(await server.close({ graceMs: 0 }), { forced: 1 })

    const reply = await sent
    // Its own words: the connection ended while it waited.
    assert.deepEqual([reply.code, reply.enhanced], [451, '4.7.1'])
    assert.doesNotMatch(tap.codes('filter'), /[4f]/)
  })

  test('a server that closes finishes the running message and tempfails the next one of the session', async () => {
    const gate = Promise.withResolvers<FinalReply>()
    const { server, tap, postfix, sink } = await start({
      hooks: { mail: () => undefined, endOfMessage: () => gate.promise },
    })
    const client = await SmtpClient.connect(postfix.port)
    await client.ehlo()
    await client.mail(envelope.from)
    await client.rcpt(envelope.to)
    const first = client.data(mail())
    await tap.waitFor('mta', 'E')
    const closed = server.close()
    gate.resolve(continue_())

    assert.equal((await first).code, 250)
    const second = await client.mail(envelope.from)
    await client.quit()

    assert.deepEqual([second.code, second.enhanced], [451, '4.3.2'])
    assert.deepEqual(await closed, { forced: 0 })
    assert.equal((await sink.waitFor(1)).length, 1)
    assert.doesNotMatch(tap.codes('filter'), /[4f]/)
  })

  test('a new body goes out in one row of chunks, with no progress between them however eager it is', async () => {
    const line = 'x'.repeat(70)
    const body = `${line}\r\n`.repeat(6_000)
    const { tap, postfix, sink } = await start({
      actions: ['replaceBody', 'addHeader'],
      progressEveryMs: 1,
      hooks: {
        endOfMessage: async (tx) => {
          await bench?.tap.waitFor('filter', 'p', 3)
          tx.edit.replaceBody(body)
          tx.edit.addHeader('X-Replaced', 'yes')
          return continue_()
        },
      },
    })

    const reply = await sendMail(postfix.port, { ...envelope, message: mail() })

    assert.equal(reply.code, 250)
    assert.match(tap.codes('filter'), /p{3,}h?b{7,}h?c$/)
    const [delivered] = await sink.waitFor(1)
    assert.ok(delivered?.raw.toString().endsWith(`\r\n\r\n${body}`))
  })

  test('the text of a refusal ends in NUL on the wire, and the client gets exactly that text', async () => {
    const text = 'line one\nline two is 100% ours'
    const hooks = { endOfMessage: () => reject({ code: 550, enhanced: '5.7.1', text }) }
    const { tap, postfix } = await start({ hooks })

    const reply = await sendMail(postfix.port, { ...envelope, message: mail() })

    assert.deepEqual(reply.lines, ['550-5.7.1 line one', '550 5.7.1 line two is 100% ours'])
    const [frame] = tap.frames.filter((one) => one.code === 'y')
    assert.equal(frame?.payload.indexOf(0), (frame?.payload.length ?? 0) - 1)
  })

  test('a hook that throws costs one message its 451, and the next one of the session is filtered', async () => {
    let messages = 0
    const { postfix } = await start({
      hooks: {
        endOfMessage: () => {
          messages += 1
          if (messages === 1) throw new Error('the filter stumbles')
          return reject({ code: 550, enhanced: '5.7.1', text: 'second' })
        },
      },
    })
    const client = await SmtpClient.connect(postfix.port)
    await client.ehlo()
    const replies = []
    for (let count = 0; count < 2; count += 1) {
      await client.mail(envelope.from)
      await client.rcpt(envelope.to)
      replies.push((await client.data(mail())).lines.join())
    }
    await client.quit()

    assert.match(replies[0] ?? '', /^451 4\.3\.0 /)
    assert.equal(replies[1], '550 5.7.1 second')
  })

  test('five edits and the final reply leave in one piece', async () => {
    const { tap, postfix } = await start({
      actions: ['addHeader'],
      hooks: {
        endOfMessage: async (tx) => {
          for (const name of ['X-1', 'X-2', 'X-3', 'X-4', 'X-5']) {
            tx.edit.addHeader(name, 'v')
            await Promise.resolve()
          }
          return continue_()
        },
      },
    })

    assert.equal((await sendMail(postfix.port, { ...envelope, message: mail() })).code, 250)

    const answer = tap.frames.filter((frame) => frame.by === 'filter').slice(-6)
    assert.equal(answer.map((frame) => frame.code).join(''), 'hhhhhc')
    assert.equal(new Set(answer.map((frame) => frame.piece)).size, 1)
  })

  test('every event is answered exactly once, whatever the client does', async () => {
    const none = () => undefined
    const hooks = { connect: none, helo: none, mail: none, rcpt: none, data: none, unknown: none, header: none }
    const { tap, postfix } = await start({
      hooks: { ...hooks, endOfHeaders: none, body: none, endOfMessage: () => continue_() },
    })
    const client = await SmtpClient.connect(postfix.port)
    await client.ehlo()
    await client.mail(envelope.from)
    await client.rcpt(envelope.to)
    await client.ehlo('again.test')
    await client.raw('NONSENSE')
    await client.mail(envelope.from)
    await client.rset()
    await client.mail(envelope.from)
    await client.rcpt('one@dst.test')
    await client.rcpt('two@dst.test')
    await client.data(mail({ attachments: [{ content: Buffer.alloc(200_000) }] }))
    await client.quit()
    await tap.waitFor('mta', 'Q')

    const asked = tap.codes('mta').replaceAll(/[AQ]/g, '')
    const answered = tap.codes('filter')
    assert.equal(answered, `O${'c'.repeat(asked.length - 1)}`)
    assert.match(tap.codes('mta'), /^OCHMRHA+UMA+MRRTL+NB{3,}EA+Q$/)
  })

  test('progress keeps a held message alive beyond the content time-out', async () => {
    const { tap, postfix } = await start(
      {
        progressEveryMs: 250,
        hooks: {
          endOfMessage: async () => {
            // Three seconds, against two of patience.
            await bench?.tap.waitFor('filter', 'p', 12)
            return continue_()
          },
        },
      },
      ', content_timeout=2s',
    )

    const reply = await sendMail(postfix.port, { ...envelope, message: mail() })

    assert.equal(reply.code, 250)
    assert.match(tap.codes('filter'), /p{12,}c$/)
  })

  test('without progress Postfix gives a held message up with 451, and the hook is told', async () => {
    const told = Promise.withResolvers<void>()
    const { postfix } = await start(
      {
        progressEveryMs: 0,
        hooks: {
          endOfMessage: (tx) => {
            tx.signal.addEventListener('abort', () => told.resolve())
            return new Promise<FinalReply>(() => {})
          },
        },
      },
      ', content_timeout=1s',
    )

    const reply = await sendMail(postfix.port, { ...envelope, message: mail() })

    assert.deepEqual([reply.code, reply.enhanced], [451, '4.7.1'])
    await postfix.waitForLog(/can't read SMFIC_BODYEOB reply packet header: Connection timed out/)
    await told.promise
  })

  test('a client gone while its message is held is not noticed: the mail is delivered when the filter says so', async () => {
    const gate = Promise.withResolvers<FinalReply>()
    const { tap, postfix, sink } = await start({ hooks: { endOfMessage: () => gate.promise } })
    const client = await SmtpClient.connect(postfix.port)
    await client.ehlo()
    await client.mail(envelope.from)
    await client.rcpt(envelope.to)
    await client.dataThenDrop(mail())
    await tap.waitFor('mta', 'E')
    gate.resolve(continue_())

    assert.equal((await sink.waitFor(1)).length, 1)
    await postfix.waitForLog(/disconnect from .* data=1 commands=4$/)
  })
})
