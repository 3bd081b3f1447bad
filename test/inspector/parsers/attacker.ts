/** Attacker code inside a parser process: tries everything that the message names, and tells what worked. */
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import inspector from 'node:inspector'
import { connect, createServer, type Socket } from 'node:net'
import { setPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import { serve } from './serve.ts'

/** What there is to attack; made by the test. */
export interface Targets {
  readonly filter: number
  readonly victim: number
  readonly debuggee: number
  readonly neighbour: number
  readonly tcpPort: number
  readonly udpPort: number
  readonly unixSocket: string
  readonly secretFile: string
  readonly openFolder: string
  readonly sharedMemory: string
  readonly ownEntry: string
}

class Denied extends Error {}

/** Each returns when the attack worked and throws when it did not. In this order: the last ones change the process. */
export const ATTEMPTS: Readonly<Record<string, (targets: Targets) => unknown>> = {
  'use inherited descriptors': () => {
    const found = descriptors().filter((fd) => fd !== 3 && isForeign(fd))
    if (found.length === 0) throw new Denied('there are none')
  },
  'connect by TCP': async ({ tcpPort }) => open(connect(tcpPort, '127.0.0.1')),
  'send by UDP and ask DNS': async ({ udpPort }) => {
    const resolver = new Resolver({ timeout: 500, tries: 1 })
    resolver.setServers([`127.0.0.1:${udpPort}`])
    const code = await resolver.resolve4('example.test').then(
      () => '',
      (error) => error.code,
    )
    if (code !== '' && code !== 'ENODATA' && code !== 'ENOTFOUND') throw new Denied(code)
  },
  'send a datagram': ({ udpPort }) =>
    new Promise<void>((resolve, reject) => {
      const socket = createSocket('udp4')
      socket.on('error', reject)
      socket.send('x', udpPort, '127.0.0.1', (error) => (error ? reject(error) : resolve()))
    }),
  'fetch a page': ({ tcpPort }) => fetch(`http://127.0.0.1:${tcpPort}/`, { signal: AbortSignal.timeout(2000) }),
  "listen on the filter's network": ({ tcpPort }) =>
    new Promise<void>((resolve, reject) => {
      const server = createServer().listen(tcpPort, '127.0.0.1')
      // The port is taken where the network is the filter's, free where it is one of its own.
      server.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve() : reject(error)))
      server.on('listening', () => server.close(() => reject(new Denied('a network of its own'))))
    }),
  'connect to a unix socket of the filter': ({ unixSocket }) => open(connect(unixSocket)),
  'read /etc/passwd': () => readFileSync('/etc/passwd'),
  "read the filter's spool and database": ({ secretFile }) => readFileSync(secretFile),
  'write a file': ({ openFolder }) => writeFileSync(`${openFolder}/planted-${process.pid}-${Date.now()}`, 'x'),
  'make a symbolic link': ({ openFolder }) => symlinkSync('/etc/shadow', `${openFolder}/link-${Date.now()}`),
  'change its own code': ({ ownEntry }) => chmodSync(ownEntry, statSync(ownEntry).mode & 0o7777),
  'run a program': () => run('/bin/true', []),
  'start programs without end': () => {
    const limit = run('/usr/bin/prlimit', ['--nproc', '--noheadings', '-o', 'SOFT'])
    const mayIgnore = /^CapEff:\s*0*[1-9a-f]/m.test(run('/bin/cat', ['/proc/self/status']))
    if (Number(limit) <= 1024 && !mayIgnore) throw new Denied('ends early')
  },
  'start a thread with other rights': () => once(new Worker('0', { eval: true }), 'exit'),
  'load an internal binding': () => (process as unknown as { binding(name: string): object }).binding('fs'),
  'make code from strings': () => new Function('return 1')(),
  'signal its parent': () => {
    if (process.ppid === 0) throw new Denied('has none')
    process.kill(process.ppid, 0)
  },
  'kill another process': ({ victim }) => process.kill(victim, 'SIGKILL'),
  'slow another process down': ({ neighbour }) => setPriority(neighbour, 5),
  'open the debugger of another process': ({ debuggee }) =>
    (process as unknown as { _debugProcess(pid: number): void })._debugProcess(debuggee),
  'open its own debugger': () => {
    inspector.open(0, '127.0.0.1')
    inspector.close()
  },
  'open its own debugger by SIGUSR1': async () => {
    process.kill(process.pid, 'SIGUSR1')
    for (let i = 0; i < 20 && inspector.url() === undefined; i += 1) await new Promise((done) => setTimeout(done, 20))
    if (inspector.url() === undefined) throw new Denied('no debugger')
    inspector.close()
  },
  'read the environment of the filter': ({ filter }) => readFileSync(`/proc/${filter}/environ`),
  'read the memory of another parser process': ({ neighbour }) => {
    const start = /^([0-9a-f]+)-\S+ r/m.exec(readFileSync(`/proc/${neighbour}/maps`, 'latin1'))?.[1] ?? '0'
    const memory = openSync(`/proc/${neighbour}/mem`, 'r')
    readSync(memory, Buffer.alloc(16), 0, 16, Number.parseInt(start, 16))
    closeSync(memory)
  },
  'see shared memory of others': ({ sharedMemory }) => {
    if (!run('/usr/bin/ipcs', ['-m']).includes(` ${sharedMemory} `)) throw new Denied('not there')
  },
  'read a message that this process had before': () => {
    const kept = globalThis as unknown as { earlier?: string }
    if (kept.earlier === undefined) throw new Denied('nothing is left')
  },
  'take 2 GiB of Buffers': () => Array.from({ length: 8 }, () => Buffer.alloc(256 * 1024 * 1024)).length,
  'become root or another user': () => {
    process.setuid?.(0)
    if (process.getuid?.() !== 0) throw new Denied('still who it was')
    process.setgid?.(0)
    process.setgroups?.([4])
  },
}

