/** A filter reduced to its inspector: starts one of its own, says its processes on standard output, then waits to be killed. */
import { createInspector } from '../../src/inspector/index.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { optionsOf, testCode } from './rig.ts'

const pids: number[] = []
const inspector = createInspector(optionsOf({ processes: 2, limits: { cpu: '60s', wall: '60s' } }), {
  clock: systemClock,
  code: testCode('actor.ts'),
  onEvent: ({ kind, pid }) => {
    if (kind === 'supervisor-ready' || kind === 'process-ready') pids.push(pid)
    if (pids.length === 4) begin()
  },
})

/** One process spins, one stalls, one is idle: none of them may outlive us. */
function begin(): void {
  for (const act of ['spin', 'stall']) {
    const inspection = inspector.read(new AbortController().signal)
    inspection.write(Buffer.from(`early ${act}${' '.repeat(300_000)}`))
    inspection.finish().catch(() => undefined)
  }
  process.stdout.write(`${JSON.stringify(pids)}\n`)
}

await inspector.start()
