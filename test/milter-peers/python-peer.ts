import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '../postfix/ports.ts'

/** A filter on libmilter, by python3-milter. */
export type PythonPeer = { readonly port: number; stop(): Promise<void> }

/** Starts peer.py and resolves when it listens. */
export async function startPythonPeer(): Promise<PythonPeer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    // Its stderr is dropped: the bindings print a traceback for events that no MTA would send.
    const child = spawn('/usr/bin/python3', [fileURLToPath(new URL('peer.py', import.meta.url)), String(port)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    if (await isReady(child)) return { port, stop: () => stopped(child) }
    await stopped(child)
    if (attempt === 5) throw new Error('peer.py does not start: is python3-milter installed?')
  }
}

async function isReady(child: ChildProcess): Promise<boolean> {
  const { stdout } = child
  if (stdout === null) return false
  const started = Promise.withResolvers<boolean>()
  stdout.once('data', () => started.resolve(true))
  child.once('exit', () => started.resolve(false))
  child.once('error', () => started.resolve(false))
  return await started.promise
}

// libmilter ends slowly on SIGTERM: it waits for its threads.
async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
