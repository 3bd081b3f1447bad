/**
 * A clamd on a real socket that speaks the protocol rightly, and on demand does wrong what a clamd, or something between, was seen to do
 * wrong. Its self-test goes right whatever the scans do, unless the script says otherwise.
 */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { testStrings } from '../../src/analyzers/test-strings.ts'

/** What clamd does with a scan that is no self-test; it may say whatever it likes to a socket. */
export type Misdeed = (scan: FakeScan) => void

/** A scan as the fake sees it, before the first of its bytes was looked at, and again when all are there. */
export interface FakeScan {
  readonly socket: Socket
  /** Number of the command in its session. */
  readonly id: number
  readonly isComplete: boolean
  /** The right answer, and whatever ends a session. */
  answer(): void
}

const FOUND = 'stream: Test.File.Eicar-1-0 FOUND'
const LIMIT = 'stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND'
/** For this fake whatever is compressed is too deep. */
const GZIP = '\x1f\x8b'

/** Names of what may go wrong in a scan. */
export const MISDEEDS = {
  'says nothing': () => {},
  'closes at once': ({ socket }) => socket.destroy(),
  'resets the connection': ({ socket }) => socket.resetAndDestroy(),
  'closes after the bytes': whole(({ socket }) => socket.end()),
  'closes in the middle of the answer': whole(({ socket, id }) => socket.end(`1: ${VERSION}\0${id}: stream: O`)),
  'closes before the end of the answer': whole(({ socket, id }) => socket.end(`1: ${VERSION}\0${id}: stream: OK`)),
  'keeps the session open': whole(({ socket, id }) => socket.write(`1: ${VERSION}\0${id}: stream: OK\0`)),
  'says OK before it had the bytes': ({ socket, id, isComplete }) => {
    if (isComplete) socket.end()
    else socket.write(`1: ${VERSION}\0${id}: stream: OK\0`)
  },
  'answers the wrong number': whole(({ socket }) => socket.end(`1: ${VERSION}\0${7}: stream: OK\0`)),
  'answers without a number': whole(({ socket }) => socket.end(`${VERSION}\0stream: OK\0`)),
  'answers twice': whole(({ socket, id }) => socket.end(`1: ${VERSION}\0${id}: stream: OK\0${id}: ${FOUND}\0`)),
  'answers a command more': whole(({ socket, id }) => socket.end(`1: ${VERSION}\0${id}: stream: OK\0${3}: PONG\0`)),
  'does not tell its version': whole(({ socket, id }) => socket.end(`${id}: stream: OK\0`)),
  'tells a version of something else': whole(({ socket, id }) => socket.end(`1: SAVI 4.0\0${id}: stream: OK\0`)),
  'says OK and more': whole(said('stream: OK, but not all of it')),
  'says ok in small letters': whole(said('stream: ok')),
  'speaks of another stream': whole(said('fd[9]: OK')),
  'says nothing but the number': whole(said('')),
  'talks garbage': whole(({ socket }) => socket.end(Buffer.from([0, 255, 254, 0, 13, 10, 0]))),
  'answers a web page': whole(({ socket }) => socket.end(`HTTP/1.1 502 Bad Gateway\r\n\r\n${'<p>'.repeat(10_000)}`)),
  'talks without an end': whole(({ socket, id }) => {
    socket.write(`1: ${VERSION}\0${id}: ${'stream: '.repeat(10_000)}`)
  }),
  'has no memory': whole(said("stream: Can't allocate memory ERROR")),
  'has no room for the file': whole(said('Error writing to temporary file ERROR')),
  'reached a limit of its own': whole(said('stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND')),
  'took too long': whole(said('stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND')),
  'was sent too much': whole(({ socket, id }) => {
    socket.end(`1: ${VERSION}\0${id}: INSTREAM size limit exceeded. ERROR\0`)
  }),
  'waited too long for a command': whole(({ socket }) => socket.end(`1: ${VERSION}\0COMMAND READ TIMED OUT\n`)),
} as const satisfies Readonly<Record<string, Misdeed>>

export type MisdeedName = keyof typeof MISDEEDS

const VERSION = 'ClamAV 1.4.6/27500/Mon Nov 23 09:24:11 2026'
const STATS =
  'POOLS: 1\n\nSTATE: VALID PRIMARY\nTHREADS: live 2  idle 1 max 10 idle-timeout 30\nQUEUE: 3 items\n\n' +
  'MEMSTATS: heap N/A mmap N/A used N/A free N/A releasable N/A pools 1 pools_used 1300.250M pools_total 1300.300M\nEND'

export class FakeClamd {
  /** What it says to VERSION. */
  version: string = VERSION
  /** Undefined: STATS is answered with an error, as where it is switched off. */
  stats: string | undefined = STATS
  /** Whether it finds EICAR, and something in everything else. */
  knowsEicar = true
  findsAll = false
  /** Whether it tells when a limit is reached, and how much it takes. */
  tellsLimits = true
  takes = Number.POSITIVE_INFINITY
  /** Leaves self-tests without an answer. */
  isDeafToTests = false
  /** What it does with scans that are no self-test. */
  misdeed: Misdeed | undefined
  /** Scans that are no self-test, whole or not, and self-tests. */
  scans = 0
  tests = 0
  /** Scans that it works on now, and the most at a time. */
  running = 0
  most = 0
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0
  #waiting: (() => void)[] = []

