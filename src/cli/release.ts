/** `peekaboo release`: does about held messages what the filter decided. A timer runs it as root; it looks into no mail. */
import { join } from 'node:path'
import type { Command } from 'commander'
import {
  DESK_SOCKET,
  type Deed,
  DeskAway,
  DeskClient,
  MailQueue,
  QueueError,
  readHoldKey,
  releaseRound,
  SITE_KEY,
} from '../quarantine/index.ts'
import { type CommonOptions, sparingConfig, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { harmless, jsonLine } from './style.ts'

interface ReleaseOptions extends CommonOptions {
  readonly json?: boolean
}

/** As in sysexits.h. */
const RELEASE_EXIT = { AWAY: 69, NO_POSTFIX: 72, NOT_ROOT: 77 } as const

/** Adds the command. */
export function addRelease(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('release'))
    .summary('take care of quarantined messages once')
    .description(
      'Lets go of held messages that turned out good, returns those that did not, and leaves the others. Runs as root, from a timer.',
    )
    .option('--json', 'one JSON line for each message')
    .addHelpText('after', HELP)
    .action(async (options: ReleaseOptions) => end(await release(context, options)))
}

const HELP = `
EXAMPLES
  systemctl start peekaboo-release      now, with the rights that it needs and no more
  peekaboo release                      the same by hand

EXIT CODES
  0 done, also where there is nothing to do   1 a message could not be taken care of   64 usage
  69 the filter does not answer   72 Postfix's commands or its hold queue are missing   77 not root   78 configuration refused`

async function release(context: Context, options: ReleaseOptions): Promise<number> {
  const { io } = context
  const config = sparingConfig(context, options, [])
  if (io.uid !== 0) {
    const remedy = 'systemctl start peekaboo-release'
    throw new CommandError(`only root may use postsuper: run it as root, or ${remedy}`, RELEASE_EXIT.NOT_ROOT)
  }
  const { host, instances, commands } = config.quarantine
  const key = await keyOf(config.dataDir)
  const desk = new DeskClient(join(config.dataDir, DESK_SOCKET))
  let code: number = EXIT.OK
  for (const [instance, configDir] of Object.entries(instances)) {
    const queue = new MailQueue(configDir, commands)
    const deeds = await releaseRound({ host, instance, key, queue, desk }).catch((error: unknown) => {
      throw explained(error, instance)
    })
    for (const deed of deeds) told(deed, instance, context, options)
    if (deeds.some(({ did }) => did === 'failed')) code = EXIT.ERROR
  }
  return code
}

async function keyOf(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, SITE_KEY)
  return readHoldKey(path).catch((error: unknown) => {
    throw new CommandError(
      `the secret ${path} cannot be read: has the filter ever run here? (${error instanceof Error ? error.message : ''})`,
    )
  })
}

function explained(error: unknown, instance: string): unknown {
  if (error instanceof DeskAway) return new CommandError(error.message, RELEASE_EXIT.AWAY)
  if (error instanceof QueueError) return new CommandError(`${instance}: ${error.message}`, RELEASE_EXIT.NO_POSTFIX)
  return error
}

function told(deed: Deed, instance: string, { io }: Context, options: ReleaseOptions): void {
  const { queueId, ref, did, problem } = deed
  if (options.json) io.stdout.write(jsonLine({ instance, ...deed }))
  else if (problem !== undefined) io.stderr.write(`${queueId} (${ref || 'no ref'}): ${harmless(problem)}\n`)
  else if (did !== 'waits') io.stdout.write(`${queueId} (${ref}): ${did}\n`)
}
