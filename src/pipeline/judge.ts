import type { Outcome } from '../core/index.ts'
import type { Asker } from '../scheduler/index.ts'
import type { Case } from './case.ts'
import { clientOf } from './client-network.ts'
import { conclude, isFinal } from './conclude.ts'
import type { PipelineDeps } from './deps.ts'
import { Hold } from './hold.ts'
import type { Envelope } from './pipeline.ts'
import { Questions } from './questions.ts'
import { Wants, type WantsDeps } from './wants.ts'

interface Deps extends Pick<PipelineDeps, 'roles' | 'held' | 'clock'>, Omit<WantsDeps, 'signal'> {
  /** Store time at which the message's story began. */
  readonly since: number
}

/**
 * Asks what the rules need and waits for it: as long as the profile holds an answer, while there is a slot for a held message, and
 * only while a further report could still change the answer and may be expected in time. Afterwards the cases say what is known.
 */
export async function judge(
  cases: readonly Case[],
  whole: readonly Outcome[],
  envelope: Envelope,
  deps: Deps,
  signal: AbortSignal,
): Promise<void> {
  const { scheduler, clock, roles } = deps
  const { profile } = envelope
  const client = clientOf(envelope)
  const hold = new Hold(deps.held, client, clock, profile.hold, signal)
  const asker: Asker = { client, isHeld: () => hold.isHeld, failedBefore: deps.since, begun: new Set() }
  const questions = new Questions(cases, {
    scheduler,
    clock,
    roles,
    wants: new Wants({ ...deps, signal }),
    asker,
  })
  try {
    while (!isFinal(conclude(cases, whole, profile))) {
      const asked = await questions.ask()
      if (!questions.open && asked === 0) return
      if (!questions.open) continue
      if (asked > 0 && questions.expectedMs > hold.leftMs) return
      if (!hold.begin()) return
      deps.kept.spill()
      await questions.wait(hold.over)
      if (hold.isOver) return
    }
  } finally {
    hold.end()
  }
}
