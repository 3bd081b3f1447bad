// A release as an admin gets it: packed twice, unpacked, and run where there is neither npm nor another Node.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { eicar, mail } from '../postfix/mail.ts'

const packager = fileURLToPath(new URL('../../src/package.mjs', import.meta.url))
const BARE = { PATH: '/usr/bin:/bin' }

let dir = ''
let archives: readonly string[] = []

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'peekaboo-release-test-'))
  archives = ['one', 'two'].map((name) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [packager, join(dir, name)], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    return stdout.trim()
  })
  const unpacked = spawnSync('tar', ['-C', dir, '-xf', archives[0] ?? ''], { encoding: 'utf8' })
  assert.equal(unpacked.status, 0, unpacked.stderr)
})
after(() => rmSync(dir, { recursive: true, force: true }))

function release(...path: readonly string[]): string {
  const folder = readdirSync(dir).find((name) => name.startsWith('peekaboo-milter-')) ?? 'nothing unpacked'
  return join(dir, folder, ...path)
}

test('two builds of the same tree are the same bytes, and their digest lies beside them', () => {
  const [one, two] = archives.map((file) => readFileSync(file))
  assert.ok(one && two)

  assert.ok(one.equals(two))
  assert.equal(spawnSync('sha256sum', ['-c', `${archives[0]}.sha256`], { cwd: join(dir, 'one') }).status, 0)
})

test('it holds the rules, the units, the licence and those of everything inside', () => {
  const parts = readdirSync(release())

  for (const part of ['rules', 'systemd', 'postfix', 'docs', 'LICENSE', 'THIRD-PARTY.md', 'runtime']) {
    assert.ok(parts.includes(part), part)
  }
  const rows = readFileSync(release('THIRD-PARTY.md'), 'utf8').match(/^\| (?!package|---)\S/gm) ?? []
  assert.ok(rows.length > 20, `${rows.length} packages`)
  const packages = readdirSync(release('node_modules'))
  assert.ok(
    !packages.includes('typescript') && !packages.includes('@biomejs'),
    'what is only for development is left out',
  )
})

test('without npm in reach it refuses EICAR in a message, by its rule', () => {
  const file = join(dir, 'eicar.eml')
  writeFileSync(file, mail({ attachments: [{ name: 'x.com', content: eicar() }] }))

  const { status, stdout } = spawnSync(release('bin/peekaboo'), ['scan', file], { encoding: 'utf8', env: BARE })

  assert.equal(status, 1, stdout)
  assert.match(stdout, /bad by rule eicar/)
})

test('it serves, answers a message, and stops when asked', async () => {
  const args = ['serve', '--data-dir', join(dir, 'data'), '--listen', 'inet:127.0.0.1:0', '--http', '127.0.0.1:0']
  const filter = spawn(release('bin/peekaboo'), args, { env: BARE, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(filter, 'close')
  let milter = ''
  for await (const line of createInterface(filter.stdout)) {
    const said = JSON.parse(line) as { readonly msg?: string; readonly milter?: readonly string[] }
    if (said.msg !== 'listening') continue
    milter = said.milter?.[0] ?? ''
    break
  }

  const ping = spawnSync(release('bin/peekaboo'), ['ping', '--listen', milter], { encoding: 'utf8', env: BARE })
  filter.stdout.resume()
  filter.kill('SIGTERM')
  const [code] = await ended

  assert.deepEqual([ping.status, code], [0, 0], ping.stdout + ping.stderr)
})
