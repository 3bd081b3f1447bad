/** `peekaboo doctor`: everything that must fit together on this machine, what does not, and what helps. */
import type { Command } from 'commander'
import type { Config, Problem } from '../../config/index.ts'
import { describeError } from '../../telemetry/index.ts'
import { type CommonOptions, quietLogger, repeated, sparing, withCommonOptions } from '../configured.ts'
import type { Context } from '../context.ts'
import { CommandError, EXIT } from '../exit-code.ts'
import { realListeners } from '../real-address.ts'
import { harmless, jsonLine, type Style } from '../style.ts'
import { type Finding, fail, type State } from './finding.ts'
import type { Check, Ground } from './ground.ts'
import { HOST_CHECKS } from './host-checks.ts'
import { PART_CHECKS } from './part-checks.ts'
import { readPostfix } from './postfix.ts'
import { POSTFIX_CHECKS } from './postfix-checks.ts'

interface DoctorOptions extends CommonOptions {
  readonly json?: boolean
  readonly postfix?: readonly string[]
  readonly timeout: string
}

/** All checks, in the order in which they are told. */
export const CHECKS: readonly Check[] = [...PART_CHECKS, ...HOST_CHECKS, ...POSTFIX_CHECKS]

/** A finding with the check that made it. */
type Told = Finding & { readonly check: string }

/** The exit code of a state: the gravest of all findings counts. */
const CODES: Readonly<Record<State, number>> = { ok: EXIT.OK, warn: 1, fail: 2 }

/** Adds the command. */
export function addDoctor(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('doctor'))
    .summary('does everything on this machine fit together?')
    .description(
      'Checks the filter, its configuration, store, analyzers, permissions and limits, and the settings of every Postfix on this machine, and names what helps. Changes nothing. Run it as root: who may read what is part of the answer.',
    )
    .option('--json', 'one JSON line for each finding')
    .option(
      '-p, --postfix <folder>',
      'configuration folder of a Postfix (default: all that postmulti knows); may be repeated',
      repeated,
    )
    .option('-t, --timeout <seconds>', 'longest time for each answer', '20')
    .addHelpText('after', help())
    .action(async (options: DoctorOptions) => end(await doctor(context, options)))
}

function help(): string {
  const rows = CHECKS.map(({ name, doc }) => `  ${name.padEnd(26)}${doc}`)
  return `
EXAMPLES
  peekaboo doctor
  peekaboo doctor --postfix /etc/postfix-out
  peekaboo doctor --json | jq -r 'select(.state != "ok") | .where + ": " + .remedy'

CHECKS
${rows.join('\n')}

EXIT CODES
  0 all is well   1 warnings: it works, but not as it should   2 failures: mail is put off, passes unseen or is at risk
  64 usage   78 configuration refused`
}

async function doctor(context: Context, options: DoctorOptions): Promise<number> {
  const ground = await groundOf(context, options)
  const told: Told[] = []
  for (const check of CHECKS) {
    const found = await Promise.try(check.look, ground).catch((error: unknown) => [unknown(error)])
    told.push(...found.map((finding) => ({ check: check.name, ...finding })))
  }
  const { stdout } = context.io
  if (options.json) for (const one of told) stdout.write(jsonLine(one))
  else stdout.write(page(told, context.out))
  return Math.max(...told.map(({ state }) => CODES[state]))
}

/** A check that cannot be made is no good news. */
function unknown(error: unknown): Finding {
  return fail('peekaboo doctor', `the check could not be made: ${describeError(error)}`, 'run it as root')
}

async function groundOf(context: Context, options: DoctorOptions): Promise<Ground> {
  const timeoutMs = Number(options.timeout) * 1000
  if (!(timeoutMs > 0 && timeoutMs <= 600_000)) throw new CommandError('--timeout takes 1 to 600 seconds', EXIT.USAGE)
  const { config, files, aside: refused } = sparing(context, options, [])
  const composition = context.compose(without(refused, config), quietLogger(context, options, config.log))
  const run = context.runProgram
  const [real, postfix] = await Promise.all([
    realListeners(config, context.fetch),
    readPostfix(run, options.postfix ?? []),
  ])
  const listeners = real.flatMap(({ listen, address, profile: profileName }) => {
    const profile = composition.profiles.get(profileName)
    const modes = composition.policy.current.modesOf(profileName)
    return profile ? [{ listen, address, profileName, profile, modes }] : []
  })
  return { context, config, files, refused, composition, listeners, postfix, run, timeoutMs }
}

/** The configuration without what is broken in it. */
function without(refused: readonly Problem[], config: Config): Config {
  if (refused.length === 0) return config
  const at = refused.map(({ path }) => path)
  const broken = new Set(at.map((path) => (path[0] === 'analyzers' ? String(path[1]) : '')))
  const analyzers = Object.entries(config.analyzers).filter(([name]) => !broken.has(name))
  const roles = Object.entries(config.roles).map(([role, name]) => [role, broken.has(name) ? 'none' : name])
  const { passwords, ...inspector } = config.inspector
  const arePasswordsRead = !at.some(([first]) => first === 'inspector')
  return {
    ...{ ...config, overrides: [], catalogues: [], language: 'en' },
    analyzers: Object.fromEntries(analyzers),
    roles: Object.fromEntries(roles),
    inspector: { ...inspector, ...(arePasswordsRead && passwords && { passwords }) },
  }
}

function page(told: readonly Told[], style: Style): string {
  const paint = { ok: style.green, warn: style.yellow, fail: style.red }
  const lines = told.map(({ state, check, where, what, remedy }) => {
    const line = `${paint[state](state.padEnd(4))}  ${check}: ${harmless(where)}: ${harmless(what)}`
    return remedy === '' ? line : `${line}\n      → ${harmless(remedy)}`
  })
  const count = (state: State) => told.filter((one) => one.state === state).length
  return `${lines.join('\n')}\n${count('fail')} failures, ${count('warn')} warnings, ${count('ok')} checks are well\n`
}
