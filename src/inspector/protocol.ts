/**
 * What client, supervisor and parser process say to each other. One job at a time on every connection and pipe:
 *
 *     READ(job)        DATA* END  →  RESULT(job, reading) | FAULT(job, cause or limit)
 *     BYTES(job, path) DATA* END  →  CHUNK(job, bytes)* DONE(job) | FAULT(job, cause or limit)
 *     OPEN(job, how)   DATA* END  →  RESULT(job, tree) | FAULT(job, cause or limit)
 *     STATE                       →  STATUS(state)                       (client and supervisor only)
 *     RELEASE(job)                →  RELEASED(job)                       (gives up a job; supervisor and process only:
 *                                                                         a client gives up by closing its connection)
 *     (start)                     →  READY                               (process and supervisor only)
 *
 * READ says besides whether the header of the message is wanted too. `path` is that of a sample; behind a slash it leads on into the container that the sample is.
 * RESULT and DONE come only after END;
 * FAULT may come at any time and, before END, ends the connection. `job` is a number that the asker chose: an answer with
 * any other is garbage. Both ends check the other as a hostile peer: unknown type, too long, wrong order, JSON of another
 * form, facts that cannot be true.
 */
import { z } from 'zod'
import {
  CAUSES,
  type Cause,
  LIMITS,
  type Limit,
  type Reading,
  readingSchema,
  SEVERITIES,
  toZod,
} from '../core/index.ts'
import { type Caps, GarbageError, HEAD_BYTES } from './frame.ts'
import type { InspectorState, WantedReading } from './inspector.ts'
import { foundForm, type Opening, openingForm, type SampleTree, type TreeMember, treeForm } from './tree.ts'

/** Frame types; those of answers have the high bit. */
export const FRAME = {
  read: 0x01,
  bytes: 0x02,
  data: 0x03,
  end: 0x04,
  release: 0x05,
  state: 0x06,
  open: 0x07,
  ready: 0x80,
  result: 0x81,
  chunk: 0x82,
  done: 0x83,
  fault: 0x84,
  status: 0x85,
  released: 0x86,
  found: 0x87,
} as const

/** Most bytes in one DATA or CHUNK frame, so that head and payload fill one read of 64 KiB. */
export const DATA_BYTES = 65_536 - HEAD_BYTES - 4
/**
 * Most bytes of one RESULT: 10,000 attachments with short names, 4,000 whose names and anomalies fill a kilobyte and a half.
 * The filter takes a reading apart in its one loop, so what is larger is unscannable `header-bytes`.
 */
export const RESULT_BYTES = 8 * 1024 * 1024
const JOB = 4

/** What a supervisor takes from a client. */
export const REQUEST_CAPS: Caps = new Map([
  [FRAME.read, JOB + 1],
  [FRAME.bytes, JOB + 65_536],
  [FRAME.data, DATA_BYTES],
  [FRAME.end, 0],
  [FRAME.state, 0],
  [FRAME.open, JOB + 65_536],
])
/** What a parser process takes from its supervisor. */
export const JOB_CAPS: Caps = new Map([...REQUEST_CAPS, [FRAME.release, JOB]])
/** What a supervisor takes from a parser process. */
export const ANSWER_CAPS: Caps = new Map([
  [FRAME.ready, 0],
  [FRAME.result, JOB + RESULT_BYTES],
  [FRAME.found, JOB + RESULT_BYTES],
  [FRAME.chunk, JOB + DATA_BYTES],
  [FRAME.done, JOB],
  [FRAME.fault, JOB + 4096],
  [FRAME.released, JOB],
])
/** What a client takes from a supervisor. */
export const REPLY_CAPS: Caps = new Map([
  [FRAME.result, JOB + RESULT_BYTES],
  [FRAME.found, JOB + RESULT_BYTES],
  [FRAME.chunk, JOB + DATA_BYTES],
  [FRAME.done, JOB],
  [FRAME.fault, JOB + 4096],
  [FRAME.status, 65_536],
])

/** Why a job ended without its answer: the message broke a limit, or something failed. */
export type Ending =
  | { readonly limit: Limit; readonly detail: string }
  | { readonly cause: Cause; readonly detail: string }

const detail = z.string().max(512)
const endingSchema = z.union([
  z.strictObject({ limit: z.enum(Object.keys(LIMITS) as [Limit, ...Limit[]]), detail }),
  z.strictObject({ cause: z.enum(Object.keys(CAUSES) as [Cause, ...Cause[]]), detail }),
])
const stateSchema = z.strictObject({
  layers: z.array(z.strictObject({ name: z.string(), active: z.boolean(), detail: z.string() })),
  processes: z.int(),
  idle: z.int(),
})
const DIGEST = /^[0-9a-f]{64}$/
const readingForm = toZod(readingSchema)

/** The job number of a frame that has one. */
export function jobOf(raw: Buffer): number {
  if (raw.length < HEAD_BYTES + JOB) throw new GarbageError('a frame without its job number')
  return raw.readUInt32BE(HEAD_BYTES)
}

/** The payload of a frame after its job number. */
export function bodyOf(raw: Buffer): Buffer {
  return raw.subarray(HEAD_BYTES + JOB)
}

