// npm run bench: the filter and its peers under the same load in the same run, as ratios. See options.ts for the command line.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureAnalyzers } from './analyzers.ts'
import { measureArchives } from './archive.ts'
import { type Built, build } from './build.ts'
import { type Corpus, writeCorpus } from './corpus.ts'
import { type HeldPlan, type HeldResult, measureHeld } from './held.ts'
import { lossesOf, miscountOf } from './losses.ts'
import { type MailFindings, measureMail } from './mail.ts'
import { type Measurement, measureAll, type Sent } from './measure.ts'
import { type Options, readOptions } from './options.ts'
import { type Peer, type PeerName, startNamed } from './peers.ts'
import { pinSelf } from './program.ts'
import { type Findings, reportText } from './report.ts'
import { measureRules } from './rules.ts'
import { measureStore } from './store.ts'
import { judge } from './targets.ts'
import { judgeTypes, measureTypes } from './types.ts'

const peersOf: Readonly<Record<'protocol' | 'pipeline' | 'all', readonly PeerName[]>> = {
  protocol: ['null', 'null-nr', 'protocol'],
  pipeline: ['sha256', 'python', 'filter'],
  all: ['null', 'null-nr', 'sha256', 'python', 'protocol', 'filter'],
}

/** Where things lie, and how progress is told. */
interface Ground {
  readonly folder: string
  readonly built: Built
  readonly options: Options
  readonly progress: (text: string) => void
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  const folder = await mkdtemp(join(tmpdir(), 'peekaboo-bench-'))
  try {
    pinSelf()
    progress('compiling')
    const findings = await findingsOf(folder, options)
    progress('')
    process.stdout.write(options.json ? `${JSON.stringify(findings)}\n` : `${reportText(findings)}\n`)
    return findings.losses.length === 0 ? 0 : 1
  } finally {
    if (options.keep) process.stderr.write(`bench: kept ${folder}\n`)
    else await rm(folder, { recursive: true, force: true })
  }
}

async function findingsOf(folder: string, options: Options): Promise<Findings> {
  if (options.only === 'mail') return mailOf(folder, options)
  if (options.only === 'rules') return rulesOf(options)
  if (options.only === 'archive') return archivesOf(folder, options)
  if (options.only === 'store') return storesOf(folder, options)
  if (options.only === 'analyzers') return analyzersOf(folder, options)
  return options.only === 'types' ? typesOf(folder, options) : allOf(folder, options)
}

function typesOf(folder: string, options: Options): Findings {
  progress('telling types')
  const rounds = measureTypes(folder, options.rounds)
  return { measurements: [], held: [], mail: [], targets: [judgeTypes(rounds)], losses: [] }
}

async function archivesOf(folder: string, options: Options): Promise<Findings> {
  progress('opening archives')
  const targets = await measureArchives(folder, options.rounds, options.short)
  return { measurements: [], held: [], mail: [], targets, losses: [] }
}

async function storesOf(folder: string, options: Options): Promise<Findings> {
  const targets = await measureStore(folder, options.rounds, options.short, progress)
  return { measurements: [], held: [], mail: [], targets, losses: [] }
}

async function analyzersOf(folder: string, options: Options): Promise<Findings> {
  progress('scanning files')
  const found = await measureAnalyzers(folder, options.rounds, options.short)
  return { measurements: [], held: [], mail: [], ...found }
}

function rulesOf(options: Options): Findings {
  progress('asking rules')
  return { measurements: [], held: [], mail: [], ...measureRules(options.rounds, options.short) }
}

async function allOf(folder: string, options: Options): Promise<Findings> {
  const ground = { folder, built: await build(folder), options, progress }
  const speed = options.only === 'held' ? { measurements: [], losses: [] } : await speedOf(ground)
  const held = options.only === 'pipeline' ? [] : await heldOf(ground)
  const findings = { ...speed, held, mail: [], targets: judge(speed.measurements, held) }
  if (options.only !== undefined) return findings
  const mail = await mailOf(folder, options)
  const archives = await archivesOf(folder, options)
  const stores = await storesOf(folder, options)
  const analyzers = await analyzersOf(folder, options)
  return {
    ...findings,
    mail: mail.mail,
    targets: [
      ...findings.targets,
      ...mail.targets,
      ...typesOf(folder, options).targets,
      ...rulesOf(options).targets,
      ...archives.targets,
      ...stores.targets,
      ...analyzers.targets,
    ],
    losses: [...findings.losses, ...mail.losses, ...analyzers.losses],
  }
}

async function mailOf(folder: string, options: Options): Promise<Findings> {
  progress('reading mails')
  const found: MailFindings = await measureMail(folder, options.rounds, options.short, progress)
  return { measurements: [], held: [], mail: found.times, targets: found.targets, losses: found.losses }
}

async function speedOf({
  folder,
  built,
  options,
  progress,
}: Ground): Promise<Pick<Findings, 'measurements' | 'losses'>> {
  progress('generating mails')
  const corpus = await writeCorpus(folder, 'day')
  const peers: Peer[] = []
  let outputs: readonly string[] = []
  let measurements: Measurement[] = []
  const sent: Sent = new Map()
  try {
    for (const name of peersOf[options.only === 'protocol' || options.only === 'pipeline' ? options.only : 'all']) {
      progress(`starting ${name}`)
      peers.push(await startNamed(name, built, folder))
    }
    measurements = await measureAll(built.load, peers, corpus, options, sent, progress)
  } finally {
    outputs = await Promise.all(peers.map((peer) => peer.stop()))
  }
  const losses = peers.flatMap((peer, n) => {
    const passes = sent.get(peer.name) ?? 0
    const all = { messages: passes * corpus.files.length, attachments: passes * corpus.attachments }
    return miscountOf(peer.name, outputs[n] ?? '', all)
  })
  return { measurements, losses: [...lossesOf(measurements), ...losses] }
}

async function heldOf(ground: Ground): Promise<HeldResult[]> {
  const { folder, options, progress } = ground
  const subjects: PeerName[] =
    options.only === 'protocol' ? ['protocol-holding'] : ['protocol-holding', 'filter-holding']
  const warm = await writeCorpus(folder, 'text4k')
  const small = await writeCorpus(folder, 'held4k', options.short ? 50 : 1000)
  const rounds = options.rounds
  const plans: HeldPlan[] = [{ corpus: small, count: small.files.length, rate: 100, limitBytesEach: 30_000, rounds }]
  if (!options.short)
    plans.push({
      ...{ corpus: await writeCorpus(folder, 'att25m'), count: 100, rate: 10, limitBytesEach: 1_000_000 },
      rounds: 1,
    })
  const results: HeldResult[] = []
  for (const plan of plans) {
    for (let round = 0; round < plan.rounds; round++) {
      for (const subject of subjects) {
        progress(`${subject}: holding ${plan.count} of ${plan.corpus.name}, round ${round + 1} of ${plan.rounds}`)
        results.push(await heldBy(subject, ground, warm, plan))
      }
    }
  }
  return results
}

async function heldBy(subject: PeerName, { built, folder }: Ground, warm: Corpus, plan: HeldPlan): Promise<HeldResult> {
  const peer = await startNamed(subject, built, folder)
  try {
    return await measureHeld(built.load, peer, warm, plan)
  } finally {
    await peer.stop()
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

process.exitCode = await main()
