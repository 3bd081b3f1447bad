// A private Postfix: own configuration, queue, log and data under one temporary directory, own loopback ports, started and
// ended by the test. The system's own Postfix need not
// be configured: nothing of /etc/postfix is read.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { chmod, mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { type ConfigInput, hostname, mainCf, masterCf } from './config.ts'
import { type FragmentName, readFragment } from './fragment.ts'
import { MailLog, type MilterAction, milterActionsIn, type WaitOptions } from './mail-log.ts'
import { makeQueueFolders, type QueuedMessage, readQueue } from './mail-queue.ts'
import { freePorts, isFree } from './ports.ts'
import { oldServersGone, smtpdPids } from './reload.ts'
import { run, runOk } from './run.ts'

/** What a test asks of its Postfix; everything is optional. */
export type PostfixOptions = {
  /** The value of `smtpd_milters`, e.g. `inet:127.0.0.1:4711`. */
  readonly milters?: string
  /** The value of `non_smtpd_milters`: mail by `sendmail` and mail released from hold. */
  readonly nonSmtpdMilters?: string
  /** A fragment of `postfix/` to paste, with `milterPort` in place of 8095. */
  readonly fragment?: FragmentName
  readonly milterPort?: number
  /** Further lines of master.cf, made of the ports that were found for these names. */
  readonly master?: { readonly ports: readonly string[]; readonly text: (ports: Ports) => string }
  /** Further settings of main.cf; they outrank everything else. */
  readonly mainCf?: Readonly<Record<string, string>>
  /** Further SMTP listeners by name, each with its own `-o` settings. */
  readonly listeners?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Where mail goes: dropped as delivered (the default), or to an SMTP server on that loopback port. */
  readonly deliverTo?: 'discard' | { readonly port: number }
  /** Offers STARTTLS with a certificate of its own. */
  readonly tls?: boolean
}

type Ports = Readonly<Record<string, number>>

/** Starts a private Postfix and resolves when it accepts SMTP connections. */
export async function startPostfix(options: PostfixOptions = {}): Promise<PostfixInstance> {
  assertPossible()
  for (let attempt = 1; ; attempt += 1) {
    const instance = await PostfixInstance.create(options)
    const failure = await instance.start()
    if (failure === undefined) return instance
    await instance.stop()
    // Another harness may have drawn the same port between our look and Postfix's bind.
    if (attempt === 5 || !/Address already in use/.test(failure)) throw new Error(`Postfix did not start: ${failure}`)
  }
}

function assertPossible(): void {
  if (process.getuid?.() !== 0) {
    throw new Error('a private Postfix needs root: master(8) changes to the user postfix. Run the tests as root.')
  }
  if (!existsSync('/usr/sbin/postfix')) {
    throw new Error('no /usr/sbin/postfix: apt-get install --no-install-recommends postfix')
  }
}

// Waits on its standard input, which closes when we ask for the end or when we die in whatever way; so no Postfix outlives
// its test. Master takes its services with it; the pid file is the last resort, and only while that pid is still a master.
const guardScript = `
read -r _
postfix=/usr/sbin/postfix
[ -e "$1/queue/pid/master.pid" ] || { rm -rf "$1"; exit 0; }
pid=$(tr -d ' ' <"$1/queue/pid/master.pid")
$postfix -c "$1/etc" stop
[ "$(cat "/proc/$pid/comm" 2>/dev/null)" = master ] && tr '\\0' ' ' <"/proc/$pid/cmdline" | grep -q master &&
  [ "$(readlink "/proc/$pid/cwd")" = "$1/queue" ] && kill -9 -- "-$pid"
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
`

/** One running Postfix. */
export class PostfixInstance {
  /** The port of the first smtpd. */
  readonly port: number
  /** The ports of the further listeners, by name. */
  readonly ports: Readonly<Record<string, number>>
  readonly dir: string
  /** The directory for `-c`. */
  readonly configDir: string
  readonly hostname: string = hostname
  readonly log: MailLog
  readonly #guard: ChildProcess
  #stopping: Promise<void> | undefined

  private constructor(input: Pick<ConfigInput, 'dir' | 'port'>, ports: Readonly<Record<string, number>>) {
    this.dir = input.dir
    this.port = input.port
    this.ports = ports
    this.configDir = join(input.dir, 'etc')
    this.log = new MailLog(join(input.dir, 'maillog'))
    this.#guard = spawn('/bin/sh', ['-c', guardScript, 'guard', input.dir], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    this.#guard.unref()
  }

