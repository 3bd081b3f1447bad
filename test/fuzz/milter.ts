/** A live filter on a socket, given recorded conversations of Postfix with everything wrong that can be. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createMilterServer, encodeFrame, FrameReader, SMFIC, SMFIR } from '../../src/milter/index.ts'
import type { Random } from '../bench/random.ts'
import { memoryWatch } from './memory.ts'
import { TEMPERS, type Temper, tempered } from './milter-hooks.ts'
import { type Step, stepsOf } from './milter-model.ts'
import { mutateBytes, splice } from './mutate.ts'
import { type Attack, cutBy, few, oneIn, pick, type Target } from './target.ts'

/** The filter over TCP: the first byte is its temper, the second how the stream is cut, the rest the stream. */
export const milter: Target = { name: 'milter', make, open }

const DEADLINE_MS = 20_000
const FINAL: ReadonlySet<number> = new Set([
  ...[SMFIR.CONTINUE, SMFIR.ACCEPT, SMFIR.REJECT, SMFIR.TEMPFAIL, SMFIR.DISCARD, SMFIR.SKIP, SMFIR.REPLYCODE],
])

const TRACES = ['smtpd', 'local', 'starttls'].map((name) => readTrace(name).sent)
const ODD_FRAMES: readonly Buffer[] = [
  Buffer.alloc(4),
  Buffer.from([0xff, 0xff, 0xff, 0xff]),
  Buffer.from([0x20, 0, 0, 0, 0x42]),
  ...['K', 'Q', 'A', 'C', 'H', 'U', 'O', 'x', '\0'].map((letter) => encodeFrame(letter.charCodeAt(0))),
  encodeFrame(0x45, Buffer.from('the last of the body')),
  encodeFrame(0x42, Buffer.alloc(65_535, 'x')),
  encodeFrame(0x44, Buffer.from('Mi\0')),
  encodeFrame(0x4c, Buffer.from('Subject\0\0\0 \0')),
]

/** What the MTA sends in a recorded conversation, and how many replies it got. */
export function readTrace(name: string): { readonly sent: readonly Buffer[]; readonly replies: number } {
  const text = readFileSync(new URL(`../milter/golden/${name}.trace`, import.meta.url), 'utf8')
  const sent = [...text.matchAll(/^> \d+ (.) (".*")$/gm)].map(([, command = '', payload = '']) =>
    encodeFrame(command.charCodeAt(0), Buffer.from(JSON.parse(payload), 'latin1')),
  )
  return { sent, replies: text.match(/^</gm)?.length ?? 0 }
}

function make(random: Random): Buffer {
  let frames = [...pick(random, TRACES)]
  for (let n = few(random, 8); n > 0; n -= 1) frames = changeFrames(frames, random)
  const bytes = Buffer.concat(frames)
  const head = Buffer.from([random.below(TEMPERS.length), oneIn(random, 2) ? 0 : random.below(256)])
  return Buffer.concat([head, oneIn(random, 3) ? mutateBytes(bytes, random) : bytes])
}

function changeFrames(frames: readonly Buffer[], random: Random): Buffer[] {
  const at = random.below(frames.length + 1)
  const frame = frames[at] ?? Buffer.alloc(0)
  switch (random.below(6)) {
    case 0:
      return frames.toSpliced(at, few(random, 4))
    case 1:
      return frames.toSpliced(at, 0, ...frames.slice(at, at + few(random, 6)))
    case 2:
      return frames.toSpliced(random.below(frames.length + 1), 0, frame)
    case 3:
      return frames.toSpliced(at, 0, pick(random, ODD_FRAMES))
    case 4:
      return frames.toSpliced(at, 1, changePayload(frame, random))
    default:
      return frames.toSpliced(at, 1, mutateBytes(frame, random))
  }
}

