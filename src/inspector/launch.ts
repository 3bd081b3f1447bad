/** A supervisor of our own as a child process, started again when it dies. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Clock } from '../core/index.ts'
import { type ParserCode, QUIET_COLLECTOR, roomFile } from './command.ts'
import { eventSchema, type InspectorEvent, type OnEvent } from './events.ts'
import type { InspectorOptions } from './options.ts'

const RESTART_MS = 1000
const STOP_MS = 7000

export interface LaunchDeps {
  readonly options: InspectorOptions
  readonly clock: Clock
  readonly onEvent: OnEvent
  readonly code?: ParserCode
}

export class SupervisorChild {
  /** Where it listens: in a folder that only we can enter. */
  readonly socket: string
  readonly #deps: LaunchDeps
  readonly #folder: string
  #child: ChildProcess | undefined
  #stderr = ''
  #isStopped = false
  #lastStart = 0
  #stopTimer: (() => void) | undefined
  #started: { resolve: () => void; reject: (error: Error) => void } | undefined

  constructor(deps: LaunchDeps) {
    this.#deps = deps
    this.#folder = mkdtempSync(join(tmpdir(), `peekaboo-inspector-${process.pid}-`))
    this.socket = join(this.#folder, 'inspector.sock')
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Resolves when it listens; rejects where the first start fails. */
  start(): Promise<void> {
    const started = new Promise<void>((resolve, reject) => {
      this.#started = { resolve, reject }
    })
    this.#spawn()
    return started
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#stopTimer?.()
    await this.#end()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #end(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(STOP_MS, () => child.kill('SIGKILL'))
      child.on('exit', () => {
        cancel()
        resolve()
      })
      child.ref()
      child.stdin?.end()
    })
  }

  #spawn(): void {
    const { options, code, clock } = this.#deps
    const settings = JSON.stringify({ socket: this.socket, options, ...(code ? { code } : {}) })
    this.#lastStart = clock.now()
    this.#stderr = ''
    const child = spawn(
      process.execPath,
      ['--disable-sigusr1', ...QUIET_COLLECTOR, roomFile('supervisor-main'), settings],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {},
      },
    )
    this.#child = child
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line))
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-2000)
    })
    child.stdin.on('error', () => {})
    child.on('error', (error) => this.#ended(error.message))
    child.on('close', (code, signal) => this.#ended(this.#stderr.trim() || `ended with ${signal ?? code}`))
  }

  #hear(line: string): void {
    const event = parseEvent(line)
    if (event === undefined) return
    this.#deps.onEvent(event)
    if (event.kind !== 'supervisor-ready') return
    this.#started?.resolve()
    this.#started = undefined
  }

  #ended(why: string): void {
    if (this.#isStopped || this.#stopTimer) return
    this.#deps.onEvent({ kind: 'supervisor-ended', level: 'warn', pid: this.pid, detail: why })
    if (this.#started) {
      this.#started.reject(new Error(`the inspector does not start: ${why}`))
      this.#started = undefined
      return
    }
    const wait = Math.max(0, this.#lastStart + RESTART_MS - this.#deps.clock.now())
    this.#stopTimer = this.#deps.clock.after(wait, () => {
      this.#stopTimer = undefined
      if (!this.#isStopped) this.#spawn()
    })
  }
}

function parseEvent(line: string): InspectorEvent | undefined {
  try {
    return eventSchema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
