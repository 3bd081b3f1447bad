/** `peekaboo scan`: what would be decided about messages, without Postfix. */
import type { Command } from 'commander'
import { describeOutcome, SCAN_LISTENER } from '../core/index.ts'
import type { Decision, Envelope } from '../pipeline/index.ts'
import type { TraceEntry } from '../rules/index.ts'
import { describeError } from '../telemetry/index.ts'
import type { Composition } from './composition.ts'
import { type CommonOptions, configured, quietLogger, repeated, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT, gravestExit, SCAN_EXIT, scanExit } from './exit-code.ts'
import { explainSample, traceLines } from './explain.ts'
import { type ByteSink, feed } from './message-file.ts'
import { leftOutLines, oddLines, outcomeText, sampleLines } from './outcome-text.ts'
import { harmless, jsonLine, type Style } from './style.ts'

interface ScanOptions extends CommonOptions {
  readonly json?: boolean
  readonly explain?: boolean
  readonly wait?: string
  readonly profile?: string
  readonly sender: string
  readonly recipient?: readonly string[]
}

/** Adds the command. */
export function addScan(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('scan'))
    .summary('decide about messages without Postfix')
    .description(
      'Examines messages as the filter would and says verdict, rule and answer. Analyses that a rule asks for are run and kept.',
    )
    .argument('<file...>', 'messages as they came over the wire; - is standard input')
    .option('--json', 'one JSON line for each file, in the order given')
    .option('--explain', 'rule by rule: which applied, which did not, and why')
    .option('-w, --wait <seconds>', 'wait so long for analyses (default: as the profile says)')
    .option('-p, --profile <name>', 'decide by this profile (default: that of the first listener)')
    .option('--sender <address>', 'envelope sender', LOCAL)
    .option('--recipient <address>', `envelope recipient, may be repeated (default: "${LOCAL}")`, repeated)
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ScanOptions) => end(await scan(files, options, context)))
}

/** Exit code of what could not be examined: it counts as failed. */
const UNREAD = 3
/** A sender of its own, so that no story of real mail is continued. */
const LOCAL = 'scan@localhost'

const HELP = `
EXAMPLES
  peekaboo scan mail.eml
  peekaboo scan --explain --wait 300 mail.eml
  peekaboo scan --json corpus/*.eml | jq -r '[.file, .verdict] | @tsv'

EXIT CODES
${SCAN_EXIT.toSorted((a, b) => a.code - b.code)
  .map(({ code, means }) => `  ${code}   ${means}`)
  .join('\n')}
  64  usage   78  configuration refused
  Of several files or attachments the gravest counts: ${SCAN_EXIT.map(({ code }) => code).join(', ')}.`

async function scan(files: readonly string[], options: ScanOptions, context: Context): Promise<number> {
  const waitMs = options.wait === undefined ? undefined : Number(options.wait) * 1000
  if (waitMs !== undefined && !(waitMs >= 0 && waitMs <= 86_400_000)) {
    throw new CommandError('--wait takes 0 to 86400 seconds', EXIT.USAGE)
  }
  const { config } = configured(context, options)
  const composition = context.compose(config, quietLogger(context, options, config.log))
  const envelope = envelopeOf(options, composition, waitMs)
  try {
    await composition.startCore()
    const codes: number[] = []
    for (const file of files) codes.push(await scanFile(file, { envelope, composition, context, options }))
    return gravestExit(codes)
  } catch (error) {
    // The general code for an error is 1, which here would say that the message is bad.
    throw new CommandError(describeError(error), UNREAD)
  } finally {
    await composition.stop()
  }
}

function envelopeOf(options: ScanOptions, { config, profiles }: Composition, waitMs: number | undefined): Envelope {
  const profileName = options.profile ?? config.milter.listeners[0]?.profile ?? 'mx'
  const profile = profiles.get(profileName)
  if (!profile) {
    const known = [...profiles.keys()].join(', ')
    throw new CommandError(
      `--profile ${harmless(profileName)}: there is no such profile; there are ${known}`,
      EXIT.USAGE,
    )
  }
  return {
    queueId: '',
    listener: SCAN_LISTENER,
    profileName,
    profile: waitMs === undefined ? profile : { ...profile, hold: waitMs },
    clientAddress: '',
    helo: '',
    authenticated: false,
    direction: config.milter.listeners[0]?.direction ?? 'inbound',
    sender: options.sender,
    recipients: options.recipient ?? [LOCAL],
  }
}

