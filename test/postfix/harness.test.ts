import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { after, before, suite, test } from 'node:test'
import { type PostfixInstance, startPostfix } from './instance.ts'
import { eicar, mail, manyAttachments, nested } from './mail.ts'
import { freePort } from './ports.ts'
import { type Sink, startSink } from './sink.ts'
import { SmtpClient, sendMail } from './smtp-client.ts'

suite('a private Postfix that delivers to a sink', () => {
  let sink: Sink
  let postfix: PostfixInstance
  before(async () => {
    sink = await startSink()
    const held = { submission: { smtpd_sender_restrictions: 'static:HOLD', syslog_name: 'postfix/submission' } }
    postfix = await startPostfix({ deliverTo: sink, tls: true, listeners: held })
  })
  after(async () => {
    await postfix.stop()
    await sink.stop()
  })

  test('delivers what the client sent, byte for byte below the headers', async () => {
    sink.clear()
    const message = mail({ text: '.a line with a dot\n..two\nend', attachments: [{ name: 'x.bin', content: eicar() }] })

    const reply = await sendMail(postfix.port, { from: 'a@src.test', to: ['b@dst.test', 'c@dst.test'], message })

    assert.deepEqual([reply.code, reply.enhanced], [250, '2.0.0'])
    const [delivered] = await sink.waitFor(1)
    assert.deepEqual([delivered?.from, delivered?.to], ['a@src.test', ['b@dst.test', 'c@dst.test']])
    assert.equal(delivered?.raw.subarray(-message.length).toString('latin1'), message.toString('latin1'))
  })

  test('takes mail after STARTTLS', async () => {
    sink.clear()
    const client = await SmtpClient.connect(postfix.port)
    const offered = await client.ehlo()
    assert.match(offered.text, /^STARTTLS$/m)

    assert.equal((await client.starttls()).code, 220)
    await client.ehlo()
    await client.mail('tls@src.test')
    await client.rcpt('b@dst.test')
    const reply = await client.data(mail())
    await client.quit()

    assert.equal(reply.code, 250)
    const delivered = await sink.waitForMessage((one) => one.from === 'tls@src.test')
    assert.match(delivered.raw.toString(), /with ESMTPS id/)
  })

  test('takes a message in two BDAT chunks and an address in UTF-8', async () => {
    sink.clear()
    const client = await SmtpClient.connect(postfix.port)
    await client.ehlo()
    assert.equal((await client.mail('jürgen@src.test', ['SMTPUTF8', 'BODY=8BITMIME'])).code, 250)
    assert.equal((await client.rcpt('b@dst.test')).code, 250)
    assert.equal((await client.bdat(Buffer.from('Subject: ü\r\n\r\none '), { last: false })).code, 250)

    const reply = await client.bdat(Buffer.from('two\r\n'), { last: true })
    await client.quit()

    assert.equal(reply.code, 250)
    const [delivered] = await sink.waitFor(1)
    assert.equal(delivered?.from, 'jürgen@src.test')
    assert.match(delivered?.raw.toString() ?? '', /Subject: ü\r\n[\s\S]*\r\n\r\none two\r\n$/)
  })

  test('takes mail from the local sendmail', async () => {
    sink.clear()

    await postfix.sendmail(['-f', 'local@src.test', 'b@dst.test'], Buffer.from('Subject: local\n\nhello\n'))

    const delivered = await sink.waitForMessage((one) => one.from === 'local@src.test')
    assert.match(delivered.raw.toString(), /Subject: local\r\n/)
  })

  test('keeps mail of one listener in hold until it is released', async () => {
    sink.clear()
    const port = postfix.ports.submission
    assert.ok(port !== undefined)
    await sendMail(port, { from: 'hold@src.test', to: 'b@dst.test', message: mail({ subject: 'held' }) })

    const held = await postfix.held()

    assert.deepEqual(
      held.map((one) => [one.sender, one.recipients[0]?.address]),
      [['hold@src.test', 'b@dst.test']],
    )
    const queueId = held[0]?.queueId ?? ''
    assert.match((await postfix.postcat(queueId)).toString(), /^Subject: held$/m)
    assert.equal(sink.messages.length, 0)
    await postfix.release(queueId)
    await sink.waitFor(1)
    await postfix.waitForLog(new RegExp(`${queueId}: removed`))
    assert.deepEqual(await postfix.queue(), [])
  })

  test('keeps mail that the sink defers and delivers it when flushed', async () => {
    sink.clear()
    sink.answer((stage) => (stage === 'rcpt' ? '451 4.3.0 later' : undefined))
    const since = postfix.log.mark()
    await sendMail(postfix.port, { from: 'later@src.test', to: 'b@dst.test', message: mail() })
    await postfix.waitForLog(/status=deferred.*4\.3\.0 later/, { since })
    assert.deepEqual(
      (await postfix.waitForQueue('deferred')).map((one) => one.sender),
      ['later@src.test'],
    )
    sink.answer()

    await postfix.flush()

    await sink.waitForMessage((one) => one.from === 'later@src.test')
  })

  test('shows a client that hangs up in the middle of its message as a lost connection', async () => {
    const client = await SmtpClient.connect(postfix.port)
    await client.ehlo()
    await client.mail('gone@src.test')
    await client.rcpt('b@dst.test')
    const since = postfix.log.mark()

    await client.partialDataThenDrop(Buffer.from('Subject: cut\r\n\r\nhal'))

    await postfix.waitForLog(/lost connection after DATA/, { since })
  })

  test('delivers for a client that hangs up right after the final dot', async () => {
    sink.clear()
    const client = await SmtpClient.connect(postfix.port)
    await client.ehlo()
    await client.mail('hasty@src.test')
    await client.rcpt('b@dst.test')

    await client.dataThenDrop(mail())

    await sink.waitForMessage((one) => one.from === 'hasty@src.test')
  })

  test('runs with a changed setting once reconfigured', async () => {
    await postfix.reconfigure({ message_size_limit: '10000' })
    const message = mail({ attachments: [{ content: Buffer.alloc(20_000) }] })

    const reply = await sendMail(postfix.port, { from: 'a@src.test', to: 'b@dst.test', message })

    assert.deepEqual([reply.code, reply.enhanced], [552, '5.3.4'])
    await postfix.reconfigure({ message_size_limit: '104857600' })
  })
})

