/** `peekaboo rule disable|enable|list-disabled`: a rule that does harm, not asked for a while, on all nodes within seconds. */
import type { Command } from 'commander'
import { nearest } from '../core/index.ts'
import type { Ruleset } from '../rules/index.ts'
import { type DisabledRule, describeSwitch } from '../store/index.ts'
import { type CommonOptions, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { type Blame, blameOf, lastsOf } from './operator-options.ts'
import { withStore } from './store.ts'
import { harmless, jsonLine } from './style.ts'

interface RuleOptions extends CommonOptions {
  readonly json?: boolean
}

interface DisableOptions extends RuleOptions, Blame {
  readonly for: string
  readonly any?: boolean
}

/** Adds the command with its parts. */
export function addRule(program: Command, context: Context, end: (code: number) => void): void {
  const rule = program
    .command('rule')
    .summary('disable a rule for a while')
    .description(
      'Disables rules for a while, on all nodes that share the store. A disabled rule yields nothing; those behind it are asked.',
    )
    .addHelpText('after', HELP)
  const add = (name: string, description: string) =>
    withCommonOptions(rule.command(name))
      .description(description)
      .option('--json', 'one JSON line each')
      .addHelpText('after', EXITS)
  add('disable', 'Disables a rule. Messages that begin from then on are judged without it.')
    .argument('<id>', 'id of the rule, as why and "peekaboo rules list" tell it')
    .requiredOption('--for <duration>', 'how long, such as 30m or 2h; at most 30d')
    .requiredOption('--reason <text>', 'why; it is told in the log, in why and in scan --explain')
    .option('--by <who>', 'who decided (default: the user that runs this)')
    .option('--any', 'also where the configuration of this node has no such rule')
    .action(async (id: string, options: DisableOptions) => end(await disable(id, context, options)))
  add('enable', 'Has a disabled rule asked again.')
    .argument('<id>', 'id of the rule')
    .action(async (id: string, options: RuleOptions) => end(await enable(id, context, options)))
  add('list-disabled', 'Lists the rules that are disabled now.').action(async (options: RuleOptions) =>
    end(await list(context, options)),
  )
}

const EXITS = `
EXIT CODES
  0 done   1 there is no such rule, it was not disabled, or the store cannot be used   64 usage   78 configuration refused`

const HELP = `
EXAMPLES
  peekaboo rule disable office-macro-autoexec --for 2h --reason "refuses the new payroll form"
  peekaboo rule list-disabled
  peekaboo rule enable office-macro-autoexec
  For good: off: [office-macro-autoexec] in a file of rules.dirs, then "systemctl reload".
${EXITS}`

async function disable(id: string, context: Context, options: DisableOptions): Promise<number> {
  const lastsMs = lastsOf(options.for)
  const draft = { kind: 'rule', name: id, mode: 'off', ...blameOf(options, context.io) } as const
  const made = await withStore(context, options, async (store, config) => {
    if (!options.any) requireRule(id, context.loadRules(config))
    return store.setSwitch(draft, lastsMs)
  })
  context.io.stdout.write(
    options.json ? jsonLine(made) : `${harmless(describeSwitch(made))}\non all nodes within seconds\n`,
  )
  return EXIT.OK
}

function requireRule(id: string, { rules, off }: Ruleset): void {
  if (rules.some((rule) => rule.id === id)) return
  if (off.some((rule) => rule.id === id))
    throw new CommandError(`the rule ${harmless(id)} is switched off by the configuration already`)
  const meant = nearest(
    id,
    rules.map((rule) => rule.id),
  )
  const hint = meant === undefined ? '"peekaboo rules list" tells all' : `is it ${meant}?`
  throw new CommandError(`there is no rule ${harmless(id)}: ${hint} (--any where only other nodes have it)`)
}

async function enable(id: string, context: Context, options: RuleOptions): Promise<number> {
  const wasDisabled = await withStore(context, options, (store) => store.removeSwitch('rule', id))
  if (!wasDisabled)
    throw new CommandError(`the rule ${harmless(id)} was not disabled: see "peekaboo rule list-disabled"`)
  const text = `rule ${harmless(id)} enabled: on all nodes within seconds\n`
  context.io.stdout.write(options.json ? jsonLine({ enabled: id }) : text)
  return EXIT.OK
}

async function list(context: Context, options: RuleOptions): Promise<number> {
  const { switches, now } = await withStore(context, options, (store) => store.switches())
  const live = switches.filter((one): one is DisabledRule => one.kind === 'rule' && one.until > now)
  const lines = live.map((one) => (options.json ? jsonLine(one) : `${harmless(describeSwitch(one))}\n`))
  context.io.stdout.write(lines.join('') || (options.json ? '' : 'no rule is disabled\n'))
  return EXIT.OK
}
