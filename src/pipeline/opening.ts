/**
 * Opens the containers of a message: once, all together, and only where the store does not know what lies in each of them. A message
 * without containers costs nothing here.
 */
import { causeOf, type KnownContent, type Members, type Outcome, type Reading, type Sample } from '../core/index.ts'
import { containersOf, type SampleTree } from '../inspector/index.ts'
import type { Known } from '../store/store.ts'
import { describeError } from '../telemetry/index.ts'
import type { PipelineDeps } from './deps.ts'
import type { KeptMessage } from './kept-message.ts'
import { contentOf } from './known.ts'
import { keepable, partsOf, unscannable, type Within, withinOf } from './within.ts'

/** What lies within the containers of a message, by the path of each. */
export type Opening = ReadonlyMap<string, Within>

interface OpeningDeps extends Pick<PipelineDeps, 'inspector' | 'store' | 'log'> {
  readonly kept: KeptMessage
  readonly ref: string
}

/** What is known of the containers, or else found out; never rejects: what could not be opened is told of each container. */
export async function openContainers(
  reading: Reading,
  known: Known,
  deps: OpeningDeps,
  signal: AbortSignal,
): Promise<{ readonly opening: Opening; readonly isOpened: boolean }> {
  const containers = containersOf(reading)
  const fromStore = new Map(containers.map((one) => [one.path, knownWithin(one, known)]))
  if (containers.every(({ path }) => fromStore.get(path))) {
    return { opening: joined(containers, ({ path }) => fromStore.get(path)), isOpened: false }
  }
  try {
    // What was cut off is not there to be opened.
    if (reading.unscannable === 'message-size') return { opening: unread(containers, 'message-size'), isOpened: false }
    const tree = await openTwice(deps, signal)
    return { opening: openingOf(containers, tree, deps), isOpened: true }
  } catch (error) {
    deps.log.warn({ ref: deps.ref, cause: describeError(error) }, 'containers not opened')
    const outcome: Outcome = { kind: 'failed', cause: causeOf(error), detail: describeError(error) }
    return { opening: withOutcome(containers, () => outcome), isOpened: true }
  }
}

/** What other messages brought with another name may be called otherwise within. */
function knownWithin({ sha256, name }: Sample, known: Known): Members | undefined {
  const members = known.facts.get(sha256)?.within
  return members?.name === undefined || members.name === name ? members : undefined
}

/** Once more where the process was lost, as with reading: what kills two processes is the message's own doing. */
async function openTwice(deps: OpeningDeps, signal: AbortSignal): Promise<SampleTree> {
  try {
    return await openMessage(deps, signal)
  } catch (error) {
    if (causeOf(error) !== 'inspector-crashed' || signal.aborted) throw error
    return openMessage(deps, signal)
  }
}

function openMessage({ inspector, kept }: OpeningDeps, signal: AbortSignal): Promise<SampleTree> {
  return inspector.open(kept.stream(), { name: '', passwords: [], isMessage: true }, signal)
}

function openingOf(containers: readonly Sample[], tree: SampleTree, deps: OpeningDeps): Opening {
  const parts = partsOf(tree)
  const opening = joined(containers, ({ sha256 }) => parts.get(sha256))
  if (tree.limit === '') save(containers, parts, deps)
  const missing = containers.filter(({ sha256 }) => !parts.has(sha256))
  const told = new Map([...opening, ...unread(missing, tree.limit === '' ? 'container-unopened' : tree.limit)])
  // A tree that was cut because it is too large does not say where.
  return tree.limit === '' || isTold(told, tree.limit) ? told : marked(told, tree.limit)
}

function isTold(opening: Opening, limit: string): boolean {
  const outcomes = [...opening.values()].flatMap(({ unread: found }) => [...found.values()].flat())
  return outcomes.some((outcome) => outcome.kind === 'unscannable' && outcome.limit === limit)
}

function joined(containers: readonly Sample[], membersOf: (sample: Sample) => Members | undefined): Opening {
  const opening = new Map<string, Within>()
  for (const container of containers) {
    const members = membersOf(container)
    if (members) opening.set(container.path, withinOf(container, members))
  }
  return opening
}

function unread(containers: readonly Sample[], limit: string): Opening {
  return withOutcome(containers, () => unscannable(limit))
}

function withOutcome(containers: readonly Sample[], outcomeOf: () => Outcome): Opening {
  return new Map(
    containers.map((container) => [
      container.path,
      { container, members: [], unread: new Map([[container.path, [outcomeOf()]]]) },
    ]),
  )
}

/** Every container counts as one that met the limit. */
function marked(opening: Opening, limit: string): Opening {
  return new Map(
    [...opening].map(([path, within]) => [
      path,
      { ...within, unread: new Map([...within.unread, [path, [unscannable(limit)]]]) },
    ]),
  )
}

/** Keeps what lies in containers that were opened whole; nobody waits for it. */
function save(containers: readonly Sample[], parts: ReadonlyMap<string, Members>, deps: OpeningDeps): void {
  const contents = new Map<string, KnownContent>()
  for (const container of containers) {
    const members = parts.get(container.sha256)
    const within = members && keepable(members, container.name)
    if (within) contents.set(container.sha256, { ...contentOf(container), within })
  }
  if (contents.size === 0) return
  deps.store.saveFacts(deps.inspector.recipe, [...contents.values()]).catch((error: unknown) => {
    deps.log.warn({ ref: deps.ref, cause: describeError(error) }, 'members not kept: store unavailable')
  })
}