/** Reads a RESULT. Throws `GarbageError` where it cannot be a reading of a message of that many bytes. */
export function decodeReading(raw: Buffer, messageBytes: number): Reading {
  const reading = parseJson(bodyOf(raw), readingForm)
  if (reading.unscannable !== '' && !Object.hasOwn(LIMITS, reading.unscannable)) throw new GarbageError('no such limit')
  for (const { sha256, size, path, anomalies } of [...reading.attachments, ...reading.bodies]) {
    // No transfer encoding gives more bytes than it took, a conversion of characters at most three for one.
    if (size > 4 * messageBytes) throw new GarbageError('a sample larger than its message')
    if (!DIGEST.test(sha256)) throw new GarbageError('a sample without a digest')
    if (!/^[!-~]{1,1024}$/.test(path)) throw new GarbageError('a sample without a place')
    checkSeverities(anomalies)
  }
  checkSeverities(reading.anomalies)
  return reading
}

/** What a READ says: of old nothing, else one byte. */
export function decodeWantedReading(raw: Buffer): WantedReading {
  return { header: bodyOf(raw)[0] === WANTS_HEADER }
}

/** The byte of a READ that wants the header told. */
export const WANTS_HEADER = 1

/** Whose bytes a BYTES asks for, and what may open the containers on the way. */
export interface WantedBytes {
  readonly path: string
  readonly passwords: readonly string[]
}

/** Writes what a BYTES says: a path and passwords, neither of which has a line end. Only members of containers need passwords. */
export function encodeWanted({ path, passwords }: WantedBytes): string {
  return path.includes('/') ? [path, ...passwords].join('\n') : path
}

/** Reads what a BYTES says. */
export function decodeWanted(raw: Buffer): WantedBytes {
  const [path = '', ...passwords] = bodyOf(raw).toString().split('\n')
  return { path, passwords }
}

/** Reads what an OPEN says. Throws `GarbageError`. */
export function decodeOpening(raw: Buffer): Opening {
  return parseJson(bodyOf(raw), openingForm)
}

/** Expanded bytes of all members: more than any site allows, and than a process could unpack in its time. */
const EXPANDED_BYTES = 1024 ** 4

/** More passwords are never told, nor longer ones. */
const MOST_PASSWORDS = 100
const LONGEST_PASSWORD = 256

/** Reads the RESULT of an OPEN. Throws `GarbageError` where it cannot be what lies in a sample of that many bytes, or was not asked for. */
export function decodeTree(raw: Buffer, sampleBytes: number, tellsPasswords = false): SampleTree {
  const tree = parseJson(bodyOf(raw), treeForm)
  checkPasswords(tree.passwords ?? [], tellsPasswords)
  if (tree.sample.size !== sampleBytes) throw new GarbageError('a tree of another sample')
  checkMembers(tree.members)
  checkSeverities(tree.root.anomalies)
  return tree
}

/** Reads a FOUND: members that were found before the whole tree was. Throws `GarbageError`. */
export function decodeFound(raw: Buffer): readonly TreeMember[] {
  const { members } = parseJson(bodyOf(raw), foundForm)
  checkMembers(members)
  return members
}

function checkPasswords(passwords: NonNullable<SampleTree['passwords']>, isAsked: boolean): void {
  if (passwords.length > (isAsked ? MOST_PASSWORDS : 0)) throw new GarbageError('passwords that nobody asked for')
  for (const { sha256, value } of passwords) {
    if (!DIGEST.test(sha256) || value.length > LONGEST_PASSWORD) throw new GarbageError('a password of no container')
  }
}

function checkMembers(members: readonly TreeMember[]): void {
  let expanded = 0
  for (const { content, path, anomalies, opened } of members) {
    if (!/^1(?:\/\d{1,6}){1,64}$/.test(path)) throw new GarbageError('a member without a place')
    if (content !== undefined && !DIGEST.test(content.sha256)) throw new GarbageError('a member without a digest')
    expanded += content?.size ?? 0
    checkSeverities(anomalies)
    checkSeverities(opened.anomalies)
  }
  if (expanded > EXPANDED_BYTES) throw new GarbageError('members larger than any limit allows')
}

/** Reads a FAULT. Throws `GarbageError`. */
export function decodeEnding(raw: Buffer): Ending {
  return parseJson(bodyOf(raw), endingSchema)
}

/** Reads a STATUS. Throws `GarbageError`. */
export function decodeState(raw: Buffer): InspectorState {
  return parseJson(raw.subarray(HEAD_BYTES), stateSchema)
}

function checkSeverities(anomalies: Reading['anomalies']): void {
  for (const { severity } of anomalies) {
    if (!(SEVERITIES as readonly string[]).includes(severity)) throw new GarbageError('no such severity')
  }
}

function parseJson<T>(bytes: Buffer, form: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new GarbageError('not JSON', { cause })
  }
  const checked = form.safeParse(value)
  if (!checked.success) throw new GarbageError(`JSON of another form: ${checked.error.issues[0]?.path.join('.')}`)
  return checked.data
}
