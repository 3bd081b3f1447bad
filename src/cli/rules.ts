/** `peekaboo rules check|test|list|show|reference`: the ruleset, looked at without the filter running. */
import { type Command, Option } from 'commander'
import {
  formatRulesetProblem,
  loadRuleset,
  type Ruleset,
  RulesetError,
  type RulesetProblem,
  referenceText,
  rulesReference,
} from '../rules/index.ts'
import { type CommonOptions, configured, repeated, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { EXIT, refusedExit } from './exit-code.ts'
import { ruleContext, ruleFiles, shippedPlaces } from './rule-files.ts'
import { listText, showRule, testText } from './rules-text.ts'
import { harmless, jsonLine } from './style.ts'

/** Which rules a command is about. */
export interface RulesOptions extends CommonOptions {
  readonly json?: boolean
  readonly dir?: readonly string[]
  readonly alone?: boolean
}

/** Adds the command and its subcommands. */
export function addRules(program: Command, context: Context, end: (code: number) => void): void {
  const rules = program
    .command('rules')
    .summary('check, test, list and explain the rules')
    .description('The ruleset that the filter would have: the rules of the site and those that came with the filter.')
    .addHelpText('after', HELP)
  withRuleOptions(rules.command('check'))
    .summary('would the filter take these rules?')
    .description(
      'Reads, checks and compiles all rules and runs their tests. Every problem is told with file, line, column and what was probably meant.',
    )
    .addHelpText('after', CHECK_HELP)
    .action((options: RulesOptions) => end(check(context, options)))
  withRuleOptions(rules.command('test'))
    .summary('run the tests that stand with the rules')
    .description('Runs the tests of all rules, each against its rule alone, and tells those that fail.')
    .option('-v, --verbose', 'tell those that pass as well')
    .addHelpText('after', TEST_HELP)
    .action((options: RulesOptions & { verbose?: boolean }) => end(runTests(context, options)))
  withRuleOptions(rules.command('list'))
    .summary('list the rules in the order in which they are asked')
    .description(
      'Lists all rules in their order, with verdict, severity, the roles that they ask, and where they stand.',
    )
    .addHelpText('after', LIST_HELP)
    .action((options: RulesOptions) => end(list(context, options)))
  withRuleOptions(rules.command('show'))
    .summary('show one rule')
    .description('Shows one rule whole: its condition, the definitions and lists that this uses, and how its tests go.')
    .argument('<id>', 'id of the rule')
    .addHelpText('after', SHOW_HELP)
    .action((id: string, options: RulesOptions) => end(show(id, context, options)))
  rules
    .command('reference')
    .summary('what a rule may say and look at')
    .description(
      'Prints every fact, every field of a report, every key of a rule file and every function. The same stands in docs/rules.md.',
    )
    .option('--json', 'as JSON: a list of sections')
    .addHelpText('after', REFERENCE_HELP)
    .action((options: RulesOptions) => end(reference(context, options)))
}

function withRuleOptions(command: Command): Command {
  return withCommonOptions(command)
    .option('-d, --dir <path>', 'these rules instead of rules.dirs: a folder or a file, may be repeated', repeated)
    .addOption(new Option('--alone', 'without the rules that came with the filter'))
    .option('--json', 'one JSON line for each problem, test or rule')
}

const CODES = '64 usage   78 configuration or rules refused, each problem with file, line and column'

const HELP = `
EXAMPLES
  peekaboo rules check
  peekaboo rules test --dir ./rules.d
  peekaboo rules show eicar-test-file
  peekaboo rules reference | less

EXIT CODES
  0 done   1 a test fails, or there is no such rule
  ${CODES}

FILES
  The folders that rules.dirs of the configuration names, in which every *.yaml counts; then the rules that came with the filter.`

const REFERENCE_HELP = `
EXIT CODES
  0 done   64 usage`

const CHECK_HELP = `
EXAMPLES
  peekaboo rules check
  peekaboo rules check --dir ./rules.d --json | jq -r '"\\(.file):\\(.line) \\(.message)"'

EXIT CODES
  0 the rules are good   1 nothing is wrong but that a rule of the site asks a role which the configuration does not name
  ${CODES}`

const TEST_HELP = `
OUTPUT
  One line for each test that fails: file, line and column, the rule, what was expected and what came. Tests of rules whose lists the
  site has changed are told here only: they do not keep the filter from taking the rules.

EXIT CODES
  0 all tests pass   1 a test fails
  ${CODES}`

const LIST_HELP = `
OUTPUT
  place     number in the order in which rules are asked; off: a site switched it off
  verdict   with the severity, where the rule has one
  roles     that its condition asks: without an analyzer in that role the outcome is unanalysed
  where     file and line

EXIT CODES
  0 done
  ${CODES}`

const SHOW_HELP = `
EXIT CODES
  0 done   1 there is no such rule
  ${CODES}`

/** The rules that a command is about. A test that fails is left to who asks for it. */
export function rulesOf(context: Context, options: RulesOptions, failingCases: 'refuse' | 'tell' = 'tell'): Ruleset {
  const { config } = configured(context, options)
  const places = [...(options.dir ?? config.rules.dirs), ...(options.alone ? [] : shippedPlaces(config))]
  return loadRuleset(ruleFiles(places), { ...ruleContext(config), failingCases })
}

function check(context: Context, options: RulesOptions): number {
  const { io, out } = context
  try {
    const { rules, off, lists, definitions, version } = rulesOf(context, options, 'refuse')
    const counts = { rules: rules.length, off: off.length, lists: lists.length, definitions: definitions.length }
    const cases = rules.reduce((sum, rule) => sum + rule.cases, 0)
    const told = `${counts.rules} rules with ${cases} tests, ${counts.off} switched off, ${counts.lists} lists, ${counts.definitions} definitions`
    if (!options.json) io.stdout.write(`${out.green('good')}: ${told}; version ${version}\n`)
    return EXIT.OK
  } catch (error) {
    if (!(error instanceof RulesetError)) throw error
    for (const problem of error.problems) {
      if (options.json) io.stdout.write(jsonLine(problem))
      else io.stderr.write(problemText(problem, context))
    }
    return refusedExit(error)
  }
}

function problemText(problem: RulesetProblem, { err }: Context): string {
  const lines = formatRulesetProblem(problem).split('\n').map(harmless)
  return `${[err.red(lines[0] ?? ''), ...lines.slice(1)].join('\n')}\n`
}

function runTests(context: Context, options: RulesOptions & { readonly verbose?: boolean }): number {
  const { io, out } = context
  const results = rulesOf(context, options).test()
  const failed = results.filter(({ passed }) => !passed)
  const told = options.verbose || options.json ? results : failed
  for (const one of told) io.stdout.write(options.json ? jsonLine(one) : testText(one, out))
  if (!options.json) {
    const verdict = failed.length === 0 ? out.green('all pass') : out.red(`${failed.length} fail`)
    io.stdout.write(`${results.length} tests: ${verdict}\n`)
  }
  return failed.length === 0 ? EXIT.OK : EXIT.ERROR
}

function list(context: Context, options: RulesOptions): number {
  const { io, out } = context
  const ruleset = rulesOf(context, options)
  const rows = [
    ...ruleset.rules.map((rule, i) => ({ place: i + 1, ...rule })),
    ...ruleset.off.map((rule) => ({ place: 0, ...rule })),
  ]
  if (options.json) for (const row of rows) io.stdout.write(jsonLine(row))
  else io.stdout.write(listText(rows, out))
  return EXIT.OK
}

function show(id: string, context: Context, options: RulesOptions): number {
  const { io, out } = context
  const ruleset = rulesOf(context, options)
  const told = showRule(id, ruleset)
  if ('remedy' in told) {
    io.stderr.write(`peekaboo: there is no rule ${harmless(id)}; ${told.remedy}\n`)
    return EXIT.ERROR
  }
  io.stdout.write(options.json ? jsonLine(told.data) : told.text(out))
  return EXIT.OK
}

function reference({ io }: Context, options: RulesOptions): number {
  const sections = rulesReference()
  io.stdout.write(options.json ? jsonLine(sections) : `${referenceText(sections)}\n`)
  return EXIT.OK
}
