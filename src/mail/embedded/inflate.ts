/** Undoes deflate within a limit; damaged or cut data gives what stands before the damage. */
import { constants, inflateRawSync } from 'node:zlib'
import type { Budget } from './embedded.ts'

/** How data of deflate are wrapped: not at all (RFC 1951), by zlib (RFC 1950), by gzip (RFC 1952). */
export type Wrapping = 'raw' | 'zlib' | 'gzip'

const { Z_SYNC_FLUSH } = constants

export interface Inflated {
  readonly bytes: Buffer
  /** There is more than may come out. */
  readonly isCut: boolean
}

/** No deflate gives more bytes for one. */
const HIGHEST_RATIO = 1032
/** What the attempts may give together, as a multiple of what may come out. */
const MOST_WORK = 3

/** Inflates as much as the budget allows, and takes it from there. */
export function inflate(data: Buffer, wrapping: Wrapping, budget: Budget): Inflated {
  const raw = data.subarray(headerLength(data, wrapping))
  const room = Math.max(1, budget.inflatedBytes)
  const whole = attempt(raw, room)
  const bytes = whole.bytes ?? longestBeginning(raw, room)
  budget.inflatedBytes -= bytes.length
  return { bytes, isCut: whole.isTooLong }
}

function headerLength(data: Buffer, wrapping: Wrapping): number {
  if (wrapping === 'raw') return 0
  return wrapping === 'zlib' ? 2 : gzipHeaderLength(data)
}

/** Ten bytes, and what their flags announce: extra field, name, comment, checksum. */
function gzipHeaderLength(data: Buffer): number {
  const flags = data[3] ?? 0
  let at = 10
  if (flags & 4 && at + 2 <= data.length) at += 2 + data.readUInt16LE(at)
  for (const flag of [8, 16]) {
    if (flags & flag) at = Math.max(at, data.indexOf(0, at) + 1)
  }
  return flags & 2 ? at + 2 : at
}

interface Attempt {
  readonly bytes?: Buffer
  readonly isTooLong: boolean
}

function attempt(raw: Buffer, room: number): Attempt {
  try {
    // A stream that is cut gives what is there.
    return { bytes: inflateRawSync(raw, { maxOutputLength: room, finishFlush: Z_SYNC_FLUSH }), isTooLong: false }
  } catch (error) {
    return { isTooLong: (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' }
  }
}

/** What comes out before the damage or the limit, found by ever longer beginnings of the input and then ever smaller steps. */
function longestBeginning(raw: Buffer, room: number): Buffer {
  let best: Buffer = Buffer.alloc(0)
  let [good, bad] = [0, raw.length]
  let next = Math.ceil(room / HIGHEST_RATIO)
  for (let work = 0; bad - good > 1 && work < MOST_WORK * room; ) {
    const { bytes } = attempt(raw.subarray(0, Math.min(next, bad - 1)), room)
    work += bytes?.length ?? room
    if (bytes === undefined) bad = Math.min(next, bad - 1)
    else {
      good = Math.min(next, bad - 1)
      best = bytes
    }
    next = good > 0 && bad === raw.length ? good * 2 : (good + bad) >> 1
  }
  return best
}
