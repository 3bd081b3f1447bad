/** The release's side of the socket: asks, and takes no answer that has not the form of one. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { z } from 'zod'
import type { Desk } from './desk.ts'
import { didAnswer, examineAnswer, framed, noticeAnswer, type Request, refusal, seenAnswer, splitLine } from './wire.ts'

/** The filter does not answer; what is held stays there. */
export class DeskAway extends Error {
  override readonly name = 'DeskAway'
}

const SILENCE_MS = 300_000

export class DeskClient implements Pick<Desk, 'seen' | 'examine' | 'notice' | 'did'> {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  seen(request: Extract<Request, { ask: 'seen' }>): Promise<z.output<typeof seenAnswer>> {
    return this.#ask(request, seenAnswer)
  }

  examine(seal: string, bytes: AsyncIterable<Uint8Array>): Promise<z.output<typeof examineAnswer>> {
    return this.#ask({ ask: 'examine', seal }, examineAnswer, bytes)
  }

  notice(seal: string): ReturnType<Desk['notice']> {
    return this.#ask({ ask: 'notice', seal }, noticeAnswer) as ReturnType<Desk['notice']>
  }

  did(request: Extract<Request, { ask: 'did' }>): Promise<Record<string, never>> {
    return this.#ask(request, didAnswer)
  }

  async #ask<T>(request: Request, answer: z.ZodType<T>, bytes?: AsyncIterable<Uint8Array>): Promise<T> {
    const socket = await this.#connect()
    try {
      // An answer may come before all was said, when the filter refuses: then it counts, not what writing came to.
      const sent = send(socket, request, bytes).catch((error: unknown) => {
        socket.destroy()
        throw error
      })
      const [said, wrote] = await Promise.allSettled([splitLine(socket.iterator()), sent])
      if (said.status === 'rejected') throw wrote.status === 'rejected' ? wrote.reason : away(said.reason)
      const value: unknown = JSON.parse(said.value.line)
      const refused = refusal.safeParse(value)
      if (refused.success) throw new Error(`the filter says: ${refused.data.error.slice(0, 200)}`)
      if (wrote.status === 'rejected') throw wrote.reason
      return answer.parse(value)
    } finally {
      socket.destroy()
    }
  }

  async #connect(): Promise<Socket> {
    const socket = connect({ path: this.#path, allowHalfOpen: true })
    socket.setTimeout(SILENCE_MS, () => socket.destroy(new DeskAway('the filter fell silent')))
    try {
      await once(socket, 'connect')
    } catch (error) {
      throw new DeskAway(`the filter does not answer at ${this.#path}: does it run?`, { cause: error })
    }
    return socket
  }
}

async function send(socket: Socket, request: Request, bytes: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  socket.write(`${JSON.stringify(request)}\n`)
  if (bytes) {
    for await (const piece of framed(bytes)) {
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
      if (socket.destroyed) throw new DeskAway('the filter hung up')
    }
  }
  socket.end()
}

function away(error: unknown): Error {
  return error instanceof DeskAway ? error : new DeskAway('the filter hung up', { cause: error })
}
