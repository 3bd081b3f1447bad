/** From the outcomes of a message's samples to one disposition and the one outcome that explains it. Pure. */
import {
  DISPOSITIONS,
  type Disposition,
  describeOutcome,
  foldDispositions,
  type Outcome,
  type Reading,
  type Report,
  type RoleState,
  type StorySample,
  VERDICTS,
  type Verdict,
} from '../core/index.ts'
import { dispositionOf, type Profile } from '../policy/index.ts'
import type { Case } from './case.ts'
import { unscannable } from './within.ts'

export interface Conclusion {
  readonly disposition: Disposition
  readonly outcome: Outcome
  readonly samples: readonly StorySample[]
  /** Members of containers that are not among them. */
  readonly membersLeftOut: number
}

/** Members that decide nothing of which one message tells; more would fill the store. */
const MEMBERS_TOLD = 100

/** What a message comes to that has no attachment at all. */
const NOTHING: Outcome = {
  kind: 'decided',
  verdict: 'ignored',
  rule: '(no attachments)',
  reason: 'there is no attachment',
}

/** What is true of the message itself, whatever its samples are: it was not read whole, nobody but the recipient can read it. */
export function wholeOutcomes({ unscannable: limit, anomalies }: Reading): readonly Outcome[] {
  const outcomes: Outcome[] = limit === '' ? [] : [unscannable(limit)]
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
  const outcome = deciding[0] ?? NOTHING
  return { disposition, outcome, ...told(samples, outcome) }
}

/** All attachments, all members with the deciding outcome, and of the others the gravest, in their order. */
function told(all: readonly StorySample[], deciding: Outcome): Pick<Conclusion, 'samples' | 'membersLeftOut'> {
  const others = all.filter(({ sample, outcome }) => isMember(sample) && !decides(outcome, deciding))
  if (others.length <= MEMBERS_TOLD) return { samples: all, membersLeftOut: 0 }
  const left = new Set(others.toSorted((a, b) => gravity(b.outcome) - gravity(a.outcome)).slice(MEMBERS_TOLD))
  return { samples: all.filter((one) => !left.has(one)), membersLeftOut: left.size }
}

function isMember({ path }: StorySample['sample']): boolean {
  return path.includes('/')
}

/** A member that nothing is held against decides nothing, however many say the same. */
function decides(outcome: Outcome, deciding: Outcome): boolean {
  const isHarmless = outcome.kind === 'decided' && outcome.verdict !== 'bad' && outcome.verdict !== 'suspicious'
  return !isHarmless && describeOutcome(outcome) === describeOutcome(deciding)
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
  const outcome = outcomeOf(one, profile)
  const reports = Object.fromEntries([...one.roles].map(([role, state]) => [role, toldAs(state)]))
  return { sample: one.sample, outcome, disposition: dispositionOf(outcome, profile), reports }
}

/**
 * What the rules say of a sample, or why it was not read where that weighs more: adding what is not known never weakens an answer. A rule
 * may call good what is encrypted, as it may know from whom it comes; nothing makes unscannable clean.
 */
function outcomeOf(one: Case, profile: Profile): Outcome {
  const outcomes = outcomesOf(one)
  const weight = (outcome: Outcome) => DISPOSITIONS.indexOf(dispositionOf(outcome, profile)) * 1000 + gravity(outcome)
  return outcomes.reduce((gravest, one) => (weight(one) > weight(gravest) ? one : gravest))
}

function outcomesOf({ evaluation, unread }: Case): readonly [Outcome, ...Outcome[]] {
  const own = evaluation.outcome
  const isGood = own.kind === 'decided' && own.verdict === 'good'
  return [own, ...unread.filter(({ kind }) => !isGood || kind !== 'encrypted')]
}

/** Every outcome that counts, whichever profile looks at it. */
export function allOutcomes(cases: readonly Case[], whole: readonly Outcome[]): readonly Outcome[] {
  const counts = ({ sample: { role } }: Case, outcome: Outcome) =>
    role === 'attachment' || outcome.kind !== 'decided' || !HARMLESS.has(outcome.verdict)
  return [...whole, ...cases.flatMap((one) => outcomesOf(one).filter((outcome) => counts(one, outcome)))]
}

const HARMLESS: ReadonlySet<Verdict> = new Set(['ignored', 'good'])

function toldAs(state: RoleState): Report | string {
  if (state.state === 'reported') return state.report
  return state.state === 'failed' ? `failed: ${state.cause}` : state.state
}
