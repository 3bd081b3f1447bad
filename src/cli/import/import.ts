/** `peekaboo import peekabooav`: the predecessor's files → our rules and configuration. */
import { existsSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { loadRuleset } from '../../rules/index.ts'
import type { Context } from '../context.ts'
import { CommandError, EXIT } from '../exit-code.ts'
import { harmless, jsonLine } from '../style.ts'
import type { Carried } from './carried.ts'
import { IMPORTED_ROLES } from './checked-rule.ts'
import { carryConfig } from './config.ts'
import { ANALYZER_OPTIONS, MAIN_OPTIONS, RULESET_OPTIONS } from './known.ts'
import { type ImportError, refusal } from './problem.ts'
import { carryRuleset } from './ruleset.ts'
import { readSettings, type Settings } from './settings.ts'
import { summaryText } from './summary.ts'
import { rulesYaml } from './yaml.ts'

/** Exit code where something could not be carried over. */
export const INCOMPLETE = 2

interface ImportOptions {
  readonly out: string
  readonly json?: boolean
  readonly force?: boolean
}

/** Adds the command. */
export function addImport(program: Command, context: Context, end: (code: number) => void): void {
  program
    .command('import')
    .summary('carry over the rules and configuration of another filter')
    .description('Carries over what another filter was told. There is one so far: peekabooav.')
    .addHelpText('after', HELP)
    .command('peekabooav')
    .description(
      'Reads ruleset.conf, peekaboo.conf and analyzers.conf of PeekabooAV with their drop-ins, and writes rules and a configuration that say the same. Whatever could not be carried over exactly stands there as a comment with its reason; nothing imported lets more pass than before.',
    )
    .argument('<dir>', 'folder with the files')
    .option('--out <dir>', 'folder to write peekaboo.yaml and rules.d/peekabooav.yaml into', 'peekaboo-import')
    .option('--force', 'overwrite files of an earlier import')
    .option('--json', 'the summary as one JSON line')
    .addHelpText('after', HELP)
    .action((dir: string, options: ImportOptions) => end(importFrom(dir, options, context)))
}

const HELP = `
EXAMPLES
  peekaboo import peekabooav /opt/peekaboo/etc
  peekaboo import peekabooav --out /etc/peekaboo --force /opt/peekaboo/etc
  peekaboo config check --config peekaboo-import/peekaboo.yaml

EXIT CODES
  0 everything was carried over, or changed on purpose   2 written, but something was not carried over: see the comments
  1 the files cannot be read or are wrong (each with file and line), or would be overwritten; nothing was written   64 usage`

/** What is written where. */
interface Written {
  readonly path: string
  readonly text: string
}

function importFrom(
  dir: string,
  { out, json = false, force = false }: ImportOptions,
  { io, out: style }: Context,
): number {
  const problems: ImportError[] = []
  const { ruleset, main, analyzers } = readAll(dir, problems)
  const folder = absolute(out)
  const rulesDir = join(folder, 'rules.d')
  const rules = ruleset ? carryRuleset(ruleset, problems) : []
  const config = carryConfig({ main, analyzers, problems }, rulesDir)
  if (problems.length > 0) throw refusal(problems)
  const files = [
    { path: join(rulesDir, 'peekabooav.yaml'), text: rulesYaml(rules) },
    { path: join(folder, 'peekaboo.yaml'), text: config.text },
  ]
  loadRuleset(files.slice(0, 1), { roles: IMPORTED_ROLES })
  write(files, force)
  const all = [...rules, ...config.carried]
  const read = [main, analyzers, ruleset].flatMap((settings) => settings?.files ?? [])
  const written = files.map(({ path }) => path)
  io.stdout.write(json ? jsonLine({ read, written, items: all }) : summaryText({ read, written, items: all }, style))
  return all.some(isIncomplete) ? INCOMPLETE : EXIT.OK
}

/** Whether something that was in force there is not in force here. */
function isIncomplete({ how }: Carried): boolean {
  return how === 'guarded' || how === 'left-out' || how === 'unknown'
}

function readAll(dir: string, problems: ImportError[]) {
  const main = readSettings(join(dir, 'peekaboo.conf'), MAIN_OPTIONS, problems)
  const ruleset = readSettings(beside(dir, main, 'ruleset'), RULESET_OPTIONS, problems)
  const analyzers = readSettings(beside(dir, main, 'analyzers'), ANALYZER_OPTIONS, problems)
  if (!main && !ruleset && !analyzers) {
    throw new CommandError(`there is neither ruleset.conf nor peekaboo.conf nor analyzers.conf in ${harmless(dir)}`)
  }
  return { main, ruleset, analyzers }
}

/** `peekaboo.conf` names the other two; a copy of the folder has them beside it. */
function beside(dir: string, main: Settings | undefined, section: 'ruleset' | 'analyzers'): string {
  const named = main?.plain(section, 'config')?.value
  return join(dir, named === undefined || named === '' ? `${section}.conf` : basename(named))
}

/** The configuration names the folder of the rules, from wherever it is started. */
function absolute(out: string): string {
  const path = resolve(out)
  const parent = dirname(path)
  return existsSync(parent) ? join(realpathSync(parent), basename(path)) : path
}

function write(files: readonly Written[], force: boolean): void {
  const there = files.filter(({ path }) => existsSync(path))
  if (there.length > 0 && !force) {
    const names = there.map(({ path }) => harmless(path)).join(', ')
    throw new CommandError(`nothing was written: ${names} would be overwritten; --force does so`)
  }
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true })
    if (existsSync(path) && !statSync(path).isFile()) throw new CommandError(`${harmless(path)} is no file`)
    writeFileSync(path, text, { flag: force ? 'w' : 'wx', mode: 0o640 })
  }
}
