/** `peekaboo replay`: what would change for a corpus of messages if the rules did. Nothing is analysed, nothing is kept. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../config/index.ts'
import type { Disposition } from '../core/index.ts'
import { describeOutcome } from '../core/index.ts'
import type { Envelope } from '../pipeline/index.ts'
import { describeError } from '../telemetry/index.ts'
import type { Composition } from './composition.ts'
import { type CommonOptions, configured, quietLogger, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { type CorpusMessage, corpusFiles, messagesOf } from './corpus.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { reasonOf } from './message-file.ts'
import { Progress } from './progress.ts'
import { Recorder, type Replayed } from './replay-recorder.ts'
import { rulesOf } from './rules.ts'
import { harmless, jsonLine, type Style } from './style.ts'

interface ReplayOptions extends CommonOptions {
  readonly rules?: string
  readonly against: string
  readonly alone?: boolean
  readonly profile?: string
  readonly json?: boolean
}

/** Adds the command. */
export function addReplay(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('replay'))
    .summary('what would other rules have changed?')
    .description(
      'Examines a corpus of messages with two rulesets and tells every sample about which they disagree. Reports of analyzers come from the store; where there is none the role counts as not asked. Runs no analysis, answers nobody, keeps nothing.',
    )
    .argument('<corpus>', 'a folder of messages, a mailbox (mbox), or one message')
    .option('--rules <path>', 'rules of the site now: a folder or file (default: rules.dirs of the configuration)')
    .requiredOption('--against <path>', 'rules of the site as they would be: a folder or file')
    .option('--alone', 'both without the rules that came with the filter')
    .option('-p, --profile <name>', 'answers by this profile (default: that of the first listener)')
    .option('--json', 'one JSON line for each sample that changes, and one at the end')
    .addHelpText('after', HELP)
    .action(async (corpus: string, options: ReplayOptions) => end(await replay(corpus, options, context)))
}

/** Exit code where a message could not be examined. */
const UNREAD = 3

const HELP = `
EXAMPLES
  peekaboo replay corpus/ --against ./rules.new
  peekaboo replay mail.mbox --rules /etc/peekaboo/rules.d --against ./rules.new --json | jq -r .message

EXIT CODES
  0 nothing would change   1 something would change   3 a message could not be examined, whatever changes
  64 usage   78 configuration or rules refused`

