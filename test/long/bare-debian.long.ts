// The two commands of the README on a Debian 12 with nothing on it but Node 20 and npm.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type BareDebian, makeBareDebian, type RanInside } from './bare/debian.ts'

const INSTALL_MS = 600_000
const START_MS = 60_000

/** What the probe inside saw. */
interface Probed {
  readonly status: number
  readonly ms: number
  readonly milter: readonly string[]
  readonly http: string
  readonly output: readonly string[]
}

let debian: BareDebian

before(async () => {
  debian = await makeBareDebian()
})
after(() => debian?.remove())

function probed({ status, output }: RanInside): Probed {
  const last = output.trim().split('\n').at(-1) ?? ''
  assert.equal(status, 0, `npm start did not come up:\n${output.replaceAll('\\n', '\n')}`)
  return JSON.parse(last)
}

test('the first npm start installs what is missing and runs the filter', async (t) => {
  const free = '--listen inet:127.0.0.1:0 --http 127.0.0.1:0'

  const first = probed(await debian.run(`node /tmp/probe.mjs ${free}`, { deadlineMs: INSTALL_MS }))

  assert.equal(first.status, 200)
  t.diagnostic(`ready after ${first.ms} ms`)
})

test('the next npm start needs no network and listens where the README says', async (t) => {
  const next = probed(await debian.run('node /tmp/probe.mjs', { isOffline: true, deadlineMs: START_MS }))

  assert.equal(next.status, 200)
  assert.deepEqual([next.milter, next.http], [['inet:127.0.0.1:8095'], '127.0.0.1:8100'])
  t.diagnostic(`ready after ${next.ms} ms`)
  for (const line of next.output.filter((one) => one.includes('protection layer missing'))) t.diagnostic(line)
})

test('npm test installs the Debian packages that the tests need, and a test of Postfix runs', async () => {
  // `npm test` begins so; its tests themselves run outside, where they run already.
  const packages = await debian.run('node test/packages.mjs', { deadlineMs: INSTALL_MS })
  assert.equal(packages.status, 0, packages.output)

  const own = 'PATH=/srv/peekaboo/node_modules/.bin:$PATH node --test test/postfix/harness.test.ts'
  const harness = await debian.run(own, { deadlineMs: START_MS * 2 })

  assert.equal(harness.status, 0, harness.output)
})

/** Notes what it is asked: no service manager runs in a folder. */
const SYSTEMCTL = '#!/bin/sh\necho "$@" >>/tmp/systemctl.log\n'

/** The two services as their units run them, as far as that goes without systemd: users, folders, environment. */
const SERVICES = `
set -e
install -d -o peekaboo-inspector -g peekaboo -m 750 /run/peekaboo-inspector
install -d -o peekaboo -g peekaboo -m 700 /var/lib/peekaboo
# As StateDirectory= does where the folder was another's.
chown -R peekaboo:peekaboo /var/lib/peekaboo
as() { exec setpriv --reuid="$1" --regid=peekaboo --init-groups --no-new-privs --bounding-set=-all --inh-caps=-all sh -c "umask 0007; exec $2"; }
P=/opt/peekaboo-milter/current/bin/peekaboo
as peekaboo-inspector "$P inspector --socket /run/peekaboo-inspector/inspector.sock" &
I=$!
as peekaboo "env STATE_DIRECTORY=/var/lib/peekaboo $P serve" &
S=$!
until $P ping; do kill -0 $S; done
kill $S; wait $S
kill $I; wait $I
`

test('the page on installing leaves a filter that answers, run as the users of its units', async () => {
  const read = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
  const packed = spawnSync(process.execPath, [read('src/package.mjs'), join(debian.root, 'tmp/release')], {
    encoding: 'utf8',
  })
  assert.equal(packed.status, 0, packed.stderr)
  const commands = /```sh\n([\s\S]*?)```/.exec(readFileSync(read('docs/install.md'), 'utf8'))?.[1] ?? ''
  await writeFile(join(debian.root, 'tmp/systemctl'), SYSTEMCTL, { mode: 0o755 })
  const installing = `set -e; cd /tmp/release; PATH=/tmp/own:$PATH\n${commands}`
  await debian.run('mkdir -p /tmp/own && mv /tmp/systemctl /tmp/own/', { deadlineMs: START_MS })

  const installed = await debian.run(installing, { deadlineMs: INSTALL_MS })
  const served = await debian.run(SERVICES, { isOffline: true, deadlineMs: START_MS })

  assert.equal(installed.status, 0, installed.output)
  assert.match(basename(packed.stdout.trim()), /^peekaboo-milter-.*\.tar\.gz$/)
  assert.equal(served.status, 0, served.output)
  const asked = await debian.run('cat /tmp/systemctl.log', { deadlineMs: START_MS })
  assert.deepEqual(asked.output.trim().split('\n'), [
    'daemon-reload',
    'enable --now peekaboo-inspector.service peekaboo.service',
  ])
})
