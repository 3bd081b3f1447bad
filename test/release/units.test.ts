// The units that a release brings, as systemd's own tools see them. Nothing is started: that needs a machine that systemd runs.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const FILES = fileURLToPath(new URL('../../ansible/roles/peekaboo_milter/files/', import.meta.url))
const UNITS = ['peekaboo.service', 'peekaboo-inspector.service']
/** What runs as root, as nobody else may do it. */
const ROOT_UNITS = ['peekaboo-release.service']
const TIMERS = ['peekaboo-release.timer']
const SOCKETS = ['peekaboo.socket']

function analyze(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}

/** The units with a program that exists. */
function unitsWithProgram(t: TestContext): readonly string[] {
  const dir = mkdtempSync(join(tmpdir(), 'peekaboo-units-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  cpSync(FILES, dir, { recursive: true })
  return [...UNITS, ...ROOT_UNITS, ...TIMERS, ...SOCKETS].map((unit) => {
    const path = join(dir, unit)
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replaceAll('/opt/peekaboo-milter/current/bin/peekaboo', '/usr/bin/true'),
    )
    return path
  })
}

test('systemd understands every line of the units', (t) => {
  const { status, output } = analyze('verify', '--man=no', ...unitsWithProgram(t))

  // Units of the machine itself may be complained about too.
  const ours = output.split('\n').filter((line) => line.includes('peekaboo'))
  assert.deepEqual(ours, [])
  assert.equal(status, 0, output)
})

for (const unit of UNITS) {
  test(`what ${unit} leaves open weighs at most 1.5`, () => {
    const { status, output } = analyze('security', '--offline=true', '--threshold=15', join(FILES, unit))

    assert.equal(status, 0, output)
  })
}

for (const unit of ROOT_UNITS) {
  test(`what ${unit} leaves open to root weighs at most 3`, () => {
    const { status, output } = analyze('security', '--offline=true', '--threshold=30', join(FILES, unit))

    assert.equal(status, 0, output)
  })
}

test('a timer starts its service by the calendar, so that a round that is skipped does not end it', () => {
  for (const timer of TIMERS) {
    const text = readFileSync(join(FILES, timer), 'utf8')
    const calendar = /^OnCalendar=(.+)$/m.exec(text)?.[1] ?? ''

    assert.equal(analyze('calendar', calendar).status, 0, calendar)
    assert.ok(ROOT_UNITS.includes(timer.replace('.timer', '.service')))
  }
})

test('the filter and who reads for it are different users without a shell', () => {
  const run = spawnSync('systemd-sysusers', ['--dry-run', join(FILES, 'peekaboo.sysusers.conf')], { encoding: 'utf8' })

  assert.equal(run.status, 0, run.stderr)
  const users = UNITS.map((unit) => /^User=(.+)$/m.exec(readFileSync(join(FILES, unit), 'utf8'))?.[1])
  assert.deepEqual(users, ['peekaboo', 'peekaboo-inspector'])
})
