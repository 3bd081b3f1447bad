/** A pipeline with a memory store, scripted inspector and analyzers, and a clock that the test moves. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import type { Analyzer } from '../../src/analyzers/analyzer.ts'
import { DummyAnalyzer } from '../../src/analyzers/dummy/dummy.ts'
import { dummyOptions } from '../../src/analyzers/dummy/options.ts'
import type { Inspector } from '../../src/inspector/index.ts'
import {
  createPipeline,
  type Envelope,
  HeldSlots,
  MessageKeeper,
  OpeningKeys,
  type Pipeline,
  type PipelineDeps,
  pipelineOptions,
  StoryWriter,
} from '../../src/pipeline/index.ts'
import { resolveProfiles } from '../../src/policy/index.ts'
import { loadRuleset } from '../../src/rules/index.ts'
import { Scheduler, schedulerOptions } from '../../src/scheduler/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import { FakeClock } from '../fakes/clock.ts'

export const RULES = `
- { id: eicar, when: "sample.testString == 'eicar'", verdict: bad, reason: test file }
- { id: sandbox-bad, when: "sample.name.endsWith('.doc') && sandbox.score >= 5.0", verdict: bad, reason: sandbox }
- { id: sandbox-good, when: "sample.name.endsWith('.doc') && sandbox.score < 5.0", verdict: good, reason: sandbox }
- { id: rest, when: "true", verdict: ignored, reason: nothing to see }
`

export interface Bench {
  readonly pipeline: Pipeline
  readonly clock: FakeClock
  readonly store: Store
  readonly sandbox: DummyAnalyzer
  readonly dir: string
  readonly keeper: MessageKeeper
  readonly held: HeldSlots
  readonly stories: StoryWriter
  /** Puts other rules in force. */
  reload(rules: string): void
}

export async function benchPipeline(
  t: TestContext,
  inspector: Inspector,
  options: {
    rules?: string
    sandbox?: object
    spool?: object
    store?: (clock: FakeClock) => Store
    held?: number
    switches?: PipelineDeps['switches']
    /** In the place of the scripted one. */
    analyzer?: Analyzer
    /** Takes every line of the log. */
    onLine?: (line: string) => void
  } = {},
): Promise<Bench> {
  const clock = new FakeClock()
  const dir = await mkdtemp(join(tmpdir(), 'peekaboo-pipeline-'))
  const { onLine } = options
  const log = onLine ? pino({ level: 'trace' }, { write: onLine }) : pino({ level: 'silent' })
  const store = options.store?.(clock) ?? createMemoryStore({ clock })
  const sandbox = new DummyAnalyzer('slow', dummyOptions.parse({ type: 'dummy', ...options.sandbox }), clock)
  const analyzers = new Map([['slow', options.analyzer ?? sandbox]])
  const scheduler = new Scheduler({ store, analyzers, clock, log, options: schedulerOptions.parse(undefined) })
  const keeper = new MessageKeeper(join(dir, 'spool'), pipelineOptions.parse(options.spool))
  const stories = new StoryWriter(store, join(dir, 'stories.jsonl'), log)
  const load = (text: string) => loadRuleset([{ path: 'rules.yaml', text }], { roles: ['sandbox'] })
  let ruleset = load(options.rules ?? RULES)
  const held = new HeldSlots(options.held ?? 33)
  const roles = new Map([['sandbox', 'slow']])
  const pipeline = createPipeline({
    inspector,
    store,
    scheduler,
    ruleset: () => ruleset,
    roles,
    declaredRoles: ['sandbox'],
    keeper,
    stories,
    openings: new OpeningKeys(),
    ...(options.switches && { switches: options.switches }),
    held,
    clock,
    log,
  })
  await keeper.start()
  await store.start().catch(() => undefined)
  await stories.start()
  t.after(async () => {
    await scheduler.stop()
    await store.stop()
    await rm(dir, { recursive: true, force: true })
  })
  const reload = (rules: string) => {
    ruleset = load(rules)
  }
  return { pipeline, clock, store, sandbox, dir, keeper, held, stories, reload }
}

/** An envelope under a built-in profile. */
export function envelope(profileName = 'mx', changes: Partial<Envelope> = {}): Envelope {
  const profile = resolveProfiles({}).get(profileName)
  if (!profile) throw new Error(`no profile ${profileName}`)
  return {
    queueId: 'Q1',
    listener: 'inet:127.0.0.1:8095',
    profileName,
    profile,
    clientAddress: '192.0.2.1',
    helo: 'client.test.invalid',
    authenticated: false,
    sender: 'a@src.test',
    recipients: ['b@dst.test'],
    ...changes,
  }
}
