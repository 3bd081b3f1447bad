/** The whole way: Postfix, the filter, and Debian's clamd. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type LogLine, startFilter } from '../daemon/filter.ts'
import { startPostfix } from '../postfix/instance.ts'
import { mail } from '../postfix/mail.ts'
import { startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { MARKER, MARKER_SIGNATURE, RealClamd } from './real-clamd.ts'

const rules = new URL('./rules', import.meta.url).pathname

function letter(name: string, content: string): Buffer {
  return mail({ attachments: [{ name, type: 'application/octet-stream', content }] })
}

async function scene(t: TestContext, clamd: RealClamd) {
  const config = {
    analyzers: { clamav: { type: 'clamav', socket: clamd.socket } },
    roles: { av: 'clamav' },
    rules: { dirs: [rules] },
  }
  const [filter, sink] = await Promise.all([startFilter({ config }), startSink()])
  t.after(() => Promise.all([filter.stop(), sink.stop()]))
  const postfix = await startPostfix({ fragment: 'mx', milterPort: filter.port(), deliverTo: { port: sink.port } })
  t.after(() => postfix.stop())
  const send = async (message: Buffer) => {
    const { code, enhanced } = await sendMail(postfix.port, { from: 'a@src.test', to: 'b@dst.test', message })
    return `${code} ${enhanced}`
  }
  const said = (event: string, since: number) =>
    filter.waitFor((line: LogLine) => line.event === event && filter.lines.indexOf(line) >= since)
  return { filter, sink, send, said }
}

test('a file that only clamd knows is refused, any other delivered; while clamd is away mail waits, and comes when it is back', async (t) => {
  const clamd = await RealClamd.start(t)
  const { filter, sink, send, said } = await scene(t, clamd)

  const bad = await send(letter('bad.bin', `x ${MARKER} x`))
  const good = await send(letter('good.bin', 'minutes'))
  const refused = await filter.message((line) => line.disposition === 'reject')
  await clamd.stop()
  const away = await send(letter('late.bin', 'more minutes'))
  const out = await said('out of service', 0)
  const since = filter.lines.length
  await clamd.begin()
  await said('in service', since)
  const back = await send(letter('late.bin', 'more minutes'))
  const badAgain = await send(letter('bad.bin', `x ${MARKER} y`))

  assert.match(bad, /^550 5\.7\.1/)
  assert.match(good, /^250/)
  assert.match(away, /^451 4\.7\.1/)
  assert.match(back, /^250/)
  assert.match(badAgain, /^550 5\.7\.1/)
  assert.equal(refused.rule, 'test-av-finding')
  assert.match(String(out.detail), /is clamd running/)
  assert.equal((await sink.waitFor(2)).length, 2)
  const report = filter.lines.find(
    ({ msg, report: one }) => msg === 'analysis ended' && JSON.stringify(one).includes(MARKER_SIGNATURE),
  )
  assert.ok(report, 'the log tells the signature')
})

test('a filter that starts without its clamd defers what needs it, and delivers when clamd has come', async (t) => {
  const clamd = await RealClamd.start(t)
  await clamd.stop()
  const { filter, send, said } = await scene(t, clamd)

  const before = await send(letter('a.bin', 'minutes'))
  const since = filter.lines.length
  await clamd.begin()
  await said('in service', since)
  const after = await send(letter('a.bin', 'minutes'))

  assert.match(before, /^451 4\.7\.1/)
  assert.match(after, /^250/)
})
