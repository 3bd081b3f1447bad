import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Progress } from '../../src/analyzers/analyzer.ts'
import { LIMIT_OF_CAUSE } from '../../src/core/index.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { MARKER, MARKER_SIGNATURE, RealClamd } from './real-clamd.ts'
import { scanner } from './scanner.ts'
import { analyse, submission } from './submission.ts'

async function started(t: TestContext, conf: readonly string[] = []) {
  const clamd = await RealClamd.start(t, { conf })
  const { analyzer, told } = scanner(t, { socket: clamd.socket }, systemClock)
  await analyzer.start()
  return { clamd, analyzer, told }
}

test('clamd finds what only it knows, and nothing in what it does not know', async (t) => {
  const { clamd, analyzer } = await started(t)

  const bad = await analyse(analyzer, submission(`text with ${MARKER} in it`))
  const harmless = await analyse(analyzer, submission('minutes of the meeting'))

  assert.deepEqual(bad.state === 'reported' && bad.report.findings?.map(({ id }) => id), [MARKER_SIGNATURE])
  assert.ok(bad.state === 'reported' && bad.report.score === 10)
  assert.deepEqual(harmless.state === 'reported' && [harmless.report.score, harmless.report.findings], [0, []])
  assert.match((harmless.state === 'reported' && harmless.report.evidence[0]) || '', /^22 bytes .*ClamAV 1\.\d/)
  assert.ok(harmless.state === 'reported' && harmless.report.evidence[0]?.endsWith(clamd.socket))
})

test('what is larger than StreamMaxLength failed, whenever clamd hangs up, and that is not held against it', async (t) => {
  const { analyzer } = await started(t, ['StreamMaxLength 200K'])

  for (const size of [204_801, 300_000, 300_001, 1_000_000, 5_000_000]) {
    const ended = await analyse(analyzer, submission(Buffer.alloc(size, 'x')))

    assert.ok(ended.state === 'failed', `${size}: ${JSON.stringify(ended)}`)
    assert.match(ended.detail, /size limit exceeded|hung up/)
  }
  assert.equal(analyzer.capacity().inService, 1)
})

test('what goes beyond a limit of clamd is unscannable by that limit, although clamd speaks of a finding', async (t) => {
  const { analyzer } = await started(t, ['MaxFileSize 100K', 'MaxRecursion 5'])

  const large = await analyse(analyzer, submission(Buffer.alloc(200_000, 'x')))
  const deep = await analyse(analyzer, submission(layers(9)))

  for (const [ended, limit] of [
    [large, /limit of clamd was reached.*MaxFileSize/],
    [deep, /limit of clamd was reached.*MaxRecursion/],
  ] as const) {
    assert.ok(ended.state === 'failed' && !ended.mayRetry)
    assert.equal(LIMIT_OF_CAUSE[ended.cause], 'analyzer-limit')
    assert.match(ended.detail, limit)
  }
})

test('a clamd that says OK to what goes beyond its limits is told, and one that takes less than we send', async (t) => {
  const signal = new AbortController().signal
  const right = await RealClamd.start(t)
  const mute = await RealClamd.start(t, { alertExceedsMax: false })
  const small = await RealClamd.start(t, { conf: ['StreamMaxLength 100K'] })
  const shallow = await RealClamd.start(t, { conf: ['MaxFileSize 100K'] })
  const instances = [right, mute, small, shallow].map(({ socket }) => ({ socket }))
  const { analyzer } = scanner(t, { instances, maxSize: '1MiB' }, systemClock)

  const health = await analyzer.health(signal)

  assert.deepEqual(
    health.map(({ ok }) => ok),
    [true, true, true, true],
  )
  const [none, exceeds, stream, file] = health.map(({ detail }) => detail)
  assert.equal(none, '')
  assert.match(exceeds ?? '', /^it says OK to what goes beyond its limits: write "AlertExceedsMax yes"/)
  assert.match(stream ?? '', /does not take 1048576 bytes.*StreamMaxLength|limits could not be tested.*hung up/)
  assert.match(file ?? '', /does not scan 1048576 bytes.*MaxFileSize/)
})

test('a stream of nothing is scanned', async (t) => {
  const { analyzer } = await started(t)

  assert.equal(scoreOf(await analyse(analyzer, submission(''))), 0)
})

test('forty large samples at a time all get their own answer', async (t) => {
  const { analyzer } = await started(t)
  const samples = Array.from({ length: 40 }, (_, i) => `${i % 3 === 0 ? MARKER : ''}${`${i} `.repeat(100_000)}`)

  const ended = await Promise.all(samples.map((text) => analyse(analyzer, submission(text))))

  assert.deepEqual(
    ended.map(scoreOf),
    samples.map((text) => (text.startsWith(MARKER) ? 10 : 0)),
  )
})

