#!/usr/bin/env -S node --disable-sigusr1 --initial-old-space-size=96 --max-semi-space-size=8
/** The composition root: the one list of drivers, what is made of what, and the order of start and stop. */
import { join } from 'node:path'
import type { Analyzer, AnalyzerDeps } from './analyzers/analyzer.ts'
import { capeAnalyzer } from './analyzers/cape/cape.ts'
import { ClamavAnalyzer } from './analyzers/clamav/clamav.ts'
import { cuckooAnalyzer } from './analyzers/cuckoo/cuckoo.ts'
import { DummyAnalyzer } from './analyzers/dummy/dummy.ts'
import {
  type Composition,
  DataFolder,
  declaredRoles,
  descriptorOf,
  FilterMetrics,
  type ListenerState,
  loadRules,
  ownVersion,
  passedDescriptors,
  pathOfDescriptor,
  RunningPolicy,
  RunningRules,
  runCli,
} from './cli/index.ts'
import type { Config } from './config/index.ts'
import { type Clock, Fault } from './core/index.ts'
import {
  type Dependency,
  EventSender,
  HttpServer,
  healthRoutes,
  metricsRoutes,
  pushRoutes,
  type Route,
} from './http/index.ts'
import { createInspector } from './inspector/index.ts'
import { createListener, listenRemedy, parseListen } from './mailfilter/index.ts'
import type { MilterServer } from './milter/index.ts'
import { createPipeline, HeldSlots, MessageKeeper, OpeningKeys, type Pipeline, StoryWriter } from './pipeline/index.ts'
import type { Profile } from './policy/index.ts'
import { Quarantine } from './quarantine/index.ts'
import type { Ruleset } from './rules/index.ts'
import { Scheduler } from './scheduler/index.ts'
import {
  type Brake,
  describeSwitch,
  OverrideBook,
  openStore,
  Retention,
  type StoreEvent,
  StoreRefused,
  SwitchBook,
  type SwitchEvent,
} from './store/index.ts'
import { describeError, type Logger, systemClock } from './telemetry/index.ts'

type AnalyzerOptions = Config['analyzers'][string]
type Driver<O extends AnalyzerOptions> = (name: string, options: O, deps: AnalyzerDeps) => Analyzer

/** The analyzer drivers by their `type`. */
const DRIVERS: { readonly [T in AnalyzerOptions['type']]: Driver<Extract<AnalyzerOptions, { type: T }>> } = {
  cape: capeAnalyzer,
  clamav: (name, options, deps) => new ClamavAnalyzer(name, options, deps),
  cuckoo: cuckooAnalyzer,
  dummy: (name, options, { clock }) => new DummyAnalyzer(name, options, clock),
}

/** Makes every part of the filter and starts none. Throws what is wrong with rules or profiles. */
export function compose(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
  rules?: Ruleset,
  passed: Passed = new Map(),
): Composition {
  const policy = new RunningPolicy(config)
  const running = new RunningRules(rules ?? loadRules(config))
  const metrics = new FilterMetrics(ownVersion(), clock)
  const parts = makeParts(config, log, clock, metrics)
  const { inspector, store, analyzers, scheduler, keeper, stories, openings, overrides, switches, retention, events } =
    parts
  const folder = new DataFolder(config.dataDir)
  const held = new HeldSlots(config.milter.held)
  const ground = { parts, running, metrics, held, profiles: policy.current.profiles, clock, log }
  const { pipeline, quarantine } = pipelinesOf(config, ground)
  const edges = new Edges(config, pipeline, { log, clock, metrics, passed, quarantine, policy, switches })
  metrics.watch({ ...parts, quarantine, held, rules: running, policy, listeners: () => edges.listeners })
  return {
    config,
    pipeline,
    inspector,
    store,
    analyzers,
    switches,
    rules: running,
    policy,
    profiles: policy.current.profiles,
    async startCore(as) {
      folder.own()
      if (as === 'filter') folder.lock()
      if (as === 'filter') await events.start()
      await keeper.start()
      await openings.start(join(config.dataDir, 'site.key'))
      await Promise.all([startStore(store, log), inspector.start()])
      await Promise.all([overrides.start(), switches.start()])
      retention.start()
      await stories.start()
      await scheduler.start()
      await quarantine.start(config.dataDir)
    },
    async startListeners() {
      await quarantine.listen(config.dataDir)
      return edges.start(routesOf(config, parts, running, policy, metrics))
    },
    async stop() {
      await edges.stop()
      await quarantine.stop()
      await scheduler.stop()
      await events.stop()
      await inspector.stop()
      overrides.stop()
      switches.stop()
      retention.stop()
      await store.stop()
      folder.release()
    },
  }
}

