// The detection of types and `file`, over the same files in the same run. Also runs alone: node test/bench/types.ts [ROUNDS]
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSampler, detectContent } from '../../src/facts/type/index.ts'
import { allSamples } from '../facts/type/samples/index.ts'
import { spread } from './ratios.ts'
import type { Target } from './targets.ts'

/** So many times cheaper than `file` the detection has to be. */
const TIMES_CHEAPER = 20
const FILES = 1000
const CHUNK = 65_536
/** Passes until the code is compiled: the time of a pass falls for so long. An inspector process lives for some thousand samples. */
const WARMING = 40

/** Processor time of one pass over all files, in milliseconds. */
export interface TypesRound {
  readonly files: number
  readonly bytes: number
  /** The first pass of this process: code that nobody has run yet. */
  readonly cold: number
  readonly warm: number
  readonly peer: number
}

/** Measures so many rounds; in each, the peer and a pass of ours. */
export function measureTypes(folder: string, rounds: number, files = FILES): readonly TypesRound[] {
  const { list, bytes } = writeFiles(folder, files)
  // As in an inspector process, the bytes are in memory already.
  const contents = list.map((path) => readFileSync(path))
  const cold = passOf(contents)
  for (let n = 0; n < WARMING; n++) passOf(contents)
  return Array.from({ length: rounds }, () => {
    const peer = peerOf(folder, list)
    return { files, bytes, cold, warm: passOf(contents), peer }
  })
}

/** Whether the promise holds: the median over the rounds. */
export function judgeTypes(rounds: readonly TypesRound[]): Target {
  const measured = spread(rounds.map(({ warm, peer }) => peer / warm))
  const what = `CPU of file --mime ÷ CPU of the detection of types, ${rounds[0]?.files} files (at least)`
  return { what, limit: TIMES_CHEAPER, measured, unit: '', holds: measured.median >= TIMES_CHEAPER }
}

/** The samples of all types, in turn, until there are enough of them. */
function writeFiles(folder: string, files: number): { readonly list: readonly string[]; readonly bytes: number } {
  const contents = allSamples().flatMap(({ genuine }) => genuine)
  const chosen = Array.from({ length: files }, (_, n) => contents[(n * 7) % contents.length] ?? Buffer.alloc(0))
  const list = chosen.map((content, n) => {
    const path = join(folder, `sample-${n}`)
    writeFileSync(path, content)
    return path
  })
  return { list, bytes: chosen.reduce((sum, { length }) => sum + length, 0) }
}

function passOf(contents: readonly Buffer[]): number {
  const before = process.cpuUsage()
  for (const content of contents) {
    const sampler = createSampler()
    for (let at = 0; at < content.length; at += CHUNK) sampler.write(content.subarray(at, at + CHUNK))
    detectContent(sampler.end())
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** The shell's `times` tells what its children took. */
function peerOf(folder: string, list: readonly string[]): number {
  const names = join(folder, 'list')
  writeFileSync(names, `${list.join('\n')}\n`)
  const script = 'file --brief --mime --no-buffer --files-from "$0" > /dev/null; times'
  const told = execFileSync('sh', ['-c', script, names], { encoding: 'utf8' })
  const [user = 0, system = 0] = (told.split('\n')[1] ?? '').split(' ').map(milliseconds)
  return user + system
}

function milliseconds(text: string): number {
  const [, minutes = '0', seconds = '0'] = /(\d+)m([\d.]+)s/.exec(text) ?? []
  return (Number(minutes) * 60 + Number(seconds)) * 1000
}

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-bench-'))
  try {
    const rounds = measureTypes(folder, Number(process.argv[2] ?? 5))
    console.table(rounds.map((round) => ({ ...round, times: round.peer / round.warm })))
    console.log(judgeTypes(rounds))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
