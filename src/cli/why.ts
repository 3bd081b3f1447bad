/** `peekaboo why`: the story of a message. */
import type { Command } from 'commander'
import type { Story } from '../core/index.ts'
import { heldOf, type Store, type StoryQuery } from '../store/index.ts'
import { type CommonOptions, quietLogger, sparingConfig, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { heldText, withHeld } from './held-text.ts'
import { storyText } from './story-text.ts'
import { harmless, jsonLine } from './style.ts'

interface WhyOptions extends CommonOptions {
  readonly json?: boolean
  readonly limit: string
}

/** Adds the command. */
export function addWhy(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('why'))
    .summary('tell the story of a message')
    .description(
      'Tells what was seen in a message, what was decided, by which rule and version, and what Postfix was told each time.',
    )
    .argument('<ref>', 'the reference in the SMTP reply or header, a queue id of Postfix, or the SHA-256 of a sample')
    .option('--json', 'one JSON line for each story, newest first')
    .option('-n, --limit <number>', 'at most so many stories', '5')
    .addHelpText('after', HELP)
    .action(async (what: string, options: WhyOptions) => end(await why(what, context, options)))
}

const HELP = `
EXAMPLES
  peekaboo why 7K3M9QXW2A
  peekaboo why 4bXyz12Qz3
  peekaboo why --json 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f

EXIT CODES
  0 found   1 nothing is known of it, or the store cannot be read   64 usage   78 configuration refused`

async function why(what: string, context: Context, options: WhyOptions): Promise<number> {
  const limit = Number(options.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new CommandError('--limit takes 1 to 1000', EXIT.USAGE)
  if (what.trim() === '') throw new CommandError('an empty reference says nothing: is a variable unset?', EXIT.USAGE)
  const config = sparingConfig(context, options, ['store'])
  const store = context.openStore(config, quietLogger(context, options, config.log))
  const found = await withStore(store, async () => {
    const stories = await find(what, limit, store)
    const held = await heldOf(store, stories)
    return stories.map((story) => ({ story, held: held.get(story.ref) }))
  })
  if (found.length === 0) {
    throw new CommandError(
      `nothing is known of ${harmless(what)}: ${hint('url' in config.store ? config.store.url : '')}`,
    )
  }
  const told = found.map(({ story, held }) => {
    if (options.json) return jsonLine(withHeld(story, held))
    return `${storyText(story, context.out)}${heldText(held)}`
  })
  context.io.stdout.write(told.join(options.json ? '' : '\n'))
  return EXIT.OK
}

function hint(url: string): string {
  if (url === 'memory:') return 'this store (memory:) forgets everything when its filter ends'
  return 'it was never seen, was too long ago, or another configuration (--config) holds its store'
}

async function withStore<T>(store: Store, work: () => Promise<T>): Promise<T> {
  try {
    await store.start()
    return await work()
  } finally {
    await store.stop()
  }
}

/** A queue id may look like a reference, so both are asked; only a digest cannot be anything else. */
async function find(what: string, limit: number, store: Store): Promise<readonly Story[]> {
  const isDigest = /^[0-9a-f]{64}$/i.test(what)
  const queries: readonly StoryQuery[] = isDigest
    ? [{ sha256: what.toLowerCase() }]
    : [{ ref: what }, { ref: what.toUpperCase() }, { queueId: what }]
  for (const query of queries) {
    const stories = await store.stories(query, limit)
    if (stories.length > 0) return stories
  }
  return []
}
