/** `peekaboo quarantine list|show|release|return|delete`: what lies in hold queues, and what an operator wants done with it. */
import type { Command } from 'commander'
import { isLongQueueId, LONG_QUEUE_IDS_REMEDY } from '../quarantine/index.ts'
import { type Held, type HeldOrder, isOver, type Store } from '../store/index.ts'
import { type CommonOptions, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { withStore } from './store.ts'
import { storyText } from './story-text.ts'
import { harmless, jsonLine } from './style.ts'

interface QuarantineOptions extends CommonOptions {
  readonly json?: boolean
  readonly all?: boolean
  readonly yes?: boolean
  readonly by?: string
  readonly host?: string
}

/** Adds the command with its parts. */
export function addQuarantine(program: Command, context: Context, end: (code: number) => void): void {
  const quarantine = program
    .command('quarantine')
    .summary('messages in the hold queue, and what becomes of them')
    .description('Shows the messages that wait in the hold queue of Postfix, and takes orders about them.')
    .addHelpText('after', HELP)
  const add = (name: string, description: string) =>
    withCommonOptions(quarantine.command(name))
      .description(description)
      .option('--host <name>', 'only those of this host')
      .option('--json', 'one JSON line each')
      .addHelpText('after', EXITS)
  add('list', 'Lists what is held, the oldest first.')
    .option('--all', 'also what was released, returned or deleted')
    .action(async (options: QuarantineOptions) => end(await list(context, options)))
  add('show', 'Tells all that is known of one, with its story.')
    .argument('<what>', 'a queue id or a reference')
    .action(async (what: string, options: QuarantineOptions) => end(await show(what, context, options)))
  for (const [order, description] of ORDERS) {
    const command = add(order, description)
      .argument('<what>', 'a queue id or a reference')
      .option('--by <who>', 'who decided (default: the user that runs this)')
    if (order === 'delete') command.option('--yes', 'yes, it is to be gone for good')
    command.action(async (what: string, options: QuarantineOptions) => end(await give(order, what, context, options)))
  }
}

const ORDERS = [
  ['release', 'Has it delivered, whatever the rules say.'],
  ['return', 'Has its sender told that it is not delivered, and deletes it then.'],
  ['delete', 'Deletes it without a word to its sender.'],
] as const

const EXITS = `
EXIT CODES
  0 done   1 there is none, or the store cannot be used   64 usage   78 configuration refused`

const HELP = `
EXAMPLES
  peekaboo quarantine list
  peekaboo quarantine show 7K3M9QXW2A
  peekaboo quarantine release 7K3M9QXW2A
  peekaboo quarantine delete 4bXyz12Qz3z1 --yes

  An order is carried out by the next peekaboo release on the host where the message lies.
${EXITS}`

/** More than that is read by nobody. */
const MOST = 20_000

async function list(context: Context, options: QuarantineOptions): Promise<number> {
  const query = { ...(options.host !== undefined && { host: options.host }), ...(!options.all && { isOpen: true }) }
  const found = await withStore(context, options, (store) => store.held(query, MOST))
  const lines = found.map((held) => (options.json ? jsonLine(told(held)) : lineOf(held)))
  context.io.stdout.write(lines.join('') || (options.json ? '' : 'nothing is held\n'))
  return EXIT.OK
}

async function show(what: string, context: Context, options: QuarantineOptions): Promise<number> {
  const { held, story } = await withStore(context, options, async (store) => {
    const one = await theOne(what, store, options, false)
    const [first] = await store.stories({ ref: one.ref }, 1)
    return { held: one, story: first }
  })
  const text = `${lineOf(held)}${detailsOf(held)}${story ? `\n${storyText(story, context.out)}` : ''}`
  context.io.stdout.write(options.json ? jsonLine({ ...told(held), story }) : text)
  return EXIT.OK
}

async function give(
  what: HeldOrder['what'],
  which: string,
  context: Context,
  options: QuarantineOptions,
): Promise<number> {
  const { io } = context
  if (what === 'delete' && !options.yes)
    throw new CommandError('nobody gets a deleted message back: say --yes, or use return', EXIT.USAGE)
  const who = (options.by ?? io.env.SUDO_USER ?? io.env.USER ?? `uid ${io.uid}`).slice(0, 100)
  const { held, replaced } = await withStore(context, options, async (store) => {
    const one = await theOne(which, store, options, true)
    if (what === 'return' && one.sender === '')
      throw new CommandError('it has no sender to return it to: release it, or delete it')
    const { now } = await store.lookup({ digests: [], recipe: '', analyses: [], storyKey: '' })
    const ordered: Held = { ...one, order: { what, who, at: now } }
    await store.saveHeld(ordered)
    return { held: ordered, replaced: one.order }
  })
  const text = `${what} ${held.queueId} (${held.ref}): done by the next peekaboo release on ${held.host}\n`
  const before = replaced ? `in place of: ${harmless(orderText(replaced))}\n` : ''
  io.stdout.write(options.json ? jsonLine({ ...told(held), replaced }) : `${text}${before}`)
  return EXIT.OK
}

/** The one that is meant; a queue id may be there on two hosts. */
async function theOne(what: string, store: Store, { host }: QuarantineOptions, mustWait: boolean): Promise<Held> {
  const where = host === undefined ? {} : { host }
  const byId = await store.held({ ...where, queueId: what }, 2)
  const all = byId.length > 0 ? byId : await store.held({ ...where, ref: what.toUpperCase() }, 2)
  const found = mustWait ? all.filter(({ state }) => !isOver(state)) : all
  const [one] = found
  if (found.length > 1) throw new CommandError(`${harmless(what)} is held on several hosts: say which with --host`)
  if (one) return one
  const over = all[0]
  if (over) throw new CommandError(`${harmless(what)} is not held any more: ${over.state}`)
  const isShort = /^[0-9A-F]{6,}$/.test(what) && !isLongQueueId(what)
  throw new CommandError(`nothing is known of ${harmless(what)}${isShort ? `; ${LONG_QUEUE_IDS_REMEDY}` : ''}`)
}

/** What a program is told: all but the profile, which `config show` tells better. */
function told({ profileJson: _, ...held }: Held): object {
  return held
}

function lineOf(held: Held): string {
  const { queueId, ref, state, sender, recipients, note, order } = held
  const what = order && !isOver(state) ? `${order.what} ordered` : state
  const to = recipients.length > 1 ? `${recipients[0]} and ${recipients.length - 1} more` : (recipients[0] ?? '')
  const until = new Date(held.until).toISOString()
  return `${queueId}  ${ref}  ${what.padEnd(16)}${kib(held.bytes).padStart(10)}  until ${until}  ${harmless(`<${sender}> to <${to}>`)}  ${harmless(note)}\n`
}

function orderText({ what, who, at }: HeldOrder): string {
  return `${what} by ${who}, ${new Date(at).toISOString()}`
}

function detailsOf({ host, instance, profileName, intent, at, order, isNotified }: Held): string {
  const lines = [
    ['where', `${host}, ${instance}`],
    ['held since', new Date(at).toISOString()],
    ['profile', profileName],
    ['if not good', intent === 'return' ? 'returned to its sender' : 'an operator decides'],
    ...(order ? [['order', orderText(order)]] : []),
    ...(isNotified ? [['sender', 'was told']] : []),
  ]
  return lines.map(([name = '', value = '']) => `  ${name.padEnd(14)}${harmless(value)}\n`).join('')
}

function kib(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`
}
