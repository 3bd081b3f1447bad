/**
 * What lies in a container, however deep. Declared here because the inspector tells it, the store keeps it and the pipeline makes samples
 * of it.
 */
import { anomalySchema, type Content, contentSchema, nameSchema } from './facts.ts'
import { flag, list, optional, record, text, type Value, whole } from './schema.ts'

/** What opening one content yielded, besides its members. */
export const openedSchema = record(
  {
    formats: list(text('a format'), 'what it was opened as, empty where it is no container'),
    anomalies: list(anomalySchema, 'what is odd about the container'),
    limit: text('the limit that ended its opening, empty where none did'),
    isEncrypted: flag('whether it, or members of it, are encrypted'),
    openedBy: text('message, site or common: where the password came from; empty where nobody had it'),
  },
  'what opening one content yielded besides its members',
)

/** One member of a container. */
export const memberSchema = record(
  {
    path: text(
      'place: number of the member in each container on the way, joined by slashes to the place of the sample',
    ),
    depth: whole('containers around it'),
    name: text('the name that a person sees, empty where there is none'),
    names: list(nameSchema, 'every name that some program shows'),
    storedPath: text('the path that its container gives it'),
    kind: text('file, dir, symlink or device'),
    declaredSize: whole('size that the container claims, -1 where it claims none'),
    declaredType: text('media type that the container claims, empty where none'),
    container: text('format of its container'),
    isEncrypted: flag('whether the member is encrypted'),
    content: optional(contentSchema),
    opened: openedSchema,
    anomalies: list(anomalySchema, 'what is odd about the member'),
    mismatches: list(text('a mismatch'), 'where a name or the declared type says something else than the content'),
  },
  'one member of a container, however deep',
)

export type Opened = Value<typeof openedSchema>
export type Member = Value<typeof memberSchema>

/** Everything within one container that was opened whole. Places and depths count from the container: its first member is at 1. */
export interface Members {
  readonly root: Opened
  readonly members: readonly Member[]
  /** The name that the container had, or all as JSON where there were several; absent where what lies within is called the same whatever it had. */
  readonly name?: string
}

/** What is kept of bytes: their facts, and for a container that was opened whole what lies in it. */
export type KnownContent = Content & { readonly within?: Members }
