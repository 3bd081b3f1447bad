/** The command line: which commands there are, and how whatever they throw becomes a message and an exit code. */
import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config/index.ts'
import { PolicyError } from '../policy/index.ts'
import { RulesetError } from '../rules/index.ts'
import { describeError } from '../telemetry/index.ts'
import { addAnalysis } from './analysis.ts'
import { addAnalyzers } from './analyzers.ts'
import { addBrake } from './brake.ts'
import { addConfig } from './config.ts'
import { type CliDeps, type Context, contextOf } from './context.ts'
import { addDoctor } from './doctor/index.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { addExtract } from './extract.ts'
import { addFacts } from './facts.ts'
import { addImport } from './import/index.ts'
import { addInspector } from './inspector.ts'
import { addMessages } from './messages.ts'
import { addOverride } from './override.ts'
import { addPing } from './ping.ts'
import { addQuarantine } from './quarantine.ts'
import { addRelease } from './release.ts'
import { addReplay } from './replay.ts'
import { addRule } from './rule.ts'
import { addRules } from './rules.ts'
import { addScan } from './scan.ts'
import { addServe } from './serve.ts'
import { addStore } from './store.ts'
import { hasColours } from './style.ts'
import { addWhy } from './why.ts'

/** Runs one command line (without interpreter and script) and resolves with its exit code; never ends the process itself. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  const context = contextOf(deps)
  let code: number = EXIT.OK
  const program = programOf(context, (ended) => {
    code = ended
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    return failed(error, context)
  }
}

function programOf(context: Context, end: (code: number) => void): Command {
  const { io } = context
  const program = new Command('peekaboo')
    .description(
      'A milter for Postfix that finds every attachment in every message, decides with rules and sandboxes, and answers.',
    )
    .version(io.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .showHelpAfterError('(--help says what is possible)')
    .configureHelp({ styleTitle: (title) => context.out.bold(title.replace(/:$/, '').toUpperCase()) })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => hasColours(io.stdout, io.env),
      getErrHasColors: () => hasColours(io.stderr, io.env),
      getOutHelpWidth: () => Math.min(io.stdout.columns ?? 100, 120),
      getErrHelpWidth: () => Math.min(io.stderr.columns ?? 100, 120),
    })
    .addHelpText('after', HELP)
  for (const add of [
    addServe,
    addInspector,
    addConfig,
    addExtract,
    addFacts,
    addScan,
    addWhy,
    addMessages,
    addPing,
    addDoctor,
    addRules,
    addReplay,
    addAnalyzers,
    addAnalysis,
    addBrake,
    addRule,
    addOverride,
    addQuarantine,
    addRelease,
    addStore,
    addImport,
  ])
    add(program, context, end)
  return program
}

const HELP = `
EXAMPLES
  peekaboo serve                        run the filter with nothing configured
  peekaboo config check                 would it start with this configuration?
  peekaboo scan --explain mail.eml      what would be decided about this message, and why?
  peekaboo extract --json *.eml         what is in these messages?
  peekaboo facts invoice.zip            what is true of this file and everything within?
  peekaboo rules check                  would it take these rules?
  peekaboo why 4bXyz12Qz3               why was this message refused?
  peekaboo messages -r alice@x.org      what became of the mail to her?
  peekaboo ping                         does the filter answer?
  peekaboo doctor                       does everything on this machine fit together?
  peekaboo analyzers check              do antivirus and sandboxes work?
  peekaboo analysis list                what do antivirus and sandboxes work on, what failed?
  peekaboo brake --help                 in an emergency: let mail through, or stop it
  peekaboo override list                which bytes are denied or allowed by hand?
  peekaboo quarantine list              what lies in the hold queue?
  peekaboo store status                 what is kept, and where?

EXIT CODES
  0 done   1 error   64 usage   78 configuration refused
  Some commands tell more by them (scan, replay, import, config check): see their own help.

FILES
  /etc/peekaboo/peekaboo.yaml, /etc/peekaboo/peekaboo.d/*.yaml`

function failed(error: unknown, context: Context): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.OK : EXIT.USAGE
  const { io, err } = context
  if (error instanceof ConfigError || error instanceof PolicyError || error instanceof RulesetError) {
    io.stderr.write(`${err.red('The configuration is refused:')}\n${error.message}\n`)
    return EXIT.CONFIG
  }
  io.stderr.write(`peekaboo: ${describeError(error)}\n`)
  return error instanceof CommandError ? error.exitCode : EXIT.ERROR
}
