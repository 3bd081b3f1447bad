/** `peekaboo inspector`: the processes that read hostile bytes, as a service of their own. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { createLogger, systemClock } from '../telemetry/index.ts'
import { type CommonOptions, configured, override, withCommonOptions } from './configured.ts'
import { type Context, eventLog } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { watchSignals } from './signals.ts'

interface InspectorCommandOptions extends CommonOptions {
  readonly socket?: string
}

/** Adds the command. */
export function addInspector(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('inspector'))
    .summary('run the processes that read hostile bytes')
    .description(
      'Runs the parser processes behind a unix socket until SIGTERM or SIGINT; serve finds them by inspector.socket.',
    )
    .option('-s, --socket <path>', 'unix socket to listen on (default: inspector.socket of the configuration)')
    .addHelpText('after', HELP)
    .action(async (options: InspectorCommandOptions) => end(await inspector(context, options)))
}

const HELP = `
EXAMPLES
  peekaboo inspector --socket /run/peekaboo/inspector.sock

EXIT CODES
  0 stopped by a signal   1 could not start, or a second signal   64 usage   78 configuration refused`

async function inspector(context: Context, options: InspectorCommandOptions): Promise<number> {
  const { io } = context
  const set = override(['inspector', 'socket'], options.socket && resolve(options.socket), '--socket')
  const { config } = configured(context, options, set)
  const { socket } = config.inspector
  if (socket === '') throw new CommandError('no socket: give --socket or write inspector.socket', EXIT.USAGE)
  const log = createLogger(config.log, { write: (line) => io.stdout.write(line) })
  const signals = watchSignals(io, log)
  try {
    const supervisor = await context.supervise({
      socket,
      options: config.inspector,
      onEvent: eventLog(log),
      clock: systemClock,
    })
    for (const { name, active, detail } of supervisor.layers) {
      if (!active) log.warn({ detail }, `protection layer missing: ${name}`)
    }
    log.info({ socket }, 'listening')
    log.info({ signal: await signals.first }, 'stopping')
    return await Promise.race([supervisor.stop().then(() => EXIT.OK), signals.second.then(() => EXIT.ERROR)])
  } finally {
    signals.end()
  }
}
