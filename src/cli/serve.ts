/** `peekaboo serve`: the filter itself, until a signal ends it. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { formatProblem, type Loaded, type Override } from '../config/index.ts'
import { policyWarnings } from '../policy/index.ts'
import { createLogger, describeError, type Logger, systemClock } from '../telemetry/index.ts'
import { banner, type Findings, warnings } from './banner.ts'
import type { Composition, Listening } from './composition.ts'
import { type CommonOptions, configured, override, repeated, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { watchLists } from './list-watch.ts'
import { Reloads, reload } from './reload.ts'
import { ServiceManager } from './service-manager.ts'
import { watchSignals } from './signals.ts'
import { feedWatchdog } from './watchdog.ts'

interface ServeOptions extends CommonOptions {
  readonly listen?: readonly string[]
  readonly profile?: string
  readonly dataDir?: string
  readonly http?: string
}

/** Adds the command. */
export function addServe(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('serve'))
    .summary('run the filter that Postfix asks')
    .description(
      'Runs the filter until SIGTERM or SIGINT: then no new message is taken and those in work are answered. A second signal ends it at once. SIGHUP reads rules and lists again.',
    )
    .option(
      '-l, --listen <address>',
      'where Postfix connects: inet:HOST:PORT, unix:/PATH or systemd:NAME; may be repeated',
      repeated,
    )
    .option('-p, --profile <name>', 'profile of the mail that comes in: mx, observe, submission or your own')
    .option('-d, --data-dir <folder>', 'folder of the store and the spool')
    .option('--http <address>', 'HOST:PORT of the health checks, or off')
    .addHelpText('after', HELP)
    .action(async (options: ServeOptions) => end(await serve(context, options)))
}

const HELP = `
EXAMPLES
  Try it out with nothing configured:
    peekaboo serve
  Watch only, touch no mail:
    peekaboo serve --profile observe
  Another port, another folder:
    peekaboo serve --listen inet:127.0.0.1:9095 --data-dir /srv/peekaboo

FILES
  /etc/peekaboo/peekaboo.yaml      the configuration, if it exists
  /etc/peekaboo/peekaboo.d/*.yaml  laid over it in the order of their names

EXIT CODES
  0 stopped by a signal   1 could not start, or a second signal   64 usage   78 configuration refused`

async function serve(context: Context, options: ServeOptions): Promise<number> {
  const { config, placed } = serveConfig(context, options)
  const log = serveLogger(context, config.log)
  const composition = context.compose(config, log)
  for (const problem of placed(policyWarnings(composition.policy.current, config))) {
    log.warn({ detail: formatProblem(problem) }, 'the policy says what was hardly meant')
  }
  const manager = new ServiceManager(context.io.env, log)
  let isListening = false
  const reloads = new Reloads(async () => {
    if (isListening) void manager.reloading()
    await reload(composition, () => serveConfig(context, options).config, log)
    if (isListening) void manager.ready(statusOf(composition))
  })
  const signals = watchSignals(context.io, log, () => reloads.ask())
  let stopWatchdog = () => {}
  let stopWatching = () => {}
  try {
    const starting = start(composition)
    starting.catch(() => undefined)
    const listening = await Promise.race([starting, signals.first])
    if (typeof listening !== 'string') {
      await announce(context, composition, listening, log)
      isListening = true
      void manager.ready(statusOf(composition))
      stopWatching = watchLists(
        () => composition.policy.files,
        () => composition.policy.refresh(log),
        systemClock,
      )
      stopWatchdog = feedWatchdog(manager, () => composition.pipeline.selfTest(), systemClock, log)
    }
    const signal = await signals.first
    isListening = false
    log.info({ signal }, 'stopping: messages in work are answered first')
    void manager.stopping()
    const stopped = composition.stop().then(() => EXIT.OK)
    const code = await Promise.race([stopped, signals.second.then(() => EXIT.ERROR)])
    log.info({ code }, code === EXIT.OK ? 'stopped' : 'ended by a second signal')
    return code
  } catch (error) {
    await composition.stop().catch(() => undefined)
    if (context.io.stderr.isTTY) throw new CommandError(`cannot run: ${describeError(error)}`)
    log.error({ cause: describeError(error) }, 'cannot run')
    return EXIT.ERROR
  } finally {
    stopWatchdog()
    stopWatching()
    signals.end()
  }
}

/** What `systemctl status` shows. */
function statusOf({ rules, config }: Composition): string {
  const listeners = config.milter.listeners.map(({ listen, profile }) => `${listen} (${profile})`)
  return `${listeners.join(', ')}; rules ${rules.current.version}`
}

/** `--profile` alone changes the profile of every listener, so those must be known first. */
function serveConfig(context: Context, options: ServeOptions): Loaded {
  const { listen, profile, dataDir, http } = options
  const set: readonly Override[] = [
    ...override(['dataDir'], dataDir && resolve(dataDir), '--data-dir'),
    ...override(['http', 'listen'], http, '--http'),
    ...override(
      ['milter', 'listeners'],
      listen?.map((address) => listenerOf(address, profile)),
      '--listen',
    ),
  ]
  const loaded = configured(context, options, set)
  if (profile === undefined || listen) return loaded
  const listeners = loaded.config.milter.listeners.map((one) => ({ ...one, profile }))
  return configured(context, options, [...set, ...override(['milter', 'listeners'], listeners, '--profile')])
}

function listenerOf(listen: string, profile: string | undefined): object {
  return profile === undefined ? { listen } : { listen, profile }
}

function serveLogger({ io }: Context, options: Loaded['config']['log']): Logger {
  if (io.stdout === process.stdout) return createLogger(options)
  return createLogger(options, { write: (line) => io.stdout.write(line) })
}

async function start(composition: Composition): Promise<Listening> {
  await composition.startCore('filter')
  return composition.startListeners()
}

/** A person gets a page to read; the log gets a line for the start and one for each thing that is not as it should be. */
async function announce(context: Context, composition: Composition, listening: Listening, log: Logger): Promise<void> {
  const { config } = composition
  const modes = config.milter.listeners.map(({ profile }) => `${profile} (${composition.profiles.get(profile)?.mode})`)
  const { version } = context.io
  log.info(
    { ...listening, profiles: modes, version, dataDir: config.dataDir, rules: composition.rules.current.version },
    'listening',
  )
  const state = await composition.inspector.check().catch(describeError)
  const findings: Findings = { composition, listening, uid: context.io.uid, inspector: state }
  if (context.io.stdout.isTTY) context.io.stdout.write(banner(findings, context.out))
  else for (const { short, detail } of warnings(findings)) log.warn({ detail }, short)
}
