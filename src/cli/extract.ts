/** `peekaboo extract`: what is in messages, without deciding anything about them. */
import type { Command } from 'commander'
import { causeOf } from '../core/index.ts'
import type { Inspector } from '../inspector/index.ts'
import { describeError } from '../telemetry/index.ts'
import { type CommonOptions, configured, quietLogger, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { EXIT } from './exit-code.ts'
import { showNothing, showPlaces } from './extract-excerpt.ts'
import { type ExtractLine, extractJsonSchema, extractLine, failureLine } from './extract-line.ts'
import { extractText } from './extract-text.ts'
import { feed, UnreadableFile } from './message-file.ts'
import { Progress } from './progress.ts'
import { jsonLine } from './style.ts'

interface ExtractOptions extends CommonOptions {
  readonly json?: boolean
  readonly explain?: boolean
  readonly schema?: boolean
}

/** Adds the command. */
export function addExtract(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('extract'))
    .summary('list what is in messages')
    .description(
      'Lists every attachment that some mail client would show, with names, type and digest. Decides nothing, keeps nothing.',
    )
    .argument('[file...]', 'messages as they came over the wire; - is standard input')
    .option('--json', 'one JSON line for each file, in the order given, also for those that cannot be read')
    .option('--explain', 'also every name with its place, the readings, and what is odd, with its byte and meaning')
    .option('--schema', 'print the JSON schema of such a line')
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ExtractOptions, command: Command) => {
      if (options.schema) context.io.stdout.write(`${JSON.stringify(extractJsonSchema(), null, 2)}\n`)
      else if (files.length === 0) command.error("error: missing required argument 'file'")
      end(options.schema ? EXIT.OK : await extract(files, options, context))
    })
}

const HELP = `
WHAT IS SHOWN
  For each file the attachments: place, name, media type that the content shows, size, SHA-256. A place is a number as IMAP has it
  (2.1 is the first part of the second); what only another reading sees has its name before: mailparser:, tolerant:, folded:.
  With --explain also
    name ... (origin)    every name that some mail client would show; the origin is the field and parameter, and what was done to it
    seen by ...          the readings in which the content appears
    odd: ... at byte N   an anomaly, its severity, its place in the file, its meaning, and the bytes there
  Severities: note (worth knowing), suspicious (programs differ in what they see), unscannable (something was not read).
  docs/anomalies.md lists them all.

EXAMPLES
  peekaboo extract mail.eml
  peekaboo extract --explain odd.eml
  peekaboo extract --json corpus/*.eml | jq -r '.attachments[].sha256'
  peekaboo extract --json corpus/*.eml | jq -r '.file as $f | .anomalies[] | "\\($f) \\(.name)"'
  postcat -qbh 4bXyz12Qz3 | peekaboo extract -

EXIT CODES
  0 every file was read (a limit may have ended a reading: see unscannable)   1 a file could not be read
  64 usage   78 configuration refused`

async function extract(files: readonly string[], options: ExtractOptions, context: Context): Promise<number> {
  const { io } = context
  const { config } = configured(context, options)
  const inspector = context.makeInspector(config.inspector, quietLogger(context, options, config.log))
  const progress = new Progress(io, files.length)
  let code: number = EXIT.OK
  try {
    const unable = await inspector.start().then(
      () => undefined,
      (error: unknown) => error,
    )
    const read = (file: string) => (unable === undefined ? readFile(file, inspector, context) : failure(file, unable))
    for await (const { line, problem } of inOrder(files, config.inspector.processes, read)) {
      progress.step(line.file)
      if (problem !== '') [code] = [EXIT.ERROR, io.stderr.write(`peekaboo: ${problem}\n`)]
      const show = line.file === '-' ? showNothing : showPlaces(line.file)
      io.stdout.write(options.json ? jsonLine(line) : extractText(line, context.out, options.explain === true, show))
    }
    return code
  } finally {
    progress.end()
    await inspector.stop()
  }
}

interface Extracted {
  readonly line: ExtractLine
  /** Why the file could not be read; empty where it could. */
  readonly problem: string
}

async function readFile(file: string, inspector: Inspector, { io }: Context): Promise<Extracted> {
  const inspection = inspector.read(new AbortController().signal)
  try {
    await feed(file, inspection, io)
    return { line: extractLine(file, await inspection.finish()), problem: '' }
  } catch (error) {
    return failure(file, error)
  } finally {
    inspection.abort()
  }
}

function failure(file: string, error: unknown): Extracted {
  if (error instanceof UnreadableFile) return { line: failureLine(file, 'unreadable'), problem: error.message }
  return { line: failureLine(file, causeOf(error)), problem: `${file} was not read: ${describeError(error)}` }
}

/** Works on a few at the same time and yields the results in the order of the items. */
async function* inOrder<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => R | Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = []
  for (const item of items) {
    running.push(Promise.resolve(work(item)))
    if (running.length >= width) yield (await running.shift()) as R
  }
  yield* running
}
