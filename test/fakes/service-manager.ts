// The socket on which systemd hears from its services (sd_notify(3)): datagrams, which Node cannot receive, so Python does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'

const LISTEN = `
import json, socket, sys
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.bind(sys.argv[1])
print('[]', flush=True)
while True:
    print(json.dumps(heard.recv(65536).decode().splitlines()), flush=True)
`

export interface FakeServiceManager {
  /** What a service gets as NOTIFY_SOCKET. */
  readonly socket: string
  /** Every field that was heard, in order. */
  readonly heard: readonly string[]
  /** Resolves when so many fields were heard that it is true of them. */
  until(isEnough: (heard: readonly string[]) => boolean): Promise<void>
}

/** Listens until the test is over. */
export async function fakeServiceManager(t: TestContext): Promise<FakeServiceManager> {
  const dir = await mkdtemp(join(tmpdir(), 'peekaboo-notify-'))
  const socket = join(dir, 'notify.sock')
  const python = spawn('python3', ['-c', LISTEN, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  const heard: string[] = []
  const watchers = new Set<() => void>()
  const started = Promise.withResolvers<void>()
  createInterface(python.stdout).on('line', (line) => {
    started.resolve()
    // systemd-notify(1) waits until systemd has taken what it said; not receiving the descriptor answers that.
    heard.push(...(JSON.parse(line) as string[]).filter((field) => field !== 'BARRIER=1'))
    for (const look of watchers) look()
  })
  t.after(async () => {
    python.kill('SIGKILL')
    await once(python, 'close')
    await rm(dir, { recursive: true, force: true })
  })
  await started.promise
  return { socket, heard, until }

  function until(isEnough: (fields: readonly string[]) => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const late = setTimeout(() => reject(new Error(`only heard ${heard.join(', ')}`)), 20_000)
    const look = () => {
      if (isEnough(heard)) resolve()
    }
    watchers.add(look)
    look()
    return promise.finally(() => {
      clearTimeout(late)
      watchers.delete(look)
    })
  }
}
