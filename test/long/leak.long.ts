// What a mail leaves behind in the daemon: live objects after a collection, of which a heap snapshot is the count.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { startFilter } from '../daemon/filter.ts'
import { deliver } from '../daemon/mta.ts'
import { mail } from '../postfix/mail.ts'

const AT_ONCE = 8
const WARM = 1000
const MAILS = 3000
/** A statement, a weak reference, what the collector has not come to: far less than any object of a message. */
const MOST_BYTES_EACH = 500
const DEADLINE_MS = 60_000

interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[] } }
  readonly nodes: readonly number[]
}

/** Live bytes in the daemon's heap; V8 collects all garbage before it writes a snapshot. */
async function liveBytes(pid: number, folder: string): Promise<number> {
  process.kill(pid, 'SIGUSR2')
  const end = performance.now() + DEADLINE_MS
  for (;;) {
    await wait(250)
    const snapshot = readSnapshot(folder)
    if (snapshot) return sizeOf(snapshot)
    if (performance.now() > end) throw new Error('the daemon wrote no heap snapshot')
  }
}

/** Reads it once it is complete, and removes it. */
function readSnapshot(folder: string): Snapshot | undefined {
  const [name] = readdirSync(folder)
  if (name === undefined) return undefined
  try {
    const snapshot = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    rmSync(join(folder, name))
    return snapshot
  } catch {
    return undefined
  }
}

function sizeOf({ snapshot, nodes }: Snapshot): number {
  const { node_fields: fields } = snapshot.meta
  let sum = 0
  for (let at = fields.indexOf('self_size'); at < nodes.length; at += fields.length) sum += nodes[at] ?? 0
  return sum
}

async function deliverMany(port: number, count: number): Promise<void> {
  let sent = 0
  const client = async () => {
    while (sent < count) {
      sent += 1
      await deliver(
        port,
        mail({ attachments: [{ name: 'notes.txt', type: 'text/plain', content: `minutes ${sent}` }] }),
      )
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
}

test('a mail that was answered leaves nothing behind in the daemon', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-heap-'))
  process.env.NODE_OPTIONS = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder}`
  const filter = await startFilter()
  t.after(async () => {
    await filter.stop('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  await deliverMany(filter.port(), WARM)
  const before = await liveBytes(filter.pid, folder)

  await deliverMany(filter.port(), MAILS)
  const after = await liveBytes(filter.pid, folder)

  const each = Math.round((after - before) / MAILS)
  t.diagnostic(`${each} bytes are left of each mail (${before} → ${after})`)
  assert.ok(each <= MOST_BYTES_EACH, `${each} bytes are left of each mail that was answered`)
})
