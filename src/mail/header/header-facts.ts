/** What the header of a message says, as rules are told: so much of it at most, and whether there was more. */
import type { HeaderFacts, HeaderField } from '../../core/index.ts'
import { decodeText } from '../name/name.ts'
import { addressesIn } from './address-list.ts'
import { authResultsIn } from './auth-results.ts'
import type { Field } from './header.ts'

/** Fields that are told, and characters of their names and values together. */
const MOST_FIELDS = 200
const MOST_CHARS = 65_536
/** Longest value that is decoded; of a longer one so much is told, unless it is plain ASCII. */
const LONGEST_DECODED = 8192
/** Addresses of one kind and results that are told. */
const MOST_ENTRIES = 100
/** Results that are told, whoever claims them: some are of servers that nobody trusts. */
const MOST_CLAIMS = 1000

/** The facts of these fields; without any, the header could not be read. */
export function headerFacts(all: readonly Field[] | undefined): HeaderFacts {
  const named = all?.filter(({ name }) => name !== '') ?? []
  let room = MOST_CHARS
  let isCut = all === undefined || named.length > MOST_FIELDS
  const fields: (HeaderField & { readonly raw: string })[] = []
  for (const { name, value } of named.slice(0, MOST_FIELDS)) {
    const raw = value.trim().slice(0, room)
    isCut ||= name.length + raw.length > room || raw.length < value.trim().length
    if (name.length > room) break
    room -= name.length
    const told = decoded(raw.slice(0, room))
    isCut ||= told === undefined
    fields.push({ name, value: told ?? decodeText(raw.slice(0, LONGEST_DECODED)), raw: utf8(raw.slice(0, room)) })
    room -= Math.min(raw.length, room)
  }
  const entries = <T>(name: string, read: (value: string) => readonly T[], most: number): readonly T[] => {
    const found = fields.filter((field) => field.name === name).flatMap(({ raw }) => read(raw))
    isCut ||= found.length > most
    return found.slice(0, most)
  }
  const from = entries('from', addressesIn, MOST_ENTRIES)
  const replyTo = entries('reply-to', addressesIn, MOST_ENTRIES)
  const auth = entries('authentication-results', authResultsIn, MOST_CLAIMS)
  return { fields: fields.map(({ name, value }) => ({ name, value })), isCut, from, replyTo, auth }
}

/** The value as clients show it; undefined where it is too long to be decoded whole. */
function decoded(raw: string): string | undefined {
  if (!/[^ -~\t]|=\?/.test(raw)) return raw
  return raw.length > LONGEST_DECODED ? undefined : decodeText(raw).toWellFormed()
}

/** Addresses in other scripts are UTF-8 as they stand (RFC 6532). */
function utf8(raw: string): string {
  return Buffer.from(raw, 'latin1').toString('utf8')
}