async function replay(corpus: string, options: ReplayOptions, context: Context): Promise<number> {
  const { io } = context
  const { config } = configured(context, options)
  const side = (dir: string | undefined) => rulesOf(context, { ...options, ...(dir !== undefined && { dir: [dir] }) })
  const recorder = new Recorder(side(options.rules), side(options.against), config.roles)
  const files = filesOf(corpus)
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-replay-'))
  const log = quietLogger(context, options, config.log)
  const known = context.compose(config, log, recorder.ruleset)
  const work = context.compose(alone(config, folder), log, recorder.ruleset)
  const progress = new Progress(io, files.length)
  const sum = { messages: 0, samples: 0, changed: 0, unread: 0 }
  try {
    await known.store.start().catch((error: unknown) => {
      io.stderr.write(`peekaboo: no reports of earlier analyses: ${describeError(error)}\n`)
    })
    await work.startCore()
    const job = { recorder, known, work, envelope: envelopeOf(options, work), context, json: options.json === true }
    for (const file of files) {
      progress.step(file)
      for await (const message of messagesOf(file)) await replayOne(message, job, sum)
    }
  } catch (error) {
    throw error instanceof CommandError ? error : new CommandError(describeError(error), UNREAD)
  } finally {
    progress.end()
    await Promise.allSettled([work.stop(), known.store.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
  io.stdout.write(options.json ? jsonLine(sum) : sumText(sum, context.out))
  return sum.unread > 0 ? UNREAD : sum.changed > 0 ? 1 : EXIT.OK
}

function filesOf(corpus: string): readonly string[] {
  try {
    return corpusFiles(corpus)
  } catch (error) {
    throw new CommandError(`${harmless(corpus)} cannot be read: ${reasonOf(error)}`, UNREAD)
  }
}

/** A filter of its own that knows no analyzer and writes where nobody looks. */
function alone(config: Config, dataDir: string): Config {
  return {
    ...config,
    dataDir,
    store: { url: 'memory:', timeout: config.store.timeout, keep: config.store.keep },
    analyzers: {},
    roles: {},
  }
}

interface Job {
  readonly recorder: Recorder
  readonly known: Composition
  readonly work: Composition
  readonly envelope: Envelope
  readonly context: Context
  readonly json: boolean
}

interface Sum {
  messages: number
  samples: number
  changed: number
  unread: number
}

async function replayOne(message: CorpusMessage, job: Job, sum: Sum): Promise<void> {
  const { recorder, known, envelope, context, json } = job
  sum.messages++
  try {
    const before = await examine(message, job)
    const replayed = await recorder.compare(known.store, envelope.profile)
    sum.samples += replayed.length
    for (const one of replayed.filter(({ isChanged }) => isChanged)) {
      sum.changed++
      const { out, io } = context
      io.stdout.write(json ? jsonLine(dataOf(message.name, one)) : changeText(message.name, one, out))
    }
    if (before !== '') throw new Error(before)
  } catch (error) {
    sum.unread++
    context.io.stderr.write(
      `peekaboo: ${harmless(message.name)} was not examined whole: ${harmless(describeError(error))}\n`,
    )
  }
}

/** Lets the filter examine a message; what it asks the rules is recorded. Says why it could not be read whole, else nothing. */
async function examine({ chunks }: CorpusMessage, { work, recorder, envelope }: Job): Promise<string> {
  recorder.begin()
  const examination = work.pipeline.begin()
  try {
    for await (const chunk of chunks) if (!examination.write(chunk)) await examination.drained()
  } catch (error) {
    examination.abort()
    throw error
  }
  const { outcome } = await examination.finish(envelope, new AbortController().signal)
  return outcome.kind === 'failed' && outcome.rule === undefined ? (outcome.detail ?? outcome.cause) : ''
}

function envelopeOf({ profile: wanted }: ReplayOptions, { config, profiles }: Composition): Envelope {
  const profileName = wanted ?? config.milter.listeners[0]?.profile ?? 'mx'
  const profile = profiles.get(profileName)
  if (!profile) {
    const known = [...profiles.keys()].join(', ')
    throw new CommandError(
      `--profile ${harmless(profileName)}: there is no such profile; there are ${known}`,
      EXIT.USAGE,
    )
  }
  const stranger = { clientAddress: '', helo: '', authenticated: false, sender: '', recipients: ['replay@localhost'] }
  const direction = config.milter.listeners[0]?.direction ?? 'inbound'
  return { queueId: '', listener: 'replay', profileName, profile: { ...profile, hold: 0 }, direction, ...stranger }
}

function dataOf(message: string, { sample, now, then, answers }: Replayed): object {
  const { name, path, sha256, type } = sample
  return { message, name, path, sha256, type, now, then, dispositions: answers }
}

function changeText(message: string, { sample, now, then, answers }: Replayed, style: Style): string {
  const told = (one: Replayed['now'], answer: Disposition) => {
    const rule = 'rule' in one && one.rule !== undefined ? ` by ${one.rule}` : ''
    return `${describeOutcome(one)}${rule} (${answer})`
  }
  const name = sample.name === '' ? '(no name)' : harmless(sample.name)
  const change = `${told(now, answers[0])} → ${style.bold(told(then, answers[1]))}`
  return `${harmless(message)}  ${sample.path}  ${name}: ${change}\n`
}

function sumText({ messages, samples, changed, unread }: Sum, style: Style): string {
  const told = `${messages} messages, ${samples} samples: ${changed} would change`
  return `${changed > 0 ? style.yellow(told) : told}${unread > 0 ? `, ${style.red(`${unread} messages not examined`)}` : ''}\n`
}
