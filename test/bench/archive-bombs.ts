/** Bombs, and the process that opens them: node test/bench/archive-bombs.ts FILE... prints the most memory that it had, in bytes. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { makeZip } from '../archive/make-zip.ts'
import { open } from '../archive/rig.ts'
import { inWorkshop } from '../archive/tools.ts'

const MIB = 1024 ** 2

/** Writes the bombs; returns their paths. */
export async function writeBombs(folder: string): Promise<readonly string[]> {
  const blank = Buffer.alloc(100_000)
  const bombs = [
    zeros(1024),
    nested(4),
    makeZip(Array.from({ length: 10_000 }, (_, i) => ({ name: `${i}`, data: blank }))),
    ...(await bySevenZip()),
  ]
  return bombs.map((content, n) => {
    const path = join(folder, `bomb-${n}`)
    writeFileSync(path, content)
    return path
  })
}

/** A gzip file of that many bytes that are all the same. */
function zeros(mebibytes: number): Buffer {
  const piece = gzipSync(Buffer.alloc(16 * MIB))
  return Buffer.concat(Array.from({ length: mebibytes / 16 }, () => piece))
}

function nested(levels: number): Buffer {
  let content: Buffer = gzipSync(Buffer.alloc(100 * MIB))
  for (let level = 0; level < levels; level++)
    content = makeZip(Array.from({ length: 6 }, (_, i) => ({ name: `${level}-${i}.zip`, data: content })))
  return content
}

function bySevenZip(): Promise<readonly Buffer[]> {
  return inWorkshop((shop) => {
    shop.run('truncate', '-s', '1G', 'zeros')
    return ['7z', 'xz', 'zip'].map((type) => {
      shop.run('7zz', 'a', '-bd', '-mx=1', `-t${type}`, `bomb.${type}`, 'zeros')
      return shop.read(`bomb.${type}`)
    })
  })
}

if (import.meta.main) {
  for (const path of process.argv.slice(2)) {
    const { limit } = await open(readFileSync(path))
    if (limit === '') throw new Error(`${path} met no limit`)
  }
  process.stdout.write(`${process.resourceUsage().maxRSS * 1024}\n`)
}
