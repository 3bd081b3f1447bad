/** The inspector as the filter uses it: starts a supervisor where none is named, and sends it messages. */

import type { Clock } from '../core/index.ts'
import { Fault } from '../core/index.ts'
import type { ParserCode } from './command.ts'
import { type Connection, type ConnectionJob, Connections } from './connection.ts'
import type { OnEvent } from './events.ts'
import { frame, GarbageError } from './frame.ts'
import { MessageInspection } from './inspection.ts'
import type { Inspection, Inspector, InspectorState, WantedReading } from './inspector.ts'
import { SupervisorChild } from './launch.ts'
import { openSample } from './open-job.ts'
import type { InspectorOptions } from './options.ts'
import { decodeState, FRAME } from './protocol.ts'
import { recipeOf } from './recipe.ts'
import { streamSample } from './sample-bytes.ts'
import type { Opening, SampleTree } from './tree.ts'
import { Turns } from './turns.ts'

export interface InspectorDeps {
  readonly clock: Clock
  readonly onEvent: OnEvent
  /** What the parser processes of a supervisor of our own run (default: the real parser). */
  readonly code?: ParserCode
}

/** The client; nothing is started before `start`. */
export function createInspector(options: InspectorOptions, deps: InspectorDeps): Inspector {
  return new InspectorClient(options, deps)
}

const TEST_MESSAGE = Buffer.from('Subject: check\r\n\r\ncheck\r\n')
const CHECK_MS = 10_000
/** So long a check counts for all who ask, so that asking often costs nothing. */
const FRESH_MS = 1000

class InspectorClient implements Inspector {
  readonly recipe: string
  readonly #options: InspectorOptions
  readonly #deps: InspectorDeps
  readonly #passwords: readonly string[]
  #child: SupervisorChild | undefined
  #connections: Connections | undefined
  #checked: { readonly until: number; readonly state: Promise<InspectorState> } | undefined

  constructor(options: InspectorOptions, deps: InspectorDeps) {
    this.#options = options
    this.#deps = deps
    this.recipe = recipeOf(options)
    this.#passwords = passwordsIn(options.passwords?.reveal() ?? '')
    if (options.socket !== '') this.#connections = this.#connect(options.socket)
  }

  async start(): Promise<void> {
    this.#checked = undefined
    if (this.#options.socket !== '') return
    const child = new SupervisorChild({ options: this.#options, ...this.#deps })
    this.#child = child
    this.#connections = this.#connect(child.socket)
    try {
      await child.start()
    } catch (error) {
      await child.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    this.#checked = undefined
    this.#connections?.destroy()
    const child = this.#child
    this.#child = undefined
    await child?.stop()
  }

  read(signal?: AbortSignal, wanted?: WantedReading): Inspection {
    return new MessageInspection(this.#reach(), this.#options.limits.messageSize, signal, wanted)
  }

  bytes(message: AsyncIterable<Uint8Array>, path: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return streamSample(this.#reach(), message, { path, passwords: this.#passwords }, signal)
  }

  open(sample: AsyncIterable<Uint8Array>, opening: Opening, signal: AbortSignal): Promise<SampleTree> {
    const passwords = [...new Set([...opening.passwords, ...this.#passwords])]
    return openSample(this.#reach(), sample, { ...opening, passwords }, signal)
  }

  get waiting(): number {
    return this.#connections?.turns.waiting ?? 0
  }

  /** One check for all who ask while it runs, and for a second after it. */
  check(): Promise<InspectorState> {
    const last = this.#checked
    if (last && this.#deps.clock.now() < last.until) return last.state
    const checked = { until: Infinity, state: this.#check() }
    const finished = () => {
      checked.until = this.#deps.clock.now() + FRESH_MS
    }
    checked.state.then(finished, finished)
    this.#checked = checked
    return checked.state
  }

  async #check(): Promise<InspectorState> {
    const signal = AbortSignal.timeout(CHECK_MS)
    const inspection = this.read(signal)
    inspection.write(TEST_MESSAGE)
    const reading = await inspection.finish()
    if (reading.unscannable !== '') throw new Fault('inspector-unavailable', `a test message is ${reading.unscannable}`)
    return askState(this.#reach(), signal)
  }

  /** Before `start` nobody listens there, which is what the job is then told. */
  #reach(): Connections {
    this.#connections ??= this.#connect('/nonexistent/inspector.sock')
    return this.#connections
  }

  /** The supervisor would refuse as many; who waits here is none of its business yet. */
  #connect(path: string): Connections {
    const { queue, processes } = this.#options
    const detail = 'more messages wait than inspector.queue allows'
    const onFull = () => this.#deps.onEvent({ kind: 'refused', level: 'warn', pid: 0, detail })
    return new Connections(path, new Turns(queue + processes, onFull))
  }
}

/** More passwords than anybody would let the filter try. */
const MAX_PASSWORDS = 500
/** Longer than the formats allow. */
const MAX_PASSWORD_CHARS = 64

function passwordsIn(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && line.length <= MAX_PASSWORD_CHARS)
  return [...new Set(lines)].slice(0, MAX_PASSWORDS)
}

function askState(connections: Connections, signal: AbortSignal): Promise<InspectorState> {
  return new Promise((resolve, reject) => {
    const job: ConnectionJob = {
      take: (type, raw) => {
        if (type !== FRAME.status) throw new GarbageError('an answer out of order')
        resolve(decodeState(raw))
        connections.close(connection)
      },
      writable: () => {},
      lost: reject,
    }
    const connection: Connection = connections.open(job)
    signal.addEventListener('abort', () => reject(new Fault('deadline')), { once: true })
    connection.write(frame(FRAME.state))
  })
}
