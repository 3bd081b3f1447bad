import type { RoleState } from '../core/index.ts'
import type { AnalysisKey } from '../store/store.ts'

/** A sample that somebody wants analysed, and where its bytes come from. */
export interface Want {
  readonly analyzer: string
  readonly sha256: string
  readonly size: number
  readonly type: string
  /** Streams the bytes; while it may be called the message is kept (`retain` and `release` around it are the caller's). */
  readonly bytes: (signal: AbortSignal) => AsyncIterable<Uint8Array>
  readonly retain: () => void
  readonly release: () => void
}

/** How one want stands; `changed` resolves when asking again makes sense. */
export interface Standing {
  readonly state: RoleState
  readonly changed: Promise<void>
}

/** Identity of an analysis as a map key; the fields cannot run into each other. */
export function keyOf(key: AnalysisKey): string {
  return JSON.stringify([key.analyzer, key.optionsDigest, key.revision, key.sha256])
}