suite('a private Postfix', () => {
  test('runs beside another one, and each knows its own mail only', async () => {
    const [one, two] = await Promise.all([startPostfix(), startPostfix({ mainCf: { header_checks: 'static:HOLD' } })])
    try {
      await sendMail(two.port, { from: 'a@src.test', to: 'b@dst.test', message: mail() })

      assert.notEqual(one.port, two.port)
      assert.equal((await two.held()).length, 1)
      assert.deepEqual(await one.queue(), [])
    } finally {
      await Promise.all([one.stop(), two.stop()])
    }
  })

  test('leaves neither process nor file behind when stopped', async () => {
    const postfix = await startPostfix()
    assert.equal(await postfix.isRunning(), true)

    await postfix.stop()

    assert.equal(existsSync(postfix.dir), false)
    await assert.rejects(SmtpClient.connect(postfix.port), /ECONNREFUSED/)
  })

  test('answers 451 by the fragment for an MX when its milter is not there, and logs that', async () => {
    const postfix = await startPostfix({ fragment: 'mx', milterPort: await freePort() })
    try {
      const reply = await sendMail(postfix.port, { from: 'a@src.test', to: 'b@dst.test', message: mail() })

      assert.deepEqual([reply.code, reply.enhanced], [451, '4.7.1'])
      await postfix.waitForLog(/connect to Milter service inet:127\.0\.0\.1:\d+: Connection refused/)
      assert.deepEqual(
        (await postfix.milterRejects()).map((one) => `${one.queueId} ${one.stage}`),
        ['NOQUEUE CONNECT', 'NOQUEUE EHLO', 'NOQUEUE MAIL'],
      )
    } finally {
      await postfix.stop()
    }
  })

  test('delivers by the fragment for observing when its milter hangs up', async () => {
    const milter = createServer((socket) => socket.destroy())
    const { promise, resolve } = Promise.withResolvers<void>()
    milter.listen({ host: '127.0.0.1', port: 0 }, resolve)
    await promise
    const address = milter.address()
    assert.ok(address !== null && typeof address === 'object')
    const postfix = await startPostfix({ fragment: 'observe', milterPort: address.port })
    try {
      const reply = await sendMail(postfix.port, { from: 'a@src.test', to: 'b@dst.test', message: mail() })

      assert.equal(reply.code, 250)
      await postfix.waitForLog(/status=sent/)
      assert.ok((await postfix.settledLog()).some((line) => /milter inet:127\.0\.0\.1:\d+: can't read/.test(line)))
    } finally {
      await postfix.stop()
      milter.close()
    }
  })

  test('warns of nothing in the configuration that the harness writes', async () => {
    const postfix = await startPostfix({ fragment: 'mx', milterPort: 1, tls: true })
    try {
      await sendMail(postfix.port, { from: 'a@src.test', to: 'b@dst.test', message: mail() })

      const warnings = (await postfix.settledLog()).filter(
        (line) => /warning|fatal|panic/.test(line) && !/Milter/.test(line),
      )
      assert.deepEqual(warnings, [])
    } finally {
      await postfix.stop()
    }
  })
})

suite('the mail builder', () => {
  test('writes CRLF lines only and closes its multipart', () => {
    const message = mail({ attachments: [nested(mail({ subject: 'inner' })), ...manyAttachments(3)] }).toString()

    assert.doesNotMatch(message, /[^\r]\n/)
    assert.match(message, /--part-of-a-test-mail--\r\n\r\n$/)
    assert.equal(message.match(/^Content-Disposition: attachment/gm)?.length, 4)
    assert.match(message, /^Subject: inner\r$/m)
  })

  test('keeps the bytes of an attachment in quoted-printable', () => {
    const content = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    const message = mail({ attachments: [{ content, encoding: 'quoted-printable' }] }).toString('latin1')

    const body = message.split('Content-Disposition: attachment\r\n\r\n')[1]?.split('\r\n--')[0] ?? ''
    const decoded = body
      .replaceAll('=\r\n', '')
      .replace(/\r\n$/, '')
      .replaceAll(/=(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

    assert.ok(body.split('\r\n').every((line) => line.length <= 76))
    assert.deepEqual(Buffer.from(decoded, 'latin1'), content)
  })
})