interface Job {
  readonly envelope: Envelope
  readonly composition: Composition
  readonly context: Context
  readonly options: ScanOptions
}

/** What was decided, and with `--explain` every rule for each sample. */
interface Scanned {
  readonly decision: Decision
  readonly rules: readonly (readonly TraceEntry[])[] | undefined
}

const NO_MESSAGE = 'scan reads messages (.eml), not attachments; nothing was judged'

/** Hands bytes on and remembers whether they begin as a message does. */
class FirstLine implements ByteSink {
  isHeader = false
  readonly #sink: ByteSink
  #isFirst = true

  constructor(sink: ByteSink) {
    this.#sink = sink
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isFirst)
      this.isHeader = /^(?:From |[!-9;-~]+[ \t]*:)/.test(Buffer.from(chunk.subarray(0, 1000)).toString('latin1'))
    this.#isFirst = false
    return this.#sink.write(chunk)
  }

  drained(): Promise<void> {
    return this.#sink.drained()
  }
}

async function scanFile(file: string, job: Job): Promise<number> {
  const { io, out } = job.context
  const { json = false } = job.options
  const scanned = await examine(file, job).catch(describeError)
  if (typeof scanned === 'string') {
    io.stderr.write(`peekaboo: ${harmless(scanned)}\n`)
    if (json) io.stdout.write(jsonLine({ file, verdict: 'failed', error: scanned, exit: UNREAD }))
    return UNREAD
  }
  const { outcome, samples } = scanned.decision
  const exit = scanExit([outcome, ...samples.map((one) => one.outcome)])
  io.stdout.write(json ? jsonLine(resultOf(file, scanned, exit)) : resultText(file, scanned, out))
  return exit
}

async function examine(file: string, job: Job): Promise<Scanned> {
  const { envelope, composition, context, options } = job
  const examination = composition.pipeline.begin()
  const stop = new AbortController()
  try {
    const sink = new FirstLine(examination)
    await feed(file, sink, context.io).catch((error: unknown) => {
      examination.abort()
      throw error
    })
    const decision = await examination.finish(envelope, stop.signal)
    examination.answered(decision, envelope)
    // Somebody who scans the attachment itself must not read "accept".
    if (decision.samples.length === 0 && !sink.isHeader) throw new Error(`${file} is no message: ${NO_MESSAGE}`)
    const message = options.explain ? decision.message : undefined
    const rules =
      message &&
      decision.samples.map((one) => {
        return explainSample(one, message, composition.rules.current, decision.around?.(one.sample))
      })
    return { decision, rules }
  } finally {
    stop.abort()
  }
}

function resultText(file: string, { decision, rules }: Scanned, style: Style): string {
  const { disposition, outcome, answer, ref, samples } = decision
  const told = answer.reply === '' ? disposition : `${disposition}: ${answer.reply}`
  const lines = [
    `${style.bold(harmless(file))}: ${outcomeText(outcome, style)}`,
    `  answer     ${told}`,
    `  reference  ${ref}`,
    ...oddLines(decision.message?.anomalies ?? [], style).map((line) => `  ${line}`),
  ]
  for (const [i, sample] of samples.entries()) {
    const traced = (rules?.[i] ?? []).flatMap((entry) => traceLines(entry, style)).map((line) => `    ${line}`)
    lines.push(...[...sampleLines(sample, style), ...traced].map((line) => `  ${line}`))
  }
  lines.push(...leftOutLines(decision.membersLeftOut).map((line) => `  ${line}`))
  return `${lines.join('\n')}\n`
}

function resultOf(file: string, { decision, rules }: Scanned, exit: number): object {
  const { ref, disposition, outcome, answer, samples, membersLeftOut, times } = decision
  return {
    file,
    ref,
    verdict: describeOutcome(outcome),
    outcome,
    disposition,
    reply: answer.reply,
    samples: samples.map((one, i) => {
      const { name, path, sha256, size, type } = one.sample
      const verdict = describeOutcome(one.outcome)
      const said = { verdict, outcome: one.outcome, disposition: one.disposition, reports: one.reports }
      return { name, path, sha256, size, type, ...said, ...(rules && { rules: rules[i] }) }
    }),
    membersLeftOut,
    times,
    exit,
  }
}