  static async start(t: TestContext): Promise<FakeClamd> {
    const fake = new FakeClamd()
    t.after(() => fake.stop())
    await fake.begin()
    return fake
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.#port }
  }

  /** Listens (again, at the same port). */
  async begin(): Promise<void> {
    this.#server = createServer((socket) => this.#serve(socket))
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    this.#port = typeof address === 'object' ? (address?.port ?? 0) : 0
  }

  /** Ends as a process that is killed. */
  async stop(): Promise<void> {
    const server = this.#server
    if (!server?.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Resolves when the next bytes of a scan have come. */
  nextBytes(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    const session = new Session(this, socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (data: Buffer) => {
      session.take(data)
      for (const wake of this.#waiting.splice(0)) wake()
    })
  }
}

/** One connection: commands that end with NUL, chunks after INSTREAM. */
class Session {
  readonly #fake: FakeClamd
  readonly #socket: Socket
  #bytes = Buffer.alloc(0)
  #stream: Buffer[] | undefined
  #size = 0
  #id = 0
  #numbered = false
  #isBad = false

  constructor(fake: FakeClamd, socket: Socket) {
    this.#fake = fake
    this.#socket = socket
    socket.on('close', () => this.#leave())
  }

  take(data: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, data])
    while (this.#stream ? this.#chunk(this.#stream) : this.#command());
  }

  #command(): boolean {
    const end = this.#bytes.indexOf(0)
    if (end < 0 || this.#socket.destroyed) return false
    const word = this.#bytes.toString('latin1', 0, end)
    this.#bytes = this.#bytes.subarray(end + 1)
    if (word === 'zIDSESSION') this.#numbered = true
    else this.#do(word)
    return true
  }

  #do(word: string): void {
    if (word === 'zEND') {
      if (!this.#isBad) this.#socket.end()
      return
    }
    this.#id += 1
    if (word === 'zINSTREAM') this.#stream = []
    else if (word === 'zVERSION') this.#pendingVersion = `${this.#number()}${this.#fake.version}\0`
    else if (word === 'zSTATS') this.#say(this.#fake.stats ?? 'COMMAND UNAVAILABLE')
    else this.#say('UNKNOWN COMMAND')
  }

  /** The version is said with the next answer, so that a misdeed may say it or not. */
  #pendingVersion = ''

  #chunk(stream: Buffer[]): boolean {
    if (this.#bytes.length < 4) return false
    const length = this.#bytes.readUInt32BE()
    if (this.#bytes.length < 4 + length) return false
    const chunk = this.#bytes.subarray(4, 4 + length)
    this.#bytes = this.#bytes.subarray(4 + length)
    stream.push(chunk)
    this.#size += length
    if (this.#size > this.#fake.takes) {
      this.#say('INSTREAM size limit exceeded. ERROR')
      this.#socket.end()
      return false
    }
    const isWanted = length === 0 || stream.length === 1
    const content = isWanted ? Buffer.concat(stream).toString('latin1') : ''
    const isTest = content === testStrings.bad || content === testStrings.harmless
    const isComplete = length === 0
    if (isComplete) {
      this.#stream = undefined
      this.#size = 0
    }
    const misdeed = isTest ? undefined : this.#fake.misdeed
    if (!isTest && stream.length === 1) this.#enter()
    if (misdeed) this.#misbehave(misdeed, content, isComplete)
    else if (isComplete) this.#answer(content, isTest)
    return true
  }

  #misbehave(misdeed: Misdeed, content: string, isComplete: boolean): void {
    this.#isBad = true
    misdeed({ socket: this.#socket, id: this.#id, isComplete, answer: () => this.#answer(content, false) })
  }

  #answer(content: string, isTest: boolean): void {
    if (isTest && this.#fake.isDeafToTests) {
      this.#isBad = true
      return
    }
    if (isTest) this.#fake.tests += 1
    const isFound = this.#fake.findsAll || (this.#fake.knowsEicar && content.includes(testStrings.bad))
    const isDeep = this.#fake.tellsLimits && content.startsWith(GZIP) && !isFound
    this.#say(isFound ? FOUND : isDeep ? LIMIT : 'stream: OK')
    if (this.#isBad) this.#socket.end()
  }

  #say(text: string): void {
    this.#socket.write(`${this.#pendingVersion}${this.#number()}${text}\0`)
    this.#pendingVersion = ''
  }

  #number(): string {
    return this.#numbered ? `${this.#id}: ` : ''
  }

  #isIn = false

  #enter(): void {
    this.#isIn = true
    this.#fake.scans += 1
    this.#fake.running += 1
    this.#fake.most = Math.max(this.#fake.most, this.#fake.running)
  }

  #leave(): void {
    if (this.#isIn) this.#fake.running -= 1
    this.#isIn = false
  }
}

/** Does it when all bytes are there. */
function whole(misdeed: Misdeed): Misdeed {
  return (scan) => {
    if (scan.isComplete) misdeed(scan)
  }
}

function said(text: string): Misdeed {
  return ({ socket, id }) => socket.end(`1: ${VERSION}\0${id}: ${text}\0`)
}
