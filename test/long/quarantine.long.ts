/** Messages that are held over a restart, whose analyses the new filter must begin anew: it has their bytes from the hold queue alone. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startFilter } from '../daemon/filter.ts'
import { runtimeFlags } from '../daemon/runtime.ts'
import { startPostfix } from '../postfix/instance.ts'
import { mail } from '../postfix/mail.ts'
import { runOk } from '../postfix/run.ts'
import { startSink } from '../postfix/sink.ts'
import { sendMail } from '../postfix/smtp-client.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const rules = fileURLToPath(new URL('../daemon/rules', import.meta.url))
const MESSAGES = 30
const ROUNDS = 40

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')
const textOf = (n: number) => `letter ${n}`

/** A configuration in which the sandbox never answers, or finds every third letter bad. */
function configOf(dataDir: string, isAnswering: boolean) {
  const bad = Array.from({ length: MESSAGES }, (_, n) => n).filter((n) => n % 3 === 0)
  const bySha256 = Object.fromEntries(bad.map((n) => [digestOf(textOf(n)), { score: 9 }]))
  const answers = isAnswering ? { answer: { score: 0 }, bySha256 } : { answer: 'never' }
  return {
    dataDir,
    analyzers: { box: { type: 'dummy', after: '10ms', ...answers } },
    roles: { sandbox: 'box' },
    rules: { dirs: [rules] },
    profiles: { desk: { extends: 'submission', hold: '0s' } },
  }
}

async function temporary(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'peekaboo-held-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

test('every message that was held before a restart is delivered or returned after it, none twice and none lost', async (t) => {
  const dir = await temporary(t)
  const dataDir = join(dir, 'data')
  const sink = await startSink()
  t.after(() => sink.stop())
  const listeners = [{ listen: 'inet:127.0.0.1:0', profile: 'desk' }]
  const first = await startFilter({ config: configOf(dataDir, false), dataDir, listeners })
  const postfix = await startPostfix({
    milters: `{ inet:127.0.0.1:${first.port()}, default_action=tempfail }`,
    deliverTo: { port: sink.port },
    mainCf: { enable_long_queue_ids: 'yes' },
  })
  t.after(() => postfix.stop())
  for (let n = 0; n < MESSAGES; n += 1) {
    const attachments = [{ name: 'letter.doc', type: 'application/octet-stream', content: textOf(n) }]
    const message = mail({ subject: `number ${n}.`, attachments })
    const { code } = await sendMail(postfix.port, { from: `a${n}@src.test`, to: 'b@dst.test', message })
    assert.equal(code, 250)
  }
  assert.equal((await postfix.held()).length, MESSAGES)
  await first.stop('SIGKILL')
  const second = await startFilter({ config: configOf(dataDir, true), dataDir, listeners })
  t.after(() => second.stop())
  const config = join(dir, 'release.yaml')
  const quarantine = { instances: { postfix: postfix.configDir } }
  await writeFile(config, JSON.stringify({ ...configOf(dataDir, true), quarantine }))

  for (let round = 0; round < ROUNDS && (await postfix.held()).length > 0; round += 1) {
    await runOk(process.execPath, [...runtimeFlags(), main, 'release', '--config', config], { deadlineMs: 300_000 })
  }

  assert.deepEqual(await postfix.held(), [])
  await sink.waitFor(MESSAGES)
  const told = sink.messages.map(({ from, to, raw }) =>
    from === '' ? `${to[0]} back` : `${from} ${/number \d+/.exec(String(raw))}`,
  )
  const expected = Array.from({ length: MESSAGES }, (_, n) =>
    n % 3 === 0 ? `a${n}@src.test back` : `a${n}@src.test number ${n}`,
  )
  assert.deepEqual(told.sort(), expected.sort())
})
