// The clamd driver and `clamdscan --fdpass`, over the same files at the same clamd in the same run. 50 scans are asked for at a time; the
// peer asks one after the other, and spares clamd the reading of a stream: it hands over open files.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Submission } from '../../src/analyzers/analyzer.ts'
import { ClamavAnalyzer } from '../../src/analyzers/clamav/clamav.ts'
import { clamavOptions } from '../../src/analyzers/clamav/options.ts'
import { testStrings } from '../../src/analyzers/test-strings.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { RealClamd } from '../analyzers/real-clamd.ts'
import { analyse } from '../analyzers/submission.ts'
import { spread } from './ratios.ts'
import type { Target } from './targets.ts'

const AT_ONCE = 50
const FILES = 1000
const FEW_FILES = 60
/**
 * So many times longer than the peer's the scans may take. It keeps one session and hands over open files; the driver has a session for each
 * scan, so that no answer can be another's, and streams, as nothing that was extracted is a file: 1.6 to 3.5 on a busy machine.
 */
const LIMIT = 4

/** What the scans took, and which files nobody found anything in. */
export interface AnalyzersFindings {
  readonly targets: readonly Target[]
  readonly losses: readonly string[]
}

/** Measures so many rounds; in each, the peer and ours, in turn first. */
export async function measureAnalyzers(folder: string, rounds: number, short: boolean): Promise<AnalyzersFindings> {
  const ends: (() => Promise<void>)[] = []
  try {
    const clamd = await RealClamd.start({ after: (end) => ends.push(end) })
    const options = clamavOptions.parse({ type: 'clamav', socket: clamd.socket, concurrency: AT_ONCE })
    const analyzer = new ClamavAnalyzer('av', options, { clock: systemClock, onEvent: () => undefined })
    ends.unshift(() => analyzer.stop())
    await analyzer.start()
    const files = await writeFiles(folder, short ? FEW_FILES : FILES)
    const peer = () => scanByPeer(clamd, files)
    const ours = () => scanAll(analyzer, files)
    const times: { readonly ours: Timed; readonly peer: Timed }[] = []
    for (let round = 0; round < rounds; round++) {
      if (round % 2 === 0) times.push({ ours: await timed(ours), peer: await timed(peer) })
      else times.push(reversed(await timed(peer), await timed(ours)))
    }
    const measured = spread(times.map((time) => time.ours.ms / time.peer.ms))
    const what = `time of ${files.length} scans by the driver, ${AT_ONCE} at a time ÷ by clamdscan --fdpass`
    const target = { what, limit: LIMIT, measured, unit: '', holds: measured.median <= LIMIT }
    const found = times.flatMap((time) => [time.ours.found, time.peer.found])
    const losses = found
      .filter((count) => count !== files.length)
      .map((count) => `EICAR in ${count} of ${files.length}`)
    return { targets: [target], losses }
  } finally {
    for (const end of ends) await end()
  }
}

interface Timed {
  readonly ms: number
  readonly found: number
}

function reversed(peer: Timed, ours: Timed) {
  return { ours, peer }
}

async function timed(scan: () => Promise<number>): Promise<Timed> {
  const begun = performance.now()
  const found = await scan()
  return { ms: performance.now() - begun, found }
}

interface File {
  readonly path: string
  readonly one: Submission
}

/** Each another: nobody scans the same bytes twice. */
async function writeFiles(folder: string, count: number): Promise<readonly File[]> {
  const place = join(folder, 'eicar')
  await mkdir(place, { mode: 0o755 })
  const files: File[] = []
  for (let n = 0; n < count; n++) {
    const content = Buffer.from(`${testStrings.bad}\n${n}\n`)
    const path = join(place, String(n))
    await writeFile(path, content)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const what = { sha256, size: content.length, fileName: sha256, type: 'text/plain', marker: sha256.slice(0, 16) }
    files.push({ path, one: { ...what, bytes: () => createReadStream(path) } })
  }
  return files
}

/** In how many the driver found something. */
async function scanAll(analyzer: ClamavAnalyzer, files: readonly File[]): Promise<number> {
  const left = files.values()
  let found = 0
  const scanLeft = async () => {
    for (const { one } of left) {
      const end = await analyse(analyzer, one)
      if (end.state === 'reported' && (end.report.score ?? 0) > 0) found += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, scanLeft))
  return found
}

/** In how many the peer found something; it ends with 1 where that is any. */
async function scanByPeer(clamd: RealClamd, files: readonly File[]): Promise<number> {
  const config = join(clamd.folder, 'clamd.conf')
  const list = join(clamd.folder, 'list')
  await writeFile(list, files.map(({ path }) => `${path}\n`).join(''))
  const args = ['--fdpass', '--no-summary', `--config-file=${config}`, `--file-list=${list}`]
  return new Promise((resolve, reject) => {
    execFile('/usr/bin/clamdscan', args, { maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      if (error && error.code !== 1) reject(new Error(`clamdscan: ${stderr}`, { cause: error }))
      else resolve(stdout.split('\n').filter((line) => line.endsWith(' FOUND')).length)
    })
  })
}
