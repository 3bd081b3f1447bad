import { spawn } from 'node:child_process'

/** How a program ended and what it printed. */
export type Ran = { readonly status: number | null; readonly stdout: Buffer; readonly stderr: string }

export type RunOptions = { readonly input?: Uint8Array; readonly deadlineMs?: number }

/** Runs a program to its end, with an optional standard input; whoever outlives the deadline is killed. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>()
  const signal = AbortSignal.timeout(options.deadlineMs ?? 30_000)
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => err.push(bytes))
  child.stdin.on('error', () => undefined)
  child.on('error', (cause) => reject(new Error(`${command} ${args.join(' ')}: ${cause.message}`, { cause })))
  child.on('close', (status) => resolve({ status, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }))
  child.stdin.end(options.input)
  return promise
}

/** Runs a program that must succeed, and returns what it printed. */
export async function runOk(command: string, args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
  const ran = await run(command, args, options)
  if (ran.status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${ran.status}: ${ran.stderr.trim()}`)
  }
  return ran.stdout
}