async function open(socket: Socket): Promise<void> {
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.destroy()
}

function run(file: string, args: readonly string[]): string {
  const { status, error, stdout } = spawnSync(file, args, { encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Denied(`exit code ${status}`)
  return stdout
}

function descriptors(): readonly number[] {
  return Array.from({ length: 1024 }, (_, fd) => fd).filter((fd) => {
    try {
      fstatSync(fd)
      return true
    } catch {
      return false
    }
  })
}

/** Files, folders and sockets that we did not open; Node's own are anonymous inodes, pipes and /dev/null. */
function isForeign(fd: number): boolean {
  const stat = fstatSync(fd)
  return stat.isFile() || stat.isDirectory() || (stat.isSocket() && fd > 3)
}

/** Some refusals are thrown where nobody waits for them. */
function nothingHappens(): Promise<never> {
  return new Promise((_resolve, reject) => setTimeout(() => reject(new Denied('nothing happens')), 1500))
}

async function tryAll(targets: Targets): Promise<Record<string, string>> {
  const results: Record<string, string> = {}
  for (const [name, attempt] of Object.entries(ATTEMPTS)) {
    try {
      await Promise.race([attempt(targets), nothingHappens()])
      results[name] = 'open'
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      results[name] = `denied: ${code ?? message}`
    }
  }
  return results
}

async function read(source: AsyncIterable<Uint8Array>) {
  let text = ''
  for await (const chunk of source) text += Buffer.from(chunk).toString()
  const { targets } = JSON.parse(text) as { targets?: Targets }
  const kept = globalThis as unknown as { earlier?: string }
  const results = targets === undefined ? {} : await tryAll(targets)
  kept.earlier = text
  const empty = { attachments: [], bodies: [], anomalies: [], unscannable: '', messageId: '' }
  return { ...empty, subject: JSON.stringify(results) }
}

// The test imports the names of the attempts from here; only with limits on its command line is it a parser process.
if (process.argv[2]?.startsWith('{')) {
  // What is thrown late must not end the attack.
  serve({
    read,
    async *bytes(_path, source) {
      yield* source
    },
  })
  // What is thrown late must not end the attack.
  process.removeAllListeners('uncaughtException').on('uncaughtException', () => {})
}
