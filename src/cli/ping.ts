/** `peekaboo ping`: does the filter answer? Asked as Postfix asks it, and at its health check. */
import type { Command } from 'commander'
import { parseListen } from '../mailfilter/index.ts'
import { MilterClient } from '../milter/testing.ts'
import { describeError } from '../telemetry/index.ts'
import { type CommonOptions, sparingConfig, withCommonOptions } from './configured.ts'
import type { Context } from './context.ts'
import { CommandError, EXIT } from './exit-code.ts'
import { realListeners } from './real-address.ts'
import { harmless } from './style.ts'

interface PingOptions extends CommonOptions {
  readonly listen?: string
  readonly timeout: string
}

/** Adds the command. */
export function addPing(program: Command, context: Context, end: (code: number) => void): void {
  withCommonOptions(program.command('ping'))
    .summary('ask the running filter whether it works')
    .description(
      'Greets the filter at each of its listeners as Postfix does, and asks its health check whether a message would be examined now.',
    )
    .option('-l, --listen <address>', 'ask only there: inet:HOST:PORT or unix:/PATH')
    .option('-t, --timeout <seconds>', 'longest time for each answer', '5')
    .addHelpText('after', HELP)
    .action(async (options: PingOptions) => end(await ping(context, options)))
}

const HELP = `
EXAMPLES
  peekaboo ping
  peekaboo ping --listen inet:127.0.0.1:8095 --timeout 1

EXIT CODES
  0 everything asked works   1 something does not   64 usage   78 configuration refused`

async function ping(context: Context, options: PingOptions): Promise<number> {
  const timeoutMs = Number(options.timeout) * 1000
  if (!(timeoutMs > 0 && timeoutMs <= 600_000)) throw new CommandError('--timeout takes 1 to 600 seconds', EXIT.USAGE)
  const answers: boolean[] = []
  for (const { at, ask } of await targets(context, options, timeoutMs)) {
    const answer = await ask().then(
      (said) => `${context.out.green('works')}  ${at}  ${said}`,
      (error: unknown) => ({ line: `${context.out.red('fails')}  ${at}  ${describeError(error)}` }),
    )
    answers.push(typeof answer === 'string')
    context.io.stdout.write(`${typeof answer === 'string' ? answer : answer.line}\n`)
  }
  return answers.every(Boolean) ? EXIT.OK : EXIT.ERROR
}

interface Target {
  readonly at: string
  /** Resolves with what was answered; rejects with why there was no good answer. */
  readonly ask: () => Promise<string>
}

async function targets(context: Context, options: PingOptions, timeoutMs: number): Promise<readonly Target[]> {
  const { listen } = options
  if (listen !== undefined && !/^(inet:.+:\d{1,5}|unix:\/.+)$/.test(listen)) {
    throw new CommandError(`--listen ${listen} is not inet:HOST:PORT or unix:/PATH`, EXIT.USAGE)
  }
  const config = listen === undefined ? sparingConfig(context, options, []) : undefined
  const real = config ? await realListeners(config, context.fetch) : []
  const milters = listen === undefined ? real.map(({ address }) => address) : [listen]
  const found = milters.map((at) => ({ at, ask: () => askMilter(at, timeoutMs) }))
  if (!config || config.http.listen === 'off') return found
  const url = `http://${config.http.listen}/readyz`
  return [...found, { at: url, ask: () => askHttp(url, timeoutMs, context) }]
}

export async function askMilter(at: string, timeoutMs: number): Promise<string> {
  const address = parseListen(at)
  if ('fd' in address) throw new Error('a descriptor cannot be asked')
  const connecting = MilterClient.connect(address, { timeoutMs })
  const client = await within(connecting, timeoutMs).catch((error: unknown) => {
    connecting.then((late) => late.destroy()).catch(() => undefined)
    throw new Error('no connection: is the filter running?', { cause: error })
  })
  try {
    const agreed = await within(client.negotiate(), timeoutMs)
    if (!agreed) throw new Error('the connection was closed instead of an answer')
    await client.quit()
    return `milter protocol version ${agreed.version}`
  } finally {
    client.destroy()
  }
}

export async function askHttp(url: string, timeoutMs: number, { fetch }: Context): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
  const body = (await response.text()).trim()
  if (response.ok) return brakeIn(body) ?? 'a message would be examined now'
  throw new Error(`HTTP ${response.status}: ${body}`)
}

/** That the brake is on, which no check finds wrong: not everything is examined then. */
function brakeIn(body: string): string | undefined {
  try {
    const { brake } = JSON.parse(body) as { readonly brake?: unknown }
    return typeof brake === 'string' && brake !== 'off' ? harmless(brake) : undefined
  } catch {
    return undefined
  }
}

/** The promise, or an error when it takes longer. */
async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
