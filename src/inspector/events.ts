/** What the inspector tells whoever logs; this room does not log. */
import { z } from 'zod'

/** Schema of an event as it crosses from the supervisor to the filter. */
export const eventSchema = z.strictObject({
  kind: z.enum(['supervisor-ready', 'supervisor-ended', 'process-ready', 'process-ended', 'refused', 'garbage']),
  level: z.enum(['info', 'warn']),
  pid: z.int(),
  detail: z.string(),
})
/** Something that an operator may want to know of. */
export type InspectorEvent = z.output<typeof eventSchema>
export type OnEvent = (event: InspectorEvent) => unknown
