/** The command line of a parser process: every active layer wrapped around Node, outermost first. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LayerSet } from './layers.ts'
import type { InspectorOptions } from './options.ts'

const MIB = 1024 * 1024
/** Threads of all parser processes of one user together; Node needs eleven each. */
const THREADS = 1024
/** Backstop of the kernel's; the supervisor replaces a process that has used half of it. */
export const LIFETIME_CPU_SECONDS = 3600
/** Files that a process may hold; it has four. */
const DESCRIPTORS = 64

/**
 * Messages are large Buffers beside a small heap. V8 would collect that heap whole every few megabytes of them; with room from the
 * start the cheap collections suffice. It is a ceiling for doing nothing, not memory that is taken. What strips the types off our
 * sources is WebAssembly that runs once: compiling it better costs a start an eighth of its time and 8 MiB, while what unpacks for long
 * is still compiled well.
 */
export const QUIET_COLLECTOR = [
  '--initial-old-space-size=128',
  '--max-semi-space-size=16',
  '--wasm-tiering-budget=100000000',
] as const

/** What runs inside the layers. */
export interface ParserCode {
  /** The module that is run. */
  readonly entry: string
  /** Files and folders that it may read. */
  readonly readable: readonly string[]
}

/** The file of this room that lies beside this one, in `src/` as in `dist/`. */
export function roomFile(name: string): string {
  const here = fileURLToPath(import.meta.url)
  return join(dirname(here), name + extname(here))
}

/** The real parser: the rooms that read mail, and the packages that they use. */
export function parserCode(): ParserCode {
  const house = dirname(dirname(roomFile('parser-main')))
  const rooms = ['core', 'mail', 'archive', 'facts', 'inspector'].map((room) => join(house, room))
  const near = ['package.json', 'node_modules'].map((name) => join(dirname(house), name))
  const paths = new Set([...rooms, ...near, packagesFolder()])
  return {
    entry: roomFile('parser-main'),
    readable: [...paths].filter((path) => existsSync(path)),
  }
}

/** Where the packages really lie: the folder beside us may be a link, or theirs may be above ours. */
function packagesFolder(): string {
  const inside = createRequire(import.meta.url).resolve('zod')
  const end = inside.lastIndexOf('/node_modules/')
  return inside.slice(0, end + '/node_modules'.length)
}

/** The whole command, its first word the program. */
export function parserCommand(layers: LayerSet, code: ParserCode, options: InspectorOptions): readonly string[] {
  return [
    ...outerPrivileges(layers),
    ...namespaces(layers),
    ...innerPrivileges(layers),
    ...limits(layers, options),
    ...node(layers, code, options),
    JSON.stringify(options.limits),
  ]
}

/** The wrapper itself must not outlive us. */
function outerPrivileges(layers: LayerSet): readonly string[] {
  return layers.active.has('no new privileges') ? ['setpriv', '--pdeathsig', 'KILL'] : []
}

function namespaces({ active, needsUserNamespace }: LayerSet): readonly string[] {
  const spaces: string[] = []
  if (active.has('network namespace')) spaces.push('-n')
  if (active.has('ipc namespace')) spaces.push('-i')
  if (active.has('process namespace')) spaces.push('-p', '-f', '--kill-child')
  if (active.has('process namespace') && active.has('private /proc')) spaces.push('--mount-proc')
  if (spaces.length === 0) return []
  return ['unshare', ...(needsUserNamespace ? ['-U'] : []), ...spaces]
}

/** A change of user clears the signal that `--kill-child` asked for, so it is asked for again after it. */
function innerPrivileges({ active, uid, gid, needsUserNamespace }: LayerSet): readonly string[] {
  const words: string[] = []
  if (active.has('own user')) words.push(`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups')
  if (active.has('no new privileges')) words.push('--no-new-privs')
  if (active.has('no capabilities') && !needsUserNamespace) words.push('--bounding-set=-all', '--inh-caps=-all')
  return words.length === 0 ? [] : ['setpriv', '--pdeathsig', 'KILL', ...words]
}

/** RLIMIT_DATA counts what V8 reserves for code and never fills, so that comes on top. */
function limits({ active, codeRangeBytes }: LayerSet, options: InspectorOptions): readonly string[] {
  const words: string[] = []
  if (active.has('data limit')) words.push(`--data=${options.memory + codeRangeBytes}`)
  if (active.has('process limit')) words.push(`--nproc=${THREADS}`, `--cpu=${LIFETIME_CPU_SECONDS}`)
  if (active.has('file limit')) words.push('--fsize=0', `--nofile=${DESCRIPTORS}`, '--core=0')
  return words.length === 0 ? [] : ['prlimit', ...words, '--']
}

function node({ active }: LayerSet, code: ParserCode, options: InspectorOptions): readonly string[] {
  const words = [process.execPath]
  if (active.has('node permission model')) {
    words.push('--permission', ...code.readable.map((path) => `--allow-fs-read=${path}`))
  }
  if (active.has('no debugger signal')) words.push('--disable-sigusr1')
  if (active.has('no code from strings')) words.push('--disallow-code-generation-from-strings')
  words.push(
    '--no-warnings',
    ...QUIET_COLLECTOR,
    `--max-old-space-size=${Math.max(32, Math.floor(options.memory / 2 / MIB))}`,
  )
  return [...words, code.entry]
}
