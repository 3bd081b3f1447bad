// Installs the npm packages that package-lock.json names, when they are not there yet or the lock file has changed.
// Plain JavaScript for any Node from 18 on: it is what runs before the pinned runtime exists. No network otherwise.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const stamp = new URL('node_modules/.installed-lock', root)
const runtime = new URL('node_modules/.bin/node', root)
const digest = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', root)))
  .digest('hex')

function isCurrent() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
}

function fail(message) {
  console.error(`peekaboo: ${message}`)
  process.exit(1)
}

if (!isCurrent()) {
  console.error('peekaboo: installing the packages of package-lock.json (once, and again when it changes) …')
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: fileURLToPath(root),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (done.status !== 0) fail('npm ci failed: see above; it needs the npm registry this one time')
  writeFileSync(stamp, digest)
}

/** Version of a runtime, and what it said when it did not run. */
function ask(program) {
  const { stdout, stderr, error } = spawnSync(program, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  return { version: stdout?.trim() ?? '', problem: stderr?.trim() || String(error ?? '') }
}

/** The pinned runtime needs one library that a minimal Debian lacks. Gone with the stamp, so that npm does not find it first. */
function mendRuntime(problem) {
  const isRootOnDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
  const install = () => apt('install', '-y', '--no-install-recommends', '-qq', 'libatomic1')
  if (problem.includes('libatomic.so.1') && isRootOnDebian) {
    console.error('peekaboo: installing libatomic1, which the pinned runtime needs …')
    if (install() || (apt('update', '-qq') && install())) return
  }
  rmSync(stamp, { force: true })
  rmSync(runtime, { force: true })
  fail(`the pinned runtime does not start: ${problem}; on Debian: apt-get install libatomic1`)
}

const program = existsSync(runtime) ? fileURLToPath(runtime) : process.execPath
if (ask(program).version === '') mendRuntime(ask(program).problem)
const { version } = ask(program)
if (Number.parseInt(version, 10) < 24) {
  fail(`needs Node 24 or newer, found ${version}: the pinned runtime is for linux x64 and arm64 only; install Node 26`)
}
