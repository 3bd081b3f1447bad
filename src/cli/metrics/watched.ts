/** What stands in the filter when somebody looks: queues, budgets, places, rules. Reading it costs mail nothing. */
import type { Analyzer } from '../../analyzers/analyzer.ts'
import type { Clock } from '../../core/index.ts'
import type { Inspector, InspectorState } from '../../inspector/index.ts'
import type { HoldStatus } from '../../quarantine/index.ts'
import type { Metrics, Sample } from '../../telemetry/index.ts'
import type { RunningPolicy } from '../running-policy.ts'
import type { RunningRules } from '../running-rules.ts'

/** Something that has a number of places. */
export interface Places {
  readonly used: number
  readonly total: number
}

/** An address where Postfix connects, as it stands. */
export interface ListenerState {
  /** As the configuration has it, and where it really is. */
  readonly listen: string
  readonly address: string
  readonly profile: string
  readonly mode: string
  readonly sessions: number
  readonly messages: number
}

/** The parts that are looked at. */
export interface Watched {
  readonly listeners: () => readonly ListenerState[]
  readonly held: Places
  readonly keeper: { readonly memory: Places; readonly spool: Places }
  readonly inspector: Pick<Inspector, 'check' | 'waiting'>
  readonly analyzers: ReadonlyMap<string, Pick<Analyzer, 'capacity'>>
  readonly scheduler: { readonly lines: ReadonlyMap<string, { readonly busy: number; readonly waiting: number }> }
  readonly rules: RunningRules
  readonly policy: Pick<RunningPolicy, 'isStale' | 'reloads'>
  readonly quarantine: { readonly status: HoldStatus }
  readonly switches: {
    readonly brake: { readonly mode: string } | undefined
    readonly disabledRules: { readonly size: number }
  }
}

/** An inspector that says nothing for so long is told as down, so that the page never takes long. */
const PATIENCE_MS = 2000

type Add = (name: string, help: string, labels: readonly string[], read: Read) => void
type Read = () => readonly Sample[] | Promise<readonly Sample[]>

/** Adds them. */
export function watchMetrics(all: Metrics, parts: Watched, clock: Clock): void {
  const gauge: Add = (name, help, labels, read) => all.read('gauge', { name, help, labels }, read)
  listenerMetrics(gauge, parts)
  budgetMetrics(gauge, parts)
  holdMetrics(gauge, parts.quarantine)
  inspectorMetrics(gauge, parts.inspector, clock)
  analyzerMetrics(gauge, parts)
  rulesMetrics(all, gauge, parts)
}

function listenerMetrics(gauge: Add, { listeners }: Watched): void {
  const info = ['listen', 'address', 'profile', 'mode']
  gauge('peekaboo_listener_info', 'Where Postfix connects, and by which profile it is answered.', info, () =>
    listeners().map(({ listen, address, profile, mode }) => ({ labels: [listen, address, profile, mode], value: 1 })),
  )
  const each = (read: (one: ListenerState) => number) => () =>
    listeners().map((one) => ({ labels: [one.listen], value: read(one) }))
  const sessions = each((one) => one.sessions)
  gauge('peekaboo_sessions', 'Open sessions of Postfix.', ['listen'], sessions)
  const messages = each((one) => one.messages)
  gauge('peekaboo_sessions_in_message', 'Open sessions that are within a message.', ['listen'], messages)
}

function budgetMetrics(gauge: Add, { held, keeper }: Watched): void {
  const rows: readonly (readonly [string, string, Places])[] = [
    ['peekaboo_held_answers', 'answers that are held while analyses run', held],
    ['peekaboo_memory_bytes', 'bytes of messages in memory', keeper.memory],
    ['peekaboo_spool_bytes', 'bytes of messages in spool files', keeper.spool],
  ]
  for (const [name, what, of] of rows) {
    gauge(name, `Now: ${what}.`, [], () => [{ labels: [], value: of.used }])
    gauge(`${name}_limit`, `Most: ${what}.`, [], () => [{ labels: [], value: of.total }])
  }
}

function holdMetrics(gauge: Add, quarantine: Watched['quarantine']): void {
  const each = (name: string, help: string, read: (status: HoldStatus) => number) =>
    gauge(`peekaboo_quarantine_${name}`, help, [], () => one(read(quarantine.status)))
  each('messages', 'Messages of ours in the hold queues of this host.', ({ messages }) => messages)
  each('messages_limit', 'Beyond so many none is quarantined but put off.', ({ maxMessages }) => maxMessages)
  each('bytes', 'Their size.', ({ bytes }) => bytes)
  each('bytes_limit', 'Beyond that none is quarantined but put off.', ({ maxBytes }) => maxBytes)
  each('overdue', 'Those whose time is over and that still lie there.', ({ overdue }) => overdue)
  each(
    'oldest_timestamp_seconds',
    'Since when the oldest lies there, Unix time; 0 for none.',
    ({ oldest }) => oldest / 1000,
  )
}

