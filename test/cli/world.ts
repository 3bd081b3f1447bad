/** A world in memory for commands: what they print, which signals come, and a filter whose parts answer by the text of the message. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type CliDeps, type CliIo, type Composition, RunningPolicy, RunningRules, runCli } from '../../src/cli/index.ts'
import type { Config } from '../../src/config/index.ts'
import type { Inspector, InspectorState } from '../../src/inspector/index.ts'
import { resolveProfiles } from '../../src/policy/index.ts'
import { loadRuleset } from '../../src/rules/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { TextInspector } from './text-inspector.ts'
import { TextPipeline } from './text-pipeline.ts'

export interface WorldOptions {
  readonly isTTY?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly uid?: number
  readonly stdin?: readonly string[]
  readonly inspector?: Inspector
  readonly layers?: InspectorState['layers']
  /** Replaces parts of the filter. */
  readonly parts?: Partial<Composition>
  readonly deps?: Partial<CliDeps>
}

/** What a command did to its world. */
export class World {
  readonly folder: string
  readonly store = createMemoryStore({ clock: new FakeClock() })
  readonly pipeline = new TextPipeline()
  readonly events: string[] = []
  stdout = ''
  stderr = ''
  readonly #options: WorldOptions
  readonly #signals = new Map<string, () => void>()
  #written = () => {}

  constructor(t: TestContext, options: WorldOptions = {}) {
    this.#options = options
    this.folder = mkdtempSync(join(tmpdir(), 'peekaboo-cli-'))
    t.after(() => rmSync(this.folder, { recursive: true, force: true }))
    this.file('peekaboo.yaml', `dataDir: ${this.folder}/data\n`)
  }

  /** Writes a file and returns its path. */
  file(name: string, text: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, text)
    return path
  }

  /** Runs a command line with the configuration of this world, and resolves with its exit code. */
  run(...argv: readonly string[]): Promise<number> {
    return runCli(argv, {
      compose: (config) => this.#compose(config),
      io: this.io(),
      ...(this.#options.deps?.compose === undefined && {
        openStore: (config) => this.#compose(config).store,
        loadRules: (config) => this.#compose(config).rules.current,
      }),
      makeInspector: () => this.inspector,
      ...this.#options.deps,
    })
  }

  /** As `run`, with `--config` after the words of the command. */
  command(words: string, ...argv: readonly string[]): Promise<number> {
    return this.run(...words.split(' '), '--config', join(this.folder, 'peekaboo.yaml'), ...argv)
  }

  get inspector(): Inspector {
    return this.#options.inspector ?? new TextInspector(this.#options.layers)
  }

  get lines(): readonly string[] {
    return this.stdout.split('\n').slice(0, -1)
  }

  get json(): readonly Readonly<Record<string, unknown>>[] {
    return this.lines.map((line) => JSON.parse(line))
  }

  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGHUP'): void {
    this.#signals.get(name)?.()
  }

  /** Resolves as soon as standard output matches; rejects with what it says instead after a long time. */
  async printed(pattern: RegExp): Promise<void> {
    const late = Promise.withResolvers<never>()
    const deadline = setTimeout(() => late.reject(new Error(`${pattern} not in: ${this.stdout}`)), 20_000)
    try {
      while (!pattern.test(this.stdout)) {
        const written = new Promise<void>((resolve) => {
          this.#written = resolve
        })
        await Promise.race([written, late.promise])
      }
    } finally {
      clearTimeout(deadline)
    }
  }

  get isWatchingSignals(): boolean {
    return this.#signals.size > 0
  }

  io(): CliIo {
    const { isTTY = false, env = {}, uid = 1000, stdin = [] } = this.#options
    const output = (name: 'stdout' | 'stderr') => ({
      isTTY,
      write: (text: string) => {
        this[name] += text
        this.#written()
        return true
      },
    })
    return {
      stdin: (async function* () {
        for (const text of stdin) yield Buffer.from(text)
      })(),
      stdout: output('stdout'),
      stderr: output('stderr'),
      env: { HOME: this.folder, ...env },
      uid,
      version: '1.2.3',
      onSignal: (name, call) => {
        this.#signals.set(name, call)
        return () => this.#signals.delete(name)
      },
    }
  }

  #compose(config: Config): Composition {
    return {
      config,
      pipeline: this.pipeline,
      inspector: this.inspector,
      store: this.store,
      analyzers: new Map(),
      switches: { brake: undefined, disabledRules: new Map() },
      rules: new RunningRules(loadRuleset([{ path: 'site.yaml', text: RULES }], { roles: Object.keys(config.roles) })),
      profiles: resolveProfiles(config.profiles),
      policy: new RunningPolicy(config),
      startCore: async () => {
        this.events.push('startCore')
        await this.store.start()
      },
      startListeners: async () => {
        this.events.push('startListeners')
        return { milter: config.milter.listeners.map(({ listen }) => listen), http: '127.0.0.1:8100' }
      },
      stop: async () => {
        this.events.push('stop')
      },
      ...this.#options.parts,
    }
  }
}

const RULES = `
- id: named-bad
  when: sample.name == 'bad' && message.subject == 'hello'
  verdict: bad
  reason: It says so itself
  tests: [{ facts: { sample: { name: bad }, message: { subject: hello } }, expect: bad }]
- id: rest
  when: 'true'
  verdict: ignored
  reason: Nothing else is looked at
  tests: [{ facts: { sample: { name: x } }, expect: ignored }]
`
