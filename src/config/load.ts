/** Files and command line → one frozen configuration, or a `ConfigError` with everything that is wrong with it. */
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { readCatalogues } from './catalogues.ts'
import { crossCheck } from './check.ts'
import { defaultDataDir, type Surroundings } from './data-dir.ts'
import { DEFAULT_FILE, readFiles } from './files.ts'
import { problemsOf } from './issues.ts'
import { type Config, configOptions } from './options.ts'
import { emptyMap, parseYaml } from './parse.ts'
import { ConfigError, type Problem } from './problem.ts'
import { resolveSecrets } from './resolve-secrets.ts'
import { configSchema } from './schema.ts'
import { showConfig } from './show.ts'
import { resolveLists } from './text-lists.ts'
import { mergeTrees, plainValue, type Tree, treeOf, valuePlaceOf } from './tree.ts'

/** A value that the command line lays over the files. */
export interface Override {
  readonly path: readonly [string, ...string[]]
  readonly value: unknown
  /** The option that it was given with, such as `--listen`: what errors call it. */
  readonly origin: string
}

/** What to load. */
export interface LoadOptions {
  /** Must exist. Without it the default file is read if it exists. */
  readonly file?: string
  readonly set?: readonly Override[]
  /** Profiles that exist without being written; what `policy/` has built in. */
  readonly builtinProfiles?: readonly string[]
  readonly surroundings?: Surroundings
  /**
   * The keys whose secrets have to be there. Where it is given, other secrets, lists in files and catalogues that cannot be read are no
   * reason to refuse: they are told as `aside`.
   */
  readonly needs?: readonly string[]
}

/** A problem whose place is that of the value at its path, unless it stands in a file of its own. */
export type Unplaced = Omit<Problem, 'place'> & { readonly place?: Problem['place'] }

/** A configuration with where it came from. */
export interface Loaded {
  readonly config: Config
  /** The files that were read, in order. */
  readonly files: readonly string[]
  /** Makes an error of problems that only another room can find, each placed where the value was written. */
  readonly refuse: (problems: readonly Unplaced[]) => ConfigError
  /** The same for what is no error. */
  readonly placed: (problems: readonly Unplaced[]) => readonly Problem[]
  /** What is wrong with the parts that nobody needs now; nothing where all were needed. */
  readonly aside: readonly Problem[]
  /** The configuration in force as YAML that could be written so, with the place of whatever is no default. */
  readonly show: () => string
}

/** Loads the configuration: deep-frozen, defaults filled in, secrets read. Throws a `ConfigError`. */
export function loadConfig(options: LoadOptions = {}): Config {
  return loadConfigWithPlaces(options).config
}

/** As `loadConfig`, and remembers where everything was written. */
export function loadConfigWithPlaces(options: LoadOptions = {}): Loaded {
  const surroundings = options.surroundings ?? ownSurroundings()
  const { tree, files } = readTrees(options)
  const { catalogues, problems } = readCatalogues(dirname(options.file ?? DEFAULT_FILE))
  const aside: Problem[] = []
  const refuse = (found: readonly Problem[]) => {
    if (options.needs === undefined) throwIfAny(found)
    aside.push(...found)
  }
  refuse(problems)
  const config = { ...validate(tree, surroundings), catalogues }
  throwIfAny(crossCheck(config, tree, options.builtinProfiles ?? ['mx', 'observe', 'submission']))
  const secrets = resolveSecrets(config, [], tree, surroundings)
  const { needed = [], others = [] } = Object.groupBy(secrets, ({ path }) => {
    return options.needs?.includes(String(path[0])) === false ? 'others' : 'needed'
  })
  throwIfAny(needed)
  refuse(others)
  refuse(resolveLists(config.overrides, ['overrides'], tree))
  const placed = (found: readonly Unplaced[]) =>
    found.map((problem) => ({ ...problem, place: problem.place ?? valuePlaceOf(tree, problem.path) }))
  return {
    config: deepFreeze(config),
    files,
    refuse: (found) => new ConfigError(placed(found)),
    placed,
    aside,
    show: () => showConfig(tree, config.dataDir),
  }
}

function readTrees({ file, set = [] }: LoadOptions): { readonly tree: Tree; readonly files: readonly string[] } {
  const { files, problems } = readFiles(file ?? DEFAULT_FILE, file === undefined)
  const parsed = files.map(({ text, origin }) => parseYaml(text, origin))
  throwIfAny([...problems, ...parsed.flatMap((one) => one.problems)])
  const origin = files[0]?.origin ?? 'built-in defaults'
  const start: Tree = emptyMap({ origin, line: files.length === 0 ? 0 : 1, column: files.length === 0 ? 0 : 1 })
  const trees = [...parsed.map((one) => one.tree), ...set.map(overrideTree)]
  return { tree: trees.reduce(mergeTrees, start), files: files.map((one) => one.origin) }
}

function overrideTree({ path, value, origin }: Override): Tree {
  return treeOf(
    path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value),
    origin,
  )
}

function validate(tree: Tree, surroundings: Surroundings): Config {
  const result = configOptions.safeParse(plainValue(tree))
  if (!result.success) throw new ConfigError(problemsOf(result.error.issues, { tree, schema: configSchema() }))
  return { ...result.data, dataDir: result.data.dataDir ?? defaultDataDir(surroundings) }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}

function throwIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ConfigError(problems)
}

function ownSurroundings(): Surroundings {
  return { env: process.env, uid: process.getuid?.() ?? -1, home: homedir() }
}
