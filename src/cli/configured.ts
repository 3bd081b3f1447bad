/** The configuration of a command: files, then its own options on top, checked by every room that can check. */
import { homedir } from 'node:os'
import type { Command } from 'commander'
import { type Loaded, loadConfigWithPlaces, type Override } from '../config/index.ts'
import { BUILTIN_PROFILES, createPolicy, PolicyError } from '../policy/index.ts'
import { createLogger, type Logger, type TelemetryOptions } from '../telemetry/index.ts'
import type { Context } from './context.ts'

/** Options that all commands with a configuration have. */
export interface CommonOptions {
  readonly config?: string
  readonly logLevel?: string
}

/** Adds `--config` and `--log-level`. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration file (default: /etc/peekaboo/peekaboo.yaml if it exists)')
    .option('--log-level <level>', 'least important event that is logged: trace, debug, info, warn, error, silent')
}

/** Collects an option that may be given several times. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** Loads the configuration; throws a `ConfigError` with every problem at its place. */
export function configured({ io }: Context, options: CommonOptions, set: readonly Override[] = []): Loaded {
  const level = override(['log', 'level'], options.logLevel, '--log-level')
  const loaded = loadConfigWithPlaces({
    ...(options.config !== undefined && { file: options.config }),
    set: [...set, ...level],
    builtinProfiles: Object.keys(BUILTIN_PROFILES),
    surroundings: { env: io.env, uid: io.uid, home: io.env.HOME ?? homedir() },
  })
  try {
    createPolicy(loaded.config)
    return loaded
  } catch (error) {
    throw error instanceof PolicyError ? loaded.refuse(error.problems) : error
  }
}

/** One override, or none where the option was not given. */
export function override(path: Override['path'], value: unknown, origin: string): readonly Override[] {
  return value === undefined ? [] : [{ path, value, origin }]
}

/** The log of a command whose standard output belongs to its result: on standard error, errors only unless asked. */
export function quietLogger({ io }: Context, options: CommonOptions, configuredOptions: TelemetryOptions): Logger {
  const level = options.logLevel === undefined ? 'error' : configuredOptions.level
  return createLogger({ level }, { write: (line) => io.stderr.write(line) })
}
