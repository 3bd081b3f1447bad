/** `peekaboo facts`: what is true of a file and of everything within it, without deciding anything about it. */
import { basename } from 'node:path'
import type { Command } from 'commander'
import { causeOf } from '../core/index.ts'
import type { Inspector, SampleTree } from '../inspector/index.ts'
import { describeError } from '../telemetry/index.ts'
import { type CommonOptions, configured, quietLogger, repeated, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { EXIT } from './exit-code.ts'
import { factsText } from './facts-text.ts'
import { bytesOf, UnreadableFile } from './message-file.ts'
import { harmless, jsonLine } from './style.ts'

interface FactsOptions extends CommonOptions {
  readonly json?: boolean
  readonly tree?: boolean
  readonly password?: readonly string[]
}

/** Adds the command. */
export function addFacts(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('facts'))
    .summary('show what is true of a file and of everything within it')
    .description(
      'Opens files (messages, archives, documents, programs) as the filter does and shows every member with type, digest and what is odd. Decides nothing, keeps nothing.',
    )
    .argument('<file...>', 'files of any kind; - is standard input')
    .option('--json', 'one JSON line for each file, in the order given, also for those that cannot be read')
    .option('--tree', 'the tree of members, for a person (default)')
    .option('--password <word>', 'a password to try at what is encrypted; may be given several times', repeated)
    .addHelpText('after', HELP)
    .action(async (files: string[], options: FactsOptions) => end(await facts(files, options, context)))
}

const HELP = `
EXAMPLES
  peekaboo facts invoice.zip
  peekaboo facts --json samples/* | jq -r '.members[].content.sha256'
  peekaboo facts --password infected sample.7z

EXIT CODES
  0 every file was opened (a limit or fault may be named in the tree)   1 a file could not be read or opened
  64 usage   78 configuration refused`

async function facts(files: readonly string[], options: FactsOptions, context: Context): Promise<number> {
  const { io } = context
  const { config } = configured(context, options)
  const inspector = context.makeInspector(config.inspector, quietLogger(context, options, config.log))
  let code: number = EXIT.OK
  try {
    await inspector.start()
    for (const file of files) {
      const opened = await openFile(file, options.password ?? [], inspector, context).catch((error: unknown) => error)
      if (isTree(opened)) {
        io.stdout.write(options.json ? jsonLine({ file, ...opened, failed: '' }) : factsText(file, opened, context.out))
        continue
      }
      code = EXIT.ERROR
      const isUnreadable = opened instanceof UnreadableFile
      const what = isUnreadable ? opened.message : `${harmless(file)} was not opened: ${describeError(opened)}`
      io.stderr.write(`peekaboo: ${what}\n`)
      if (options.json) io.stdout.write(jsonLine({ file, failed: isUnreadable ? 'unreadable' : causeOf(opened) }))
    }
    return code
  } finally {
    await inspector.stop()
  }
}

function openFile(
  file: string,
  passwords: readonly string[],
  inspector: Inspector,
  { io }: Context,
): Promise<SampleTree> {
  const name = file === '-' ? '' : basename(file)
  return inspector.open(bytesOf(file, io), { name, passwords }, new AbortController().signal)
}

function isTree(opened: unknown): opened is SampleTree {
  return typeof opened === 'object' && opened !== null && 'members' in opened
}
