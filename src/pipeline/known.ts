/** What the store knows of a message, asked in one query. A store that is away knows nothing: the mail goes on. */
import type { Content, KnownContent, Reading, Sample } from '../core/index.ts'
import type { Known } from '../store/store.ts'
import { describeError } from '../telemetry/index.ts'
import type { PipelineDeps } from './deps.ts'

export const NOTHING_KNOWN: Known = { facts: new Map(), analyses: [], story: undefined, now: 0 }

type Deps = Pick<PipelineDeps, 'store' | 'inspector' | 'log'>

/** Facts of the digests and the story that this message continues. */
export async function lookUp(
  deps: Deps,
  digests: readonly string[],
  key: string,
  ref: string,
  history = false,
): Promise<Known> {
  const recipe = deps.inspector.recipe
  return deps.store
    .lookup({ digests: [...new Set(digests)], recipe, analyses: [], storyKey: key, ...(history && { history }) })
    .catch((error: unknown) => {
      deps.log.warn({ ref, cause: describeError(error) }, 'nothing looked up: store unavailable')
      return NOTHING_KNOWN
    })
}

/** Keeps the facts of bytes that were never seen, and what was opened; each but once, and nobody waits for it. */
export function saveNewFacts(
  deps: Deps,
  reading: Reading,
  known: Known,
  opened: readonly KnownContent[],
  ref: string,
): void {
  const fresh = reading.attachments.filter((one) => !known.facts.has(one.sha256)).map(contentOf)
  const contents = new Map([...fresh, ...opened].map((one) => [one.sha256, one]))
  if (contents.size === 0) return
  deps.store.saveFacts(deps.inspector.recipe, [...contents.values()]).catch((error: unknown) => {
    deps.log.warn({ ref, cause: describeError(error) }, 'facts not kept: store unavailable')
  })
}

/** What is true of a sample whatever message it comes in. */
export function contentOf({ sha256, size, type, types, groups, charset, testString, links }: Sample): Content {
  return { sha256, size, type, types, groups, charset, testString, links }
}
