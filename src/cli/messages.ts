/** `peekaboo messages`: which messages somebody sent or got, and what became of them. */
import type { Command } from 'commander'
import { describeOutcome, SCAN_LISTENER, type Story } from '../core/index.ts'
import { type Held, heldOf, type MessageQuery } from '../store/index.ts'
import { type CommonOptions, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { fateText, heldText, withHeld } from './held-text.ts'
import { agoOf, digestOf, limitOf } from './operator-options.ts'
import { withStore } from './store.ts'
import { storyText } from './story-text.ts'
import { harmless, jsonLine, type Style } from './style.ts'

interface MessagesOptions extends CommonOptions {
  readonly recipient?: string
  readonly sender?: string
  readonly sha256?: string
  readonly since?: string
  readonly limit: string
  readonly long?: boolean
  readonly json?: boolean
}

/** Adds the command. */
export function addMessages(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('messages'))
    .summary('list messages by recipient, sender, attachment and time')
    .description(
      'Lists messages, the one that was tried last first: when, reference, verdict, answer, from whom to whom. Conditions count together; "peekaboo why REFERENCE" tells one whole.',
    )
    .option('-r, --recipient <address>', 'sent to this address; capitals do not matter')
    .option('-s, --sender <address>', 'sent by this address of the envelope; <> for bounces')
    .option('--sha256 <digest>', 'with an attachment, or a member of one, of these bytes')
    .option('--since <when>', 'tried so long ago at most, such as 2h, or since a date such as 2026-11-24T03:00Z')
    .option('-n, --limit <number>', 'at most so many', '20')
    .option('-l, --long', 'tell each whole, as why does')
    .option('--json', 'one JSON line for each, told whole')
    .addHelpText('after', HELP)
    .action(async (options: MessagesOptions) => end(await messages(context, options)))
}

const HELP = `
EXAMPLES
  What became of the mail that somebody waits for?
    peekaboo messages --recipient alice@example.org --since 2h
  Who got this attachment?
    peekaboo messages --sha256 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f --limit 1000
  peekaboo messages --sender bob@example.net --since 2026-11-24 --long

EXIT CODES
  0 found   1 there is none, or the store cannot be read   64 usage   78 configuration refused`

async function messages(context: Context, options: MessagesOptions): Promise<number> {
  const query = queryOf(options)
  const limit = limitOf(options.limit)
  const { stories, held } = await withStore(context, options, async (store) => {
    const found = await store.messages(query, limit)
    return { stories: found, held: await heldOf(store, found) }
  })
  if (stories.length === 0)
    throw new CommandError('there is no such message: see store.keep for how long they are told')
  const tell = (story: Story) => {
    const fates = held.get(story.ref)
    if (options.json) return jsonLine(withHeld(story, fates))
    return options.long ? `${storyText(story, context.out)}${heldText(fates)}` : lineOf(story, fates, context.out)
  }
  context.io.stdout.write(stories.map(tell).join(options.long && !options.json ? '\n' : ''))
  if (stories.length === limit && !options.json)
    context.io.stderr.write(`there may be more: the first ${limit} are told (--limit)\n`)
  return EXIT.OK
}

function queryOf({ recipient, sender, sha256, since }: MessagesOptions): MessageQuery {
  for (const [name, address] of Object.entries({ recipient, sender }))
    if (address?.trim() === '') throw new CommandError(`--${name} is empty: is a variable unset?`, EXIT.USAGE)
  return {
    ...(recipient !== undefined && { recipient }),
    ...(sender !== undefined && { sender }),
    ...(sha256 !== undefined && { sha256: digestOf('--sha256', sha256) }),
    ...(since !== undefined && { withinMs: agoOf('--since', since) }),
  }
}

/** Recipients that a line names. */
const NAMED = 3

function lineOf(story: Story, held: readonly Held[] | undefined, style: Style): string {
  const { ref, tries, outcome, sender, recipients, subject } = story
  const newest = tries.at(-1)
  const at = new Date(newest?.at ?? 0).toISOString().slice(0, 19)
  const said = newest?.state === 'answered' ? newest.answer.disposition : 'deciding'
  const isScan = story.listener === SCAN_LISTENER
  const answer = [`${isScan ? 'scan, sent to nobody: ' : ''}${said}`, ...(held ?? []).map(fateText)].join(', ')
  const more = recipients.length > NAMED ? ` and ${recipients.length - NAMED} more` : ''
  const to = recipients.slice(0, NAMED).map((one) => `<${harmless(one)}>`)
  const told = [
    `${at}Z`,
    style.bold(ref),
    describeOutcome(outcome),
    answer,
    `<${harmless(sender)}> → ${to.join(' ')}${more}`,
  ]
  return `${told.join('  ')}${subject === '' ? '' : `  ${harmless(subject.slice(0, 60))}`}\n`
}
