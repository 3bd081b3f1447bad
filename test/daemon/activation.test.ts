import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { descriptorOf, passedDescriptors } from '../../src/cli/index.ts'
import { type FilterAddress, fakePostfix } from '../../src/milter/testing.ts'
import { eicar, mail } from '../postfix/mail.ts'
import { freePort } from '../postfix/ports.ts'
import { newSender, said } from './mta.ts'
import { descendants } from './processes.ts'
import { runtimeFlags } from './runtime.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const BAD = mail({ attachments: [{ name: 'x.com', content: eicar() }] })
/** A start may take long on a machine with much to do; who waits for it is not refused all the same. */
const PATIENCE_MS = 120_000

interface Line {
  readonly [key: string]: unknown
}

/** What a process says, line by line. */
class Lines {
  readonly all: Line[] = []
  #errors = ''
  #wake = () => {}
  #isOver = false

  constructor(child: ChildProcess) {
    child.stderr?.on('data', (data: Buffer) => {
      this.#errors += data
    })
    if (!child.stdout) throw new Error('the child has no standard output')
    const lines = createInterface(child.stdout)
    lines.on('line', (line) => {
      this.all.push(line.startsWith('{') ? JSON.parse(line) : { text: line })
      this.#wake()
    })
    lines.on('close', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  async find(fits: (line: Line) => boolean, from = 0): Promise<Line> {
    for (;;) {
      const found = this.all.slice(from).find(fits)
      if (found) return found
      if (this.#isOver) throw new Error(`it ended: ${this.#errors}${JSON.stringify(this.all.slice(-5))}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

function folder(t: TestContext, config: object): string {
  const dir = mkdtempSync(join(tmpdir(), 'peekaboo-sockets-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'peekaboo.yaml'), JSON.stringify({ dataDir: join(dir, 'data'), ...config }))
  return dir
}

function serveCommand(dir: string): readonly string[] {
  return [process.execPath, ...runtimeFlags(), main, 'serve', '--config', join(dir, 'peekaboo.yaml')]
}

function start(t: TestContext, command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  t.after(async () => {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined
    child.kill('SIGKILL')
    await gone
  })
  return child
}

/** Postfix, session after session: none may be refused, and what is answered is a verdict or "later". */
async function clients(address: FilterAddress, until: () => boolean): Promise<Map<string, number>> {
  const answers = new Map<string, number>()
  while (!until()) {
    const mta = await fakePostfix(address, { timeoutMs: PATIENCE_MS })
    const reply = said(await mta.deliver({ from: newSender(), to: ['b@dst.test'], message: BAD }))
    await mta.quit()
    answers.set(reply, (answers.get(reply) ?? 0) + 1)
  }
  return answers
}

test('a restart refuses no connection to a socket that systemd keeps, TCP or unix', async (t) => {
  const listeners = ['mx', 'submission'].map((name) => ({ listen: `systemd:${name}`, profile: name }))
  const dir = folder(t, { milter: { listeners, grace: '60s' }, http: { listen: '127.0.0.1:0' } })
  const path = join(dir, 'submission.sock')
  const keeper = start(t, '/usr/bin/python3', [
    fileURLToPath(new URL('keeper.py', import.meta.url)),
    path,
    ...serveCommand(dir),
  ])
  const lines = new Lines(keeper)
  const { port } = await lines.find((line) => 'port' in line)
  const restarted = async (): Promise<number> => {
    const from = lines.all.length
    keeper.stdin?.write('start\n')
    const { pid } = await lines.find((line) => 'pid' in line && line.keeper === true, from)
    const { msg } = await lines.find((line) => line.msg === 'listening' || line.ended === pid, from)
    assert.equal(msg, 'listening', JSON.stringify(lines.all.slice(-3)))
    return Number(pid)
  }
  const stopped = async (pid: number): Promise<Line> => {
    process.kill(pid, 'SIGTERM')
    return lines.find(({ ended }) => ended === pid)
  }
  let isOver = false
  const asked = [{ port: Number(port), host: '127.0.0.1' }, { path }].map((address) => clients(address, () => isOver))

  const first = await restarted()
  const listening = lines.all.find(({ msg }) => msg === 'listening')
  const inodes = [3, 4].map((fd) => readlinkSync(`/proc/${first}/fd/${fd}`))
  const heirs = descendants(first).filter(({ pid }) => holds(pid, inodes))
  const ends = [await stopped(first)]
  const second = await restarted()
  ends.push(await stopped(second))
  const third = await restarted()
  isOver = true
  const answers = await Promise.all(asked)
  ends.push(await stopped(third))

  assert.deepEqual(listening?.milter, [`inet:127.0.0.1:${port}`, `unix:${path}`])
  assert.deepEqual(
    ends.map(({ code }) => code),
    [0, 0, 0],
  )
  for (const seen of answers) {
    assert.ok((seen.get('550 5.7.1') ?? 0) >= 2, JSON.stringify([...seen]))
    const others = [...seen.keys()].filter((reply) => !/^(550 5\.7\.1|451 4\.)/.test(reply))
    assert.deepEqual(others, [])
  }
  assert.deepEqual(heirs, [], 'who reads hostile bytes has none of the sockets')
})

function holds(pid: number, inodes: readonly string[]): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.includes(readlinkSync(`/proc/${pid}/fd/${fd}`)))
  } catch {
    return false
  }
}

test("systemd's own tool hands a socket over, and the first who connects is answered", async (t) => {
  const dir = folder(t, { milter: { listeners: [{ listen: 'systemd:mx' }] }, http: { listen: '127.0.0.1:0' } })
  const port = await freePort()
  const own = start(t, 'systemd-socket-activate', [`--listen=127.0.0.1:${port}`, '--fdname=mx', ...serveCommand(dir)])
  let said = ''
  own.stderr?.on('data', (data: Buffer) => {
    said += data
  })
  while (!/Listening on/.test(said)) await once(own.stderr ?? own, 'data')

  const mta = await fakePostfix({ host: '127.0.0.1', port }, { timeoutMs: PATIENCE_MS })
  const reply = await mta.deliver({ from: newSender(), to: ['b@dst.test'], message: BAD })
  await mta.quit()

  assert.equal(reply.smtp?.slice(0, 9), '550 5.7.1')
})

test('a socket that systemd did not hand over is named, with what helps', async (t) => {
  const dir = folder(t, { milter: { listeners: [{ listen: 'systemd:mx' }] }, http: { listen: 'off' } })
  const [command = '', ...args] = serveCommand(dir)
  const child = start(t, command, args)
  const lines = new Lines(child)

  const line = await lines.find(({ msg }) => msg === 'cannot run')

  assert.match(
    String(line.cause),
    /cannot listen on systemd:mx: .*no socket called mx \(it gave none\): start the socket unit with FileDescriptorName=mx first/,
  )
})

test('descriptors are those of this process alone, by their names in order', () => {
  const env = { LISTEN_PID: '7', LISTEN_FDS: '4', LISTEN_FDNAMES: 'mx:sub::sub' }

  const passed = passedDescriptors(env, 7)

  assert.deepEqual(Object.fromEntries(passed), { mx: [3], sub: [4, 6], unknown: [5] })
  assert.equal(descriptorOf('mx', passed), 3)
  assert.throws(() => descriptorOf('sub', passed), /2 sockets called sub: give each a socket unit of its own/)
  assert.throws(() => descriptorOf('x', passed), /no socket called x \(it gave mx, sub, unknown\)/)
  assert.deepEqual([...passedDescriptors(env, 8)], [])
  assert.deepEqual([...passedDescriptors({}, 8)], [])
  assert.deepEqual([...passedDescriptors({ LISTEN_PID: '8', LISTEN_FDS: '1e3' }, 8)], [])
})
