/** The configuration of a command: files, then its own options on top, checked by every room that can check. */
import { homedir } from 'node:os'
import type { Command } from 'commander'
import {
  type Config,
  formatProblem,
  type Loaded,
  loadConfigWithPlaces,
  type Override,
  type Problem,
} from '../config/index.ts'
import { BUILTIN_PROFILES, createPolicy, PolicyError } from '../policy/index.ts'
import { createLogger, type Logger, type TelemetryOptions } from '../telemetry/index.ts'
import type { Context } from './context.ts'
import { harmless } from './style.ts'

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
export function configured(context: Context, options: CommonOptions, set: readonly Override[] = []): Loaded {
  const loaded = load(context, options, set)
  const wrong = policyProblems(loaded)
  if (wrong.length > 0) throw loaded.refuse(wrong)
  return loaded
}

/**
 * The configuration of what has to work when it is needed most: secrets outside the keys that it needs, lists in files, catalogues and
 * the policy may be broken, which is for the caller to tell.
 */
export function sparing(context: Context, options: CommonOptions, needs: readonly string[]): Loaded {
  const loaded = load(context, options, [], needs)
  return { ...loaded, aside: [...loaded.aside, ...loaded.placed(policyProblems(loaded))] }
}

/** The same for a command that has nothing else to say about what is broken: it warns, and goes on. */
export function sparingConfig(context: Context, options: CommonOptions, needs: readonly string[]): Config {
  const { config, aside } = sparing(context, options, needs)
  const { stderr } = context.io
  for (const { first, more } of byPlace(aside)) {
    stderr.write(`warning: a start would be refused: ${harmless(formatProblem(first))}${moreText(more)}\n`)
  }
  return config
}

/** The first problem of each list, secret or catalogue: a list may be wrong in each of its lines. */
export function byPlace(problems: readonly Problem[]): readonly { readonly first: Problem; readonly more: number }[] {
  const groups = Map.groupBy(problems, ({ place, path }) => `${place.origin}\n${path.join('.')}`)
  return [...groups.values()].flatMap(([first, ...others]) => (first ? [{ first, more: others.length }] : []))
}

/** How many problems more a place has. */
export function moreText(more: number): string {
  return more === 0 ? '' : ` (and ${more} more there)`
}

function load({ io }: Context, options: CommonOptions, set: readonly Override[], needs?: readonly string[]): Loaded {
  const level = override(['log', 'level'], options.logLevel, '--log-level')
  return loadConfigWithPlaces({
    ...(options.config !== undefined && { file: options.config }),
    ...(needs && { needs }),
    set: [...set, ...level],
    builtinProfiles: Object.keys(BUILTIN_PROFILES),
    surroundings: { env: io.env, uid: io.uid, home: io.env.HOME ?? homedir() },
  })
}

function policyProblems({ config }: Loaded): PolicyError['problems'] {
  try {
    createPolicy(config)
    return []
  } catch (error) {
    if (error instanceof PolicyError) return error.problems
    throw error
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