function inspectorMetrics(gauge: Add, inspector: Watched['inspector'], clock: Clock): void {
  // One question for all metrics of one page.
  let asked: Promise<InspectorState | undefined> | undefined
  const state = () => {
    asked ??= within(inspector.check(), clock).finally(() => {
      asked = undefined
    })
    return asked
  }
  const up = async () => one((await state()) === undefined ? 0 : 1)
  gauge('peekaboo_inspector_up', 'Whether a test message was read just now.', [], up)
  gauge('peekaboo_inspector_processes', 'Parser processes.', ['state'], async () => {
    const found = await state()
    if (!found) return []
    const { processes, idle } = found
    return [
      { labels: ['idle'], value: idle },
      { labels: ['busy'], value: processes - idle },
    ]
  })
  gauge('peekaboo_inspector_layers_missing', 'Protection layers that the parser processes lack.', [], async () => {
    const found = await state()
    return found ? one(found.layers.filter(({ active }) => !active).length) : []
  })
  const waiting = 'Messages and openings that wait for a parser process.'
  gauge('peekaboo_inspector_waiting', waiting, [], () => one(inspector.waiting ?? 0))
}

async function within(state: Promise<InspectorState>, clock: Clock): Promise<InspectorState | undefined> {
  const late = Promise.withResolvers<undefined>()
  const cancel = clock.after(PATIENCE_MS, () => late.resolve(undefined))
  const known = state.catch(() => undefined)
  try {
    return await Promise.race([known, late.promise])
  } finally {
    cancel()
  }
}

function analyzerMetrics(gauge: Add, { analyzers, scheduler }: Watched): void {
  const capacities = (read: (of: ReturnType<Analyzer['capacity']>) => number) => () =>
    Array.from(analyzers, ([name, analyzer]) => ({ labels: [name], value: read(analyzer.capacity()) }))
  const lines = (read: (of: { readonly busy: number; readonly waiting: number }) => number) => () =>
    Array.from(scheduler.lines, ([name, line]) => ({ labels: [name], value: read(line) }))
  const by = ['analyzer']
  const [instances, inService] = [capacities((of) => of.instances), capacities((of) => of.inService)]
  gauge('peekaboo_analyzer_instances', 'Instances of an analyzer.', by, instances)
  gauge('peekaboo_analyzer_instances_in_service', 'Instances that take samples.', by, inService)
  const free = capacities((of) => of.free)
  gauge('peekaboo_analyzer_free_places', 'Further samples that an analyzer would take now.', by, free)
  const busy = lines((line) => line.busy)
  gauge('peekaboo_analyses_running', 'Analyses under way here.', by, busy)
  const waiting = lines((line) => line.waiting)
  gauge('peekaboo_analyses_waiting', 'Samples that wait in line for an analyzer.', by, waiting)
}

function rulesMetrics(all: Metrics, gauge: Add, { rules, policy, switches }: Watched): void {
  const version = () => [{ labels: [rules.current.version], value: 1 }]
  gauge('peekaboo_rules_info', 'The rules in force.', ['version'], version)
  const loaded = 'Whether rules and lists on disk, when they were last read, are those in force.'
  gauge('peekaboo_rules_reload_ok', loaded, [], () => one(rules.isStale || policy.isStale ? 0 : 1))
  const reloads = {
    name: 'peekaboo_rules_reloads_total',
    help: 'Reloads of rules or lists since the start.',
    labels: ['result'],
  }
  all.read('counter', reloads, () => [
    { labels: ['done'], value: rules.reloads.done + policy.reloads.done },
    { labels: ['failed'], value: rules.reloads.failed + policy.reloads.failed },
  ])
  const disabled = 'Rules that are switched off for a while.'
  gauge('peekaboo_rules_disabled', disabled, [], () => one(switches.disabledRules.size))
  const brake = 'The emergency brake that is on, by its mode; no series while none is.'
  gauge('peekaboo_brake', brake, ['mode'], () => (switches.brake ? [{ labels: [switches.brake.mode], value: 1 }] : []))
}

function one(value: number): readonly Sample[] {
  return [{ labels: [], value }]
}
