/** The shapes of `apiv2`, as far as they are read. It answers 200 to nearly every error: the body's `error` decides. */
import { z } from 'zod'
import { Fault } from '../../core/index.ts'
import type { HttpAnswer } from '../http/client.ts'
import { readJson, taskNumber } from '../http/json.ts'
import type { TaskState } from '../sandbox/api.ts'

const MOST_TEXT = 200

const envelope = z.object({
  error: z.unknown().optional(),
  error_value: z.unknown().optional(),
  errors: z.unknown().optional(),
  data: z.unknown().optional(),
})

/** What a 200 said: its data, or why there is none. */
export type Said =
  | { readonly isError: false; readonly data: unknown }
  | { readonly isError: true; readonly why: string }

/** Reads the envelope of any answer. */
export function readSaid(answer: HttpAnswer): Said {
  const { error, error_value: value, errors, data } = readJson(answer, envelope)
  const isError = error === true || (Array.isArray(error) && error.length > 0) || typeof error === 'string'
  if (!isError) return { isError: false, data }
  const said = [value, typeof error === 'boolean' ? undefined : error, errors].filter((one) => !isEmpty(one))
  const why = said.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(': ')
  return { isError: true, why: why.slice(0, MOST_TEXT) || 'an error without a reason' }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/** The data of an answer in this shape; throws where there is none. */
export function dataOf<T extends z.ZodType>(said: Said, shape: T): z.output<T> {
  if (said.isError) throw new Fault('analyzer-failed', `it says: ${said.why}`)
  const result = shape.safeParse(said.data)
  if (result.success) return result.data
  throw new Fault('analyzer-failed', 'it answers in another shape than it should')
}

export const created = z.object({ task_ids: z.array(taskNumber).min(1).max(1000) })
export const listed = z.array(z.object({ id: taskNumber }))
export const searched = z.array(
  z.object({
    id: taskNumber,
    custom: z.string().nullish(),
    status: z.string().nullish(),
    target: z.string().nullish(),
    sample_id: z.int().nullish(),
  }),
)
export const viewed = z.object({ id: taskNumber, status: z.string(), custom: z.string().nullish() })
export const described = z.object({
  version: z.string().nullish(),
  tasks: z.object({ pending: z.int().nonnegative().nullish() }).nullish(),
  machines: z.object({ total: z.int().nonnegative(), available: z.int().nonnegative() }).nullish().catch(undefined),
})
export const machines = z.array(
  z.object({
    name: z.string(),
    platform: z.string().nullish(),
    tags: z.array(z.string()).nullish(),
    locked: z.boolean().nullish(),
  }),
)

/** What the words for the state of a task mean. A word that is not here is taken for running, and our own clock ends it. */
const STATES: Readonly<Record<string, TaskState>> = {
  reported: { state: 'ended' },
  banned: { state: 'failed', detail: 'the task was banned', mayRetry: false },
  failed_analysis: { state: 'failed', detail: 'the analysis failed (failed_analysis)', mayRetry: true },
  failed_processing: { state: 'failed', detail: 'its results could not be read (failed_processing)', mayRetry: true },
  failed_reporting: { state: 'failed', detail: 'its report could not be written (failed_reporting)', mayRetry: true },
}

/** How a task stands by the word for it. */
export function stateOf(word: string): TaskState {
  return Object.hasOwn(STATES, word) ? (STATES[word] ?? { state: 'running' }) : { state: 'running' }
}

/** Whether the text of an error says that there is no such task. */
export function isGone(why: string): boolean {
  return /task.{0,20}(?:does not exist|not found)/i.test(why)
}

/** Whether a call is switched off in `api.conf`. */
export function isOff(why: string): boolean {
  return /\bis disabled\b|\bnot enabled\b/i.test(why)
}
