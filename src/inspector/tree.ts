/** What opening a sample yields, as it goes over the wire: declared once, checked by both ends. */
import {
  contentSchema,
  flag,
  list,
  type Member,
  memberSchema,
  openedSchema,
  optional,
  record,
  text,
  toZod,
  type Value,
} from '../core/index.ts'

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
/** Members that were found so far. */
export const foundForm = toZod(record({ members: treeSchema.fields.members }, 'what was found so far'))
export type SampleTree = Value<typeof treeSchema>
export type TreeMember = Member

/** What is said with the bytes of a sample that shall be opened. */
export const openingSchema = record(
  {
    name: text('name of the sample, empty where there is none'),
    passwords: list(text('a password'), 'passwords of the site, which are tried after those of the message'),
    isMessage: optional(flag('whether it is a message, which need not be found out')),
  },
  'how to open a sample',
)
export const openingForm = toZod(openingSchema)
export type Opening = Value<typeof openingSchema>
