import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createPlainServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { HttpClient, type HttpOptions } from '../../src/analyzers/http/client.ts'
import { HttpFault } from '../../src/analyzers/http/fault.ts'
import { formBody, SampleFault } from '../../src/analyzers/http/multipart.ts'
import { Secret } from '../../src/core/index.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { runtimeFlags } from '../daemon/runtime.ts'
import { FakeClock } from '../fakes/clock.ts'
import { formOf, type Handler, HttpService, json, type Seen, say } from '../fakes/http-service.ts'
import { makeCertificate } from '../postfix/certificate.ts'

const MIB = 1024 * 1024
const { signal } = new AbortController()
const GET = { path: '/x', maxBytes: 1000, signal }

async function serve(t: TestContext, handler: Handler, tls?: { key: string; cert: string }): Promise<HttpService> {
  const service = new HttpService(handler, tls)
  t.after(() => service.stop())
  await service.begin()
  return service
}

function client(t: TestContext, url: string, options: Partial<HttpOptions> = {}): HttpClient {
  const made = new HttpClient({ url, clock: systemClock, connectMs: 9000, stallMs: 9000, totalMs: 9000, ...options })
  t.after(() => made.close())
  return made
}

function trouble(kind: string) {
  return (error: unknown) => error instanceof HttpFault && error.trouble === kind
}

function secret(text: string): Secret {
  const made = new Secret({ env: 'TOKEN' })
  made.take(text)
  return made
}

function form(content: string, changes: { readonly size?: number; readonly sha256?: string } = {}) {
  const bytes = Buffer.from(content)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = { field: 'file', name: 'a"b\r\n.doc', size: bytes.length, sha256, ...changes }
  return formBody(
    { custom: 'a mark' },
    {
      ...file,
      bytes: async function* () {
        yield bytes
      },
    },
  )
}

test('a form arrives with its fields, its file and its length, and a name that cannot end its header', async (t) => {
  const seen = Promise.withResolvers<Seen>()
  const { url } = await serve(t, (one) => {
    seen.resolve(one)
    json(one.response, {})
  })

  await client(t, url).call({ ...GET, method: 'POST', body: form('the bytes\r\n--') })

  const request = await seen.promise
  const fields = formOf(request)
  assert.equal(fields.get('custom')?.toString(), 'a mark')
  assert.equal(fields.get('file')?.toString(), 'the bytes\r\n--')
  assert.equal(fields.get('filename')?.toString(), 'a_b__.doc')
  assert.equal(Number(request.headers['content-length']), request.body.length)
})

for (const [what, changes] of [
  ['fewer than announced', { size: 10 }],
  ['more than announced', { size: 2 }],
  ['others', { sha256: '0'.repeat(64) }],
] as const) {
  test(`bytes that are ${what} never arrive as a whole form`, async (t) => {
    const service = await serve(t, ({ response }) => json(response, {}))

    const call = client(t, service.url).call({ ...GET, method: 'POST', body: form('bytes', changes) })

    await assert.rejects(call, SampleFault)
    assert.deepEqual(service.requests, [])
  })
}

test('a token goes with each call, and neither an error nor its cause shows it', async (t) => {
  const service = await serve(t, ({ response }) => response.destroy())
  const token = secret('open sesame')
  const http = client(t, service.url, { authorization: { scheme: 'Token', token } })

  const error = await http.call(GET).catch((one: unknown) => one)

  assert.equal(service.requests[0]?.headers.authorization, 'Token open sesame')
  const { inspect } = await import('node:util')
  assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /sesame/)
})

test('an answer beyond the bound is refused, also when it is told nothing of its length', async (t) => {
  const { url } = await serve(t, ({ response }) => say(response, 'x'.repeat(1001), 'text/plain'))

  await assert.rejects(client(t, url).call(GET), trouble('too-large'))
})

test('a redirect within the host is followed, to another host never', async (t) => {
  const other = await serve(t, ({ response }) => json(response, { token: 'stolen' }))
  const service = await serve(t, ({ response, path }) => {
    if (path === '/x') say(response, '', 'text/html', 301, { location: '/x/' })
    else if (path === '/x/') json(response, { right: true })
    else if (path === '/loop') say(response, '', 'text/html', 301, { location: '/loop' })
    else say(response, '', 'text/html', 302, { location: `${other.url}/x` })
  })
  const http = client(t, service.url, { authorization: { scheme: 'Token', token: secret('t') } })

  const followed = await http.call(GET)

  assert.equal(followed.body.toString(), '{"right":true}')
  await assert.rejects(http.call({ ...GET, path: '/away' }), trouble('redirect'))
  await assert.rejects(http.call({ ...GET, path: '/loop' }), trouble('redirect'))
  await assert.rejects(http.call({ ...GET, method: 'POST', path: '/x', body: form('x') }), trouble('redirect'))
  assert.deepEqual(other.requests, [])
})

