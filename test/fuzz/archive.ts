/** The openers of containers, against damaged ones: they never throw, are done in time, and name a limit or fault where bytes are missing. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { makeDmg, makeGpt, makeLzh, makeMbr, makeRar4, makeRar5, makeVhd } from '../archive/make-archive.ts'
import { makeZip } from '../archive/make-zip.ts'
import { open as openTree } from '../archive/rig.ts'
import { prose } from '../archive/tools.ts'
import type { Random } from '../bench/random.ts'
import { memoryWatch } from './memory.ts'
import { mutateBytes } from './mutate.ts'
import { type Attack, oneIn, pick, type Target } from './target.ts'

const FOLDER = '/usr/share/clamav-testfiles'
const FILES = [
  { name: 'a.txt', data: prose('a', 300) },
  { name: 'dir/b.bin', data: prose('b', 900) },
]
const SEEDS: readonly Buffer[] = [
  ...readdirSync(FOLDER)
    .map((name) => readFileSync(`${FOLDER}/${name}`))
    .filter((content) => content.length < 64_000),
  makeZip([
    { name: 'a', data: prose('a', 300) },
    { name: 'b/c', data: prose('c', 900), isStored: true },
    { name: 'hidden', data: prose('h', 300), isUnlisted: true },
  ]),
  ...[makeRar4, makeRar5, makeLzh].map((make) => make(FILES)),
  ...[makeMbr, makeGpt, makeDmg, (disk: Buffer) => makeVhd(makeMbr(disk))].map((make) =>
    make(Buffer.alloc(4096, 'disk')),
  ),
  Buffer.from(
    `<html><script>var a = atob("${prose('page', 300).toString('base64')}"); saveAs(new Blob([a]), "x.zip")</script>`,
  ),
]
const LIMITS = { bytes: 64 * 1024 ** 2, memory: 64 * 1024 ** 2, members: 2000, cpuMs: 2000 }
const MOST_MS = 4000

/** The openers of containers. */
export const archive: Target = { name: 'archive', make, open }

function make(random: Random): Buffer {
  const seed = pick(random, SEEDS)
  if (oneIn(random, 4)) return Buffer.concat([mutateBytes(seed, random), mutateBytes(pick(random, SEEDS), random)])
  return mutateBytes(seed, random)
}

async function open(): Promise<Attack> {
  const settle = memoryWatch()
  return {
    async check(input) {
      const start = process.threadCpuUsage().user
      const tree = await openTree(input, { limits: LIMITS, passwords: ['secret'] })
      const ms = (process.threadCpuUsage().user - start) / 1000
      assert.ok(ms < MOST_MS, `${input.length} bytes took ${ms} ms of processor time`)
      for (const node of tree.nodes) {
        assert.match(node.path, /^1(?:\/\d+)+$/)
        if (node.kind !== 'file' || node.content !== undefined) continue
        const isExplained = node.isEncrypted || node.anomalies.some(({ severity }) => severity !== 'note')
        assert.ok(isExplained, `${node.path} has no bytes and says not why`)
      }
    },
    settle,
    close: async () => {},
  }
}
