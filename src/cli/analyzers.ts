/** `peekaboo analyzers check`: asks every instance of every analyzer now, self-test included, and says what is wrong with it. */
import type { Command } from 'commander'
import type { Analyzer, AnalyzerHealth, Machine } from '../analyzers/analyzer.ts'
import { describeError } from '../telemetry/index.ts'
import { type CommonOptions, configured, quietLogger, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { harmless, jsonLine, type Style } from './style.ts'

interface CheckOptions extends CommonOptions {
  readonly json?: boolean
  readonly timeout: string
}

/** An instance with the analyzer that it belongs to. */
interface Row extends AnalyzerHealth {
  readonly analyzer: string
  readonly type: string
  /** Roles that the configuration gives the analyzer. */
  readonly roles: readonly string[]
}

/** Adds the command and its subcommand. */
export function addAnalyzers(program: Command, context: Context, end: (code: number) => void): void {
  const analyzers = program
    .command('analyzers')
    .summary('look after antivirus and sandboxes')
    .description('What the filter asks about samples: antivirus and sandboxes, as the configuration names them.')
    .addHelpText('after', EXAMPLES_AND_EXITS)
  withCommonOptions(analyzers.command('check'))
    .summary('does every instance work, and would it recognise malware?')
    .description(
      'Asks every instance of every analyzer now: whether it can be reached, its version, its load, and whether it recognises the EICAR test file and nothing in a harmless text. Needs no running filter and changes nothing. Run it as the user that the filter runs as, since permissions are part of the answer.',
    )
    .argument('[analyzer...]', 'only these, by their names in the configuration')
    .option('--json', 'one JSON line for each instance')
    .option('-t, --timeout <seconds>', 'longest time for all answers', '20')
    .addHelpText('after', HELP)
    .action(async (names: string[], options: CheckOptions) => end(await check(context, names, options)))
}

const EXAMPLES_AND_EXITS = `
EXAMPLES
  peekaboo analyzers check
  peekaboo analyzers check clamav --timeout 5
  peekaboo analyzers check --json | jq -r 'select(.ok | not) | .instance'

EXIT CODES
  0 every instance works, or none is configured   1 at least one does not
  64 usage, or no analyzer of that name   78 configuration refused`

const HELP = `
OUTPUT
  analyzer, roles   name in the configuration, and the roles that rules know it by
  instance          where it is: a socket, HOST:PORT or URL
  state             works, or fails with the reason and what helps in the line below
  version           of engine and signatures, as it says itself
  busy, queue       how much it has to do now: threads or machines of the most it has, samples that wait; - where it does not say
  self-test         passed: it recognised the EICAR test file and nothing else; not run: a sandbox only proves that it answers
  time              of the self-test
  below it          what is wrong or odd, such as options that name a machine or tag that is not there; and the machines of a
                    sandbox by platform, each with its tags, and * where something runs in it now
${EXAMPLES_AND_EXITS}`

async function check(context: Context, names: readonly string[], options: CheckOptions): Promise<number> {
  const timeoutMs = Number(options.timeout) * 1000
  if (!(timeoutMs > 0 && timeoutMs <= 600_000)) throw new CommandError('--timeout takes 1 to 600 seconds', EXIT.USAGE)
  const { config } = configured(context, options)
  const { analyzers } = context.compose(config, quietLogger(context, options, config.log))
  const chosen = choose(analyzers, names)
  const signal = AbortSignal.timeout(timeoutMs)
  const answers = await Promise.all(chosen.map((one) => ask(one, rolesOf(one.name, config.roles), signal)))
  const rows = answers.flat()
  const { stdout } = context.io
  if (options.json) for (const row of rows) stdout.write(jsonLine(row))
  else if (rows.length === 0) stdout.write('No analyzer is configured: rules that ask for one end in unanalysed.\n')
  else stdout.write(table(rows, context.out))
  return rows.every(({ ok }) => ok) ? EXIT.OK : EXIT.ERROR
}

function choose(analyzers: ReadonlyMap<string, Analyzer>, names: readonly string[]): readonly Analyzer[] {
  if (names.length === 0) return [...analyzers.values()]
  return names.map((name) => {
    const found = analyzers.get(name)
    if (found) return found
    const known = [...analyzers.keys()].join(', ') || 'none'
    throw new CommandError(`no analyzer is named ${harmless(name)}; configured: ${known}`, EXIT.USAGE)
  })
}

function rolesOf(analyzer: string, roles: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(roles).flatMap(([role, name]) => (name === analyzer ? [role] : []))
}

async function ask(analyzer: Analyzer, roles: readonly string[], signal: AbortSignal): Promise<readonly Row[]> {
  const { name, type } = analyzer
  const health = await analyzer.health(signal).catch((error: unknown): AnalyzerHealth[] => {
    return [{ instance: '', ok: false, detail: describeError(error), version: '', selfTest: 'not run' }]
  })
  return health.map((one) => ({ analyzer: name, type, roles, ...one }))
}

const COLUMNS = ['analyzer', 'roles', 'instance', 'state', 'version', 'busy', 'queue', 'self-test', 'time']
const STATE = COLUMNS.indexOf('state')

function table(rows: readonly Row[], style: Style): string {
  const lines = [COLUMNS, ...rows.map(cells)]
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const format = (line: readonly string[], paint: (cell: string, column: number) => string) =>
    line
      .map((cell, column) => paint(cell.padEnd(widths[column] ?? 0), column))
      .join('  ')
      .trimEnd()
  const body = rows.flatMap((row, i) => {
    const paintState = row.ok ? style.green : style.red
    const line = format(lines[i + 1] ?? [], (cell, column) => (column === STATE ? paintState(cell) : cell))
    const detail = row.detail === '' ? [] : [`    ${style.yellow(harmless(row.detail))}`]
    return [line, ...detail, ...machineLines(row.machines ?? []).map((text) => `    ${style.dim(text)}`)]
  })
  const unasked = new Set(rows.filter(({ roles }) => roles.length === 0).map(({ analyzer }) => analyzer))
  const hints = [...unasked].map((name) => style.yellow(`${name} plays no role: no rule can ask for it (see roles:)`))
  return `${[format(COLUMNS, style.bold), ...body, ...hints].join('\n')}\n`
}

function cells({ analyzer, roles, instance, ok, version, load, selfTest, latencyMs }: Row): readonly string[] {
  return [
    analyzer,
    roles.join(',') || '-',
    harmless(instance),
    ok ? 'works' : 'fails',
    harmless(version) || '-',
    load ? `${load.threads}/${load.threadsMax}` : '-',
    load ? String(load.queued) : '-',
    selfTest,
    latencyMs === undefined ? '-' : `${Math.round(latencyMs)} ms`,
  ]
}

/** A line for each platform: its machines with their tags. */
function machineLines(machines: readonly Machine[]): readonly string[] {
  const byPlatform = Map.groupBy(machines, ({ platform }) => platform || 'unknown platform')
  return [...byPlatform].map(([platform, those]) => {
    const told = those.map(({ name, tags, busy }) => {
      return `${name}${busy ? '*' : ''}${tags.length > 0 ? ` (${tags.join(', ')})` : ''}`
    })
    return harmless(`${platform}: ${told.join(', ')}`)
  })
}
