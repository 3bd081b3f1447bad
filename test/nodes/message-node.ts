/** A node without a milter: one message through the pipeline, over a store and an analyzer that the test hands in. */
import { join } from 'node:path'
import { pino } from 'pino'
import type { Analyzer } from '../../src/analyzers/analyzer.ts'
import {
  createPipeline,
  HeldSlots,
  MessageKeeper,
  OpeningKeys,
  pipelineOptions,
  StoryWriter,
} from '../../src/pipeline/index.ts'
import { loadRuleset } from '../../src/rules/index.ts'
import { Scheduler, schedulerOptions } from '../../src/scheduler/index.ts'
import type { Store } from '../../src/store/index.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { FakeInspector, reading, sample } from '../fakes/inspector.ts'
import { envelope } from '../pipeline/bench-pipeline.ts'

const RULES = '- { id: bad, when: "sandbox.score >= 5.0", verdict: bad, reason: sandbox }'

/** The sample of every message here. */
export const SHA256 = 'd'.repeat(64)

export interface MessageNode {
  readonly scheduler: Scheduler
  /** Brings the message once; what the mail server would be told is handed to `reply` before it is noted as told. */
  bring(queueId: string, reply: (disposition: string) => void): Promise<void>
  stop(): Promise<void>
}

/** The store is started already. */
export async function messageNode(
  folder: string,
  store: Store,
  analyzer: Analyzer,
  lease: string,
): Promise<MessageNode> {
  const log = pino({ level: 'silent' })
  const options = schedulerOptions.parse({ lease, poll: '50ms' })
  const scheduler = new Scheduler({ store, analyzers: new Map([['box', analyzer]]), clock: systemClock, log, options })
  const keeper = new MessageKeeper(join(folder, 'spool'), pipelineOptions.parse(undefined))
  const stories = new StoryWriter(store, join(folder, 'stories.jsonl'), log)
  const ruleset = loadRuleset([{ path: 'rules.yaml', text: RULES }], { roles: ['sandbox'] })
  const pipeline = createPipeline({
    inspector: new FakeInspector(reading(sample('a.doc', { sha256: SHA256 }))),
    store,
    scheduler,
    ruleset: () => ruleset,
    roles: new Map([['sandbox', 'box']]),
    declaredRoles: ['sandbox'],
    keeper,
    stories,
    openings: new OpeningKeys(),
    held: new HeldSlots(33),
    clock: systemClock,
    log,
  })
  await keeper.start()
  return {
    scheduler,
    bring: async (queueId, reply) => {
      const from = envelope('mx', { queueId })
      const examination = pipeline.begin()
      const decision = await examination.finish(from, new AbortController().signal)
      reply(decision.disposition)
      examination.answered(decision, from)
    },
    stop: () => scheduler.stop(),
  }
}
