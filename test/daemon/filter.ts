/** The real filter as a child process, as `npm start` runs it: own data folder, free ports, its log as parsed lines. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { runtimeFlags } from './runtime.ts'

/** One line of the filter's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string }

export interface FilterOptions {
  /** YAML of the configuration; ports and data folder are added where it does not say. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Where to listen: any free port by default. */
  readonly listeners?: readonly { readonly listen: string; readonly profile: string }[]
  /** Keeps the data folder of an earlier filter. */
  readonly dataDir?: string
  /** Variables beside those of the test itself. */
  readonly env?: Readonly<Record<string, string>>
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const DEADLINE_MS = 20_000

/** Starts the filter and resolves when it listens; rejects with its output when it ends instead. */
export async function startFilter(options: FilterOptions = {}): Promise<Filter> {
  const dir = await mkdtemp(join(tmpdir(), 'peekaboo-filter-'))
  const dataDir = options.dataDir ?? join(dir, 'data')
  const listeners = options.listeners ?? [{ listen: 'inet:127.0.0.1:0', profile: 'mx' }]
  const config = { dataDir, milter: { listeners }, http: { listen: '127.0.0.1:0' }, ...options.config }
  await writeFile(join(dir, 'peekaboo.yaml'), JSON.stringify(config))
  const child = spawn(process.execPath, [...runtimeFlags(), main, 'serve', '--config', join(dir, 'peekaboo.yaml')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  })
  const filter = new Filter(child, dir, dataDir)
  await filter
    .waitFor((line) => line.msg === 'listening')
    .catch(async (error: unknown) => {
      await filter.stop('SIGKILL')
      throw error
    })
  return filter
}

export class Filter {
  readonly dataDir: string
  readonly #child: ChildProcess
  readonly #dir: string
  readonly #lines: LogLine[] = []
  readonly #watchers = new Set<() => void>()
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  #errors = ''
  #hasEnded = false

  constructor(child: ChildProcess, dir: string, dataDir: string) {
    this.#child = child
    this.#dir = dir
    this.dataDir = dataDir
    child.stderr?.on('data', (data: Buffer) => {
      this.#errors += data
    })
    if (child.stdout) createInterface(child.stdout).on('line', (line) => this.#take(line))
    this.ended = once(child, 'close').then(([code, signal]) => {
      this.#hasEnded = true
      this.#wake()
      return { code, signal }
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get lines(): readonly LogLine[] {
    return this.#lines
  }

  get stderr(): string {
    return this.#errors
  }

  /** Port of the n-th listener. */
  port(index = 0): number {
    const line = this.#lines.find(({ msg }) => msg === 'listening')
    const listeners = line?.milter as readonly string[]
    return Number(/:(\d+)$/.exec(listeners[index] ?? '')?.[1])
  }

  /** Address of the health checks. */
  get http(): string {
    return String(this.#lines.find(({ msg }) => msg === 'listening')?.http)
  }

  /** The line that the log has for a message. */
  message(where: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    return this.waitFor((line) => line.msg === 'message' && where(line))
  }

  /** The first line, past or to come, that fits. */
  waitFor(fits: (line: LogLine) => boolean, deadlineMs = DEADLINE_MS): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        clearTimeout(timer)
        this.#watchers.delete(look)
        settle()
      }
      const look = () => {
        const found = this.#lines.find(fits)
        if (found) done(() => resolve(found))
        else if (this.#hasEnded) done(() => reject(new Error(`the filter ended:\n${this.#tail()}`)))
      }
      const timer = setTimeout(
        () => done(() => reject(new Error(`no such line in the log:\n${this.#tail()}`))),
        deadlineMs,
      )
      this.#watchers.add(look)
      look()
    })
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it by the signal and waits until it is gone; the data folder goes too unless it was handed in. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child.kill(signal)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), DEADLINE_MS)
    await this.ended
    clearTimeout(timer)
    await rm(this.#dir, { recursive: true, force: true })
  }

  #take(line: string): void {
    try {
      this.#lines.push(JSON.parse(line))
    } catch {
      this.#errors += `${line}\n`
    }
    this.#wake()
  }

  #wake(): void {
    for (const look of this.#watchers) look()
  }

  #tail(): string {
    return `${this.#errors}${this.#lines
      .slice(-15)
      .map((line) => JSON.stringify(line))
      .join('\n')}`
  }
}
