/**
 * The process that a filter starts when it has no inspector of its own: takes its settings from the command line, says
 * events as JSON lines on standard output, and ends when standard input does, which it does with the filter however that
 * died.
 */
import { rmdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../core/index.ts'
import type { InspectorEvent } from './events.ts'
import type { InspectorOptions } from './options.ts'
import { type Supervisor, startSupervisor } from './supervisor.ts'

interface Arguments {
  readonly socket: string
  readonly options: InspectorOptions
  readonly code?: { readonly entry: string; readonly readable: readonly string[] }
}

const clock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

function say(event: InspectorEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

/** Stops once, whatever asks for it, also while it is starting; never longer than a few seconds. */
function stopWith(starting: Promise<Supervisor>): () => void {
  return () => {
    setTimeout(() => process.exit(1), 5000).unref()
    starting.then((supervisor) => supervisor.stop()).finally(() => process.exit(0))
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Somebody else uses it, or the filter was faster.
  }
}

const settings = JSON.parse(process.argv[2] ?? '{}') as Arguments
const starting = startSupervisor({ ...settings, clock, onEvent: say })
const stop = stopWith(starting)
process.stdout.on('error', () => {})
process.stdin.on('end', stop).on('error', stop).resume()
// The filter is gone or stops: nobody else would remove the folder that it made for our socket.
process.on('exit', () => {
  if (process.stdin.readableEnded) removeEmpty(dirname(settings.socket))
})
process.on('SIGTERM', stop)
// A terminal sends it to the whole group; the filter decides when we end.
process.on('SIGINT', () => {})
starting.catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
