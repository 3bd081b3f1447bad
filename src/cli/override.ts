/** `peekaboo override add|list|remove`: what an operator decides about bytes, on all nodes within seconds. */
import type { Command } from 'commander'
import type { Override } from '../store/index.ts'
import { type CommonOptions, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { type Blame, blameOf, durationOf } from './operator-options.ts'
import { withStore } from './store.ts'
import { harmless, jsonLine } from './style.ts'

interface OverrideOptions extends CommonOptions {
  readonly json?: boolean
}

interface AddOptions extends OverrideOptions, Blame {
  readonly for?: string
}

/** Adds the command with its parts. */
export function addOverride(program: Command, context: Context, end: (code: number) => void): void {
  const override = program
    .command('override')
    .summary('deny or allow bytes, whatever the rules say')
    .description(
      'Denies or allows bytes before any rule is asked. Deny wins over allow; allowing a member never lifts its container.',
    )
    .addHelpText('after', HELP)
  const add = (name: string, description: string) =>
    withCommonOptions(override.command(name))
      .description(description)
      .option('--json', 'one JSON line each')
      .addHelpText('after', EXITS)
  add('add', 'Denies or allows the bytes with this SHA-256; a family is denied only.')
    .argument('<verdict>', 'deny or allow')
    .argument('<what>', 'a SHA-256, or family:KEY')
    .requiredOption('--reason <text>', 'why; it is told in the log, and in why')
    .option('--for <duration>', 'how long, such as 12h or 30d (default: until it is removed)')
    .option('--by <who>', 'who decided (default: the user that runs this)')
    .action(async (verdict: string, what: string, options: AddOptions) =>
      end(await addOne(verdict, what, context, options)),
    )
  add('list', 'Lists all overrides, the oldest first.').action(async (options: OverrideOptions) =>
    end(await list(context, options)),
  )
  add('remove', 'Removes denial and allowance of these bytes or of this family.')
    .argument('<what>', 'a SHA-256, or family:KEY')
    .action(async (what: string, options: OverrideOptions) => end(await removeOne(what, context, options)))
}

const EXITS = `
EXIT CODES
  0 done   1 there is none to remove, or the store cannot be used   64 usage   78 configuration refused`

const HELP = `
EXAMPLES
  peekaboo override add deny 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f --reason "phishing of today" --for 30d
  peekaboo override add allow 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 --reason "our own tool"
  peekaboo override list
  peekaboo override remove 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f
${EXITS}`

async function addOne(verdict: string, what: string, context: Context, options: AddOptions): Promise<number> {
  if (verdict !== 'deny' && verdict !== 'allow') throw new CommandError(`deny or allow, not "${verdict}"`, EXIT.USAGE)
  const about = aboutOf(what)
  if (about.kind === 'family' && verdict === 'allow') {
    throw new CommandError('a family is never allowed: allow exact bytes by their SHA-256', EXIT.USAGE)
  }
  const lastsMs = options.for === undefined ? undefined : durationOf('--for', options.for)
  const made = await withStore(context, options, async (store) => {
    const { now } = await store.lookup({ digests: [], recipe: '', analyses: [], storyKey: '' })
    const until = lastsMs === undefined ? 0 : now + lastsMs
    const draft = { ...about, verdict, ...blameOf(options, context.io), until } as const
    await store.setOverride(draft)
    return { ...draft, made: now }
  })
  context.io.stdout.write(options.json ? jsonLine(made) : `${overrideText(made)}on all nodes within seconds\n`)
  return EXIT.OK
}

async function list(context: Context, options: OverrideOptions): Promise<number> {
  const all = await withStore(context, options, (store) => store.overrides())
  const lines = all.map((one) => (options.json ? jsonLine(one) : overrideText(one)))
  context.io.stdout.write(lines.join('') || (options.json ? '' : 'there are none\n'))
  return EXIT.OK
}

async function removeOne(what: string, context: Context, options: OverrideOptions): Promise<number> {
  const { kind, value } = aboutOf(what)
  const removed = await withStore(context, options, (store) => store.removeOverride(kind, value))
  if (removed === 0) throw new CommandError(`there is no override about ${harmless(what)}`)
  context.io.stdout.write(options.json ? jsonLine({ removed }) : `removed: ${harmless(what)}\n`)
  return EXIT.OK
}

function aboutOf(what: string): Pick<Override, 'kind' | 'value'> {
  if (/^[0-9a-f]{64}$/i.test(what)) return { kind: 'sha256', value: what.toLowerCase() }
  const family = /^family:(.{1,255})$/u.exec(what)?.[1]
  if (family !== undefined) return { kind: 'family', value: family }
  throw new CommandError(`"${harmless(what)}" is neither a SHA-256 of 64 hex digits nor family:KEY`, EXIT.USAGE)
}

function overrideText({ kind, value, verdict, reason, who, made, until }: Override): string {
  const what = kind === 'family' ? `family:${value}` : value
  const end = until === 0 ? 'until it is removed' : `until ${new Date(until).toISOString()}`
  return `${verdict.padEnd(6)}${harmless(what)}\n      ${harmless(reason)} (${harmless(who)}, ${new Date(made).toISOString()}), ${end}\n`
}
