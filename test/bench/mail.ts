/** How long the readers of mails take, each in a process of its own, and mailparser's simpleParser in the same rounds. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { QUIET_COLLECTOR } from '../../src/inspector/command.ts'
import { CLEAN, GROWING, makeMail, WORST } from './mail-corpus.ts'
import { pinned } from './program.ts'
import { type Spread, spread } from './ratios.ts'
import type { Target } from './targets.ts'

type SubjectName = 'union' | 'strict' | 'peer'

/** Milliseconds of the processor for a mail, in each round. */
export interface MailTime {
  readonly mail: string
  readonly subject: SubjectName
  readonly ms: readonly number[]
  /** Attachments that it saw. */
  readonly found: number
}

/** All that was measured of the readers. */
export interface MailFindings {
  readonly times: readonly MailTime[]
  readonly targets: readonly Target[]
  /** Mails in which the union saw less than the peer. */
  readonly losses: readonly string[]
}

const RATIOS: readonly (readonly [mail: string, subject: SubjectName, limit: number])[] = [
  ['text of 4 kB', 'union', 1.3],
  ['file of 2 MB', 'union', 1 / 5],
  ['file of 25 MB', 'union', 1 / 8],
  ['300 files', 'union', 1 / 5],
  ['file of 25 MB', 'strict', 1 / 15],
]
/** How one list of mails is measured. */
interface Effort {
  /** Bytes that one measurement reads at least, so that it takes long enough, and so many mails at most. */
  readonly bytes: number
  readonly mails: number
  /** Rounds before those that count: code that runs often is compiled twice. */
  readonly warming: number
}

const THOROUGH: Effort = { bytes: 40_000_000, mails: 250, warming: 2 }
const GROWTH: Effort = { bytes: 1_000_000, mails: 250, warming: 1 }
/** What is judged by the second needs no more. */
const BRIEF: Effort = { bytes: 1, mails: 1, warming: 1 }
const SHORT: Effort = { bytes: 1, mails: 1, warming: 0 }

/** Measures all mails; the short form takes one round and no file of 25 MB. */
export async function measureMail(
  folder: string,
  rounds: number,
  isShort: boolean,
  progress: (text: string) => void,
): Promise<MailFindings> {
  const place = join(folder, 'mail')
  await mkdir(place, { recursive: true })
  const subjects = (['union', 'strict', 'peer'] as const).map((name) => new Subject(name))
  const times: MailTime[] = []
  const measure = async (list: Parameters<typeof makeMail>[0], effort: Effort, names: readonly SubjectName[]) => {
    for (const mail of Object.keys(list))
      if (!isShort || mail !== 'file of 25 MB') await measureOne(list, mail, effort, names)
  }
  const measureOne = async (
    list: Parameters<typeof makeMail>[0],
    mail: string,
    effort: Effort,
    names: readonly SubjectName[],
  ) => {
    progress(`reading: ${mail}`)
    const file = join(place, `${mail.replaceAll(/\W+/g, '-')}.eml`)
    const bytes = makeMail(list, mail)
    await writeFile(file, bytes)
    const count = Math.min(effort.mails, Math.ceil(effort.bytes / bytes.length))
    const chosen = subjects.filter(({ name }) => names.includes(name))
    const measured = new Map(chosen.map(({ name }) => [name, { ms: [] as number[], found: 0 }]))
    for (let round = -effort.warming; round < rounds; round++)
      for (const subject of chosen) {
        // Of the processor: nobody must pay for other programs on the machine.
        const { found = 0, cpuMs: ms = Number.NaN } = await subject.time(file, count)
        const of = measured.get(subject.name)
        if (of !== undefined && round >= 0) of.ms.push(ms)
        if (of !== undefined) of.found = found
      }
    for (const [subject, { ms, found }] of measured) times.push({ mail, subject, ms, found })
  }
  try {
    await measure(CLEAN, isShort ? SHORT : THOROUGH, ['union', 'strict', 'peer'])
    if (isShort) return { times, targets: [], losses: lossesOf(times) }
    await measure(GROWING, GROWTH, ['union'])
    await measure(WORST, BRIEF, ['union'])
  } finally {
    for (const subject of subjects) subject.stop()
  }
  progress('reading: memory for a file of 25 MB')
  const growth = await growthOf(join(place, 'file-of-25-MB.eml'), join(place, 'text-of-4-kB.eml'))
  return { times, targets: [...judgeTimes(times), growth], losses: lossesOf(times) }
}

