import type { Answer, Story, StoryFacts, StorySample, Try } from '../../core/index.ts'
import type { PastVerdict, StoryDraft, StoryQuery } from '../store.ts'
import { ABANDONED_AFTER_MS, isFinal, TRIES_TOLD, unionRecipients } from '../story-life.ts'

/** The stories of one memory store, oldest first; beyond the bound the oldest are forgotten. */
export class Stories {
  readonly #byRef = new Map<string, Story>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  /** Says whether the story is a new one. */
  open(draft: StoryDraft, now: number): boolean {
    const known = this.#byRef.get(draft.ref)
    const attempt: Try = { queueId: draft.queueId, at: now, state: 'deciding', answer: draft.answer }
    this.#byRef.set(draft.ref, {
      ...factsOf(draft),
      ref: draft.ref,
      key: known?.key ?? draft.key,
      recipients: unionRecipients([known?.recipients ?? [], draft.recipients]),
      firstSeen: known?.firstSeen ?? now,
      tries: [...(known?.tries ?? []), attempt].slice(-TRIES_TOLD),
      samples: draft.samples,
      outcome: draft.outcome,
    })
    for (const oldest of this.#byRef.keys()) if (this.#byRef.size > this.#max) this.#byRef.delete(oldest)
    return known === undefined
  }

  /** All of them by reference, for what removes some. */
  get byRef(): Map<string, Story> {
    return this.#byRef
  }

  /** Whether a story that goes on has this among its samples. */
  hasOpen(sha256: string, now: number): boolean {
    const isIn = (story: Story) => story.samples.some(({ sample }) => sample.sha256 === sha256)
    return [...this.#byRef.values()].some((story) => isOpen(story, now) && isIn(story))
  }

  /** How these bytes were judged in the newest stories. */
  verdicts(sha256: string, limit: number): readonly PastVerdict[] {
    const all = this.find({ sha256 }, Number.POSITIVE_INFINITY).flatMap(({ ref, profile, tries, samples }) =>
      samples
        .filter(({ sample }) => sample.sha256 === sha256)
        .map(({ outcome }) => ({ ref, at: tries.at(-1)?.at ?? 0, profile, outcome })),
    )
    return all.slice(0, limit)
  }

  answer(ref: string, queueId: string, answer: Answer): void {
    const story = this.#byRef.get(ref)
    const at = story?.tries.findLastIndex((attempt) => attempt.queueId === queueId) ?? -1
    const attempt = story?.tries[at]
    if (!story || !attempt) return
    this.#byRef.set(ref, { ...story, tries: story.tries.with(at, { ...attempt, state: 'answered', answer }) })
  }

  /** The story that a message with this key continues. */
  continued(key: string, now: number): Story | undefined {
    if (key === '') return undefined
    return [...this.#byRef.values()].findLast((story) => story.key === key && isOpen(story, now))
  }

  find(query: StoryQuery, limit: number): readonly Story[] {
    return [...this.#byRef.values()]
      .reverse()
      .filter((story) => matches(story, query))
      .slice(0, limit)
  }
}

function isOpen(story: Story, now: number): boolean {
  const newest = story.tries.at(-1)
  if (!newest || now - newest.at > ABANDONED_AFTER_MS) return false
  return newest.state === 'deciding' || !isFinal(newest.answer)
}

function matches(story: Story, query: StoryQuery): boolean {
  if ('ref' in query) return story.ref === query.ref
  if ('queueId' in query) return story.tries.some((attempt) => attempt.queueId === query.queueId)
  return story.samples.some((judged: StorySample) => judged.sample.sha256 === query.sha256)
}

function factsOf(draft: StoryDraft): StoryFacts {
  const { ref, key, queueId, samples, outcome, answer, ...facts } = draft
  return facts
}
