/** `peekaboo config check|show|schema`. */
import type { Command } from 'commander'
import { configSchema, formatProblem } from '../config/index.ts'
import { createPolicy, policyWarnings } from '../policy/index.ts'
import { RulesetError } from '../rules/index.ts'
import { type CommonOptions, configured, quietLogger, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { EXIT, refusedExit } from './exit-code.ts'

/** Adds the command. */
export function addConfig(program: Command, context: Context, end: (code: number) => void): void {
  const config = program
    .command('config')
    .summary('check, show or describe the configuration')
    .description('Checks the configuration as serve would, shows what is in force, or prints its JSON schema.')
    .addHelpText('after', HELP)
  withCommonOptions(config.command('check'))
    .description('Says whether serve would start with this configuration: file, profiles, roles and rules.')
    .addHelpText('after', CHECK_EXITS)
    .action((options: CommonOptions) => end(check(context, options)))
  withCommonOptions(config.command('show'))
    .description(
      'Prints what is in force, defaults included, with the place of whatever was written; secrets stay hidden.',
    )
    .addHelpText('after', EXITS)
    .action((options: CommonOptions) => end(show(context, options)))
  config
    .command('schema')
    .description('Prints the JSON schema of peekaboo.yaml, for editors.')
    .addHelpText('after', SCHEMA_EXITS)
    .action(() => {
      context.io.stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`)
      end(EXIT.OK)
    })
}

const CODES = '64 usage   78 configuration or rules refused, each problem with file, line and column'
const EXITS = `
EXIT CODES
  0 done   ${CODES}`

const SCHEMA_EXITS = `
EXIT CODES
  0 done   64 usage`

const CHECK_EXITS = `
EXIT CODES
  0 the configuration is good
  1 nothing is wrong but that a rule of the site asks a role which the configuration does not name
  ${CODES}
  serve ends with 78 in either case.`

const HELP = `
EXAMPLES
  peekaboo config check
  peekaboo config show --config ./peekaboo.yaml
  peekaboo config schema > peekaboo.schema.json
${EXITS}`

/** Composing starts nothing and reads the rules, so whatever serve would refuse is refused here. */
function check(context: Context, options: CommonOptions): number {
  const { config, files, placed } = configured(context, options)
  for (const problem of placed(policyWarnings(createPolicy(config), config))) {
    context.io.stderr.write(`${context.err.yellow('warning')}: ${formatProblem(problem)}\n`)
  }
  try {
    context.compose(config, quietLogger(context, options, config.log))
  } catch (error) {
    if (!(error instanceof RulesetError) || refusedExit(error) === EXIT.CONFIG) throw error
    context.io.stderr.write(`${context.err.red('The rules ask for a role that nobody plays:')}\n${error.message}\n`)
    return refusedExit(error)
  }
  const read = files.length === 0 ? 'there is no file: built-in defaults' : files.join(', ')
  context.io.stdout.write(`${context.out.green('good')}: ${read}\n`)
  return EXIT.OK
}

function show(context: Context, options: CommonOptions): number {
  context.io.stdout.write(configured(context, options).show())
  return EXIT.OK
}
