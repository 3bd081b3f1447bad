/** Debian's clamd in a folder of its own, with signatures of our own: the EICAR test file and a harmless marker that only it knows. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { testStrings } from '../../src/analyzers/test-strings.ts'

/** What no rule of ours knows and this clamd finds. */
export const MARKER = `${'only-clamd-'}${'knows-this-marker'}`
export const MARKER_SIGNATURE = 'Test.Marker.Peekaboo-1-0.UNOFFICIAL'

const DEADLINE_MS = 20_000

export interface ClamdSettings {
  /** Further lines of clamd.conf. */
  readonly conf?: readonly string[]
  /** Whether it tells when a limit is reached (default yes). */
  readonly alertExceedsMax?: boolean
  /** Names and texts that are signatures; EICAR and the marker by default. */
  readonly signatures?: Readonly<Record<string, string>>
}

const SIGNATURES = { 'Test.File.Eicar-1-0': testStrings.bad, 'Test.Marker.Peekaboo-1-0': MARKER }

/** Whoever it ends with: a test, or a benchmark. */
export interface Ending {
  after(end: () => Promise<void>): void
}

/** A clamd that the test can end and start again; it goes with the test. */
export class RealClamd {
  readonly folder: string
  #child: ChildProcess | undefined

  private constructor(folder: string) {
    this.folder = folder
  }

  static async start(
    t: Ending,
    { conf = [], signatures = SIGNATURES, alertExceedsMax = true }: ClamdSettings = {},
  ): Promise<RealClamd> {
    const folder = await mkdtemp(join(tmpdir(), 'peekaboo-clamd-'))
    const clamd = new RealClamd(folder)
    t.after(async () => {
      await clamd.stop()
      await rm(folder, { recursive: true, force: true })
    })
    await chmod(folder, 0o755)
    await mkdir(join(folder, 'db'))
    await writeFile(join(folder, 'db', 'own.ndb'), Object.entries(signatures).map(signatureLine).join(''))
    const lines = [
      `DatabaseDirectory ${folder}/db`,
      `LocalSocket ${clamd.socket}`,
      `TemporaryDirectory ${folder}`,
      'Foreground yes',
      `AlertExceedsMax ${alertExceedsMax ? 'yes' : 'no'}`,
      'MaxThreads 4',
      'SelfCheck 0',
      ...conf,
    ]
    await writeFile(join(folder, 'clamd.conf'), `${lines.join('\n')}\n`)
    await clamd.begin()
    return clamd
  }

  get socket(): string {
    return join(this.folder, 'clamd.sock')
  }

  /** Starts it (again); resolves when it listens. */
  async begin(): Promise<void> {
    const child = spawn('/usr/sbin/clamd', ['-c', join(this.folder, 'clamd.conf')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let output = ''
    const listening = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`clamd did not start:\n${output}`)), DEADLINE_MS)
      timer.unref()
      child.on('close', () => reject(new Error(`clamd ended:\n${output}`)))
      createInterface(child.stdout).on('line', (line) => {
        output += `${line}\n`
        if (line.startsWith('Self checking')) resolve()
      })
      child.stderr.on('data', (data: Buffer) => {
        output += data
      })
    })
    await listening
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'close')
    child.kill(signal)
    await ended
  }

  /** Keeps it from working, as a machine without memory does; ends with `stop`. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  /** Adds a signature and has it loaded; resolves when the reload was begun. */
  async learn(name: string, text: string): Promise<void> {
    await appendFile(join(this.folder, 'db', 'own.ndb'), signatureLine([name, text]))
    await this.command('RELOAD')
  }

  /** What it says to one command. */
  command(word: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = ''
      const socket = connect(this.socket, () => socket.write(`z${word}\0`))
      socket.on('data', (data) => {
        said += data
      })
      socket.on('error', reject)
      socket.on('close', () => resolve(said))
    })
  }
}

/** A signature of the body anywhere in any file, as docs.clamav.net describes the format .ndb. */
function signatureLine([name, text]: readonly [string, string]): string {
  return `${name}:0:*:${Buffer.from(text, 'latin1').toString('hex')}\n`
}
