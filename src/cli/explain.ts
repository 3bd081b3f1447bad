/** Rule by rule why a sample was decided so: the rules are asked once more, with what was known when they decided. */
import type { Cause, MessageFacts, Reading, RoleState, StorySample } from '../core/index.ts'
import type { Inspection } from '../inspector/index.ts'
import type { Envelope, Examination } from '../pipeline/index.ts'
import type { Ruleset, TraceEntry } from '../rules/index.ts'
import type { ByteSink } from './message-file.ts'
import { harmless, type Style } from './style.ts'

/**
 * Takes the bytes for the decision and, where it is to be explained, a second time for what the rules were told of the message, which
 * a decision does not say. The second reading may fail without harm to the first.
 */
export class ExplainedSink implements ByteSink {
  readonly #examination: Examination
  readonly #second: Inspection | undefined
  #size = 0

  constructor(examination: Examination, second: Inspection | undefined) {
    this.#examination = examination
    this.#second = second
  }

  write(chunk: Uint8Array): boolean {
    this.#size += chunk.length
    const isWelcome = this.#second?.write(chunk) ?? true
    return this.#examination.write(chunk) && isWelcome
  }

  async drained(): Promise<void> {
    await Promise.all([this.#examination.drained(), this.#second?.drained().catch(() => undefined)])
  }

  /** What the rules were told of the message; undefined where nothing was to be explained or nothing could be read. */
  async facts(envelope: Envelope): Promise<MessageFacts | undefined> {
    const reading = await this.#second?.finish().catch(() => undefined)
    return reading && messageFacts(envelope, reading, this.#size)
  }
}

function messageFacts(envelope: Envelope, { subject, anomalies, attachments }: Reading, size: number): MessageFacts {
  const { sender, recipients, clientAddress, helo, authenticated } = envelope
  return {
    sender,
    recipients,
    clientAddress,
    helo,
    authenticated,
    size,
    subject,
    anomalies,
    attachments: attachments.length,
  }
}

/** Every rule in order with what it looked at. */
export function explainSample(told: StorySample, message: MessageFacts, ruleset: Ruleset): readonly TraceEntry[] {
  const roles = new Map(Object.entries(told.reports).map(([role, report]) => [role, roleState(report)]))
  return ruleset.evaluate({ sample: told.sample, message, roles }, { explain: true }).trace ?? []
}

/** The state of a role from what the story says of it. */
function roleState(report: StorySample['reports'][string]): RoleState {
  if (typeof report !== 'string') return { state: 'reported', report }
  if (report.startsWith('failed: ')) return { state: 'failed', cause: report.slice('failed: '.length) as Cause }
  const states = ['wanted', 'pending', 'unmapped', 'capped'] as const
  return { state: states.find((state) => state === report) ?? 'pending' }
}

/** One rule on a line, what it looked at below. */
export function traceLines(entry: TraceEntry, style: Style): readonly string[] {
  const { rule, verdict, result, decided, looked, detail, roles, file, line } = entry
  const word = decided ? style.bold(`${result}, decided`) : result
  const why = detail ?? (roles.length > 0 ? roles.join(', ') : '')
  return [
    `rule ${rule} (${verdict}): ${word}${why === '' ? '' : `: ${harmless(why)}`}  ${style.dim(`${file}:${line}`)}`,
    ...looked.map(({ path, value }) => `    ${path} = ${harmless(value)}`),
  ]
}
