/** What lies around each sample of a message, and when its bytes were seen before; found out only where some rule asks. Pure. */
import type { HistoryFacts, Neighbour, Sample, TreeFacts } from '../core/index.ts'
import type { EvaluationInput, Ruleset } from '../rules/index.ts'
import type { Known } from '../store/store.ts'

/** What is known of a sample beside itself, and which rules are not asked about it. */
export type Around = Pick<EvaluationInput, 'tree' | 'history' | 'disabled'>

/** Neighbours that are told; a container may have very many members. */
const SIBLINGS_TOLD = 1000
const HOUR_MS = 3_600_000
const NOTHING: Around = {}

/** Says of each sample what lies around it; `known` is what the store said of the message's attachments. */
export function aroundOf(
  samples: readonly Sample[],
  known: Known,
  ruleset: Pick<Ruleset, 'asks'>,
  disabled?: ReadonlyMap<string, string>,
): (sample: Sample) => Around {
  const treeOf = ruleset.asks('tree') ? trees(samples) : undefined
  const histories = ruleset.asks('history') ? historiesOf(samples, known) : undefined
  const off: Around = disabled && disabled.size > 0 ? { disabled } : NOTHING
  if (!treeOf && !histories) return () => off
  return (sample) => {
    const history = histories?.(sample)
    return { ...(treeOf && { tree: treeOf(sample) }), ...(history && { history }), ...off }
  }
}

function trees(samples: readonly Sample[]): (sample: Sample) => TreeFacts {
  const byPath = new Map(samples.map((sample) => [sample.path, neighbour(sample)]))
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

function neighbour({ path, name, type, groups }: Sample): Neighbour {
  return { path, name, type, groups }
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
      return { known: false, count: 0, firstSeenHours: 0, lastSeenHours: 0, ...worst(seen) }
    const hours = (time: number) => Math.max(0, Math.floor((now - time) / HOUR_MS))
    return {
      known: true,
      count,
      firstSeenHours: hours(seen.firstSeen),
      lastSeenHours: hours(seen.lastSeen),
      ...worst(seen),
    }
  }
}

function worst(seen: { readonly worstScore?: number } | undefined): Pick<HistoryFacts, 'worstScore'> {
  return seen?.worstScore === undefined ? {} : { worstScore: seen.worstScore }
}
