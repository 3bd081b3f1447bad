// A tap on the wire between Postfix and a filter: passes the bytes on and keeps the frames of both directions, read by
// code of its own, so that a mistake of our codec is not checked with our codec.

import { connect, createServer, type Server, type Socket } from 'node:net'

/** One frame that passed. */
export type TappedFrame = {
  readonly by: 'mta' | 'filter'
  /** The command or reply byte as a character. */
  readonly code: string
  readonly payload: Buffer
  /** Frames of one direction that came in one piece have the same number. */
  readonly piece: number
}

/** Starts a tap in front of a filter's loopback port. */
export async function startWiretap(filterPort: number): Promise<Wiretap> {
  const server = createServer({ noDelay: true })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  await promise
  return new Wiretap(server, filterPort)
}

/** A running tap. */
export class Wiretap {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #frames: TappedFrame[] = []
  #pieces = 0
  #onFrame: () => void = () => undefined

  constructor(server: Server, filterPort: number) {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the wiretap listens on no port')
    this.port = address.port
    this.#server = server
    server.on('connection', (mta) => {
      const filter = connect({ host: '127.0.0.1', port: filterPort, noDelay: true })
      this.#pass(mta, filter, 'mta')
      this.#pass(filter, mta, 'filter')
    })
  }

  #pass(from: Socket, to: Socket, by: 'mta' | 'filter'): void {
    const cut = frameCutter()
    this.#sockets.add(from)
    from.on('data', (bytes: Buffer) => {
      this.#pieces += 1
      for (const frame of cut(bytes)) this.#frames.push({ by, ...frame, piece: this.#pieces })
      to.write(bytes)
      this.#onFrame()
    })
    from.on('end', () => to.end())
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }

  /** All frames since the start or the last `clear`. */
  get frames(): readonly TappedFrame[] {
    return this.#frames
  }

  /** The codes of one side in a row, e.g. `OCHMRTLNBE`; macros are left out. */
  codes(by: 'mta' | 'filter'): string {
    return this.#frames.flatMap((frame) => (frame.by === by && frame.code !== 'D' ? [frame.code] : [])).join('')
  }

  /** Forgets the frames so far. */
  clear(): void {
    this.#frames = []
  }

  /** Resolves once so many frames with this code came from that side. */
  async waitFor(by: 'mta' | 'filter', code: string, count = 1): Promise<void> {
    const deadline = AbortSignal.timeout(20_000)
    while (this.#frames.filter((frame) => frame.by === by && frame.code === code).length < count) {
      if (deadline.aborted) throw new Error(`the ${by} did not send ${count} × ${code}: ${this.codes(by)}`)
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#onFrame = resolve
      deadline.addEventListener('abort', () => resolve())
      await promise
    }
  }

  /** Closes the port and cuts all connections. */
  stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    for (const socket of this.#sockets) socket.destroy()
    return promise
  }
}

function frameCutter(): (bytes: Buffer) => readonly { readonly code: string; readonly payload: Buffer }[] {
  let pending: Buffer = Buffer.alloc(0)
  return (bytes) => {
    const frames = []
    pending = Buffer.concat([pending, bytes])
    while (pending.length >= 5 && pending.length >= 4 + pending.readUInt32BE(0)) {
      const end = 4 + pending.readUInt32BE(0)
      frames.push({ code: pending.toString('latin1', 4, 5), payload: Buffer.from(pending.subarray(5, end)) })
      pending = pending.subarray(end)
    }
    return frames
  }
}