function lossesOf(times: readonly MailTime[]): string[] {
  return times.flatMap(({ mail, subject, found }) => {
    const union = times.find((each) => each.mail === mail && each.subject === 'union')?.found ?? 0
    return subject === 'peer' && union < found ? [`${mail}: the union SAW ${union} of ${found} attachments`] : []
  })
}

function judgeTimes(times: readonly MailTime[]): Target[] {
  const of = (mail: string, subject: SubjectName) =>
    times.find((each) => each.mail === mail && each.subject === subject)?.ms ?? []
  const ratio = (above: readonly number[], below: readonly number[], scale = 1) =>
    spread(above.map((ms, n) => (ms / (below[n] ?? Number.NaN)) * scale))
  const ratios = RATIOS.map(([mail, subject, limit]) =>
    target(`${mail}: ${subject} ÷ simpleParser + SHA-256`, limit, ratio(of(mail, subject), of(mail, 'peer'))),
  )
  const growing = [
    target('time per part, 9,999 ÷ 100', 1.5, ratio(of('9,999 parts', 'union'), of('100 parts', 'union'), 100 / 9999)),
    target(
      'time per header line, 100,000 ÷ 1,000',
      1.5,
      ratio(of('100,000 header lines', 'union'), of('1,000 header lines', 'union'), 0.01),
    ),
  ]
  const worst = Object.keys(WORST).map((mail) =>
    target(`a megabyte of ${mail}`, 1000, spread(of(mail, 'union')), 'CPU ms'),
  )
  return [...ratios, ...growing, ...worst]
}

async function growthOf(large: string, small: string): Promise<Target> {
  const subject = new Subject('union')
  try {
    await subject.time(small, 20)
    const size = (await stat(large)).size
    return target('memory for a file of 25 MB ÷ message', 2.2, spread([(await subject.growth(large)) / size]))
  } finally {
    subject.stop()
  }
}

function target(what: string, limit: number, measured: Spread, unit = ''): Target {
  return { what, limit, measured, unit, holds: measured.median <= limit }
}

interface Answer {
  readonly ms?: number
  readonly cpuMs?: number
  readonly found?: number
  readonly growth?: number
}

/** A reader in a process of its own. */
class Subject {
  readonly name: SubjectName
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string>

  constructor(name: SubjectName) {
    this.name = name
    const program = join(import.meta.dirname, 'mail-subject.ts')
    const flags = [...QUIET_COLLECTOR, '--permission', '--allow-fs-read=*', '--disallow-code-generation-from-strings']
    const [file = '', ...args] = pinned('peer', [process.execPath, ...flags, program, name])
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child = child
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  /** Milliseconds that reading the mail takes, and attachments in it. */
  time(file: string, times: number): Promise<Answer> {
    return this.#ask(file, times)
  }

  /** Bytes by which its memory grows while it reads the mail. */
  async growth(file: string): Promise<number> {
    const { growth } = await this.#ask(file, 0)
    return growth ?? Number.NaN
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }

  async #ask(file: string, times: number): Promise<Answer> {
    this.#child.stdin?.write(`${JSON.stringify({ file, times })}\n`)
    const { value, done } = await this.#answers.next()
    if (done === true) throw new Error(`bench: the reader ${this.name} ended at ${file}`)
    return JSON.parse(value)
  }
}
