/** Does what the message says: `act NAME` in its first bytes, or `say N` for N bytes of facts; any other is read as empty. */
import type { Reading } from '../../../src/core/index.ts'
import { frame } from '../../../src/inspector/frame.ts'
import { FRAME } from '../../../src/inspector/protocol.ts'
import { openChannel, serve } from './serve.ts'

const EMPTY: Reading = {
  attachments: [],
  bodies: [],
  anomalies: [],
  unscannable: '',
  subject: '',
  messageId: '',
}
const JSON_HEAD = 9
const channel = openChannel()
let job = 0

// The real job number, which a hostile process knows too.
channel.prependListener('data', (chunk: Buffer) => {
  if (chunk[4] === FRAME.read) job = chunk.readUInt32BE(5)
})

function say(bytes: Buffer): void {
  channel.write(bytes)
}

function head(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(JSON_HEAD)
  bytes.writeUInt32BE(length)
  bytes[4] = type
  return bytes
}

const forever = () => new Promise<never>(() => {})

function hoard(): void {
  const kept: Buffer[] = []
  for (;;) kept.push(Buffer.alloc(16 * 1024 * 1024, 1))
}

function hoardHeap(): void {
  const kept: number[][] = []
  for (;;) kept.push(Array.from({ length: 1000 }, Math.random))
}

const ACTS: Readonly<Record<string, () => unknown>> = {
  spin: () => {
    for (;;);
  },
  hoard,
  'hoard-heap': hoardHeap,
  stall: forever,
  exit: () => process.exit(3),
  throw: () => {
    throw new Error('a reader threw')
  },
  'throw-later': () => {
    setImmediate(() => {
      throw new Error('a reader threw later')
    })
    return forever()
  },
  'throw-in-next': () => {
    channel.prependListener('data', (chunk: Buffer) => {
      if (chunk[4] !== FRAME.read) return
      queueMicrotask(() => {
        throw new Error('a reader that was given up threw')
      })
    })
    return forever()
  },
  'unknown-type': () => say(frame(0x99, job)),
  'request-type': () => say(frame(FRAME.read, job)),
  'ready-twice': () => say(frame(FRAME.ready)),
  oversize: () => say(head(FRAME.result, 0x7fff_ffff)),
  'no-type': () => say(head(FRAME.result, 0)),
  'no-job': () => say(Buffer.from([0, 0, 0, 3, FRAME.done, 0, 0])),
  'not-json': () => say(frame(FRAME.result, job, 'facts!')),
  'other-form': () => say(frame(FRAME.result, job, JSON.stringify({ ...EMPTY, verdict: 'good' }))),
  'unknown-limit': () => say(frame(FRAME.result, job, JSON.stringify({ ...EMPTY, unscannable: 'boredom' }))),
  'foreign-job': () => say(frame(FRAME.result, job + 1, JSON.stringify(EMPTY))),
  'bytes-for-reading': () => say(frame(FRAME.chunk, job, 'bytes')),
  'names-a-cause': () => say(frame(FRAME.fault, job, JSON.stringify({ cause: 'overloaded', detail: '' }))),
  'larger-than-message': () => say(frame(FRAME.result, job, JSON.stringify(tooLarge()))),
  'answer-twice': () => {
    const answer = frame(FRAME.result, job, JSON.stringify(EMPTY))
    say(Buffer.concat([answer, answer]))
  },
}

function tooLarge(): Reading {
  const sample = {
    sha256: '0'.repeat(64),
    size: 1e9,
    type: '',
    types: [],
    testString: '',
    links: [],
    role: 'attachment',
    groups: [],
    charset: '',
    declaredCharset: '',
    mismatches: [],
    name: '',
    names: [],
    path: '1',
  }
  const rest = { depth: 0, declaredType: '', disposition: '', readings: [], anomalies: [] }
  return { ...EMPTY, attachments: [{ ...sample, ...rest }] }
}

serve(
  {
    async read(source) {
      let text = ''
      for await (const chunk of source) {
        if (text.length < 100) text += Buffer.from(chunk).toString('latin1')
        const early = /^early (\S+)/.exec(text)?.[1]
        if (early) await ACTS[early]?.()
      }
      const act = ACTS[/^act (\S+)/.exec(text)?.[1] ?? '']
      if (act) {
        await act()
        await forever()
      }
      const said = Number(/^say (\d+)/.exec(text)?.[1] ?? 0)
      if (said > 0) return { ...EMPTY, messageId: 'x'.repeat(said) }
      return { ...EMPTY, subject: text.slice(0, 20) }
    },
    async *bytes(path, source) {
      if (path === 'stall') await forever()
      yield* source
    },
  },
  channel,
)