/** Another payload in a frame whose length is right all the same. */
function changePayload(frame: Buffer, random: Random): Buffer {
  if (frame.length < 5) return frame
  const payload = mutateBytes(frame.subarray(5), random)
  return encodeFrame(frame[4] ?? 0, oneIn(random, 3) ? splice(payload, payload.length - 1, 1) : payload)
}

async function open(): Promise<Attack> {
  let temper: Temper = 'continues'
  const noticed: string[] = []
  const notice = (what: string) => void noticed.push(what)
  const server = createMilterServer(tempered(() => temper, notice))
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.address() as AddressInfo
  const watch = memoryWatch()
  async function check(input: Buffer): Promise<void> {
    temper = TEMPERS[(input[0] ?? 0) % TEMPERS.length] ?? 'continues'
    const wire = input.subarray(2)
    await converse(port, wire, input[1] ?? 0, temper === 'later')
    assert.deepEqual(noticed.splice(0), [])
    assert.ok(server.sessions <= 1, `${server.sessions} sessions are open`)
  }
  return { check, settle: watch, close: async () => void (await server.close({ graceMs: 0 })) }
}

/** Sends the stream and compares what comes back with what must. */
async function converse(port: number, wire: Buffer, cut: number, isSteply: boolean): Promise<void> {
  const peer = new Peer(connect({ host: '127.0.0.1', port, noDelay: true }))
  try {
    const steps = stepsOf(wire)
    const expected = steps.reduce((sum, { replies }) => sum + replies, 0)
    if (isSteply) await stepByStep(peer, steps, cut)
    else for (const piece of cutBy(cut, wire)) await peer.send(piece)
    peer.end()
    await peer.until(() => peer.isClosed, 'the connection closed after its client had ended')
    if (isSureToArrive(steps, wire)) assert.equal(peer.finals, expected, 'not one final reply per event')
    else assert.ok(peer.finals <= expected, `${peer.finals} final replies for ${expected} events`)
    assert.equal(peer.offers, steps.filter(({ isOffer }) => isOffer).length)
    assert.equal(peer.trouble, '')
  } finally {
    peer.destroy()
  }
}

/** A filter that closes on garbage while more of it comes resets the connection, and replies on their way are lost. */
function isSureToArrive(steps: readonly Step[], wire: Buffer): boolean {
  const last = steps.at(-1)
  const taken = steps.reduce((sum, { bytes }) => sum + bytes.length, 0)
  return last?.closes !== true || (taken === wire.length && last.bytes.length < 100)
}

/** As an MTA does that waits for each reply. */
async function stepByStep(peer: Peer, steps: readonly Step[], cut: number): Promise<void> {
  let expected = 0
  for (const { bytes, replies } of steps) {
    for (const piece of cutBy(cut, bytes)) await peer.send(piece)
    expected += replies
    await peer.until(() => peer.finals >= expected || peer.isClosed, `reply ${expected}`)
  }
}

/** The client's end. */
class Peer {
  finals = 0
  offers = 0
  isClosed = false
  /** What the filter said that no MTA would take. */
  trouble = ''
  readonly #socket: Socket
  readonly #reader = new FrameReader(1 << 20)
  #wake: () => void = () => undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    // A filter that closes on garbage may reset what is still on its way to it.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.isClosed = true
      this.#wake()
    })
  }

  send(piece: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed || this.#socket.writableEnded) resolve()
      else this.#socket.write(piece, () => resolve())
    })
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async until(isSo: () => boolean, what: string): Promise<void> {
    const end = performance.now() + DEADLINE_MS
    while (!isSo()) {
      const left = end - performance.now()
      if (left <= 0) throw new Error(`never came: ${what} (${this.finals} final replies so far)`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  #take(chunk: Buffer): void {
    this.#reader.push(chunk)
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
      if (frame.kind === 'violation') {
        this.trouble = `the filter sent a frame of ${frame.length} bytes`
        break
      }
      if (FINAL.has(frame.command)) this.finals += 1
      if (frame.command === SMFIC.OPTNEG) this.offers += 1
    }
    this.#wake()
  }
}
