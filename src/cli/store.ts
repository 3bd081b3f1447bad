/** `peekaboo store status|migrate|check|purge`: what the filter knows, and how to make it forget. */
import type { Command } from 'commander'
import type { Config } from '../config/index.ts'
import { type Removal, type Store, type StoreStatus, storeDamage, storeStatus } from '../store/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { type CommonOptions, quietLogger, sparingConfig, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { digestOf, durationOf } from './operator-options.ts'
import { jsonLine } from './style.ts'

interface StoreOptions extends CommonOptions {
  readonly json?: boolean
  readonly dryRun?: boolean
}

interface PurgeOptions extends StoreOptions {
  readonly olderThan?: string
  readonly sha256?: string
  readonly analyzer?: string
  readonly revision?: string
  readonly inspector?: string
  readonly yes?: boolean
}

/** What cannot be done without. */
const NEEDS = ['store']
const ROWS_AT_ONCE = 500
const KINDS = ['facts', 'analyses', 'stories', 'sightings'] as const

/** Adds the command with its parts. */
export function addStore(program: Command, context: Context, end: (code: number) => void): void {
  const store = program
    .command('store')
    .summary('look at, check, migrate or purge what the filter keeps')
    .description('Looks at the store that the configuration names, checks and migrates it, and removes things from it.')
    .addHelpText('after', HELP)
  const add = (name: string, description: string) =>
    withCommonOptions(store.command(name))
      .description(description)
      .option('--json', 'one JSON line')
      .addHelpText('after', EXITS)
  add('status', 'Says where the store is, which version it has and how much is in it. Changes nothing.').action(
    async (options: StoreOptions) => end(await status(context, options)),
  )
  add('check', 'Reads the whole store and says what is damaged. Changes nothing; may take a while.').action(
    async (options: StoreOptions) => end(await check(context, options)),
  )
  add('migrate', "Brings the store to this program's version, as a start would.")
    .option('--dry-run', 'only say what would be done')
    .action(async (options: StoreOptions) => end(await migrate(context, options)))
  add(
    'purge',
    'Removes facts, analyses, stories or sightings; with no condition all of them (--yes). The filter may go on meanwhile.',
  )
    .argument('<kind>', `${KINDS.join(', ')} or all`)
    .option('--older-than <duration>', 'only what was neither used nor changed for so long, such as 12h or 30d')
    .option('--sha256 <digest>', 'only what is about these bytes')
    .option('--analyzer <name>', 'only analyses by this analyzer')
    .option(
      '--revision <version>',
      "only what this version made: the analyzer's, the recipe of facts, the ruleset of stories",
    )
    .option(
      '--inspector <version>',
      'only facts that this version of the inspector found; old: all but the present one; all',
    )
    .option('--yes', 'yes, all of it: needed where nothing says which')
    .option('--dry-run', 'only count what would go')
    .action(async (kind: string, options: PurgeOptions) => end(await purge(kind, context, options)))
}

const EXITS = `
EXIT CODES
  0 done   1 the store cannot be used, or is damaged   64 usage   78 configuration refused`

const HELP = `
EXAMPLES
  peekaboo store status
  peekaboo store migrate --dry-run
  peekaboo store purge analyses --analyzer cape --older-than 12h --dry-run
  peekaboo store purge facts --inspector old
  peekaboo store purge all --sha256 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f
${EXITS}`

async function status(context: Context, options: StoreOptions): Promise<number> {
  const config = sparingConfig(context, options, NEEDS)
  const found = await storeStatus(config.store, config.dataDir)
  context.io.stdout.write(options.json ? jsonLine(found) : statusText(found))
  return EXIT.OK
}

function statusText({ name, version, minReader, newest, bytes, rows }: StoreStatus): string {
  const schema = version === 0 ? 'none yet' : `version ${version}, for programs of version ${minReader} and later`
  const lines = [
    ['store', name],
    ['schema', `${schema}; this program knows ${newest}`],
    ['size', `${(bytes / 1024 ** 2).toFixed(1)} MiB`],
    ...Object.entries(rows).map(([what, count]) => [what, String(count)]),
  ]
  return lines.map(([what = '', value]) => `${what.padEnd(20)}${value}\n`).join('')
}

async function check(context: Context, options: StoreOptions): Promise<number> {
  const config = sparingConfig(context, options, NEEDS)
  const { name, version, minReader, newest } = await storeStatus(config.store, config.dataDir)
  const damage = [...(await storeDamage(config.store, config.dataDir))]
  if (minReader > newest) damage.push(`schema version ${version} is for programs of version ${minReader} and later`)
  const { out } = context
  const text =
    damage.length === 0
      ? `${out.green('sound')}: ${name}\n`
      : damage.map((one) => `${out.red('damaged')}: ${one}\n`).join('')
  context.io.stdout.write(options.json ? jsonLine({ name, damage }) : text)
  return damage.length === 0 ? EXIT.OK : EXIT.ERROR
}

