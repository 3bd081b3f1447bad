// The opening of containers, beside 7-Zip over the same archives in the same run. Also runs alone: node test/bench/archive.ts [ROUNDS]
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeZip } from '../archive/make-zip.ts'
import { open } from '../archive/rig.ts'
import { inWorkshop, prose } from '../archive/tools.ts'
import { writeBombs } from './archive-bombs.ts'
import { writeArchives } from './archive-corpus.ts'
import { spread } from './ratios.ts'
import type { Target } from './targets.ts'

/** So many times as dear as 7-Zip the opening may be. */
const TIMES_DEARER = 3
/** So many times as dear a member of many may be as one of few. */
const TIMES_STEEPER = 2
/** Memory of a parser process. */
const MEMORY_MIB = 700
const MEMBERS = [10, 100, 1000, 10_000]
const UNLIMITED = { members: 20_000, cpuMs: 60_000 }

/** Measures so many rounds; a short run takes a tenth of the archives and of the members. */
export async function measureArchives(folder: string, rounds: number, isShort: boolean): Promise<readonly Target[]> {
  const archives = writeArchives(folder, isShort ? 0.1 : 1)
  // As in an inspector process, the bytes are in memory already.
  const contents = archives.map((path) => readFileSync(path))
  await passOf(contents)
  const ratios: number[] = []
  for (let n = 0; n < rounds; n++) {
    const peer = peerOf(folder, archives)
    ratios.push((await passOf(contents)) / peer)
  }
  const what = `CPU of opening ÷ CPU of 7z l -slt and 7z e -so, ${archives.length} archives`
  const counts = isShort ? MEMBERS.slice(0, 3) : MEMBERS
  return [
    atMost(what, TIMES_DEARER, ratios, ''),
    ...(await steepness(counts, rounds)),
    ...(isShort ? [] : [atMost('memory of a process that opens bombs', MEMORY_MIB, [await bombsMib(folder)], 'MiB')]),
  ]
}

function atMost(what: string, limit: number, values: readonly number[], unit: string): Target {
  const measured = spread(values)
  return { what: `${what} (at most)`, limit, measured, unit, holds: measured.median <= limit }
}

/** Opens each once, and looks at every byte; returns milliseconds. */
async function passOf(contents: readonly Buffer[]): Promise<number> {
  return cpuOf(async () => {
    for (const content of contents) {
      const { limit, nodes } = await open(content, { limits: UNLIMITED })
      if (limit !== '' || nodes.length === 0) throw new Error(`an archive was not opened: ${limit}`)
    }
  })
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** The shell's `times` tells what its children took. */
function peerOf(folder: string, archives: readonly string[]): number {
  const list = join(folder, 'archives')
  writeFileSync(list, `${archives.join('\n')}\n`)
  const each = '7zz l -slt "$file" > /dev/null; 7zz e -so "$file" > /dev/null 2>&1'
  const told = execFileSync('sh', ['-c', `while read -r file; do ${each}; done < "$0"; times`, list], {
    encoding: 'utf8',
  })
  const [user = 0, system = 0] = (told.split('\n')[1] ?? '').split(' ').map(milliseconds)
  return user + system
}

function milliseconds(text: string): number {
  const [, minutes = '0', seconds = '0'] = /(\d+)m([\d.]+)s/.exec(text) ?? []
  return (Number(minutes) * 60 + Number(seconds)) * 1000
}

/** What a member of very many costs, for each of many. */
async function steepness(counts: readonly number[], rounds: number): Promise<readonly Target[]> {
  const [many = 0, most = 0] = counts.slice(-2)
  const targets: Target[] = []
  for (const [format, make] of Object.entries(MANY)) {
    const archives = await Promise.all(counts.map(make))
    for (const content of archives) await passOf([content])
    const ratios: number[] = []
    for (let n = 0; n < rounds; n++) {
      const each: number[] = []
      for (const [i, content] of archives.entries()) each.push((await passOf([content])) / (counts[i] ?? 1))
      const [small = 1, large = 1] = each.slice(-2)
      ratios.push(large / small)
    }
    targets.push(atMost(`CPU of a member of ${most} ÷ of ${many}, ${format}`, TIMES_STEEPER, ratios, ''))
  }
  return targets
}

const MANY: Readonly<Record<string, (count: number) => Buffer | Promise<Buffer>>> = {
  zip: (count) => makeZip(Array.from({ length: count }, (_, i) => ({ name: `${i}.txt`, data: prose(`${i}`, 500) }))),
  tar: (count) => by(count, 'tar -cf out files'),
  '7z': (count) => by(count, '7zz a -bd -bso0 -t7z -mx=1 out. files'),
  iso: (count) => by(count, 'genisoimage -quiet -J -o out files'),
}

function by(count: number, script: string): Promise<Buffer> {
  return inWorkshop((shop) => {
    for (let i = 0; i < count; i++) shop.put(`files/${i % 100}/${i}.txt`, prose(`${i}`, 500))
    shop.run('sh', '-c', script)
    return shop.read('out')
  })
}

async function bombsMib(folder: string): Promise<number> {
  const program = join(import.meta.dirname, 'archive-bombs.ts')
  const bombs = await writeBombs(folder)
  return Number(execFileSync(process.execPath, [program, ...bombs], { encoding: 'utf8' })) / 1024 ** 2
}

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-bench-'))
  try {
    const targets = await measureArchives(folder, Number(process.argv[2] ?? 5), false)
    console.table(targets.map(({ measured, ...rest }) => ({ ...rest, ...measured })))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