test('while clamd loads a new signature every scan is answered, and then it is found', async (t) => {
  const { clamd, analyzer } = await started(t)
  const fresh = `${'a-signature-'}${'of-this-minute'}`
  const before = await analyse(analyzer, submission(fresh))

  await clamd.learn('Test.Fresh.Peekaboo-2-0', fresh)
  let ended = before
  let scans = 0
  while (ended.state === 'reported' && scoreOf(ended) === 0) {
    scans += 1
    ended = await analyse(analyzer, submission(fresh))
  }

  assert.equal(scoreOf(before), 0)
  assert.equal(scoreOf(ended), 10, `after ${scans} scans: ${JSON.stringify(ended)}`)
})

test('a clamd that is killed in the middle of scans: each of them failed and may be tried again', async (t) => {
  const { clamd, analyzer } = await started(t)
  clamd.pause()
  const { signal } = new AbortController()
  const ids = await Promise.all([1, 2, 3, 4].map((i) => analyzer.submit(submission(`${MARKER} ${i}`), signal)))

  await clamd.stop()
  const ended = await Promise.all(ids.map((id) => analyzer.poll([id], signal)))
  await clamd.begin()
  const after = await analyse(analyzer, submission(MARKER))

  assert.ok(ended.every(([one]) => one?.state === 'failed' && one.mayRetry))
  assert.equal(scoreOf(after), 10)
})

test('the same over TCP', async (t) => {
  const port = await freePort()
  await RealClamd.start(t, { conf: [`TCPSocket ${port}`, 'TCPAddr 127.0.0.1'] })
  const { analyzer } = scanner(t, { host: 'localhost', port }, systemClock)
  await analyzer.start()

  assert.equal(scoreOf(await analyse(analyzer, submission(MARKER))), 10)
  assert.match((await analyzer.health(new AbortController().signal))[0]?.instance ?? '', /^localhost:\d+$/)
})

const CONTAINERS = ['clam.exe', 'clam.zip', 'clam.7z', 'clam.cab', 'clam.arj', 'clam.tar.gz', 'clam.mail', 'clam.tnef']

test("Debian's test files are found in whatever they are packed", async (t) => {
  const clamd = await RealClamd.start(t)
  const files = await Promise.all(CONTAINERS.map((name) => readFile(`/usr/share/clamav-testfiles/${name}`)))
  const [program = Buffer.alloc(0)] = files
  const digest = createHash('sha256').update(program).digest('hex')
  await clamd.stop()
  await writeFile(join(clamd.folder, 'db', 'own.hsb'), `${digest}:${program.length}:Test.File.Clam-3-0:73\n`)
  await clamd.begin()
  const { analyzer } = scanner(t, { socket: clamd.socket }, systemClock)
  await analyzer.start()

  const ended = await Promise.all(files.map((file) => analyse(analyzer, submission(file))))

  assert.deepEqual(
    ended.map((one) => one.state === 'reported' && one.report.findings?.[0]?.id),
    CONTAINERS.map(() => 'Test.File.Clam-3-0.UNOFFICIAL'),
  )
})

test('without the signature of EICAR it is out of service, however well it works', async (t) => {
  const clamd = await RealClamd.start(t, { signatures: { 'Test.Marker.Peekaboo-1-0': MARKER } })
  const { analyzer } = scanner(t, { socket: clamd.socket }, systemClock)

  await assert.rejects(analyzer.start(), /does not recognise the EICAR test file/)
})

test('a socket that this user may not use is told with its remedy', async (t) => {
  const { clamd, analyzer } = await started(t)
  await chmod(clamd.socket, 0)
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)

  const [health] = await analyzer.health(new AbortController().signal).finally(() => {
    if (isRoot) process.seteuid?.(0)
  })

  assert.equal(health?.ok, false)
  assert.match(health?.detail ?? '', /permission denied.*LocalSocketGroup/)
})

test('the command tells the state of a real clamd, and of one that is not there', async (t) => {
  const clamd = await RealClamd.start(t)
  const instances = [{ socket: clamd.socket }, { socket: `${clamd.folder}/other.sock` }]
  const file = join(clamd.folder, 'peekaboo.yaml')
  await writeFile(
    file,
    JSON.stringify({ analyzers: { clamav: { type: 'clamav', instances } }, roles: { av: 'clamav' } }),
  )
  const main = new URL('../../src/main.ts', import.meta.url).pathname

  const child = spawn(process.execPath, [main, 'analyzers', 'check', '--json', '--config', file])
  const [lines, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])

  const rows = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(code, 1)
  assert.deepEqual(
    rows.map(({ instance, ok, selfTest }) => [instance, ok, selfTest]),
    [
      [clamd.socket, true, 'passed'],
      [`${clamd.folder}/other.sock`, false, 'not run'],
    ],
  )
  assert.match(rows[0].version, /^ClamAV 1\./)
  assert.equal(rows[0].load.threadsMax, 4)
})

/** A text within so many layers of gzip. */
function layers(count: number): Buffer {
  let bytes: Buffer = Buffer.from('minutes of the meeting')
  for (let i = 0; i < count; i++) bytes = gzipSync(bytes)
  return bytes
}

function scoreOf(ended: Progress | undefined): number | undefined {
  return ended?.state === 'reported' ? ended.report.score : undefined
}

/** A port that nobody listens at now. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}
