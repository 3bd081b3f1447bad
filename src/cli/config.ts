/** `peekaboo config check|show|schema`. */
import type { Command } from 'commander'
import { configSchema } from '../config/index.ts'
import { type CommonOptions, configured, quietLogger, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { EXIT } from './exit-code.ts'

/** Adds the command. */
export function addConfig(program: Command, context: Context, end: (code: number) => void): void {
  const config = program
    .command('config')
    .summary('check, show or describe the configuration')
    .description('Checks the configuration as serve would, shows what is in force, or prints its JSON schema.')
    .addHelpText('after', HELP)
  withCommonOptions(config.command('check'))
    .description('Says whether serve would start with this configuration: file, profiles, roles and rules.')
    .addHelpText('after', EXITS)
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
    .action(() => {
      context.io.stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`)
      end(EXIT.OK)
    })
}

const EXITS = `
EXIT CODES
  0 the configuration is good   64 usage   78 configuration or rules refused, each problem with file, line and column`

const HELP = `
EXAMPLES
  peekaboo config check
  peekaboo config show --config ./peekaboo.yaml
  peekaboo config schema > peekaboo.schema.json
${EXITS}`

/** Composing starts nothing and reads the rules, so whatever serve would refuse is refused here. */
function check(context: Context, options: CommonOptions): number {
  const { config, files } = configured(context, options)
  context.compose(config, quietLogger(context, options, config.log))
  const read = files.length === 0 ? 'there is no file: built-in defaults' : files.join(', ')
  context.io.stdout.write(`${context.out.green('good')}: ${read}\n`)
  return EXIT.OK
}

function show(context: Context, options: CommonOptions): number {
  context.io.stdout.write(configured(context, options).show())
  return EXIT.OK
}