test('an answer that comes before the upload has ended is the answer', async (t) => {
  const server = createPlainServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const bytes = async function* () {
    for (;;) yield Buffer.alloc(65_536)
  }
  const body = formBody({}, { field: 'file', name: 'x', size: 2 ** 40, sha256: '', bytes })

  const answer = await client(t, url).call({ ...GET, method: 'POST', body })

  assert.equal(answer.status, 413)
})

test('silence and a time that is over end a call, and say that it may have been carried out', async (t) => {
  const clock = new FakeClock()
  const service = await serve(t, (seen) => void service.hang(seen))
  const http = client(t, service.url, { clock, stallMs: 5000, totalMs: 7000 })

  const silent = http.call(GET)
  silent.catch(() => undefined)
  await service.request((path) => path === '/x')
  await clock.advance(6000)

  await assert.rejects(silent, (error) => error instanceof HttpFault && error.trouble === 'late' && error.mayHaveActed)
})

test('a signal ends a call with its reason', async (t) => {
  const service = await serve(t, (seen) => void service.hang(seen))
  const stopping = new AbortController()

  const call = client(t, service.url).call({ ...GET, signal: stopping.signal })
  await service.request((path) => path === '/x')
  stopping.abort(new Error('enough'))

  await assert.rejects(call, /enough/)
})

test('a connection that was kept and closed meanwhile is made anew without a word', async (t) => {
  const service = await serve(t, ({ response }) => json(response, {}))
  const http = client(t, service.url)
  await http.call(GET)
  await service.stop()
  await service.begin()

  const answer = await http.call(GET)

  assert.equal(answer.status, 200)
})

test('nobody listening is a fault that cannot have been carried out', async (t) => {
  const service = await serve(t, ({ response }) => json(response, {}))
  await service.stop()

  const call = client(t, service.url).call(GET)

  await assert.rejects(
    call,
    (error) => error instanceof HttpFault && !error.mayHaveActed && /nobody listens/.test(error.message),
  )
})

test('a certificate that nobody signed is refused with what to do, and taken where ca names it', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'peekaboo-tls-'))
  t.after(() => rm(dir, { recursive: true }))
  const files = await makeCertificate(dir, 'localhost')
  const [key, cert] = await Promise.all([readFile(files.key, 'utf8'), readFile(files.cert, 'utf8')])
  const service = await serve(t, ({ response }) => json(response, {}), { key, cert })
  const plain = await serve(t, ({ response }) => json(response, {}))
  const named = service.url.replace('127.0.0.1', 'localhost')

  await assert.rejects(
    client(t, named).call(GET),
    (error) => error instanceof HttpFault && error.trouble === 'tls' && /in ca:/.test(error.message),
  )
  await assert.rejects(client(t, service.url, { ca: cert }).call(GET), /another name/)
  await assert.rejects(client(t, plain.url.replace('http:', 'https:')).call(GET), trouble('tls'))
  const answer = await client(t, named, { ca: cert }).call(GET)

  assert.equal(answer.status, 200)
  assert.deepEqual(service.requests.length, 1)
})

test('a proxy gets the call in the place of the host, by CONNECT for https', async (t) => {
  const asked: string[] = []
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  proxy.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`)
    const [host = '', port = ''] = (request.url ?? '').split(':')
    const up = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      up.pipe(socket).pipe(up)
    })
    for (const end of [up, socket]) end.on('error', () => {})
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => proxy.close())
  const at = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const dir = await mkdtemp(join(tmpdir(), 'peekaboo-tls-'))
  t.after(() => rm(dir, { recursive: true }))
  const files = await makeCertificate(dir, 'localhost')
  const [key, cert] = await Promise.all([readFile(files.key, 'utf8'), readFile(files.cert, 'utf8')])
  const service = await serve(t, ({ response }) => json(response, {}), { key, cert })
  const named = service.url.replace('127.0.0.1', 'localhost')

  await client(t, 'http://sandbox.example.invalid:8000', { proxy: at }).call(GET)
  const answer = await client(t, named, { proxy: at, ca: cert }).call(GET)

  assert.equal(answer.status, 200)
  assert.deepEqual(asked, ['GET http://sandbox.example.invalid:8000/x', `CONNECT ${named.slice('https://'.length)}`])
})

test('a sample of 100 MB is uploaded with less than 8 MB of memory', async (t) => {
  let bytes = 0
  const server = createServer((request, response) => {
    request.on('data', (piece: Buffer) => {
      bytes += piece.length
    })
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const child = fileURLToPath(new URL('./upload-child.ts', import.meta.url))

  const upload = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [...runtimeFlags(), child, url, String(100 * MIB)])
    return Number(stdout)
  }
  // The system may give a process more than it asked for: a sample that is held would show every time.
  const grown = [await upload(), await upload(), await upload()]

  assert.ok(bytes > 300 * MIB)
  assert.ok(Math.min(...grown) < 8 * MIB, `${grown.map((one) => one / MIB)} MiB`)
})
