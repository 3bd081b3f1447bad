// Installs the npm packages that package-lock.json names, when they are not there yet or the lock file has changed.
// Plain JavaScript for any Node from 18 on: it is what runs before the pinned runtime exists. No network otherwise.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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

const major = Number(
  existsSync(runtime)
    ? spawnSync(fileURLToPath(runtime), ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.split('.')[0]
    : process.versions.node.split('.')[0],
)
if (major < 24) {
  fail(
    `needs Node 24 or newer, found ${major}: the pinned runtime exists for linux x64 and arm64 only; install Node 26`,
  )
}
