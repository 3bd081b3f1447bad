/** `peekaboo brake on|off|status`: the emergency brake, on all nodes within seconds, for a while. */
import { type Command, Option } from 'commander'
import { BRAKE_MODES, type Brake, type BrakeMode, describeSwitch } from '../store/index.ts'
import { type CommonOptions, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { EXIT } from './exit-code.ts'
import { type Blame, blameOf, lastsOf } from './operator-options.ts'
import { withStore } from './store.ts'
import { harmless, jsonLine } from './style.ts'

interface BrakeOptions extends CommonOptions {
  readonly json?: boolean
}

interface OnOptions extends BrakeOptions, Blame {
  readonly mode: BrakeMode
  readonly for: string
}

/** Adds the command with its parts. */
export function addBrake(program: Command, context: Context, end: (code: number) => void): void {
  const brake = program
    .command('brake')
    .summary('in an emergency: let mail through, or stop all of it, for a while')
    .description('The emergency brake. It counts on all nodes that share the store within seconds and ends by itself.')
    .addHelpText('after', HELP)
  const add = (name: string, description: string) =>
    withCommonOptions(brake.command(name))
      .description(description)
      .option('--json', 'one JSON line')
      .addHelpText('after', EXITS)
  add('on', 'Puts the brake on, in the place of one that is on.')
    .addOption(new Option('--mode <mode>', 'what happens to mail').choices(BRAKE_MODES).makeOptionMandatory())
    .requiredOption('--for <duration>', 'how long, such as 30m or 2h; at most 30d')
    .requiredOption('--reason <text>', 'why; it is told in the log, and in why')
    .option('--by <who>', 'who decided (default: the user that runs this)')
    .addHelpText('after', MODES)
    .action(async (options: OnOptions) => end(await on(context, options)))
  add('off', 'Takes the brake off. That it was not on is no error.').action(async (options: BrakeOptions) =>
    end(await off(context, options)),
  )
  add('status', 'Says whether the brake is on, until when, who did it and why.').action(async (options: BrakeOptions) =>
    end(await status(context, options)),
  )
}

const EXITS = `
EXIT CODES
  0 done   1 the store cannot be used   64 usage   78 configuration refused`

const MODES = `
MODES
  Mail of listeners whose profile has mode: monitor is never touched. For all other mail:
  monitor       accepted at once, with the header X-Peekaboo: verdict=unchecked; brake=monitor; examined afterwards
                for the log. Everything is delivered, bad mail too.
  accept-known  attachments that would wait for an analysis are taken for harmless where the same bytes were judged good
                or ignored in an earlier message of the same profile, nothing kept speaks against them, and the rules do
                not call them bad now. All others are judged as ever; what is bad is refused.
  tempfail      451 for all of it at once; nothing is read. Senders come again.`

const HELP = `${MODES}

EXAMPLES
  The sandboxes are down and mail piles up at its senders:
    peekaboo brake on --mode accept-known --for 2h --reason "CAPE is being repaired"
  The filter refuses what it should not:
    peekaboo brake on --mode monitor --for 30m --reason "false alarms since the update"
  Nothing may come in:
    peekaboo brake on --mode tempfail --for 15m --reason "outbreak"
  peekaboo brake status
  peekaboo brake off
${EXITS}`

async function on(context: Context, options: OnOptions): Promise<number> {
  const lastsMs = lastsOf(options.for)
  const draft = { kind: 'brake', name: '', mode: options.mode, ...blameOf(options, context.io) } as const
  const made = await withStore(context, options, (store) => store.setSwitch(draft, lastsMs))
  const text = `${harmless(describeSwitch(made))}\non all nodes within seconds; "peekaboo brake off" ends it before\n`
  context.io.stdout.write(options.json ? jsonLine(made) : text)
  return EXIT.OK
}

async function off(context: Context, options: BrakeOptions): Promise<number> {
  const wasOn = await withStore(context, options, (store) => store.removeSwitch('brake', ''))
  const text = wasOn ? 'the brake is off: on all nodes within seconds\n' : 'the brake was not on\n'
  context.io.stdout.write(options.json ? jsonLine({ wasOn }) : text)
  return EXIT.OK
}

async function status(context: Context, options: BrakeOptions): Promise<number> {
  const { switches, now } = await withStore(context, options, (store) => store.switches())
  const brake = switches.find((one): one is Brake => one.kind === 'brake' && one.until > now)
  const text = brake ? `${harmless(describeSwitch(brake))}\n` : 'the brake is off\n'
  context.io.stdout.write(options.json ? jsonLine({ brake: brake ?? null }) : text)
  return EXIT.OK
}
