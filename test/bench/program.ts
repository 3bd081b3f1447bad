import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { cpus } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'

/** A program that the benchmark started: a peer, the filter, or the load generator. */
export interface Program {
  readonly name: string
  readonly pid: number
  /** What it printed so far, on both outputs. */
  output(): string
  /** Ends it with SIGTERM, after a while with SIGKILL; resolves with what it printed. */
  stop(): Promise<string>
}

/** Whose processor a program runs on where there are just two: peers and load must not take it from each other. */
export type Side = 'peer' | 'load'

/** The command line that keeps a program on its side's processor. More than two processors are left to the system. */
export function pinned(side: Side, command: readonly string[]): readonly string[] {
  if (cpus().length !== 2) return command
  return ['taskset', '-c', side === 'peer' ? '0' : '1', ...command]
}

/** Keeps this process on the side of the load; `cpus()` goes on to tell all processors. */
export function pinSelf(): void {
  const [file = '', ...args] = pinned('load', [])
  if (file !== '') spawnSync(file, ['-p', ...args, `${process.pid}`])
}

/** Starts a peer, which prints into a file beside its socket, and waits until it takes connections. */
export async function startPeer(name: string, command: readonly string[], socket: string): Promise<Program> {
  const [file = '', ...args] = pinned('peer', command)
  const log = `${socket}.log`
  const printed = openSync(log, 'w')
  const child = spawn(file, args, { stdio: ['ignore', printed, printed] })
  closeSync(printed)
  const output = () => readFileSync(log, 'utf8')
  const program = { name, pid: child.pid ?? 0, output, stop: () => stop(child, output) }
  try {
    await listening(child, socket)
  } catch (cause) {
    throw new Error(`bench: ${name} did not start: ${await program.stop()}`, { cause })
  }
  return program
}

async function listening(child: ChildProcess, socket: string): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await accepts(socket))) {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`it ended with ${child.exitCode}`)
    if (performance.now() > deadline) throw new Error(`it does not listen on ${socket} after a minute`)
    await wait(20)
  }
}

function accepts(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(path)
  socket.on('connect', () => resolve(true))
  socket.on('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}

async function stop(child: ChildProcess, output: () => string): Promise<string> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    const killer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(killer)
  }
  return output()
}
