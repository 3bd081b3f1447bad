import type { RoleState } from '../core/index.ts'
import type { AnalysisKey } from '../store/store.ts'

/** A sample that somebody wants analysed, and where its bytes come from. */
export interface Want {
  readonly analyzer: string
  readonly sha256: string
  readonly size: number
  readonly type: string
  /** What its sender called it. */
  readonly name?: string
  /** Passwords that open it, which the analyzer may be told; only in memory, and only while an analysis may need them. */
  readonly passwords?: readonly string[]
  /** Stands for these passwords in the key of the analysis, made with a secret of the site; empty where there are none. */
  readonly variant?: string
  /** Whether it leads to other places: what lies there may change, and with it what an analysis shows. */
  readonly isLinked?: boolean
  /** Streams the bytes; while it may be called the message is kept (`retain` and `release` around it are the caller's). */
  readonly bytes: (signal: AbortSignal) => AsyncIterable<Uint8Array>
  readonly retain: () => void
  readonly release: () => void
}

/** The message for which analyses are wanted: the same value for all its wants. */
export interface Asker {
  /** Who sent it, as far as that decides whose turn it is: a client network, or those who are logged in. */
  readonly client: string
  /** Somebody waits for the answer now. */
  readonly isHeld: () => boolean
  /** Store time before which its story did not look: an analysis that failed earlier is tried anew. */
  readonly failedBefore: number
  /** Keys of the dear analyses that were begun for it. */
  readonly begun: Set<string>
}

/** How one want stands; `changed` resolves when asking again makes sense. */
export interface Standing {
  readonly state: RoleState
  readonly changed: Promise<void>
  /** Milliseconds until a report may be expected; absent where nobody knows. */
  readonly expectedMs?: number
}

/** Identity of an analysis as a map key; the fields cannot run into each other. */
export function keyOf(key: AnalysisKey): string {
  return JSON.stringify([key.analyzer, key.optionsDigest, key.revision, key.sha256])
}
