import { connect } from 'node:net'
import { bytesOf, type WireScript } from './wire-scripts.ts'

/** Sends a whole script to a filter at once and tells every frame that came back, until the filter closed. */
export async function answersOf(port: number, script: WireScript): Promise<readonly string[]> {
  const socket = connect({ host: '127.0.0.1', port })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const received: Buffer[] = []
  const deadline = setTimeout(() => reject(new Error('the filter did not close the connection after the quit')), 10_000)
  socket.on('data', (bytes: Buffer) => received.push(bytes))
  // A filter that closes before it has read everything resets the connection.
  socket.on('error', () => resolve())
  socket.on('close', () => resolve())
  socket.end(bytesOf(script))
  await promise.finally(() => clearTimeout(deadline))
  socket.destroy()
  return framesOf(Buffer.concat(received))
}

function framesOf(bytes: Buffer): readonly string[] {
  const frames: string[] = []
  for (let start = 0; start + 5 <= bytes.length; ) {
    const end = start + 4 + bytes.readUInt32BE(start)
    const command = bytes.toString('latin1', start + 4, start + 5)
    // Which options each side asks for is its own affair; that it answers is not.
    const payload = command === 'O' ? '' : bytes.toString('latin1', start + 5, end)
    frames.push(payload === '' ? command : `${command} ${JSON.stringify(payload)}`)
    start = end
  }
  return frames
}
