/** What opening a sample yields, as it goes over the wire: declared once, checked by both ends. */
import {
  anomalySchema,
  contentSchema,
  flag,
  list,
  nameSchema,
  optional,
  record,
  text,
  toZod,
  type Value,
  whole,
} from '../core/index.ts'

const openedSchema = record(
  {
    formats: list(text('a format'), 'what it was opened as, empty where it is no container'),
    anomalies: list(anomalySchema, 'what is odd about the container'),
    limit: text('the limit that ended its opening, empty where none did'),
    isEncrypted: flag('whether it, or members of it, are encrypted'),
    openedBy: text('message, site or common: where the password came from; empty where nobody had it'),
  },
  'what opening one content yielded besides its members',
)

const memberSchema = record(
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
  },
  'one member of a container, however deep',
)

/** A sample and everything within. */
export const treeSchema = record(
  {
    sample: contentSchema,
    root: openedSchema,
    members: list(memberSchema, 'every member, each before its own members'),
    limit: text('the first limit that was met, empty where all was opened'),
  },
  'a sample and everything within it',
)

export const treeForm = toZod(treeSchema)
export type SampleTree = Value<typeof treeSchema>
export type TreeMember = Value<typeof memberSchema>

/** What is said with the bytes of a sample that shall be opened. */
export const openingSchema = record(
  {
    name: text('name of the sample, empty where there is none'),
    passwords: list(text('a password'), 'passwords of the site, which are tried after those of the message'),
  },
  'how to open a sample',
)
export const openingForm = toZod(openingSchema)
export type Opening = Value<typeof openingSchema>
