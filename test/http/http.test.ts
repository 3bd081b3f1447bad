import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { HttpServer, healthRoutes } from '../../src/http/index.ts'

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