function routesOf(
  config: Config,
  parts: Parts,
  rules: RunningRules,
  policy: RunningPolicy,
  metrics: FilterMetrics,
): readonly Route[] {
  const { inspector, store, switches, analyzers, clock } = parts
  const notes = [checked('rules', rules), checked('lists', policy)].map((one) => ({ ...one, isNote: true }))
  const dependencies = [checked('inspector', inspector), checked('store', store)]
  return [
    ...healthRoutes([...dependencies, ...notes], {
      brake: () => (switches.brake ? describeSwitch(switches.brake) : 'off'),
    }),
    ...metricsRoutes(() => metrics.text()),
    ...pushRoutes(config.http.push, clock, () => {
      for (const analyzer of analyzers.values()) analyzer.hurry?.()
    }),
  ]
}

/** That a held message is examined again is no try of its sender. */
const NO_STORIES = { open: async () => undefined, answered: () => undefined }

interface Ground {
  readonly parts: Parts
  readonly running: RunningRules
  readonly metrics: FilterMetrics
  readonly held: HeldSlots
  readonly profiles: ReadonlyMap<string, Profile>
  readonly clock: Clock
  readonly log: Logger
}

/** The pipeline of the mail that comes, and what asks one beside it about the mail that is held. */
function pipelinesOf(config: Config, { parts, running, metrics, held, profiles, clock, log }: Ground) {
  const deps = {
    ...parts,
    ruleset: () => running.current,
    roles: new Map(Object.entries(config.roles).filter(([, analyzer]) => analyzer !== 'none')),
    declaredRoles: declaredRoles(config),
    authServers: config.milter.authServers.map((name) => name.toLowerCase()),
    held,
    clock,
    log,
  }
  const onDecided = metrics.decided.bind(metrics)
  const again = createPipeline({ ...deps, stories: NO_STORIES })
  const { quarantine: options, language, contact } = config
  return {
    pipeline: createPipeline({ ...deps, onDecided }),
    quarantine: new Quarantine({
      ...{ store: parts.store, pipeline: again, profiles, options, language, contact, clock, log },
    }),
  }
}

type Parts = ReturnType<typeof makeParts>

/** The parts that have a life of their own. */
function makeParts(config: Config, log: Logger, clock: Clock, metrics: FilterMetrics) {
  const { dataDir, scheduler: options } = config
  const onStoreEvent = (event: StoreEvent) => {
    metrics.storeEvent(event)
    if (event.kind !== 'unavailable') return log.info(event, 'store')
    log.warn({ kind: event.kind, detail: describeError(event.fault) }, 'store unavailable')
  }
  const store = openStore(config.store, { clock, dataDir, onEvent: onStoreEvent })
  const inspector = createInspector(config.inspector, {
    clock,
    onEvent: ({ level, ...event }) => {
      metrics.inspectorEvent(event)
      log[level](event, 'inspector')
    },
  })
  const onEvent: AnalyzerDeps['onEvent'] = ({ level, ...event }) => {
    metrics.analyzerEvent(event)
    log[level](event, 'analyzer')
  }
  const onEnded = metrics.analysisEnded.bind(metrics)
  const events = new EventSender({ folder: join(dataDir, 'events'), webhook: config.events.webhook, clock, log })
  const analyzers = new Map(
    Object.entries(config.analyzers).map(([name, one]) => [name, analyzerOf(name, one, { clock, onEvent })]),
  )
  return {
    store,
    inspector,
    analyzers,
    clock,
    events,
    scheduler: new Scheduler({
      store,
      analyzers,
      clock,
      log,
      options,
      onEnded,
      onTurned: (turned) => events.send(turned),
    }),
    keeper: new MessageKeeper(join(dataDir, 'spool'), config.spool),
    stories: new StoryWriter(store, join(dataDir, 'stories.jsonl'), log),
    overrides: new OverrideBook(store, clock, join(dataDir, 'overrides.json'), (error) =>
      log.warn({ cause: describeError(error) }, 'the local copy of the overrides is of no use'),
    ),
    switches: new SwitchBook(
      store,
      clock,
      (event) => logSwitch(log, event),
      join(dataDir, 'switches.json'),
      (error) => log.warn({ cause: describeError(error) }, 'the local copy of the brake is of no use'),
    ),
    retention: new Retention(store, config.store.keep, clock, onStoreEvent),
    openings: new OpeningKeys(config.inspector.passwords?.reveal()),
  }
}

/** The brake and disabled rules change what happens to mail: nobody should have to wonder why. */
function logSwitch(log: Logger, { switched, what }: SwitchEvent): void {
  const { kind, name, mode, who, reason, until } = what
  const about = kind === 'brake' ? { mode } : { rule: name }
  log.warn({ switched, ...about, until: new Date(until).toISOString(), who, reason }, kind)
}

function checked(name: string, part: { check(): Promise<unknown> }): Dependency {
  return { name, check: () => part.check() }
}

/** Sockets that systemd opened for us, by name. */
type Passed = ReturnType<typeof passedDescriptors>

interface EdgeDeps {
  readonly log: Logger
  readonly clock: Clock
  readonly metrics: FilterMetrics
  readonly passed: Passed
  readonly quarantine: Quarantine
  readonly policy: Pick<RunningPolicy, 'current'>
  readonly switches: { readonly brake: Brake | undefined }
}

