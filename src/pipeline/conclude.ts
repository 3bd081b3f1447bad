/** From the outcomes of a message's samples to one disposition and the one outcome that explains it. Pure. */
import {
  DISPOSITIONS,
  type Disposition,
  foldDispositions,
  LIMITS,
  type Limit,
  type MessageFacts,
  type Outcome,
  type Reading,
  type Report,
  type RoleState,
  type StorySample,
  VERDICTS,
} from '../core/index.ts'
import { dispositionOf, type Profile } from '../policy/index.ts'
import type { Case } from './case.ts'
import type { Envelope } from './pipeline.ts'

export interface Conclusion {
  readonly disposition: Disposition
  readonly outcome: Outcome
  readonly samples: readonly StorySample[]
}

/** What a message comes to that has no attachment at all. */
const NOTHING: Outcome = {
  kind: 'decided',
  verdict: 'ignored',
  rule: '(no attachments)',
  reason: 'there is no attachment',
}

/** What is true of the message itself, whatever its samples are: it was not read whole, nobody but the recipient can read it. */
export function wholeOutcomes({ unscannable, anomalies }: Reading): readonly Outcome[] {
  const outcomes: Outcome[] = []
  if (unscannable !== '') {
    const isKnown = Object.hasOwn(LIMITS, unscannable)
    outcomes.push(
      isKnown ? { kind: 'unscannable', limit: unscannable as Limit } : { kind: 'failed', cause: 'inspector-garbage' },
    )
  }
  if (anomalies.some(({ name }) => name === 'encrypted')) outcomes.push({ kind: 'encrypted', what: 'mail' })
  return outcomes
}

/** Folds the samples' dispositions and those of the message itself (`whole`: it could not be read, not whole, or is encrypted). */
export function conclude(cases: readonly Case[], whole: readonly Outcome[], profile: Profile): Conclusion {
  const samples = cases.map((one) => storySample(one, profile)).filter(isTold)
  const outcomes = [...whole, ...samples.map((one) => one.outcome)]
  const dispositions = outcomes.map((outcome) => dispositionOf(outcome, profile))
  const disposition = foldDispositions(dispositions)
  const deciding = outcomes.filter((_, i) => dispositions[i] === disposition).sort((a, b) => gravity(b) - gravity(a))
  return { disposition, outcome: deciding[0] ?? NOTHING, samples }
}

/** Of texts and of messages themselves only what is held against them is told. */
function isTold({ sample, outcome }: StorySample): boolean {
  if (sample.role === 'attachment' || outcome.kind !== 'decided') return true
  return outcome.verdict !== 'ignored' && outcome.verdict !== 'good'
}

/** No further sample or report can make the answer stronger. */
export function isFinal(conclusion: Conclusion): boolean {
  return conclusion.disposition === DISPOSITIONS[DISPOSITIONS.length - 1]
}

/** Which of several outcomes with the same disposition is shown: the worst verdict, then what is not decided. */
function gravity(outcome: Outcome): number {
  const order = ['good', 'ignored', 'unknown', 'unanalysed', 'encrypted', 'pending', 'failed', 'unscannable']
  if (outcome.kind !== 'decided') return order.indexOf(outcome.kind)
  const verdict = VERDICTS.indexOf(outcome.verdict)
  return verdict <= 1 ? 100 - verdict : order.indexOf(outcome.verdict)
}

function storySample(one: Case, profile: Profile): StorySample {
  const { outcome } = one.evaluation
  const reports = Object.fromEntries([...one.roles].map(([role, state]) => [role, toldAs(state)]))
  return { sample: one.sample, outcome, disposition: dispositionOf(outcome, profile), reports }
}

function toldAs(state: RoleState): Report | string {
  if (state.state === 'reported') return state.report
  return state.state === 'failed' ? `failed: ${state.cause}` : state.state
}

/** What rules may know of the message around a sample. */
export function messageFacts(envelope: Envelope, reading: Reading, size: number): MessageFacts {
  const { sender, recipients, clientAddress, helo, authenticated } = envelope
  const { subject, anomalies, attachments } = reading
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
