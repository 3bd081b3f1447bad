/** Reads small JSON answers: nothing is believed before status, type and shape are right. */
import { z } from 'zod'
import { Fault } from '../../core/index.ts'
import { type HttpAnswer, refusalOf } from './client.ts'

/** The body of a 2xx answer in this shape; throws what the status means, or an `analyzer-failed` that shows no more than a line. */
export function readJson<T extends z.ZodType>(answer: HttpAnswer, shape: T): z.output<T> {
  const refusal = refusalOf(answer)
  if (refusal) throw refusal
  return parseJson(answer, shape)
}

/** The body in this shape, whatever the status. */
export function parseJson<T extends z.ZodType>({ status, type, body }: HttpAnswer, shape: T): z.output<T> {
  if (type !== 'application/json') throw wrong(`answers ${status} with ${type || 'no type'} where JSON belongs`)
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw wrong('answers with what is no JSON', error)
  }
  const result = shape.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw wrong(`answers in another shape than it should (${issue?.path.join('.') || 'all of it'}: ${issue?.message})`)
}

/** A number of a task, as a number or, as some versions write it, as digits. */
export const taskNumber = z.union([
  z.int().positive(),
  z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .transform(Number),
])

function wrong(how: string, cause?: unknown): Fault {
  return new Fault('analyzer-failed', `it ${how.slice(0, 300)}`, cause === undefined ? {} : { cause })
}
