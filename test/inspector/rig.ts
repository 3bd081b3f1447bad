/** An inspector in a temporary folder: supervisor and client in this process, parser processes of any code. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Clock, Reading } from '../../src/core/index.ts'
import { parserCode } from '../../src/inspector/command.ts'
import {
  createInspector,
  type Inspector,
  type InspectorEvent,
  type InspectorOptions,
  inspectorOptions,
  type ParserCode,
  type Supervisor,
  startSupervisor,
} from '../../src/inspector/index.ts'
import type { LayerKey } from '../../src/inspector/layers.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import type { FakeClock } from '../fakes/clock.ts'

export interface Rig {
  readonly inspector: Inspector
  readonly supervisor: Supervisor
  readonly socket: string
  readonly folder: string
  readonly events: readonly InspectorEvent[]
  /** Resolves with the first event, past or to come, of which `fits` is true. */
  seen(fits: (event: InspectorEvent) => boolean): Promise<InspectorEvent>
  /** Resolves when that many events of a kind have been seen. */
  count(kind: InspectorEvent['kind'], wanted: number): Promise<unknown>
}

export interface RigSettings {
  readonly options?: Record<string, unknown>
  /** Passwords of the site, one a line. */
  readonly passwords?: string
  /** File name in `parsers/` that is run instead of the real parser. */
  readonly parser?: string
  readonly without?: readonly LayerKey[]
  readonly clock?: Clock
}

/** Options as the configuration would give them. */
export function optionsOf(given: Record<string, unknown> = {}): InspectorOptions {
  return inspectorOptions.parse(given)
}

/** The code of a parser process of the tests: it may read what the real one may, and the folder of its own. */
export function testCode(name: string): ParserCode {
  const folder = fileURLToPath(new URL('./parsers', import.meta.url))
  return { entry: join(folder, name), readable: [...parserCode().readable, folder] }
}

/** Starts supervisor and client; both are gone, and the folder with them, when the test ends. */
export async function startRig(t: TestContext, settings: RigSettings = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-test-inspector-'))
  const socket = join(folder, 'inspector.sock')
  const events: InspectorEvent[] = []
  const watchers = new Set<(event: InspectorEvent) => void>()
  const onEvent = (event: InspectorEvent) => {
    events.push(event)
    for (const watch of watchers) watch(event)
  }
  const secret = settings.passwords === undefined ? {} : { passwords: { env: 'PASSWORDS' } }
  const options = optionsOf({ processes: 1, ...secret, ...settings.options, socket })
  if (settings.passwords !== undefined) options.passwords?.take(settings.passwords)
  const code = settings.parser === undefined ? parserCode() : testCode(settings.parser)
  const without = settings.without ?? []
  const { clock = systemClock } = settings
  const supervisor = await startSupervisor({ socket, options, onEvent, clock, code, without })
  const inspector = createInspector(options, { onEvent, clock: systemClock })
  await inspector.start()
  t.after(async () => {
    await inspector.stop()
    await supervisor.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const seen = (fits: (event: InspectorEvent) => boolean) =>
    new Promise<InspectorEvent>((resolve) => {
      const past = events.find(fits)
      if (past) return resolve(past)
      const watch = (event: InspectorEvent) => {
        if (!fits(event)) return
        watchers.delete(watch)
        resolve(event)
      }
      watchers.add(watch)
    })
  const count = (kind: InspectorEvent['kind'], wanted: number) =>
    seen(() => events.filter((event) => event.kind === kind).length >= wanted)
  return { inspector, supervisor, socket, folder, events, seen, count }
}

/** A signal that never comes. */
export function never(): AbortSignal {
  return new AbortController().signal
}

/** Reads one message whole. */
export async function readMessage(inspector: Inspector, message: string | Uint8Array): Promise<Reading> {
  const inspection = inspector.read(never())
  const bytes = Buffer.from(message)
  for (let at = 0; at < bytes.length; at += 50_000) {
    if (!inspection.write(bytes.subarray(at, at + 50_000))) await inspection.drained()
  }
  return inspection.finish()
}

/** A message with one attachment. */
export function mailWith(content: Uint8Array, name = 'a.bin'): Buffer {
  const head = [
    'From: a@example.org',
    'Subject: test',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b1',
    '',
    '--b1',
    'Content-Type: text/plain',
    '',
    'hello',
    '--b1',
    `Content-Type: application/octet-stream; name="${name}"`,
    'Content-Disposition: attachment',
    'Content-Transfer-Encoding: base64',
    '',
    '',
  ].join('\r\n')
  const lines = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n')
  return Buffer.from(`${head}${lines}\r\n--b1--\r\n`)
}

/** Lets time pass in tenths of a second, and everything happen in between, until the promise is settled. */
export async function passTimeUntil<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let isSettled = false
  const settled = () => {
    isSettled = true
  }
  promise.then(settled, settled)
  while (!isSettled) await clock.advance(100)
  return promise
}
