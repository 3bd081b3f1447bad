/** Events go out signed, are tried again for a while, outlive a restart, and go nowhere else. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { Secret } from '../../src/core/index.ts'
import { EventSender, eventsOptions, type TurnedEvent } from '../../src/http/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { FakeClock, until } from '../fakes/clock.ts'

const TURNED: TurnedEvent = {
  ...{ sha256: 'ab'.repeat(32), analyzer: 'cape', score: 9, families: ['Emotet'], link: 'http://cape/1' },
  messages: [
    { ref: 'r1', messageId: '<1@example.org>', sender: 'a@example.org', recipients: ['b@example.net'], at: 5 },
  ],
}

interface Got {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver that does what it is told with each event. */
async function receiver(t: TestContext) {
  const got: Got[] = []
  const service = {
    got,
    url: '',
    answer: (response: ServerResponse): unknown => response.writeHead(204).end(),
  }
  const server = createServer(async (request, response) => {
    got.push({ headers: request.headers, body: await text(request) })
    service.answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  t.after(() => server.closeAllConnections())
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`
  return service
}

async function scene(t: TestContext, changes: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'peekaboo-events-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const service = await receiver(t)
  const clock = new FakeClock()
  const lines: string[] = []
  const log = createLogger({ level: 'info' }, { write: (line: string) => lines.push(line) })
  const { webhook } = eventsOptions.parse({
    webhook: { url: service.url, secret: { env: 'EVENTS' }, ...changes },
  })
  assert.ok(webhook?.secret instanceof Secret)
  webhook.secret.take('sesame')
  const make = () => {
    const sender = new EventSender({ folder, webhook, clock, log })
    t.after(() => sender.stop())
    return sender
  }
  const told = (message: string) => lines.filter((line) => JSON.parse(line).msg === message).length
  return { folder, service, clock, make, told, lines }
}

test('an event is sent once, and whoever knows the secret can tell that it is ours', async (t) => {
  const { folder, service, clock, make, told } = await scene(t)
  const sender = make()
  await sender.start()

  sender.send(TURNED)
  await until(() => told('event sent') === 1)

  const [{ headers, body } = assert.fail('nothing came')] = service.got
  const seconds = Math.floor(clock.now() / 1000)
  const signed = createHmac('sha256', 'sesame').update(`${seconds}.${body}`).digest('hex')
  assert.equal(headers['peekaboo-signature'], `t=${seconds},v1=${signed}`)
  const { id, type, at, ...event } = JSON.parse(body)
  assert.deepEqual([id, type, at], [headers['peekaboo-event'], 'verdict-turned', clock.now()])
  assert.deepEqual(event, TURNED)
  assert.equal(service.got.length, 1)
  assert.deepEqual(await readdir(folder), [])
})

test('an event that is not taken is tried again with growing pauses, with the same id and a fresh signature', async (t) => {
  const { service, clock, make, told } = await scene(t)
  service.answer = (response) => response.writeHead(503).end('<html>')
  const sender = make()
  await sender.start()

  sender.send(TURNED)
  for (const [i, pause] of [1000, 2000, 4000].entries()) {
    await until(() => clock.waitingFor(pause) === 1)
    assert.equal(service.got.length, i + 1)
    if (pause === 4000) service.answer = (response) => response.writeHead(200).end()
    await clock.advance(pause)
  }
  await until(() => told('event sent') === 1)

  assert.equal(new Set(service.got.map(({ headers }) => headers['peekaboo-event'])).size, 1)
  assert.equal(new Set(service.got.map(({ headers }) => headers['peekaboo-signature'])).size, 4)
  assert.equal(told('event not sent yet'), 3)
})

test('an event that nobody takes is told as lost after its tries, and the next one has its own', async (t) => {
  const { folder, service, clock, make, told } = await scene(t, { attempts: 2 })
  service.answer = (response) => response.writeHead(400).end()
  const sender = make()
  await sender.start()

  sender.send(TURNED)
  sender.send({ ...TURNED, score: 10 })
  await until(() => clock.waitingFor(1000) === 1)
  await clock.advance(1000)
  await until(() => told('event lost') === 1)
  await until(() => clock.waitingFor(1000) === 1)

  assert.deepEqual(
    service.got.map(({ body }) => JSON.parse(body).score),
    [9, 9, 10],
  )
  assert.equal((await readdir(folder)).length, 1)
})

test('a redirect is not followed, and an answer that never comes is given up', async (t) => {
  const { service, clock, make, told } = await scene(t)
  const other = await receiver(t)
  service.answer = (response) => response.writeHead(307, { location: other.url }).end()
  const sender = make()
  await sender.start()

  sender.send(TURNED)
  await until(() => clock.waitingFor(1000) === 1)
  service.answer = () => undefined
  await clock.advance(1000)
  await until(() => service.got.length === 2 && clock.waitingFor(10_000) === 1)
  await clock.advance(10_000)
  await until(() => told('event not sent yet') === 2)

  assert.equal(other.got.length, 0)
})

test('an event outlives a restart, and a file that is half written is none', async (t) => {
  const { folder, service, clock, make, told } = await scene(t)
  service.answer = (response) => response.destroy()
  const first = make()
  await first.start()
  first.send(TURNED)
  await until(() => clock.waitingFor(1000) === 1)
  await first.stop()
  await writeFile(join(folder, 'x.part'), '{')
  service.answer = (response) => response.writeHead(200).end()

  await make().start()
  await until(() => told('event sent') === 1)

  assert.equal(service.got.length, 2)
  assert.equal(service.got[0]?.body, service.got[1]?.body)
  assert.deepEqual(await readdir(folder), [])
})

test('however many mails had the sample, the event stays small and says what it leaves out', async (t) => {
  const { service, make, told } = await scene(t)
  const sender = make()
  await sender.start()
  const recipients = Array.from({ length: 5000 }, (_, i) => `${'r'.repeat(200)}${i}@example.org`)
  const [message = assert.fail()] = TURNED.messages

  sender.send({ ...TURNED, messages: Array.from({ length: 100 }, () => ({ ...message, recipients })) })
  await until(() => told('event sent') === 1)

  const body = service.got[0]?.body ?? ''
  const { messages, messagesLeftOut } = JSON.parse(body)
  assert.ok(body.length <= 1024 * 1024 && body.length > 900_000, `${body.length} bytes`)
  assert.equal(messages.length + messagesLeftOut, 100)
  assert.deepEqual([messages[0].recipients.length, messages[0].recipientsLeftOut], [100, 4900])
})

test('without a webhook nothing is written and nothing sent', async (t) => {
  const { folder, clock } = await scene(t)
  const log = createLogger({ level: 'info' }, { write: () => undefined })
  const sender = new EventSender({ folder, webhook: undefined, clock, log })

  await sender.start()
  sender.send(TURNED)
  await sender.stop()

  assert.deepEqual(await readdir(folder), [])
})
