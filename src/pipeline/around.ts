/** What lies around each sample of a message, and when its bytes were seen before; found out only where some rule asks. Pure. */
import type { HistoryFacts, Neighbour, Sample, TreeFacts } from '../core/index.ts'
import type { EvaluationInput, Ruleset } from '../rules/index.ts'
import type { History, Known, Override } from '../store/store.ts'

/** What is known of a sample beside itself, and which rules are not asked about it. */
export type Around = Pick<EvaluationInput, 'tree' | 'history' | 'disabled'>

/** Neighbours that are told; a container may have very many members. */
const SIBLINGS_TOLD = 1000
const HOUR_MS = 3_600_000
const NOTHING: Around = {}

/** What an operator decided about bytes. */
type OverrideFor = (sha256: string) => Pick<Override, 'verdict' | 'reason'> | undefined

/** Says of each sample what lies around it; `known` is what the store said of the message's attachments. */
export function aroundOf(
  samples: readonly Sample[],
  known: Known,
  ruleset: Pick<Ruleset, 'asks'>,
  disabled?: ReadonlyMap<string, string>,
  overrideFor: OverrideFor = () => undefined,
): (sample: Sample) => Around {
  const treeOf = ruleset.asks('tree') ? trees(samples, overrideFor) : undefined
  const histories = ruleset.asks('history') ? historiesOf(samples, known) : undefined
  const off: Around = disabled && disabled.size > 0 ? { disabled } : NOTHING
  if (!treeOf && !histories) return () => off
  return (sample) => {
    const history = histories?.(sample)
    return { ...(treeOf && { tree: treeOf(sample) }), ...(history && { history }), ...off }
  }
}

function trees(samples: readonly Sample[], overrideFor: OverrideFor): (sample: Sample) => TreeFacts {
  const byPath = new Map(samples.map((sample) => [sample.path, neighbour(sample, overrideFor)]))
  const families = new Map<string, { readonly siblings: Neighbour[]; count: number }>()
  const places = new Map<string, number>()
  for (const { path } of samples) {
    const key = parentsOf(path, byPath).at(-1)?.path ?? ''
    const family = families.get(key) ?? { siblings: [], count: 0 }
    families.set(key, family)
    family.count++
    places.set(path, family.count)
    const own = byPath.get(path)
    if (own && family.siblings.length < SIBLINGS_TOLD) family.siblings.push(own)
  }
  return ({ path }) => {
    const parents = parentsOf(path, byPath)
    const { siblings = [], count = 0 } = families.get(parents.at(-1)?.path ?? '') ?? {}
    return { parents, siblings, siblingCount: count, position: places.get(path) ?? 0 }
  }
}

/** Outermost first: the samples whose places begin this one, at a dot or a slash. */
function parentsOf(path: string, byPath: ReadonlyMap<string, Neighbour>): readonly Neighbour[] {
  const parents: Neighbour[] = []
  for (const { index } of path.matchAll(/[./]/g)) {
    const parent = byPath.get(path.slice(0, index))
    if (parent) parents.push(parent)
  }
  return parents
}

function neighbour({ path, name, type, groups, sha256 }: Sample, overrideFor: OverrideFor): Neighbour {
  const { verdict: override = '', reason: overrideReason = '' } = overrideFor(sha256) ?? {}
  return { path, name, type, groups, override, overrideReason }
}

/** Of a member the history of the attachment that it lies in. A store that is away knows nothing, and nothing is made up. */
function historiesOf(
  samples: readonly Sample[],
  { history, now, story }: Known,
): (sample: Sample) => HistoryFacts | undefined {
  const digests = new Map(samples.map(({ path, sha256 }) => [path, sha256]))
  return ({ path, sha256 }) => {
    if (history === undefined) return undefined
    const seen = history.get(digests.get(path.split('/', 1)[0] ?? '') ?? sha256)
    // An earlier try of the same message is no earlier message.
    const count = (seen?.count ?? 0) - (story ? 1 : 0)
    if (seen === undefined || count < 1)
      return { known: false, count: 0, firstSeenHours: 0, lastSeenHours: 0, ...reportsOn(seen) }
    const hours = (time: number) => Math.max(0, Math.floor((now - time) / HOUR_MS))
    return {
      known: true,
      count,
      firstSeenHours: hours(seen.firstSeen),
      lastSeenHours: hours(seen.lastSeen),
      ...reportsOn(seen),
    }
  }
}

/** What reports said of the bytes, whoever asked for them. */
function reportsOn(seen: Pick<History, 'worstScore' | 'families'> | undefined) {
  const { worstScore, families = [] } = seen ?? {}
  return { ...(worstScore !== undefined && { worstScore }), families }
}
