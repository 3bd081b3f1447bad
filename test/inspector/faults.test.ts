import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createInspector, type Inspection, type InspectorEvent, startSupervisor } from '../../src/inspector/index.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { isAlive, until, untilGone } from './pids.ts'
import { never, optionsOf, type Rig, readMessage, startRig, testCode } from './rig.ts'

const LARGE = Buffer.alloc(300_000, 'hello ')

/** A message of which a process has the beginning. */
async function beginReading(rig: Rig): Promise<Inspection> {
  const busy = rig.supervisor.busyPids().length
  const inspection = rig.inspector.read(never())
  inspection.write(LARGE)
  await until(() => rig.supervisor.busyPids().length > busy)
  return inspection
}

test('a process that is killed from outside fails its message as crashed, and disturbs no other', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts', options: { processes: 3 } })
  await rig.count('process-ready', 4)
  const doomed = await beginReading(rig)
  const victim = rig.supervisor.busyPids()[0] ?? 0
  const other = await beginReading(rig)
  process.kill(victim, 'SIGKILL')
  await assert.rejects(doomed.finish(), { code: 'inspector-crashed' })
  assert.match((await other.finish()).subject, /^hello/)
  await rig.seen(({ kind, pid }) => kind === 'process-ended' && pid === victim)
  await rig.count('process-ready', 5)
})

test('a process that ends by itself fails its message as crashed', async (t) => {
  const { inspector } = await startRig(t, { parser: 'actor.ts' })
  await assert.rejects(readMessage(inspector, 'act exit'), { code: 'inspector-crashed' })
  assert.equal((await readMessage(inspector, 'hello')).subject, 'hello')
})

test('processes are replaced one a second, however many die', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts', options: { processes: 3 } })
  await rig.count('process-ready', 4)
  const begun = Date.now()
  for (const pid of rig.supervisor.pids()) process.kill(pid, 'SIGKILL')
  await rig.count('process-ended', 4)
  const reading = readMessage(rig.inspector, 'hello')
  await rig.count('process-ready', 6)
  assert.ok(Date.now() - begun >= 1000)
  assert.equal((await reading).subject, 'hello')
})

test('a message that is given up frees its process for the next, without a replacement', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts' })
  const inspection = await beginReading(rig)
  inspection.abort()
  inspection.abort()
  await assert.rejects(inspection.finish(), { code: 'shutting-down' })
  assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
  assert.equal(rig.events.filter(({ kind }) => kind === 'process-ended').length, 0)
})

test('a process that does not let go of a message that was given up is killed', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts', options: { limits: { cpu: '60s' } } })
  const inspection = rig.inspector.read(never())
  inspection.write(Buffer.from(`early spin ${' '.repeat(300_000)}`))
  await until(() => rig.supervisor.busyPids().length > 0)
  inspection.abort()
  assert.match((await rig.seen(({ kind }) => kind === 'process-ended')).detail, /did not let go/)
  assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
})

test('what the reader of a message that was given up throws is not held against the next one', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts' })
  const inspection = rig.inspector.read(never())
  inspection.write(Buffer.from(`early throw-in-next ${' '.repeat(300_000)}`))
  await until(() => rig.supervisor.busyPids().length > 0)
  inspection.abort()
  await until(() => rig.supervisor.busyPids().length === 0)
  await assert.rejects(readMessage(rig.inspector, 'hello'), { code: 'inspector-crashed' })
  assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
})

test('the end of time ends a reading, also one that has not begun', async (t) => {
  const { inspector } = await startRig(t, { parser: 'actor.ts' })
  const abort = new AbortController()
  const inspection = inspector.read(abort.signal)
  inspection.write(Buffer.from('act stall'))
  const finished = inspection.finish()
  abort.abort()
  await assert.rejects(finished, { code: 'deadline' })
  await assert.rejects(inspector.read(abort.signal).finish(), { code: 'deadline' })
})

test('without an inspector a reading fails at once as unavailable', async () => {
  const inspector = createInspector(optionsOf({ socket: '/nonexistent/inspector.sock' }), {
    clock: systemClock,
    onEvent: () => {},
  })
  await inspector.start()
  await assert.rejects(readMessage(inspector, 'hello'), { code: 'inspector-unavailable' })
  await assert.rejects(inspector.check(), { code: 'inspector-unavailable' })
  await assert.rejects(
    async () => {
      for await (const _ of inspector.bytes(oneChunk('x'), '1', never()));
    },
    { code: 'inspector-unavailable' },
  )
  await inspector.stop()
})