  /** Writes the files of an instance without starting it. */
  static async create(options: PostfixOptions): Promise<PostfixInstance> {
    const names = [...Object.keys(options.listeners ?? {}), ...(options.master?.ports ?? [])]
    const [port = 0, ...others] = await freePorts(1 + names.length)
    const ports = Object.fromEntries(names.map((name, index) => [name, others[index] ?? 0]))
    const dir = mkdtempSync(join(tmpdir(), 'pkb-postfix-'))
    const instance = new PostfixInstance({ dir, port }, ports)
    try {
      await instance.#writeFiles(options)
    } catch (cause) {
      await instance.stop()
      throw cause
    }
    return instance
  }

  async #writeFiles(options: PostfixOptions): Promise<void> {
    const { dir, port, ports, configDir } = this
    // mkdtemp makes it 0700, and the user postfix must come through.
    await chmod(dir, 0o755)
    for (const folder of ['etc', 'data']) await mkdir(join(dir, folder))
    await makeQueueFolders(join(dir, 'queue'))
    await writeFile(join(dir, 'maillog'), '')
    const certificate = options.tls === true ? await makeCertificate(configDir, hostname) : undefined
    const listeners = Object.entries(options.listeners ?? {}).map(([name, settings]) => ({
      port: ports[name] ?? 0,
      options: settings,
    }))
    const input: ConfigInput = {
      dir,
      port,
      listeners,
      deliverPort: typeof options.deliverTo === 'object' ? options.deliverTo.port : undefined,
      milters: options.milters ?? '',
      nonSmtpdMilters: options.nonSmtpdMilters ?? '',
      certificate,
      fragment: options.fragment === undefined ? '' : readFragment(options.fragment, options.milterPort ?? 8095),
      mainCf: options.mainCf ?? {},
      master: options.master?.text(ports) ?? '',
    }
    await writeFile(join(configDir, 'main.cf'), mainCf(input))
    await writeFile(join(configDir, 'master.cf'), masterCf(input))
    await this.#ageMainCf()
    await runOk('/usr/bin/chown', ['postfix', join(dir, 'data')])
  }

  /** Starts it; returns what was wrong, or undefined when it listens. */
  async start(): Promise<string | undefined> {
    const output = join(this.dir, 'start.out')
    // A file, not a pipe: the daemons inherit it and would keep a pipe open for ever.
    const fd = openSync(output, 'w')
    // Not `postfix start`: its checks of the installation cost over a second, and they look at the system's files.
    const child = spawn('/usr/lib/postfix/sbin/master', ['-c', this.configDir, '-w'], { stdio: ['ignore', fd, fd] })
    closeSync(fd)
    const { promise, resolve } = Promise.withResolvers<number | null>()
    child.on('exit', resolve)
    const status = await promise
    // `master -w` returns when the one in the background has bound all its sockets, or has died of it.
    return status === 0 ? undefined : await this.#whyNotStarted(readFileSync(output, 'utf8'))
  }

  // What master(8) says before postlogd runs goes to the system's logger, where a container has none.
  async #whyNotStarted(output: string): Promise<string> {
    const ports = [this.port, ...Object.values(this.ports)]
    const taken = []
    for (const port of ports) if (!(await isFree(port))) taken.push(`Address already in use: 127.0.0.1:${port}`)
    const check = await run('/usr/sbin/postfix', ['-c', this.configDir, 'check'])
    const reasons = [...taken, output, check.stderr, ...this.log.lines()].filter((line) => line !== '')
    if (reasons.length > 0) return reasons.join('\n')
    return `master(8) says nothing; its main.cf is:\n${readFileSync(join(this.configDir, 'main.cf'), 'utf8')}`
  }

  /** Ends Postfix, waits until it is gone, and removes its files. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#guard.once('exit', () => resolve())
    this.#guard.ref()
    this.#guard.stdin?.end()
    await promise
    await rm(this.dir, { recursive: true, force: true })
  }

  /** Resolves with the first line of the log that matches. */
  waitForLog(pattern: RegExp, options: WaitOptions = {}): Promise<string> {
    return this.log.waitFor(pattern, options)
  }

  /**
   * All lines of the log, including everything that Postfix said before this call: postlogd(8) writes what it gets in
   * order but later, so a line of our own is sent after them and waited for.
   */
  async settledLog(since = 0): Promise<readonly string[]> {
    const marker = `marker-${randomUUID()}`
    await runOk('/usr/sbin/postlog', ['-c', this.configDir, '-t', 'test', marker])
    await this.log.waitFor(new RegExp(marker))
    return this.log.lines(since).filter((line) => !/: marker-[0-9a-f-]{36}$/.test(line))
  }

  /** What the log says that milters made Postfix do. */
  async milterActions(since = 0): Promise<readonly MilterAction[]> {
    return milterActionsIn(await this.settledLog(since))
  }

  /** What the log says that milters refused. */
  async milterRejects(since = 0): Promise<readonly MilterAction[]> {
    return (await this.milterActions(since)).filter((one) => one.action === 'reject')
  }

  /** Everything in the queue. */
  queue(): Promise<readonly QueuedMessage[]> {
    return readQueue(this.configDir)
  }

  /** Everything in the hold queue. */
  async held(): Promise<readonly QueuedMessage[]> {
    return (await this.queue()).filter((one) => one.queue === 'hold')
  }

  /**
   * Resolves with the messages of one queue once there are any: qmgr(8) moves a deferred message a moment after it logged
   * that it is. Each look is a process of its own, so that this takes the time of the queue manager and no turn is busy.
   */
  async waitForQueue(name: QueuedMessage['queue'], deadlineMs = 20_000): Promise<readonly QueuedMessage[]> {
    const late = AbortSignal.timeout(deadlineMs)
    for (;;) {
      const found = (await this.queue()).filter((one) => one.queue === name)
      if (found.length > 0) return found
      if (late.aborted) throw new Error(`nothing came into the queue ${name} in time`)
    }
  }

  /** Releases a held message and has it delivered now. */
  async release(queueId: string): Promise<void> {
    await runOk('/usr/sbin/postsuper', ['-c', this.configDir, '-H', queueId])
    await runOk('/usr/sbin/postqueue', ['-c', this.configDir, '-i', queueId])
  }

  /** Deletes a message from the queue. */
  async remove(queueId: string): Promise<void> {
    await runOk('/usr/sbin/postsuper', ['-c', this.configDir, '-d', queueId])
  }

  /** Has everything that waits delivered now. */
  async flush(): Promise<void> {
    await runOk('/usr/sbin/postqueue', ['-c', this.configDir, '-f'])
  }

  /** Submits a message locally, as `sendmail ARGS <message` does. */
  async sendmail(args: readonly string[], message: Uint8Array): Promise<void> {
    await runOk('/usr/sbin/sendmail', ['-C', this.configDir, ...args], { input: message })
  }

  /** The header and body of a queued message as they lie in the queue file (lines end in LF). */
  postcat(queueId: string): Promise<Buffer> {
    return runOk('/usr/sbin/postcat', ['-c', this.configDir, '-bh', '-q', queueId])
  }

  /** Changes settings of main.cf and resolves when no smtpd runs with the old ones; open SMTP sessions must be closed first. */
  async reconfigure(settings: Readonly<Record<string, string>>): Promise<void> {
    const changes = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
    await runOk('/usr/sbin/postconf', ['-c', this.configDir, '-e', ...changes])
    await this.#ageMainCf()
    const before = smtpdPids(this.#masterPid())
    const since = this.log.mark()
    process.kill(this.#masterPid(), 'SIGHUP')
    await this.waitForLog(/postfix\/master\[\d+\]: reload --/, { since })
    await oldServersGone(before)
  }

  // Every program of Postfix reads main.cf again and again until it is two seconds old, in case somebody still writes it
  // (dict_load_file_xt() in util/dict.c): a file that says it is old saves that.
  async #ageMainCf(): Promise<void> {
    const past = new Date(Date.now() - 60_000)
    await utimes(join(this.configDir, 'main.cf'), past, past)
  }

  /** Whether its master(8) runs. */
  async isRunning(): Promise<boolean> {
    return existsSync(this.configDir) && (await run('/usr/sbin/postfix', ['-c', this.configDir, 'status'])).status === 0
  }

  #masterPid(): number {
    return Number(readFileSync(join(this.dir, 'queue/pid/master.pid'), 'utf8').trim())
  }
}
