/** Whoever says that an analysis has ended must know the secret, may say it once, and may not keep the filter busy. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { Secret } from '../../src/core/index.ts'
import { HttpServer, pushRoutes } from '../../src/http/index.ts'
import { FakeClock } from '../fakes/clock.ts'

const BODY = '{"task_id": 7}'

async function scene(t: TestContext) {
  const secret = new Secret({ env: 'PUSH' })
  secret.take('sesame')
  const clock = new FakeClock()
  const heard = { count: 0 }
  const server = new HttpServer(pushRoutes(secret, clock, () => heard.count++))
  const address = await server.listen('127.0.0.1:0')
  t.after(() => server.close())
  const post = async (headers: Record<string, string>, body: string | Buffer = BODY) => {
    const answer = await fetch(`http://${address}/v1/push`, { method: 'POST', headers, body })
    await answer.text()
    return answer.status
  }
  const sign = (body = BODY, key = 'sesame', seconds = Math.floor(clock.now() / 1000)) => {
    const signed = createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')
    return { 'peekaboo-signature': `t=${seconds},v1=${signed}` }
  }
  return { clock, heard, post, sign, address }
}

test('what is signed is heard once, whatever task it speaks of; the same again is told apart', async (t) => {
  const { clock, heard, post, sign } = await scene(t)
  const first = sign()

  const answers = [await post(first), await post(first), await post(sign('{"task_id": 999999}'), '{"task_id": 999999}')]
  await clock.advance(299_000)
  const late = await post(first)

  assert.deepEqual([...answers, late], [202, 409, 202, 409])
  assert.equal(heard.count, 2)
})

test('a signature by another secret, of another body, too old, from the future or odd is answered as if there were no page', async (t) => {
  const { clock, heard, post, sign } = await scene(t)
  const now = Math.floor(clock.now() / 1000)
  const right = sign()['peekaboo-signature']

  const answers = [
    await post(sign(BODY, 'other')),
    await post(sign('{"task_id": 8}')),
    await post(sign(BODY, 'sesame', now - 301)),
    await post(sign(BODY, 'sesame', now + 301)),
    await post({ 'peekaboo-signature': right.replace(/t=\d+/, `t=${now + 1}`) }),
    await post({ 'peekaboo-signature': `${right},v1=00` }),
    await post({ 'peekaboo-signature': right.slice(0, -1) }),
    await post({ 'peekaboo-signature': 't=,v1=' }),
    await post({}),
  ]

  assert.deepEqual(new Set(answers), new Set([404]))
  assert.equal(heard.count, 0)
})

test('a huge body is refused, of who knows the secret too, and one of a stranger is not even read', async (t) => {
  const { heard, post, sign, address } = await scene(t)
  const huge = 'x'.repeat(70_000)

  const known = [await post(sign(huge), huge), await post({ authorization: 'Bearer sesame' }, huge)]
  const [host = '', port = ''] = address.split(':')
  const stranger = connect(Number(port), host)
  stranger.write('POST /v1/push HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 9000000000\r\n\r\nx')
  const answer = await text(stranger)

  assert.deepEqual(known, [413, 413])
  assert.match(answer, /^HTTP\/1\.1 404 /)
  assert.equal(heard.count, 0)
})

test('a body that claims to be JSON and is none is heard all the same: nothing of it counts', async (t) => {
  const { heard, post } = await scene(t)

  const status = await post({ authorization: 'Bearer sesame', 'content-type': 'application/json' }, '{"task_id": ')

  assert.deepEqual([status, heard.count], [202, 1])
})