/** A supervisor of our own, which is started again when it died and the clock goes on. */
async function startOwn(t: TestContext) {
  const events: InspectorEvent[] = []
  const clock = new FakeClock()
  const onEvent = (event: InspectorEvent) => events.push(event)
  const inspector = createInspector(optionsOf({ processes: 2 }), { clock, onEvent, code: testCode('actor.ts') })
  t.after(() => inspector.stop())
  await inspector.start()
  const supervisor = events.find(({ kind }) => kind === 'supervisor-ready')?.pid ?? 0
  return { inspector, events, clock, supervisor }
}

test('a supervisor of our own that is killed fails its message as crashed, and is started again', async (t) => {
  const { inspector, events, clock, supervisor } = await startOwn(t)
  const parsers = events.filter(({ kind }) => kind === 'process-ready').map(({ pid }) => pid)
  const inspection = inspector.read(never())
  inspection.write(LARGE)
  await inspector.check()
  process.kill(supervisor, 'SIGKILL')
  await assert.rejects(inspection.finish(), { code: 'inspector-crashed' })
  await untilGone([supervisor, ...parsers])
  await assert.rejects(readMessage(inspector, 'hello'), { code: 'inspector-unavailable' })
  await until(() => events.some(({ kind }) => kind === 'supervisor-ended'))
  await clock.advance(1000)
  await until(() => events.filter(({ kind }) => kind === 'supervisor-ready').length === 2)
  assert.equal((await readMessage(inspector, 'hello')).subject, 'hello')
  await inspector.stop()
  await untilGone(events.map(({ pid }) => pid).filter((pid) => pid > 0))
})

test('a supervisor that died unnoticed has lost no message that it was never sent', async (t) => {
  const { inspector, supervisor } = await startOwn(t)
  await inspector.check()
  process.kill(supervisor, 'SIGKILL')
  // Without a turn of the event loop, in which the idle connections would be told.
  for (const end = Date.now() + 15_000; isAlive(supervisor) && Date.now() < end; );
  await assert.rejects(readMessage(inspector, 'hello'), { code: 'inspector-unavailable' })
})

test('a supervisor that cannot start says why, and leaves no folder behind', async () => {
  const events: InspectorEvent[] = []
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`peekaboo-inspector-${process.pid}-`))
  const code = { entry: '/nonexistent/parser.ts', readable: [] }
  const inspector = createInspector(optionsOf(), { clock: systemClock, onEvent: (event) => events.push(event), code })
  await assert.rejects(inspector.start(), /does not start/)
  assert.deepEqual(folders(), [])
})

test('a stop leaves no process, and tells the message in work', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts', options: { processes: 2 } })
  await rig.count('process-ready', 3)
  const inspection = await beginReading(rig)
  const pids = rig.supervisor.pids()
  assert.ok(pids.every(isAlive))
  await rig.supervisor.stop()
  await assert.rejects(inspection.finish(), { code: 'shutting-down' })
  await untilGone(pids)
  assert.equal(existsSync(rig.socket), false)
})

test('a client that stops tells the messages in work, and frees their processes', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts' })
  const inspection = await beginReading(rig)
  await rig.inspector.stop()
  await assert.rejects(inspection.finish(), { code: 'shutting-down' })
  await until(() => rig.supervisor.busyPids().length === 0)
  assert.equal(rig.events.filter(({ kind }) => kind === 'process-ended').length, 0)
})

test('the socket is for its owner and group alone, a stale one is taken over, a live one is not', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts' })
  assert.equal(statSync(rig.socket).mode & 0o777, 0o660)
  const settings = {
    options: optionsOf({ processes: 1 }),
    onEvent: () => {},
    clock: systemClock,
    code: testCode('actor.ts'),
  }
  await assert.rejects(startSupervisor({ ...settings, socket: rig.socket }), /another inspector listens there/)
  assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
  const file = join(rig.folder, 'file')
  writeFileSync(file, '')
  await assert.rejects(startSupervisor({ ...settings, socket: file }), /is no socket/)
})

test('a client that is gone frees the process that worked for it', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts' })
  const client = connect(rig.socket)
  client.write(Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 9, 0, 0, 0, 6, 3, ...Buffer.from('hello')]))
  await once(client, 'connect')
  client.destroy()
  for (let i = 0; i < 5; i += 1) assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
  assert.equal(rig.events.filter(({ kind }) => kind === 'process-ended').length, 0)
})

test('a supervisor that answers garbage is not believed', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts' })
  const path = join(rig.folder, 'liar.sock')
  const liar = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.write(Buffer.from([0, 0, 0, 7, 0x81, 0, 0, 0, 1, 0x7b, 0x7d])))
  }).listen(path)
  await once(liar, 'listening')
  const inspector = createInspector(optionsOf({ socket: path }), { clock: systemClock, onEvent: () => {} })
  await assert.rejects(readMessage(inspector, 'hello'), { code: 'inspector-garbage' })
  await inspector.stop()
  liar.close()
})

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
