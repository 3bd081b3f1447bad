import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** `child.ts` running, and what it prints. */
export interface RunningChild {
  readonly process: ChildProcess
  readonly lines: AsyncIterator<string>
  readonly exit: Promise<unknown>
}

/** Starts `child.ts` and ends it with the test; `wrapper` is a program with arguments that restricts it before. */
export function startChild(t: TestContext, what: string, path: string, wrapper: readonly string[] = []): RunningChild {
  const [program = '', ...args] = [
    ...wrapper,
    process.execPath,
    fileURLToPath(new URL('./child.ts', import.meta.url)),
    what,
    path,
  ]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  return { process: child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), exit: once(child, 'close') }
}

/** The next line as JSON; an end without one is an error. */
export async function nextLine<T>(child: RunningChild): Promise<T> {
  const { value, done } = await child.lines.next()
  if (done) throw new Error('the child ended without another line')
  return JSON.parse(value) as T
}
