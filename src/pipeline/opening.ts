/**
 * Opens the containers of a message: once, all together, and only where the store does not know what lies in each of them. A message
 * without containers costs nothing here.
 */
import { causeOf, type KnownContent, type Members, type Outcome, type Reading, type Sample } from '../core/index.ts'
import { containersOf, type OpenedWith, type SampleTree } from '../inspector/index.ts'
import type { Known } from '../store/store.ts'
import { describeError } from '../telemetry/index.ts'
import type { PipelineDeps } from './deps.ts'
import type { KeptMessage } from './kept-message.ts'
import { contentOf } from './known.ts'
import type { KeysOf } from './opening-keys.ts'
import { isLost } from './read-whole.ts'
import { calledAs, keepable, partsOf, unscannable, type Within, withinOf } from './within.ts'

/** What lies within the containers of a message, by the path of each. */
export type Opening = ReadonlyMap<string, Within>

/** What came of a message's containers. */
export interface Opened {
  readonly opening: Opening
  /** The passwords that opened them, where they were asked for and this message was opened. */
  readonly passwords?: readonly OpenedWith[]
  /** Whether that took an opening, or was known. */
  readonly isOpened: boolean
  /** What the store may keep of it. */
  readonly keep: readonly KnownContent[]
}

/** Where the store has what a password opened. */
export type KeysOfContainer = (sha256: string) => KeysOf

interface OpeningDeps extends Pick<PipelineDeps, 'inspector' | 'log'> {
  readonly kept: KeptMessage
  readonly ref: string
  readonly keysOf: KeysOfContainer
  /** Whether somebody may have to be told the passwords. */
  readonly tellsPasswords: boolean
}

/** A message, and what its opening shall tell. */
export type MessageToOpen = Pick<OpeningDeps, 'inspector' | 'kept' | 'tellsPasswords'>

/** What to ask the store for besides the facts of what a message carries. */
export function openingKeys(reading: Reading, keysOf: KeysOfContainer): readonly string[] {
  return containersOf(reading).flatMap(({ sha256 }) => {
    const { site, message } = keysOf(sha256)
    return [site, message]
  })
}

/** What is known of the containers, or else found out; never rejects: what could not be opened is told of each container. */
export async function openContainers(
  reading: Reading,
  known: Known,
  deps: OpeningDeps,
  signal: AbortSignal,
): Promise<Opened> {
  const containers = containersOf(reading)
  const fromStore = new Map(containers.map((one) => [one.path, knownWithin(one, known, deps.keysOf)]))
  if (containers.every(({ path }) => fromStore.get(path))) {
    return { opening: joined(containers, ({ path }) => fromStore.get(path)), isOpened: false, keep: [] }
  }
  // What was cut off is not there to be opened.
  if (reading.unscannable === 'message-size')
    return { opening: unread(containers, 'message-size'), isOpened: false, keep: [] }
  try {
    const tree = await openTwice(deps, signal)
    const { passwords } = tree
    return { ...openingOf(containers, tree, deps.keysOf), isOpened: true, ...(passwords && { passwords }) }
  } catch (error) {
    deps.log.warn({ ref: deps.ref, cause: describeError(error) }, 'containers not opened')
    const outcome: Outcome = { kind: 'failed', cause: causeOf(error), detail: describeError(error) }
    return { opening: withOutcome(containers, () => outcome), isOpened: true, keep: [] }
  }
}

/** What other messages brought with another name may be called otherwise within. */
function knownWithin(container: Sample, { facts }: Known, keysOf: KeysOfContainer): Members | undefined {
  const { sha256 } = container
  const { site, message } = keysOf(sha256)
  const name = calledAs(container)
  const found = [sha256, site, message].map((key) => facts.get(key)?.within)
  return found.find((members) => members && (members.name === undefined || members.name === name))
}

/** Once more where the process was lost, as with reading: what kills two processes is the message's own doing. */
export async function openTwice(deps: MessageToOpen, signal: AbortSignal): Promise<SampleTree> {
  try {
    return await openMessage(deps, signal)
  } catch (error) {
    if (!isLost(error) || signal.aborted) throw error
    return openMessage(deps, signal)
  }
}

function openMessage({ inspector, kept, tellsPasswords }: MessageToOpen, signal: AbortSignal): Promise<SampleTree> {
  const how = { name: '', passwords: [], isMessage: true, ...(tellsPasswords && { tellsPasswords }) }
  return inspector.open(kept.stream(), how, signal)
}

function openingOf(
  containers: readonly Sample[],
  tree: SampleTree,
  keysOf: KeysOfContainer,
): Pick<Opened, 'opening' | 'keep'> {
  const parts = partsOf(tree)
  const opening = joined(containers, parts)
  const keep = tree.limit === '' ? containers.flatMap((one) => keptOf(one, parts(one), keysOf)) : []
  const missing = containers.filter((one) => parts(one) === undefined)
  const told = new Map([...opening, ...unread(missing, tree.limit === '' ? 'container-unopened' : tree.limit)])
  // A tree that was cut because it is too large does not say where.
  return { opening: tree.limit === '' || isTold(told, tree.limit) ? told : marked(told, tree.limit), keep }
}

/** What a container holds, under its digest, or under the key of who could open it. */
function keptOf(container: Sample, members: Members | undefined, keysOf: KeysOfContainer): KnownContent[] {
  const found = members && keepable(members, container)
  if (found === undefined) return []
  const { within, by } = found
  const content = contentOf(container)
  return [{ ...content, sha256: by === 'bytes' ? content.sha256 : keysOf(content.sha256)[by], within }]
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
      { container, members: [], unread: new Map([[container.path, [outcomeOf()]]]), locked: new Set() },
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