async function migrate(context: Context, options: StoreOptions): Promise<number> {
  const config = sparingConfig(context, options, NEEDS)
  const before = await storeStatus(config.store, config.dataDir)
  if (before.minReader <= before.newest && !options.dryRun) await withStore(context, options, async () => undefined)
  if (before.minReader > before.newest) {
    throw new CommandError(`${before.name} has schema version ${before.version}: install the newer program`)
  }
  const to = Math.max(before.version, before.newest)
  const told = { name: before.name, from: before.version, to, dryRun: options.dryRun ?? false }
  const text =
    before.version === to
      ? `nothing to do: version ${to}`
      : `${options.dryRun ? 'would go' : 'went'} from version ${before.version} to ${to}`
  context.io.stdout.write(options.json ? jsonLine(told) : `${before.name}: ${text}\n`)
  return EXIT.OK
}

async function purge(kind: string, context: Context, options: PurgeOptions): Promise<number> {
  const check = removalsOf(kind, options, '')
  if (!options.yes && !options.dryRun) requireCondition(check, options)
  const removed = await withStore(context, options, async (store, config, log) => {
    const isPresentAsked = options.inspector === 'old'
    const { passwords: _, ...inspector } = config.inspector
    const recipe = isPresentAsked ? context.makeInspector(inspector, log).recipe : ''
    const removals = isPresentAsked ? removalsOf(kind, options, recipe) : check
    const counts: Record<string, number> = {}
    for (const removal of removals) counts[removal.from] = await removeAll(store, removal, options.dryRun ?? false)
    return counts
  })
  const verb = options.dryRun ? 'would be removed' : 'removed'
  const text = Object.entries(removed).map(([what, count]) => `${what.padEnd(12)}${count} ${verb}\n`)
  context.io.stdout.write(options.json ? jsonLine({ ...removed, dryRun: options.dryRun ?? false }) : text.join(''))
  return EXIT.OK
}

function removalsOf(
  kind: string,
  { olderThan, sha256, analyzer, revision, inspector }: PurgeOptions,
  recipe: string,
): readonly Removal[] {
  const kinds = kind === 'all' ? KINDS : KINDS.filter((one) => one === kind)
  if (kinds.length === 0) throw new CommandError(`what is "${kind}"? ${KINDS.join(', ')} or all`, EXIT.USAGE)
  const common = {
    ...(olderThan !== undefined && { olderThanMs: durationOf('--older-than', olderThan) }),
    ...(sha256 !== undefined && { sha256: digestOf('--sha256', sha256) }),
  }
  const by = { ...(analyzer !== undefined && { analyzer }), ...(revision !== undefined && { revision }) }
  // A condition that a kind does not have must not remove all of it.
  const told: readonly (Removal | undefined)[] = kinds.map((from) => {
    const isOfInspector = inspector !== undefined
    if (from === 'analyses') return isOfInspector ? undefined : { from, ...common, ...by }
    if (analyzer !== undefined) return undefined
    if (from === 'facts')
      return { from, ...common, ...(revision !== undefined && { recipe: revision }), ...recipes(inspector, recipe) }
    if (isOfInspector) return undefined
    if (from === 'stories') return { from, ...common, ...(revision !== undefined && { rulesetVersion: revision }) }
    return revision === undefined ? { from, ...common } : undefined
  })
  const removals = told.filter((one) => one !== undefined)
  if (removals.length === 0)
    throw new CommandError(`${kind} know neither --analyzer nor --revision nor --inspector as given`, EXIT.USAGE)
  return removals
}

/** A whole kind goes only for who says so, in the words `--inspector all` or `--yes`. */
function requireCondition(removals: readonly Removal[], { inspector }: PurgeOptions): void {
  const whole = removals.filter((removal) => Object.keys(removal).length === 1).map(({ from }) => from)
  if (whole.length === 0 || inspector === 'all') return
  const what = `this removes all ${whole.join(', ')} for good`
  throw new CommandError(
    `${what}: say which (--sha256, --older-than …), count with --dry-run, or say --yes`,
    EXIT.USAGE,
  )
}

/** Which facts an inspector's version means; `present` is that of this program with this configuration. */
function recipes(inspector: string | undefined, present: string): Partial<Extract<Removal, { from: 'facts' }>> {
  if (inspector === undefined || inspector === 'all') return {}
  return inspector === 'old' ? { otherThanRecipe: present } : { recipe: inspector }
}

async function removeAll(store: Store, removal: Removal, isDryRun: boolean): Promise<number> {
  if (isDryRun) return store.remove(removal, 0, true)
  for (let total = 0; ; ) {
    const count = await store.remove(removal, ROWS_AT_ONCE)
    total += count
    if (count < ROWS_AT_ONCE) return total
  }
}

/** Works with the store that the configuration names, started and stopped around it. Nothing else has to be in order. */
export async function withStore<T>(
  context: Context,
  options: CommonOptions,
  work: (store: Store, config: Config, log: Logger) => Promise<T>,
): Promise<T> {
  const config = sparingConfig(context, options, NEEDS)
  if ('url' in config.store && config.store.url === 'memory:') {
    throw new CommandError('this store (memory:) lives in the filter alone: there is nothing to work with from outside')
  }
  const log = quietLogger(context, options, config.log)
  const store = context.openStore(config, log)
  try {
    await store.start()
    return await work(store, config, log)
  } finally {
    await store.stop()
  }
}
