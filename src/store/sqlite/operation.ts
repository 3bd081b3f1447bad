/** What the main thread asks of the writer thread. Everything crosses as flat text: cloning nested objects is what costs. */
import type { SQLOutputValue } from 'node:sqlite'
import type { Held } from '../held.ts'
import type { Override } from '../override.ts'
import type { Removal } from '../removal.ts'
import type { AnalysisQuery } from '../search.ts'
import type { AnalysisChange } from '../store.ts'
import type { SwitchDraft } from '../switch.ts'
import type { Problem } from './problem.ts'

/** One write. Texts named `…Json` are JSON documents. */
export type Operation =
  | { readonly kind: 'facts'; readonly recipe: string; readonly contentsJson: string }
  | StoryOperation
  | {
      readonly kind: 'answer'
      readonly ref: string
      readonly queueId: string
      readonly answerJson: string
      /** Empty where the story goes on. */
      readonly ended: '' | 'accepted' | 'other'
    }
  /** Keys as a JSON list of `[sha256, analyzer, options digest, revision]`. */
  | {
      readonly kind: 'claim'
      readonly keysJson: string
      readonly owner: string
      readonly leaseMs: number
      readonly failedBefore: number
    }
  | { readonly kind: 'takeOver'; readonly owner: string; readonly leaseMs: number; readonly limit: number }
  | { readonly kind: 'advance'; readonly changes: readonly ChangeRow[]; readonly leaseMs: number }
  | {
      readonly kind: 'renew'
      readonly keysJson: string
      readonly updated: number
      readonly reportJson: string
    }
  /** Notes that these facts are in use. */
  | { readonly kind: 'touch'; readonly idsJson: string }
  | { readonly kind: 'setOverride'; readonly override: Omit<Override, 'made'> }
  | { readonly kind: 'removeOverride'; readonly about: Override['kind']; readonly value: string }
  | { readonly kind: 'retry'; readonly query: AnalysisQuery; readonly limit: number }
  | { readonly kind: 'cancel'; readonly query: AnalysisQuery; readonly limit: number }
  | { readonly kind: 'setSwitch'; readonly draft: SwitchDraft; readonly lastsMs: number }
  | { readonly kind: 'removeSwitch'; readonly about: SwitchDraft['kind']; readonly name: string }
  /** Lists the addresses of stories that another program wrote. */
  | { readonly kind: 'list'; readonly limit: number }
  | { readonly kind: 'saveHeld'; readonly held: Held }
  | { readonly kind: 'remove'; readonly removal: Removal; readonly limit: number; readonly isDryRun: boolean }
  | { readonly kind: 'check' }

export interface StoryOperation {
  readonly kind: 'story'
  readonly ref: string
  readonly key: string
  readonly queueId: string
  readonly factsJson: string
  readonly recipientsJson: string
  /** Pairs of part and address, by which the story is found. */
  readonly addressesJson: string
  readonly outcomeJson: string
  readonly answerJson: string
  readonly samplesJson: string
  /** Whether the commit must survive a loss of power: mail that is kept here instead of delivered. */
  readonly isDurable: boolean
}

/** One change of an analysis; null leaves a column alone. */
export interface ChangeRow {
  readonly sha256: string
  readonly analyzer: string
  readonly options: string
  readonly revision: string
  readonly owner: string
  readonly token: number
  readonly state: string
  readonly attempts: number | null
  readonly begins: 0 | 1
  readonly marker: string | null
  readonly taskId: string | null
  readonly reportJson: string | null
  readonly cause: string | null
  readonly note: AnalysisChange['note'] | null
}

/** A row as SQLite gives it. */
export type Row = Record<string, SQLOutputValue>

/** What an operation yields: rows for `claim` and `takeOver`, flags for `advance` and `renew`, a row for `setSwitch`, a count for what is removed
 * or changed by operators, nothing else. */
export type OperationValue = readonly Row[] | readonly boolean[] | number | undefined
export type OperationResult = { readonly value: OperationValue } | { readonly problem: Problem }

/** Main thread → writer thread; each gets one reply with its number. `now` is null for the database's own time. */
export type WriterRequest =
  | {
      readonly id: number
      readonly kind: 'open'
      readonly path: string
      readonly busyMs: number
      readonly isSuspect: boolean
    }
  | {
      readonly id: number
      readonly kind: 'commit'
      readonly now: number | null
      readonly operations: readonly Operation[]
    }
  | { readonly id: number; readonly kind: 'close' }

/** Writer thread → main thread. */
export type WriterReply =
  | { readonly id: number; readonly kind: 'opened'; readonly from: number; readonly to: number }
  | { readonly id: number; readonly kind: 'committed'; readonly results: readonly OperationResult[] }
  | { readonly id: number; readonly kind: 'closed' }
  | { readonly id: number; readonly kind: 'failed'; readonly problem: Problem }
