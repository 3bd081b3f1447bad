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
import { Reception } from './reception.ts'

/** Time beyond our own deadline after which the protocol library answers by itself: a net below the net. */
const LIBRARY_SLACK_MS = 15_000

/** What is done for one message: first its recipients, then its content. */
interface Work {
  readonly reception: Reception
  message: Message | undefined
}

const EXCEPT_RECIPIENTS = {
  connect: true,
  helo: true,
  mail: true,
  data: true,
  header: true,
  endOfHeaders: true,
  body: true,
} as const
const NO_REPLY = { ...EXCEPT_RECIPIENTS, rcpt: true } as const

/** What is answered instead of a hook that failed, by the policy of the very message. */
function fallbackOf({ reception, message }: Work): 'accept' | 'tempfail' {
  return (message?.isMonitored ?? reception.ruling.profile.mode === 'monitor') ? 'accept' : 'tempfail'
}

/** Makes the server; it does not listen yet. */
export function createListener(deps: MessageDeps, options: MilterOptions): MilterServer {
  const { policy, listener } = deps
  const modes = () => policy?.().modesOf(listener.profileName) ?? new Set([listener.profile.mode])
  const nobody = () => (modes().has('enforce') ? 'tempfail' : 'accept')
  const fallback = (tx: Transaction<unknown, Work> | undefined) => (tx?.data ? fallbackOf(tx.data) : nobody())
  const workOf = (tx: Transaction<unknown, Work>): Work => {
    tx.data ??= { reception: new Reception(tx, listener, policy?.()), message: undefined }
    return tx.data
  }
  const messageOf = (tx: Transaction<unknown, Work>): Message => {
    const work = workOf(tx)
    work.message ??= new Message(tx, work.reception, deps)
    return work.message
  }
  return createMilterServer<unknown, Work>({
    hooks: {
      // Each recipient is waited for only where it may be told to come in a message of its own.
      negotiate: () =>
        policy?.().hasSeveralClasses(listener.profileName) ? { noReply: EXCEPT_RECIPIENTS } : undefined,
      connect: () => undefined,
      helo: () => undefined,
      mail: () => undefined,
      rcpt: (tx, recipient) => workOf(tx).reception.take(recipient),
      header: (tx, field) => messageOf(tx).header(field),
      endOfHeaders: (tx) => messageOf(tx).endOfHeaders(),
      body: (tx, chunk) => messageOf(tx).body(chunk),
      endOfMessage: (tx) => messageOf(tx).endOfMessage(),
      abort: (tx) => tx.data?.message?.abort(),
    },
    actions: ['addHeader', 'changeHeader', 'quarantine', 'addRecipient', 'removeRecipient', 'changeSender'],
    noReply: NO_REPLY,
    macros: { rcpt: ['i', 'rcpt_addr'] },
    headerLeadingSpace: true,
    limits: { connections: options.connections },
    progressEveryMs: options.progress,
    deadlineMs: options.deadline + LIBRARY_SLACK_MS,
    onDeadline: fallback,
    onHookError: fallback,
    onLimit: fallback,
    onDrain: () => (modes().size > 1 ? 'go on' : nobody()),
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
