/** A hundred archives as mail has them: mostly zip, of a few files, from some kilobytes to some megabytes. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { prose } from '../archive/tools.ts'
import { seededRandom } from './random.ts'

/** How an archive is made of the files in the current folder, and how many of a hundred are of that kind. */
const KINDS: readonly (readonly [count: number, extension: string, script: string])[] = [
  [58, 'zip', 'zip -q -r "$0" .'],
  [12, '7z', '7zz a -bd -bso0 -mx=5 "$0" .'],
  [8, 'tar.gz', 'tar -czf "$0" .'],
  [3, 'tar.xz', 'tar -cJf "$0" .'],
  [3, 'tar.bz2', 'tar -cjf "$0" .'],
  [2, 'tar.zst', 'tar --zstd -cf "$0" .'],
  [6, 'iso', 'genisoimage -quiet -J -R -o "$0" .'],
  [3, 'cab', 'gcab -c "$0" file*'],
  [2, 'wim', '7zz a -bd -bso0 -twim "$0" .'],
  [2, 'cpio', 'find . -type f | cpio -o --quiet -H newc > "$0"'],
  [1, 'arj', 'arj a -y "$0" file* > /dev/null'],
]
/** Sizes of files, as often as they stand here. */
const SIZES = [2_000, 8_000, 20_000, 20_000, 60_000, 60_000, 150_000, 400_000, 1_500_000]

/** Writes the archives, and returns their paths. */
export function writeArchives(folder: string, share = 1): readonly string[] {
  const random = seededRandom('archives')
  const kinds = KINDS.flatMap(([count, extension, script]) =>
    Array.from({ length: Math.max(1, Math.round(count * share)) }, () => ({ extension, script })),
  )
  return kinds.map(({ extension, script }, n) => {
    const source = join(folder, `source-${n}`)
    mkdirSync(source, { recursive: true })
    const files = 1 + random.below(5)
    for (let i = 0; i < files; i++) {
      const size = SIZES[random.below(SIZES.length)] ?? 0
      const isText = random.below(2) === 0
      writeFileSync(
        join(source, `file ${i}.${isText ? 'txt' : 'bin'}`),
        isText ? prose(`${n} ${i}`, size) : random.bytes(size),
      )
    }
    const path = join(folder, `archive-${n}.${extension}`)
    execFileSync('sh', ['-c', script, path], { cwd: source, stdio: ['ignore', 'ignore', 'inherit'] })
    return path
  })
}
