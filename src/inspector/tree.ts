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

const openedWithSchema = record(
  { sha256: text('digest of the container'), value: text('the password') },
  'a password that opened a container, which not everybody knows',
)
const toldSchema = record(
  { ...treeSchema.fields, passwords: optional(list(openedWithSchema, 'the passwords that opened containers')) },
  'a tree as it goes over the wire',
)

export const treeForm = toZod(toldSchema)
/** Members that were found so far. */
export const foundForm = toZod(record({ members: treeSchema.fields.members }, 'what was found so far'))
/** What opened which container. It is told beside the tree, to who asked for it, and is no part of any facts. */
export type OpenedWith = Value<typeof openedWithSchema>
export type SampleTree = Value<typeof toldSchema>
export type TreeMember = Member

/** What is said with the bytes of a sample that shall be opened. */
export const openingSchema = record(
  {
    name: text('name of the sample, empty where there is none'),
    passwords: list(text('a password'), 'passwords of the site, which are tried after those of the message'),
    isMessage: optional(flag('whether it is a message, which need not be found out')),
    tellsPasswords: optional(flag('whether it is to be told which passwords opened what')),
  },
  'how to open a sample',
)
export const openingForm = toZod(openingSchema)
export type Opening = Value<typeof openingSchema>
