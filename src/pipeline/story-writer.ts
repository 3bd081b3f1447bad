/**
 * Writes stories to the store, and to a local append file while the store is away; the file is replayed when the store is back.
 * Mail does not wait for a store that is away.
 */
import { appendFile, readFile, rename, unlink } from 'node:fs/promises'
import type { Answer } from '../core/index.ts'
import type { Store, StoryDraft } from '../store/store.ts'
import { describeError, type Logger } from '../telemetry/index.ts'

export class StoryWriter {
  readonly #store: Store
  readonly #file: string
  readonly #log: Logger
  #waiting = false
  #replaying: Promise<void> | undefined
  #appending: Promise<void> = Promise.resolve()

  /** `file` holds one JSON line per story that the store did not take. */
  constructor(store: Store, file: string, log: Logger) {
    this.#store = store
    this.#file = file
    this.#log = log
  }

  /** Replays what an earlier process left. */
  async start(): Promise<void> {
    this.#waiting = true
    await this.#replay().catch(() => undefined)
  }

  /** Resolves when the story is durable in the store or in the file; never rejects: a loss is logged. */
  async open(draft: StoryDraft): Promise<void> {
    try {
      await this.#store.openStory(draft)
      if (this.#waiting) void this.replay()
    } catch (error) {
      this.#log.warn({ ref: draft.ref, cause: describeError(error) }, 'story kept in the local file: store unavailable')
      await this.#append(draft)
    }
  }

  /** Marks the try as answered; a story that lies in the file was written with its answer. */
  answered(ref: string, queueId: string, answer: Answer): void {
    this.#store.answerStory(ref, queueId, answer).catch((error: unknown) => {
      this.#log.debug({ ref, cause: describeError(error) }, 'answer not noted in the story')
    })
  }

  /** Brings the file's stories into the store, one replay at a time. */
  async replay(): Promise<void> {
    this.#replaying ??= this.#replay().finally(() => {
      this.#replaying = undefined
    })
    await this.#replaying
  }

  async #append(draft: StoryDraft): Promise<void> {
    this.#waiting = true
    this.#appending = this.#appending
      .then(() => appendFile(this.#file, `${JSON.stringify(draft)}\n`, { mode: 0o600 }))
      .catch((error: unknown) => this.#log.error({ ref: draft.ref, cause: describeError(error) }, 'story lost'))
    await this.#appending
  }

  async #replay(): Promise<void> {
    const taken = `${this.#file}.replay`
    await this.#appending
    await rename(this.#file, taken).catch(() => undefined)
    const lines = await readFile(taken, 'utf8').catch(() => '')
    this.#waiting = false
    const answers: Promise<void>[] = []
    for (const line of lines.split('\n').filter(Boolean)) answers.push(...(await this.#bring(line)))
    await Promise.all(answers)
    await unlink(taken).catch(() => undefined)
  }

  /** A line that the store still refuses goes back to the file. Gives what is still to be awaited: answers go with the next story. */
  async #bring(line: string): Promise<readonly Promise<void>[]> {
    const draft = parsed(line)
    if (!draft) return []
    try {
      await this.#store.openStory(draft)
    } catch {
      await this.#append(draft)
      return []
    }
    return [this.#store.answerStory(draft.ref, draft.queueId, draft.answer).catch(() => this.#append(draft))]
  }
}

/** A line cut off by a crash is no story. */
function parsed(line: string): StoryDraft | undefined {
  try {
    return JSON.parse(line) as StoryDraft
  } catch {
    return undefined
  }
}
