/**
 * What the brake `accept-known` lets through: bytes that would have to wait for an analysis, and that an earlier message of the same profile
 * had judged good or ignored. Never what any of the newest messages called bad or suspicious, nor what any report that is kept calls bad; and
 * whoever is not known by all of this, or while the store is away, is judged as ever.
 */
import { BAD_SCORE, type Outcome } from '../core/index.ts'
import { type Brake, describeSwitch, type PastVerdict } from '../store/store.ts'
import { describeError } from '../telemetry/index.ts'
import type { Case } from './case.ts'
import type { PipelineDeps } from './deps.ts'

/** The newest messages that are looked at for each sample. */
const REMEMBERED = 10
/** Samples of one message that are looked up; the others are judged as ever. */
const MOST_SAMPLES = 1000
const RULE = '(known, by the brake)'

type Deps = Pick<PipelineDeps, 'store' | 'log' | 'inspector'>

/** Settles the cases that wait for an analysis and are known. */
export async function settleKnown(cases: readonly Case[], profile: string, brake: Brake, deps: Deps): Promise<void> {
  const waiting = cases.filter(({ evaluation }) => evaluation.needs.length > 0)
  const digests = [...new Set(waiting.map(({ sample }) => sample.sha256))].slice(0, MOST_SAMPLES)
  if (digests.length === 0) return
  try {
    const { store, inspector } = deps
    const query = { digests, recipe: inspector.recipe, analyses: [], storyKey: '', history: true }
    const [verdicts, { history }] = await Promise.all([store.verdicts(digests, REMEMBERED), store.lookup(query)])
    for (const one of waiting) {
      const { sha256 } = one.sample
      const seen = history?.get(sha256)
      const isBad = seen === undefined || (seen.worstScore ?? 0) >= BAD_SCORE
      const good = isBad ? undefined : goodOf(verdicts.get(sha256) ?? [], profile)
      if (good) one.settle(knownBy(good, brake))
    }
  } catch (error) {
    deps.log.warn({ cause: describeError(error) }, 'brake: nothing known, judged as ever')
  }
}

/** The newest verdict that counts, where none speaks against it. */
function goodOf(verdicts: readonly PastVerdict[], profile: string): PastVerdict | undefined {
  if (verdicts.some(({ outcome }) => isVerdict(outcome, 'bad', 'suspicious'))) return undefined
  return verdicts.find((one) => one.profile === profile && isVerdict(one.outcome, 'good', 'ignored'))
}

/** The brake's own word is nobody's judgement. */
function isVerdict(outcome: Outcome, ...verdicts: readonly string[]): boolean {
  return outcome.kind === 'decided' && verdicts.includes(outcome.verdict) && outcome.rule !== RULE
}

function knownBy({ ref, at, outcome }: PastVerdict, brake: Brake): Outcome {
  const rule = 'rule' in outcome ? outcome.rule : ''
  const day = new Date(at).toISOString().slice(0, 10)
  const reason = `rule ${rule} found nothing against it on ${day} (message ${ref}); ${describeSwitch(brake)}`
  return { kind: 'decided', verdict: 'ignored', rule: RULE, reason }
}
