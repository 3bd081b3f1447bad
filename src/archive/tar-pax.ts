/** Extended headers of pax: records of the form `length key=value\n` (POSIX.1-2017, pax, "pax Extended Header"). */
import { fromUnknown } from './text.ts'

export type PaxRecords = ReadonlyMap<string, string>

const MAX_RECORDS = 4096
/** A sparse map of the form 0.0 repeats its keys; it is kept as one list. */
const REPEATED = new Set(['GNU.sparse.offset', 'GNU.sparse.numbytes'])

/** The records; what is no record ends them. */
export function readPax(data: Buffer): PaxRecords {
  const records = new Map<string, string>()
  for (let at = 0, count = 0; at < data.length && count < MAX_RECORDS; count++) {
    const length = /^(\d{1,10}) /.exec(data.toString('latin1', at, at + 11))?.[1]
    const end = at + Number(length ?? 0)
    if (length === undefined || end <= at + length.length + 1 || end > data.length) break
    const text = fromUnknown(data.subarray(at + length.length + 1, end - 1))
    const equals = text.indexOf('=')
    const key = text.slice(0, equals)
    const value = text.slice(equals + 1)
    const before = records.get(key)
    if (equals > 0) records.set(key, REPEATED.has(key) && before !== undefined ? `${before},${value}` : value)
    at = end
  }
  return records
}
