/** What a running filter counts and measures. Everything that happens is told to it; what stands is read when somebody asks. */
import type { AnalyzerEvent } from '../../analyzers/analyzer.ts'
import { type Clock, describeOutcome, type Outcome } from '../../core/index.ts'
import type { InspectorEvent } from '../../inspector/index.ts'
import type { Decision, Envelope } from '../../pipeline/index.ts'
import type { StoreEvent } from '../../store/index.ts'
import { type MetricDoc, Metrics } from '../../telemetry/index.ts'
import { processMetrics } from './process.ts'
import { type Watched, watchMetrics } from './watched.ts'

/** From a millisecond to the longest hold. */
const STEP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240]
/** From an antivirus to a sandbox with a queue. */
const ANALYSIS_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 30, 60, 120, 180, 300, 600, 1200, 3600]

export class FilterMetrics {
  readonly #all = new Metrics()
  readonly #clock: Clock
  readonly #messages
  readonly #failed
  readonly #unscannable
  readonly #samples
  readonly #steps
  readonly #milterEvents
  readonly #inspectorEvents
  readonly #storeUp
  readonly #storeOutages
  readonly #analyses
  readonly #analysisSeconds
  readonly #instances

  constructor(version: string, clock: Clock) {
    const all = this.#all
    this.#clock = clock
    processMetrics(all, version)
    const counter = (name: string, help: string, ...labels: string[]) => all.counter({ name, help, labels })
    this.#messages = counter(
      'peekaboo_messages_total',
      'Messages that were decided.',
      ...['profile', 'disposition', 'outcome'],
    )
    this.#failed = counter('peekaboo_messages_failed_total', 'Messages whose outcome was a failure.', 'cause')
    this.#unscannable = counter('peekaboo_messages_unscannable_total', 'Messages that broke a limit.', 'limit')
    this.#samples = counter('peekaboo_samples_total', 'Samples that messages tell of.', 'outcome')
    const steps = { name: 'peekaboo_message_step_seconds', help: 'Time of each step of a message.', labels: ['step'] }
    this.#steps = all.histogram(steps, STEP_SECONDS)
    const oddities = 'Oddities of the milter side that the log tells, sessions closed included.'
    this.#milterEvents = counter('peekaboo_milter_events_total', oddities, 'listen', 'event')
    this.#inspectorEvents = counter('peekaboo_inspector_events_total', 'What happened to parser processes.', 'kind')
    this.#storeUp = all.gauge({ name: 'peekaboo_store_up', help: 'Whether the store answers.' })
    this.#storeOutages = counter('peekaboo_store_outages_total', 'How often the store went away.')
    this.#analyses = counter('peekaboo_analyses_total', 'Analyses that ended here.', 'analyzer', 'state')
    this.#analysisSeconds = all.histogram(
      { name: 'peekaboo_analysis_seconds', help: 'Time from lease to report.', labels: ['analyzer'] },
      ANALYSIS_SECONDS,
    )
    this.#instances = all.gauge({
      name: 'peekaboo_analyzer_instance_up',
      help: 'Whether an instance takes samples.',
      labels: ['analyzer', 'instance'],
    })
    this.#storeUp.set(1)
  }

  /** A message was decided. */
  decided({ outcome, disposition, samples, times }: Decision, { profileName }: Envelope): void {
    this.#messages.add([profileName, disposition, wordOf(outcome)])
    if (outcome.kind === 'failed') this.#failed.add([outcome.cause])
    if (outcome.kind === 'unscannable') this.#unscannable.add([outcome.limit])
    for (const sample of samples) this.#samples.add([wordOf(sample.outcome)])
    for (const [step, ms] of Object.entries(times)) this.#steps.observe(ms / 1000, [step])
  }

  milterEvent(listen: string, event: string): void {
    this.#milterEvents.add([listen, event])
  }

  inspectorEvent({ kind }: Pick<InspectorEvent, 'kind'>): void {
    this.#inspectorEvents.add([kind])
  }

  storeEvent({ kind }: StoreEvent): void {
    if (kind === 'unavailable') this.#storeOutages.add()
    if (kind === 'unavailable' || kind === 'recovered') this.#storeUp.set(kind === 'recovered' ? 1 : 0)
  }

  analyzerEvent({ analyzer, instance, event }: Omit<AnalyzerEvent, 'level'>): void {
    if (event === 'in service' || event === 'out of service')
      this.#instances.set(event === 'in service' ? 1 : 0, [analyzer, instance])
  }

  /** An analysis ended after so long; the time of one without a report says nothing. */
  analysisEnded(analyzer: string, state: string, ms: number): void {
    this.#analyses.add([analyzer, state])
    if (state === 'reported') this.#analysisSeconds.observe(ms / 1000, [analyzer])
  }

  /** Adds what is read when somebody asks. */
  watch(parts: Watched): void {
    watchMetrics(this.#all, parts, this.#clock)
  }

  get docs(): readonly MetricDoc[] {
    return this.#all.docs
  }

  text(): Promise<string> {
    return this.#all.text()
  }
}

/** The word for an outcome without what stands in its brackets, so that there are few. */
function wordOf(outcome: Outcome): string {
  return describeOutcome(outcome).replace(/\(.*/s, '')
}
