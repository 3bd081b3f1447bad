/** What a parser process or a client may write into its pipe: frames, however cut, or garbage that is named as such. */
import assert from 'node:assert/strict'
import { type Caps, FrameReader, frame, GarbageError } from '../../src/inspector/frame.ts'
import {
  ANSWER_CAPS,
  decodeEnding,
  decodeReading,
  decodeState,
  FRAME,
  jobOf,
  REPLY_CAPS,
  REQUEST_CAPS,
} from '../../src/inspector/protocol.ts'
import type { Random } from '../bench/random.ts'
import { memoryWatch } from './memory.ts'
import { mutateBytes, splice } from './mutate.ts'
import { type Attack, cutBy, few, oneIn, pick, type Target } from './target.ts'

const CAPS: readonly Caps[] = [REQUEST_CAPS, ANSWER_CAPS, REPLY_CAPS]
const MESSAGE_BYTES = 10_000

const SAMPLE = {
  ...{ role: 'attachment', charset: '', declaredCharset: '', groups: [], mismatches: [] },
  ...{ sha256: 'a'.repeat(64), size: 71, type: 'text/plain', types: ['text/plain'], testString: '', name: 'a.png' },
  ...{ names: [{ value: 'a.png', origin: 'type.name' }], path: '2', depth: 0, declaredType: 'image/png' },
  ...{ disposition: 'inline', readings: ['strict', 'mailparser'], anomalies: [] },
}
const BODY = { ...SAMPLE, role: 'body', path: '1', size: 11, sha256: 'b'.repeat(64) }
const READING = {
  ...{
    attachments: [SAMPLE],
    bodies: [BODY],
    anomalies: [{ name: 'x', severity: 'suspicious', offset: 3 }],
  },
  ...{ unscannable: '', subject: 's', messageId: '<m@example.org>' },
}
const STATE = { layers: [{ name: 'own user', active: true, detail: '' }], processes: 2, idle: 1 }

const FRAMES: readonly Buffer[] = [
  frame(FRAME.read, 1),
  frame(FRAME.bytes, 2, '1.2'),
  frame(FRAME.data, undefined, 'Subject: x\r\n\r\nhello'),
  frame(FRAME.end),
  frame(FRAME.state),
  frame(FRAME.ready),
  frame(FRAME.result, 1, JSON.stringify(READING)),
  frame(FRAME.chunk, 1, 'bytes'),
  frame(FRAME.done, 1),
  frame(FRAME.fault, 1, JSON.stringify({ limit: 'memory', detail: 'x' })),
  frame(FRAME.fault, 1, JSON.stringify({ cause: 'internal', detail: 'x' })),
  frame(FRAME.status, undefined, JSON.stringify(STATE)),
  frame(FRAME.released, 1),
]
/** Values that JSON can hold and a form may forget. */
const ODD_JSON = [
  'null',
  '-1',
  '1e999',
  '""',
  '[]',
  '{}',
  '1.5',
  'true',
  '9007199254740993',
  '"\\ud800"',
  '"__proto__"',
]

/** Frames of the inspector's protocol. The first byte says which side reads them, the second how they are cut. */
export const inspectorFrames: Target = { name: 'inspector-frames', make, open }

function make(random: Random): Buffer {
  const frames = Array.from({ length: few(random, 6) }, () => oddValue(pick(random, FRAMES), random))
  const bytes = Buffer.concat(frames)
  const head = Buffer.from([random.below(CAPS.length), oneIn(random, 4) ? 0 : random.below(60)])
  return Buffer.concat([head, oneIn(random, 3) ? bytes : mutateBytes(bytes, random)])
}

/** Puts an odd value in the place of one value of the frame's JSON; its length stays right. */
function oddValue(raw: Buffer, random: Random): Buffer {
  const values = [...raw.toString('latin1').matchAll(/(?<=[:[,])(?:"[^"]*"|-?\d+|true)/g)]
  if (values.length === 0 || oneIn(random, 3)) return raw
  const { index, 0: value } = pick(random, values)
  const copy = splice(raw, index, value.length, Buffer.from(pick(random, ODD_JSON)))
  copy.writeUInt32BE(copy.length - 4)
  return copy
}

async function open(): Promise<Attack> {
  const watch = memoryWatch()
  return { check, settle: watch, close: async () => undefined }
}

async function check(input: Buffer): Promise<void> {
  const caps = CAPS[(input[0] ?? 0) % CAPS.length] ?? REQUEST_CAPS
  const wire = input.subarray(2)
  const whole = readAll(caps, [wire])
  const pieces = readAll(caps, cutBy(input[1] ?? 0, wire))
  assert.deepEqual(pieces, whole, 'the same bytes, cut otherwise, give other frames')
}

function readAll(caps: Caps, chunks: readonly Buffer[]): readonly string[] {
  const seen: string[] = []
  const before = process.memoryUsage().arrayBuffers
  const reader = new FrameReader(caps, (type, raw) => {
    seen.push(raw.toString('latin1'))
    orGarbage(() => decode(type, raw))
  })
  const garbage = orGarbage(() => {
    for (const chunk of chunks) reader.feed(chunk)
  })
  const claimed = process.memoryUsage().arrayBuffers - before
  assert.ok(claimed < 8 * 1024 * 1024, `${claimed} bytes were taken for a stream of a few kilobytes`)
  return [...seen, garbage]
}

function decode(type: number, raw: Buffer): void {
  if (type === FRAME.result) decodeReading(raw, MESSAGE_BYTES)
  else if (type === FRAME.fault) decodeEnding(raw)
  else if (type === FRAME.status) decodeState(raw)
  else if (type === FRAME.read || type === FRAME.done || type === FRAME.released) jobOf(raw)
}

/** What was wrong with the bytes; anything but garbage is a fault of ours and thrown on. */
function orGarbage(step: () => void): string {
  try {
    step()
    return ''
  } catch (error) {
    if (error instanceof GarbageError) return error.message
    throw error
  }
}