/** An address where Postfix connects. */
interface Milter extends Pick<ListenerState, 'listen' | 'profile' | 'mode'> {
  readonly server: MilterServer
}

/** The sides towards Postfix and towards health checks. */
class Edges {
  readonly #config: Config
  readonly #log: Logger
  readonly #stopping = new AbortController()
  readonly #milters: readonly Milter[]
  readonly #passed: Passed
  #http: HttpServer | undefined

  constructor(
    config: Config,
    pipeline: Pipeline,
    { log, clock, metrics, passed, quarantine, policy: running, switches }: EdgeDeps,
  ) {
    this.#config = config
    this.#log = log
    this.#passed = passed
    const policy = () => running.current
    const brake = () => switches.brake
    const stopping = this.#stopping.signal
    this.#milters = config.milter.listeners.map(({ listen, profile: profileName, direction, instance }) => {
      const profile = running.current.profiles.get(profileName)
      if (!profile) throw new Fault('internal', `the profile ${profileName} of ${listen} does not exist`)
      const listener = { listen, profileName, profile, direction, instance }
      const onOddity = metrics.milterEvent.bind(metrics)
      const deps = {
        pipeline,
        quarantine,
        listener,
        policy,
        log,
        clock,
        brake,
        deadlineMs: config.milter.deadline,
        stopping,
        onOddity,
      }
      return { listen, profile: profileName, mode: profile.mode, server: createListener(deps, config.milter) }
    })
  }

  /** Listens everywhere or nowhere; rejects naming the address that cannot be had. */
  async start(routes: readonly Route[]): Promise<{ milter: string[]; http: string }> {
    for (const { listen, server } of this.#milters) {
      const address = async () => parseListen(listen, (name) => descriptorOf(name, this.#passed))
      await address()
        .then((at) => server.listen(at))
        .catch((error: unknown) => {
          throw new Error(`cannot listen on ${listen}${listenRemedy(listen, error)}`, { cause: error })
        })
    }
    return {
      milter: this.#milters.map(({ listen, server }) => addressOf(listen, server, this.#passed)),
      http: await this.#startHttp(routes),
    }
  }

  async stop(): Promise<void> {
    const { grace: graceMs } = this.#config.milter
    this.#stopping.abort(new Fault('shutting-down'))
    await Promise.allSettled(this.#milters.map(({ server }) => server.close({ graceMs })))
    await this.#http?.close()
  }

  get listeners(): readonly ListenerState[] {
    return this.#milters.map(({ server, ...milter }) => {
      const { sessions, messages } = server
      return { ...milter, address: addressOf(milter.listen, server, this.#passed), sessions, messages }
    })
  }

  async #startHttp(routes: readonly Route[]): Promise<string> {
    const { listen } = this.#config.http
    if (listen === 'off') return ''
    this.#http = new HttpServer(routes)
    return this.#http.listen(listen).catch((error: unknown) => {
      this.#log.error({ listen, cause: describeError(error) }, 'no health checks: address cannot be had')
      return ''
    })
  }
}

/** A store that is away is no reason not to start: it comes back by itself. One that will not have us is: somebody must act. */
async function startStore(store: { start(): Promise<void> }, log: Logger): Promise<void> {
  await store.start().catch((error: unknown) => {
    if (error instanceof StoreRefused) throw error
    log.error({ cause: describeError(error) }, 'store unavailable at the start')
  })
}

function analyzerOf(name: string, options: AnalyzerOptions, deps: AnalyzerDeps): Analyzer {
  // One entry of the table: its options are those of its type, which the compiler does not see.
  const driver = DRIVERS[options.type] as Driver<AnalyzerOptions>
  return driver(name, options, deps)
}

/** Where a server really listens: port 0 asks the system for any, and systemd chose the address of what it opened. */
function addressOf(listen: string, server: MilterServer, passed: Passed): string {
  const address = server.address()
  const isPassed = listen.startsWith('systemd:')
  if (typeof address !== 'object' || address === null) return isPassed ? unixAddress(listen, passed) : listen
  if (!isPassed) return listen.replace(/:\d+$/, `:${address.port}`)
  return `inet:${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

function unixAddress(listen: string, passed: Passed): string {
  const path = pathOfDescriptor(passed.get(listen.slice('systemd:'.length))?.[0] ?? -1)
  return path === '' ? listen : `unix:${path}`
}

if (import.meta.main) {
  const passed = passedDescriptors(process.env, process.pid)
  const code = await runCli(process.argv.slice(2), {
    compose: (config, log, rules) => compose(config, log, systemClock, rules, passed),
  })
  // Into a pipe it is written beside: without waiting, what a slow reader has not taken yet is lost.
  if (process.stdout.writableLength > 0) await new Promise((taken) => process.stdout.write('', taken))
  process.exit(code)
}
