/** The version of everything that facts depend on. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { roomFile } from './command.ts'
import type { InspectorOptions } from './options.ts'

const ROOMS = ['core', 'mail', 'archive', 'facts', 'inspector']
const PACKAGES = ['mailparser', 'libmime', '7z-wasm', 'officecrypto-tool']

/** Digest of the code that measures, of the packages that it measures with, and of the limits: other code, other facts. */
export function recipeOf(options: InspectorOptions): string {
  const hash = createHash('sha256').update(JSON.stringify(options.limits))
  const house = dirname(dirname(roomFile('recipe')))
  for (const room of ROOMS) for (const path of filesIn(join(house, room))) hash.update(readFileSync(path))
  for (const name of PACKAGES) hash.update(packageVersion(name))
  return hash.digest('hex').slice(0, 16)
}

function filesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
    const files = entries.filter(
      (entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name) && !/\.d\.ts$/.test(entry.name),
    )
    return files.map((entry) => join(entry.parentPath, entry.name)).sort()
  } catch {
    return []
  }
}

function packageVersion(name: string): string {
  try {
    const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }
    return `${name}@${version}`
  } catch {
    return name
  }
}
