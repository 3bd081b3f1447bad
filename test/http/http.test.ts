import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Secret } from '../../src/core/index.ts'
import { HttpServer, healthRoutes, pushRoutes } from '../../src/http/index.ts'
import { FakeClock } from '../fakes/clock.ts'

async function serve(t: TestContext, checks: Readonly<Record<string, () => Promise<unknown>>>): Promise<string> {
  const server = new HttpServer(healthRoutes(Object.entries(checks).map(([name, check]) => ({ name, check }))))
  const address = await server.listen('127.0.0.1:0')
  t.after(() => server.close())
  return `http://${address}`
}

const works = async () => undefined
const fails = async () => {
  throw new Error('database is locked')
}

test('the process is live whatever it depends on', async (t) => {
  const url = await serve(t, { store: fails })

  const response = await fetch(`${url}/livez`)

  assert.equal(response.status, 200)
})

test('the filter is ready when all that a message needs works', async (t) => {
  const url = await serve(t, { store: works, inspector: works })

  const response = await fetch(`${url}/readyz`)

  assert.equal(response.status, 200)
  assert.deepEqual(await response.json(), { store: 'ok', inspector: 'ok' })
})

test('what is only to be noted is told, and keeps the filter ready', async (t) => {
  const server = new HttpServer(
    healthRoutes([
      { name: 'store', check: works },
      { name: 'rules', check: fails, isNote: true },
    ]),
  )
  const address = await server.listen('127.0.0.1:0')
  t.after(() => server.close())

  const response = await fetch(`http://${address}/readyz`)

  assert.equal(response.status, 200)
  assert.deepEqual(await response.json(), { store: 'ok', rules: 'database is locked' })
})

test('the filter is not ready when something fails, and says what', async (t) => {
  const url = await serve(t, { store: fails, inspector: works })

  const response = await fetch(`${url}/readyz`)

  assert.equal(response.status, 503)
  assert.deepEqual(await response.json(), { store: 'database is locked', inspector: 'ok' })
})

test('an address that is taken is an error and not silence', async (t) => {
  const url = await serve(t, {})
  const second = new HttpServer([])

  await assert.rejects(second.listen(url.replace('http://', '')), /EADDRINUSE/)
})

test('a push is heard with the secret, in the path or the header, whatever its body; without it the page is not there', async (t) => {
  const secret = new Secret({ env: 'PUSH' })
  secret.take('sesame')
  let pushes = 0
  const server = new HttpServer(pushRoutes(secret, new FakeClock(), () => pushes++))
  const url = `http://${await server.listen('127.0.0.1:0')}/v1/push`
  t.after(() => server.close())
  const post = async (path: string, init: RequestInit = {}) =>
    (await fetch(url + path, { method: 'POST', ...init })).status
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  const heard = [
    await post('/sesame', { body: '{"task_id": 7}', headers: { 'content-type': 'application/json' } }),
    await post('/sesame', { body: 'task_id=7', headers: form }),
    await post('', { headers: { authorization: 'Bearer sesame' } }),
  ]
  const count = pushes
  const unheard = [
    await post('/other'),
    await post(''),
    await post('/'),
    await post('', { headers: { authorization: 'sesame' } }),
  ]

  assert.deepEqual(heard, [202, 202, 202])
  assert.deepEqual(unheard, [404, 404, 404, 404])
  assert.deepEqual([count, pushes], [3, 3])
})

test('nobody may push where there is no secret', () => {
  assert.deepEqual(
    pushRoutes(undefined, new FakeClock(), () => {}),
    [],
  )
})
