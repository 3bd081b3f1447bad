/** The kinds of value that options are written in; each room's `options.ts` is made of these. */
import { z } from 'zod'
import { parseDuration, parseSize } from './units.ts'

/** A duration without a default: `60s`, `4h`; the value is milliseconds. */
export function bareDuration(doc: string) {
  return z
    .string()
    .transform((text, context) =>
      converted(parseDuration(text), context, text, 'a duration such as 90s, 15m, 4h or 30d'),
    )
    .describe(doc)
}

/** A duration such as `60s` or `4h`; the value is milliseconds. */
export function duration(standard: string, doc: string) {
  return bareDuration(`${doc} (default ${standard})`).prefault(standard)
}

/** A size such as `256KiB` or `2GiB`; the value is bytes. */
export function size(standard: string, doc: string) {
  return z
    .string()
    .transform((text, context) => converted(parseSize(text), context, text, 'a size such as 256KiB, 10MB or 2GiB'))
    .prefault(standard)
    .describe(`${doc} (default ${standard})`)
}

/** A whole number within bounds. */
export function count(standard: number, doc: string, min = 1, max = 1_000_000) {
  return z.int().min(min).max(max).default(standard).describe(`${doc} (default ${standard}, ${min} to ${max})`)
}

function converted(value: number | undefined, context: z.RefinementCtx, text: string, wanted: string): number {
  if (value !== undefined) return value
  context.addIssue({ code: 'custom', message: `"${text}" is not ${wanted}` })
  return z.NEVER
}
