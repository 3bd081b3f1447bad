import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { accept, createMilterServer } from '../../src/milter/index.ts'
import { World } from './world.ts'

async function filter(t: TestContext): Promise<string> {
  const server = createMilterServer({ hooks: { endOfMessage: () => accept() } })
  t.after(() => server.close({ graceMs: 0 }))
  await server.listen({ port: 0, host: '127.0.0.1' })
  return addressText(server.address())
}

async function listener(t: TestContext, answer: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    answer(socket)
  })
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return addressText(server.address())
}

function addressText(address: unknown): string {
  return `inet:127.0.0.1:${(address as { readonly port: number }).port}`
}

test('where a socket is that systemd opened, the running filter is asked', async (t) => {
  const at = await filter(t)
  const page = `peekaboo_listener_info{listen="systemd:mx",address="${at}",profile="mx",mode="enforce"} 1\n`
  const world = new World(t, { deps: { fetch: (async () => new Response(page)) as typeof fetch } })
  world.file('peekaboo.yaml', `dataDir: ${world.folder}/data\nmilter: { listeners: [{ listen: "systemd:mx" }] }\n`)

  assert.equal(await world.command('ping'), 0)

  assert.ok(world.stdout.includes(`works  ${at}  milter protocol version 6\n`), world.stdout)
})

test('a socket of systemd is named as such where no filter can say where it is', async (t) => {
  const away = (async () => Promise.reject(new Error('refused'))) as typeof fetch
  const world = new World(t, { deps: { fetch: away } })
  world.file('peekaboo.yaml', `dataDir: ${world.folder}/data\nmilter: { listeners: [{ listen: "systemd:mx" }] }\n`)

  assert.equal(await world.command('ping'), 1)

  assert.match(
    world.stdout,
    /^fails {2}systemd:mx {2}.*systemd:mx is no address: only the filter itself has the socket$/m,
  )
})

test('a filter that speaks the protocol works', async (t) => {
  const world = new World(t)

  assert.equal(await world.run('ping', '--listen', await filter(t)), 0)

  assert.match(world.stdout, /^works {2}inet:127\.0\.0\.1:\d+ {2}milter protocol version 6\n$/)
})

test('a port where nobody listens fails with a question that helps', async (t) => {
  const world = new World(t)

  assert.equal(await world.run('ping', '--listen', 'inet:127.0.0.1:1'), 1)

  assert.match(world.stdout, /^fails .*is the filter running\?.*ECONNREFUSED/)
})

test('something that accepts and says nothing fails after the time-out', async (t) => {
  const world = new World(t)
  const at = await listener(t, () => {})

  assert.equal(await world.run('ping', '--timeout', '0.1', '--listen', at), 1)

  assert.match(world.stdout, /^fails .*no answer within 0\.1 s/)
})

test('something that hangs up fails', async (t) => {
  const world = new World(t)
  const at = await listener(t, (socket) => socket.destroy())

  assert.equal(await world.run('ping', '--listen', at), 1)

  assert.match(world.stdout, /^fails /)
})

test('without --listen every listener and the health check are asked', async (t) => {
  const asked: string[] = []
  const answer = async (url: string | URL | Request) => {
    asked.push(String(url))
    return new Response('{"store":"is locked"}', { status: 503 })
  }
  const world = new World(t, { deps: { fetch: answer } })
  const at = await filter(t)
  world.file('peekaboo.yaml', `milter: { listeners: [{ listen: "${at}" }] }\nhttp: { listen: "127.0.0.1:8100" }\n`)

  assert.equal(await world.command('ping'), 1)

  assert.deepEqual(asked, ['http://127.0.0.1:8100/readyz'])
  assert.match(world.lines[0] ?? '', /^works {2}inet:/)
  assert.match(world.lines[1] ?? '', /^fails {2}http:.*503.*is locked/)
})

test('a health check that finds nothing wrong tells that the brake is on, and that all is examined where it is not', async (t) => {
  const said: string[] = []
  for (const body of ['{"store":"ok","brake":"brake tempfail until later"}', '{"store":"ok","brake":"off"}', 'odd']) {
    const world = new World(t, { deps: { fetch: async () => new Response(body) } })
    const at = await filter(t)
    world.file('peekaboo.yaml', `milter: { listeners: [{ listen: "${at}" }] }\nhttp: { listen: "127.0.0.1:8100" }\n`)

    assert.equal(await world.command('ping'), 0)
    said.push(world.lines[1]?.replace(/^.*readyz +/, '') ?? '')
  }

  assert.deepEqual(said, [
    'brake tempfail until later',
    'a message would be examined now',
    'a message would be examined now',
  ])
})
