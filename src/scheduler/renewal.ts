/**
 * How long a report of a sandbox counts. A sandbox does not say which signatures it has, so what it called harmless is asked again: from
 * half of its life on beside the mail, which is answered by the old report; after its life by an analysis that the mail waits for. The new
 * analysis is a row of its own, so it runs once on all nodes and survives a restart; its report then takes the place of the old one.
 */
import { BAD_SCORE } from '../core/index.ts'
import type { Analysis, AnalysisKey } from '../store/store.ts'
import type { SchedulerOptions } from './options.ts'
import type { Asker, Want } from './work.ts'

/** `ageing`: it counts, and a newer one is made; `over`: only a newer one counts. */
export type Age = 'fresh' | 'ageing' | 'over'

/** A report that a story began with stays good for it, however long the story takes. */
export function ageOf(
  { state, report, updated }: Analysis,
  { isLinked }: Pick<Want, 'isLinked'>,
  { failedBefore: storyBegan }: Pick<Asker, 'failedBefore'>,
  options: Pick<SchedulerOptions, 'reportLife' | 'linkedReportLife'>,
  now: number,
): Age {
  if (state !== 'reported' || !report || (report.score ?? 0) >= BAD_SCORE) return 'fresh'
  const life = isLinked ? Math.min(options.linkedReportLife, options.reportLife) : options.reportLife
  if (updated + life <= storyBegan) return 'over'
  return updated + life / 2 <= now ? 'ageing' : 'fresh'
}

const MARK = ' renewing '

/** The key under which a newer report than this one is made. */
export function renewalOf({ analyzer, optionsDigest, revision, sha256, updated }: Analysis): AnalysisKey {
  return { analyzer, optionsDigest, revision: `${revision}${MARK}${updated}`, sha256 }
}

/** Which report an analysis renews, and when that was written; undefined where it renews none. */
export function renewedBy(key: AnalysisKey): { readonly key: AnalysisKey; readonly updated: number } | undefined {
  const at = key.revision.lastIndexOf(MARK)
  const updated = key.revision.slice(at + MARK.length)
  if (at < 0 || !/^\d{1,15}$/.test(updated)) return undefined
  const { analyzer, optionsDigest, sha256 } = key
  return { key: { analyzer, optionsDigest, revision: key.revision.slice(0, at), sha256 }, updated: Number(updated) }
}
