/** The release as its unit starts it, and what goes wrong on a real mail server. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { mail } from '../postfix/mail.ts'
import { run } from '../postfix/run.ts'
import { sendMail } from '../postfix/smtp-client.ts'
import { startScene } from './scene.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const unit = readFileSync(
  new URL('../../ansible/roles/peekaboo_milter/files/peekaboo-release.service', import.meta.url),
  'utf8',
)

/** The capabilities that the unit leaves, as setpriv(1) takes them. */
function bounds(): string {
  const names = /^CapabilityBoundingSet=(.+)$/m.exec(unit)?.[1]?.split(' ') ?? []
  assert.ok(names.length > 0 && names.every((name) => name.startsWith('CAP_')))
  return ['-all', ...names.map((name) => `+${name.slice(4).toLowerCase()}`)].join(',')
}

test('with the rights of its unit the release returns what was not decided in time, and minds what others did', async (t) => {
  const { postfix, sink, held, run: command, config, send, filter } = await startScene(t, { maxAge: '0s' })
  const never = await held('never')
  const gone = await held('good')
  const deleted = await held('bad')
  await postfix.remove(gone)
  const order = await command('quarantine', 'delete', deleted, '--yes', '--by', 'bob')
  assert.equal(order.code, 0, order.stderr)
  const rights = [`--bounding-set=${bounds()}`, '--inh-caps=-all', '--no-new-privs', '--groups=postdrop']

  const ran = await run('setpriv', [...rights, process.execPath, main, 'release', '--config', config])

  assert.equal(ran.status, 0, ran.stderr)
  const said = ran.stdout.toString().trim().split('\n').sort()
  assert.deepEqual(
    said.map((line) => line.replace(/ \(.*\)/, '')),
    [`${never}: returned`, `${deleted}: deleted`].sort(),
  )
  const [notice] = await sink.waitFor(1)
  assert.deepEqual([notice?.from, notice?.to], ['', ['a@src.test']])
  assert.match(String(notice?.raw), /could not be checked in time/)
  assert.deepEqual(await postfix.held(), [])
  const told = await filter.waitFor(({ what }) => what === 'deleted')
  assert.equal(told.by, 'bob')

  // A field of ours from outside is taken away, and counts for nothing where it stays.
  const forged = Buffer.concat([Buffer.from('X-Peekaboo-Hold: 1 forged\r\n'), mail({ subject: 'forged' })])
  await sendMail(postfix.port, { from: 'c@src.test', to: 'b@dst.test', message: forged })
  const plain = await sink.waitForMessage(({ from }) => from === 'c@src.test')
  assert.doesNotMatch(String(plain.raw), /X-Peekaboo-Hold/)

  await held('never')
  const broken = JSON.parse(await readFile(config, 'utf8'))
  await writeFile(config, JSON.stringify({ ...broken, quarantine: { ...broken.quarantine, commands: '/nonexistent' } }))
  const missing = await command('release')
  assert.equal(missing.code, 72)
  assert.match(missing.stderr, /\/nonexistent\/postconf cannot be run: install Postfix/)

  await postfix.reconfigure({ enable_long_queue_ids: 'no' })
  assert.match(await send('never'), /^451 4\.7\.1/)
  const refused = await filter.waitFor(({ remedy }) => /enable_long_queue_ids=yes/.test(String(remedy)))
  assert.equal(refused.why, 'the queue id is short')
})
