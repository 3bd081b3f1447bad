// What the tests of the milter room share: a filter on a loopback port that ends with its test, and the frames of a
// plain message.
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import {
  createMilterServer,
  encodeConnect,
  encodeFrame,
  encodeHeader,
  encodeHelo,
  encodeMail,
  encodeOptions,
  encodeRcpt,
  type Frame,
  FrameReader,
  type MilterEvent,
  type MilterServer,
  type MilterServerOptions,
  SMFIC,
} from '../../src/milter/index.ts'
import { type FakePostfix, type FakePostfixOptions, fakePostfix, MilterClient } from '../../src/milter/testing.ts'

/** A running filter and what it reported. */
export interface TestFilter {
  readonly server: MilterServer
  readonly address: AddressInfo
  readonly events: MilterEvent[]
  /** Events of one type. */
  reported<K extends MilterEvent['type']>(type: K): Extract<MilterEvent, { readonly type: K }>[]
  /** Settles when an event of this type is there. */
  report(type: MilterEvent['type']): Promise<MilterEvent>
  client(options?: ConstructorParameters<typeof MilterClient>[1]): Promise<MilterClient>
  postfix(options?: FakePostfixOptions): Promise<FakePostfix>
}

/** Starts a filter that is closed, with all its clients, when the test ends. */
export async function startFilter<S, T>(t: TestContext, options: MilterServerOptions<S, T>): Promise<TestFilter> {
  const events: MilterEvent[] = []
  const waiting: { readonly type: string; readonly resolve: (event: MilterEvent) => void }[] = []
  const server = createMilterServer<S, T>({
    ...options,
    onEvent: (event) => {
      events.push(event as MilterEvent)
      for (const waiter of waiting) if (waiter.type === event.type) waiter.resolve(event as MilterEvent)
      options.onEvent?.(event)
    },
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const address = server.address() as AddressInfo
  const clients: MilterClient[] = []
  t.after(async () => {
    for (const client of clients) client.destroy()
    await server.close({ graceMs: 0 })
  })
  const kept = <C extends MilterClient>(client: C): C => {
    clients.push(client)
    return client
  }
  return {
    server,
    address,
    events,
    reported: (type) => events.filter((event) => event.type === type) as never,
    report: (type) => {
      const known = events.find((event) => event.type === type)
      return known !== undefined ? Promise.resolve(known) : new Promise((resolve) => waiting.push({ type, resolve }))
    },
    client: async (given) => kept(await MilterClient.connect(address, given)),
    postfix: async (given) => {
      const mta = await fakePostfix(address, given)
      kept(mta.client)
      return mta
    },
  }
}

/** A promise and its hands. */
export function deferred<V>(): { readonly promise: Promise<V>; readonly resolve: (value: V) => void } {
  let resolve: (value: V) => void = () => undefined
  const promise = new Promise<V>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** Waits for a condition that some event will make true; fails after a generous while. */
export async function until(isTrue: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 20_000
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`never came: ${what}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Postfix's offer. */
export const OFFER = encodeOptions({ version: 6, actions: 0x1ff, protocol: 0x1fffff })
/** The commands without a payload. */
export const ABORT = encodeFrame(SMFIC.ABORT)
export const QUIT = encodeFrame(SMFIC.QUIT)
export const DATA = encodeFrame(SMFIC.DATA)
export const EOH = encodeFrame(SMFIC.EOH)
export const END = encodeFrame(SMFIC.BODYEOB)
export const CONNECT = encodeConnect({ hostname: 'client.test', family: 'inet', port: 2525, address: '192.0.2.1' })
export const HELO = encodeHelo('client.test')
export const MAIL = encodeMail('<a@src.test>')
export const RCPT = encodeRcpt('<b@dst.test>')
export const HEADER = encodeHeader('Subject', 'x')
export const BODY = encodeFrame(SMFIC.BODY, Buffer.from('hello\r\n'))

/** One session with one message, event by event, each of which wants a reply if nothing else was negotiated. */
export const EVENTS: readonly Buffer[] = [CONNECT, HELO, MAIL, RCPT, DATA, HEADER, EOH, BODY, END]

/** A small message. */
export const MESSAGE = 'Subject: x\r\n\r\nhello\r\n'

/** All frames in some bytes. */
export function framesOf(bytes: Buffer): Frame[] {
  const reader = new FrameReader(1 << 30)
  reader.push(bytes)
  const frames: Frame[] = []
  for (let frame = reader.next(); frame?.kind === 'frame'; frame = reader.next()) frames.push(frame)
  return frames
}

/** Reply bytes as letters: `c`, `a`, `y` …; what a client got from the filter. */
export async function lettersOf(client: MilterClient, count: number): Promise<string> {
  let letters = ''
  for (let i = 0; i < count; i += 1) {
    const frame = await client.receive()
    letters += frame === undefined ? `(${client.failure})` : String.fromCharCode(frame.command)
  }
  return letters
}
