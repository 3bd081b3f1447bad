// Installs the npm packages that package-lock.json names, when they are not there yet or the lock file has changed.
// Plain JavaScript for any Node from 18 on: it is what runs before the pinned runtime exists. No network otherwise.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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

/** Into a folder beside, taken over when complete: without the registry what was installed stays as it was. */
function install() {
  const beside = new URL(`.install-${process.pid}/`, root)
  mkdirSync(beside)
  try {
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(new URL(name, root), new URL(name, beside))
    const npm = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts']
    const done = spawnSync('npm', npm, { cwd: fileURLToPath(beside), stdio: ['ignore', 'ignore', 'inherit'] })
    if (done.status !== 0) return false
    writeFileSync(new URL('node_modules/.installed-lock', beside), digest)
    rmSync(new URL('node_modules', root), { recursive: true, force: true })
    renameSync(new URL('node_modules', beside), new URL('node_modules', root))
    return true
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
}

const mayStay = process.argv.includes('--keep') && existsSync(runtime)
if (!isCurrent() && mayStay) {
  console.error('peekaboo: the packages are those of another version: restart the filter with npm start to update them')
} else if (!isCurrent()) {
  console.error('peekaboo: installing the packages of package-lock.json (once, and again when it changes) …')
  if (!install())
    fail('npm ci failed: see above; it needs the npm registry this one time. What was installed is unchanged')
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
  const add = () => apt('install', '-y', '--no-install-recommends', '-qq', 'libatomic1')
  if (problem.includes('libatomic.so.1') && isRootOnDebian) {
    console.error('peekaboo: installing libatomic1, which the pinned runtime needs …')
    if (add() || (apt('update', '-qq') && add())) return
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
