/** `peekaboo analysis list|show|retry|cancel`: what analyzers were asked, how it stands, and how to change that. */
import { type Command, Option } from 'commander'
import { type AnalysisQuery, type AnalysisState, type Store, UNFINISHED } from '../store/index.ts'
import { analysisLine, analysisText } from './analysis-text.ts'
import { type CommonOptions, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { agoOf, digestOf, durationOf, limitOf } from './operator-options.ts'
import { withStore } from './store.ts'
import { jsonLine } from './style.ts'

interface WhichOptions extends CommonOptions {
  readonly analyzer?: string
  readonly cause?: string
  readonly olderThan?: string
  readonly since?: string
  readonly json?: boolean
}

interface ListOptions extends WhichOptions {
  readonly state: keyof typeof STATES
  readonly limit: string
}

interface ChangeOptions extends WhichOptions {
  readonly all?: boolean
}

/** What `--state` takes; undefined for any. */
const STATES = {
  wanted: ['wanted'],
  leased: ['leased'],
  submitting: ['submitting'],
  submitted: ['submitted'],
  failed: ['failed'],
  reported: ['reported'],
  unfinished: UNFINISHED,
  open: [...UNFINISHED, 'failed'],
  all: undefined,
} as const satisfies Record<string, readonly AnalysisState[] | undefined>

const ROWS_AT_ONCE = 200

/** Adds the command with its parts. */
export function addAnalysis(program: Command, context: Context, end: (code: number) => void): void {
  const analysis = program
    .command('analysis')
    .summary('list, show, retry or cancel analyses')
    .description(
      'Lists what antivirus and sandboxes were asked, tells how it stands, tries again what failed, ends what hangs.',
    )
    .addHelpText('after', HELP)
  const add = (name: string, description: string, exits: string) =>
    withCommonOptions(analysis.command(name))
      .description(description)
      .option('--analyzer <name>', 'only by this analyzer of the configuration')
      .option('--cause <code>', 'only what failed for this cause, such as analyzer-failed')
      .option('--older-than <duration>', 'only where nothing has happened for so long')
      .option('--since <when>', 'only where something happened so long ago at most, or since a date')
      .option('--json', 'one JSON line each')
      .addHelpText('after', exits)
  add('list', 'Lists analyses, the one that changed last first.', FOUND_EXITS)
    .addOption(
      new Option('--state <state>', 'how they stand; unfinished is what has no answer yet, open that and what failed')
        .choices(Object.keys(STATES))
        .default('open'),
    )
    .option('-n, --limit <number>', 'at most so many', '50')
    .action(async (options: ListOptions) => end(await list(context, options)))
  add(
    'show',
    'Tells all analyses of some bytes: state, owner, task, report, and what each attempt came to.',
    FOUND_EXITS,
  )
    .argument('<sha256>', 'the digest of the bytes')
    .action(async (sha256: string, options: WhichOptions) => end(await show(sha256, context, options)))
  add('retry', RETRY, CHANGE_EXITS)
    .argument('[sha256]', 'the digest of the bytes')
    .option('--all', 'all that the other options do not exclude')
    .action(async (sha256: string | undefined, options: ChangeOptions) => {
      end(await change(sha256, context, options, AGAIN))
    })
  add('cancel', CANCEL, CHANGE_EXITS)
    .argument('[sha256]', 'the digest of the bytes')
    .option('--all', 'all that the other options do not exclude')
    .action(async (sha256: string | undefined, options: ChangeOptions) => {
      end(await change(sha256, context, options, CANCELLED))
    })
}

const RETRY =
  'Makes failed analyses new, as if nobody had asked. The next try of a message with these bytes brings them and begins; whoever was told 451 meanwhile comes by himself.'
const CANCEL =
  'Ends unfinished analyses as failed(cancelled). Whoever works on them notices at his next sign of life (a third of scheduler.lease), has the analyzer drop the task where it can, and frees the place. Messages that wait for them get what their profile says to failed (mx: 451), never an acceptance as clean; a message that comes later begins them anew.'

const FOUND_EXITS = `
EXIT CODES
  0 found   1 there is none, or the store cannot be used   64 usage   78 configuration refused`

const CHANGE_EXITS = `
EXIT CODES
  0 done   1 there is none to change, or the store cannot be used   64 usage   78 configuration refused`

const HELP = `
EXAMPLES
  What hangs?
    peekaboo analysis list --state unfinished --older-than 10m
  Why has this one failed?
    peekaboo analysis show 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f
  The sandbox is repaired: try again what failed in the last hours
    peekaboo analysis retry --all --analyzer cape --since 3h
  End what blocks the sandbox
    peekaboo analysis cancel --all --analyzer cape --older-than 30m
${FOUND_EXITS}`

async function list(context: Context, options: ListOptions): Promise<number> {
  const states = STATES[options.state]
  const query = { ...queryOf(options), ...(states && { states }) }
  const limit = limitOf(options.limit)
  const rows = await withStore(context, options, (store) => store.analyses(query, limit))
  if (rows.length === 0) throw new CommandError('there is no such analysis (--state all tells finished ones too)')
  context.io.stdout.write(rows.map((row) => (options.json ? jsonLine(row) : analysisLine(row, context.out))).join(''))
  if (rows.length === limit && !options.json)
    context.io.stderr.write(`there may be more: the first ${limit} are told (--limit)\n`)
  return EXIT.OK
}

/** Analyses of one sample: by each analyzer, of each revision. */
const MOST_OF_ONE = 1000

async function show(digest: string, context: Context, options: WhichOptions): Promise<number> {
  const query = { ...queryOf(options), sha256: digestOf('show', digest) }
  const told = await withStore(context, options, async (store) => {
    const rows = await store.analyses(query, MOST_OF_ONE)
    const { now } = await store.switches()
    return Promise.all(rows.map(async (row) => ({ ...row, notes: await store.analysisNotes(row), now })))
  })
  if (told.length === 0)
    throw new CommandError('nothing was analysed of these bytes, or it is too long ago: see store.keep')
  const text = told.map(({ now, ...row }) => (options.json ? jsonLine(row) : analysisText(row, now, context.out)))
  context.io.stdout.write(text.join(options.json ? '' : '\n'))
  return EXIT.OK
}

/** What is done to analyses, and what is said where there is none. */
interface Change {
  readonly done: string
  readonly none: string
  readonly apply: (store: Store, query: AnalysisQuery, limit: number) => Promise<number>
}

const AGAIN: Change = {
  done: 'new: the next message with these bytes begins again',
  none: 'no failed analysis fits: see "peekaboo analysis list"; cancel first what is unfinished',
  apply: (store, query, limit) => store.retryAnalyses(query, limit),
}

const CANCELLED: Change = {
  done: 'cancelled: messages that wait for them are answered as for failed',
  none: 'no unfinished analysis fits: see "peekaboo analysis list --state unfinished"',
  apply: (store, query, limit) => store.cancelAnalyses(query, limit),
}

async function change(
  digest: string | undefined,
  context: Context,
  options: ChangeOptions,
  { done, none, apply }: Change,
): Promise<number> {
  if ((digest === undefined) === (options.all !== true))
    throw new CommandError('name either a SHA-256, or --all with what it is restricted to', EXIT.USAGE)
  const query = { ...queryOf(options), ...(digest !== undefined && { sha256: digestOf('it', digest) }) }
  const count = await withStore(context, options, async (store) => {
    for (let total = 0; ; ) {
      const some = await apply(store, query, ROWS_AT_ONCE)
      total += some
      if (some < ROWS_AT_ONCE) return total
    }
  })
  if (count === 0) throw new CommandError(none)
  context.io.stdout.write(options.json ? jsonLine({ changed: count }) : `${count} ${done}\n`)
  return EXIT.OK
}

function queryOf({ analyzer, cause, olderThan, since }: WhichOptions): AnalysisQuery {
  return {
    ...(analyzer !== undefined && { analyzer }),
    ...(cause !== undefined && { cause }),
    ...(olderThan !== undefined && { olderThanMs: durationOf('--older-than', olderThan) }),
    ...(since !== undefined && { withinMs: agoOf('--since', since) }),
  }
}
