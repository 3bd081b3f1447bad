/** The shapes of Cuckoo's REST API, as far as they are read. */
import { z } from 'zod'
import { taskNumber } from '../http/json.ts'
import type { TaskState } from '../sandbox/api.ts'

const row = z.object({ id: taskNumber, status: z.string(), custom: z.string().nullish() })

/** `null` stands for a task that its database did not take, with status 200. */
export const created = z.object({ task_id: taskNumber.nullable() })
export const viewed = z.object({ task: row })
export type Viewed = z.output<typeof row>
export const viewedSample = z.object({ task: z.object({ sample: z.object({ sha256: z.string() }) }) })
export const listed = z.object({ tasks: z.array(row) })
export const sampled = z.object({
  sample: z.object({ id: z.int().positive(), tasks: z.array(taskNumber).nullish() }),
})
export const described = z.object({
  version: z.string(),
  tasks: z.object({ pending: z.int().nonnegative() }).nullish(),
  machines: z.object({ total: z.int().nonnegative(), available: z.int().nonnegative() }).nullish().catch(undefined),
})
export const machines = z.object({
  machines: z.array(
    z.object({
      name: z.string(),
      platform: z.string().nullish(),
      tags: z.array(z.string()).nullish(),
      locked: z.boolean().nullish(),
    }),
  ),
})
export const said = z.object({ message: z.string() })

const STATES: Readonly<Record<string, TaskState>> = {
  reported: { state: 'ended' },
  failed_analysis: { state: 'failed', detail: 'the analysis failed (failed_analysis)', mayRetry: true },
  failed_processing: { state: 'failed', detail: 'its results could not be read (failed_processing)', mayRetry: true },
  failed_reporting: { state: 'failed', detail: 'its report could not be written (failed_reporting)', mayRetry: true },
}

/** How a task stands by the word for it; a word that is not known is taken for running, and our own clock ends it. */
export function stateOf(word: string): TaskState {
  return Object.hasOwn(STATES, word) ? (STATES[word] ?? { state: 'running' }) : { state: 'running' }
}
