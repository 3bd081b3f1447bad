/** One address where Postfix connects: a milter server whose every fault has an answer by the listener's profile. */
import {
  createMilterServer,
  type ListenAddress,
  type MilterEvent,
  type MilterServer,
  type Transaction,
} from '../milter/index.ts'
import { describeEvent } from './events.ts'
import { Message, type MessageDeps } from './message.ts'
import type { MilterOptions } from './options.ts'

/** Time beyond our own deadline after which the protocol library answers by itself: a net below the net. */
const LIBRARY_SLACK_MS = 15_000

/** Makes the server; it does not listen yet. */
export function createListener(deps: MessageDeps, options: MilterOptions): MilterServer {
  const fallback = deps.listener.profile.mode === 'monitor' ? 'accept' : 'tempfail'
  const messageOf = (tx: Transaction<unknown, Message>): Message => {
    tx.data ??= new Message(tx, deps)
    return tx.data
  }
  return createMilterServer<unknown, Message>({
    hooks: {
      connect: () => undefined,
      helo: () => undefined,
      mail: () => undefined,
      rcpt: () => undefined,
      header: (tx, field) => messageOf(tx).header(field),
      endOfHeaders: (tx) => messageOf(tx).endOfHeaders(),
      body: (tx, chunk) => messageOf(tx).body(chunk),
      endOfMessage: (tx) => messageOf(tx).endOfMessage(),
      abort: (tx) => tx.data?.abort(),
    },
    actions: ['addHeader', 'changeHeader', 'quarantine'],
    noReply: {
      connect: true,
      helo: true,
      mail: true,
      rcpt: true,
      data: true,
      header: true,
      endOfHeaders: true,
      body: true,
    },
    headerLeadingSpace: true,
    limits: { connections: options.connections },
    progressEveryMs: options.progress,
    deadlineMs: options.deadline + LIBRARY_SLACK_MS,
    onDeadline: fallback,
    onHookError: fallback,
    onLimit: fallback,
    onDrain: fallback,
    onEvent: (event) => logEvent(deps, event),
  })
}

/** `inet:HOST:PORT` and `unix:/PATH` as Postfix writes them, and `systemd:NAME`, for whose descriptor `descriptorOf` is asked. */
export function parseListen(listen: string, descriptorOf: (name: string) => number = noDescriptor): ListenAddress {
  if (listen.startsWith('systemd:')) return { fd: descriptorOf(listen.slice('systemd:'.length)) }
  if (listen.startsWith('unix:')) return { path: listen.slice('unix:'.length), mode: 0o660 }
  const at = listen.lastIndexOf(':')
  return { host: listen.slice('inet:'.length, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) }
}

function noDescriptor(name: string): never {
  throw new Error(`systemd:${name} is no address: only the filter itself has the socket`)
}

function logEvent({ log, listener: { listen }, onOddity }: MessageDeps, event: MilterEvent): void {
  const line = describeEvent(event)
  if (!line) return
  log[line.level]({ listener: listen, session: event.session?.id, ...line.fields }, line.message)
  onOddity?.(listen, event.type)
}
