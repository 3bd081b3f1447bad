// A filter that breaks at one place of the conversation: it stands before a real one and passes everything on until then.

import { connect, createServer, type Socket } from 'node:net'
import { accept, createMilterServer, type MilterServer } from '../../src/milter/index.ts'

/** Where it breaks: when somebody connects, or at that command; and how. */
export interface Fault {
  readonly at: 'connection' | string
  readonly how: 'closes' | 'falls silent' | 'talks nonsense' | 'keeps quiet'
}

export interface FaultyFilter {
  readonly port: number
  stop(): Promise<void>
}

/** Nonsense: a frame with a reply that nobody knows. */
const NONSENSE = Buffer.from([0, 0, 0, 1, 0x5a])

/** Starts one on a loopback port. */
export async function startFaultyFilter(fault: Fault): Promise<FaultyFilter> {
  const real = createMilterServer({ hooks: { mail: () => undefined, endOfMessage: () => accept() } })
  await real.listen({ host: '127.0.0.1', port: 0 })
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (mta) => {
    sockets.add(mta)
    mta.on('error', () => mta.destroy())
    mta.on('close', () => sockets.delete(mta))
    if (fault.at === 'connection') return breakAt(fault, mta)
    const filter = connect({ host: '127.0.0.1', port: portOf(real), noDelay: true })
    sockets.add(filter)
    filter.on('error', () => mta.destroy())
    filter.on('close', () => {
      sockets.delete(filter)
      mta.destroy()
    })
    filter.pipe(mta, { end: false })
    passUntil(fault, mta, filter)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await real.close({ graceMs: 0 })
  }
  return { port: typeof address === 'object' && address ? address.port : 0, stop }
}

function portOf(server: MilterServer): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** Passes whole frames on; at the one with the command it breaks, and passes nothing any more. */
function passUntil(fault: Fault, mta: Socket, filter: Socket): void {
  let pending: Buffer = Buffer.alloc(0)
  let isBroken = false
  mta.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes])
    while (!isBroken && pending.length >= 5 && pending.length >= 4 + pending.readUInt32BE(0)) {
      const end = 4 + pending.readUInt32BE(0)
      isBroken = pending.toString('latin1', 4, 5) === fault.at
      if (isBroken) breakAt(fault, mta)
      else filter.write(pending.subarray(0, end))
      pending = pending.subarray(end)
    }
  })
}

function breakAt({ how }: Fault, mta: Socket): void {
  if (how === 'closes') mta.destroy()
  if (how === 'talks nonsense') mta.write(NONSENSE)
}
