/** The files of a configuration: the file itself, then what lies in `peekaboo.d` beside it, in order of the names. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Problem } from './problem.ts'

/** Where the configuration lies when nobody says; it need not exist. */
export const DEFAULT_FILE = '/etc/peekaboo/peekaboo.yaml'
const DROP_INS = 'peekaboo.d'
const LARGEST_BYTES = 1024 * 1024

/** A file that was read. */
export interface SourceFile {
  readonly origin: string
  readonly text: string
}

/** What was read, and what could not be. */
export interface SourceFiles {
  readonly files: readonly SourceFile[]
  readonly problems: readonly Problem[]
}

/** Reads a configuration file, which must exist unless it is `optional`, and its drop-ins. */
export function readFiles(file: string, optional: boolean): SourceFiles {
  const folder = join(dirname(file), DROP_INS)
  const { names, problems } = dropIns(folder)
  const misnamed = names.filter((name) => name.endsWith('.yml')).map((name) => join(folder, name))
  const paths = names.filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name))
  const read = [readSource(file, optional), ...paths.map((path) => readSource(path, false))]
  return {
    files: read.flatMap((source) => (source && 'text' in source ? [source] : [])),
    problems: [
      ...problems,
      ...read.flatMap((source) => (source && 'message' in source ? [source] : [])),
      ...misnamed.map((path) => problem(path, 'is not read: its name must end with .yaml', 'rename or remove it')),
    ],
  }
}

/** Names of what lies in a folder, in order; none where there is no such folder. */
export function dropIns(folder: string): { readonly names: readonly string[]; readonly problems: readonly Problem[] } {
  try {
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'))
    return { names: names.sort((a, b) => (a < b ? -1 : 1)), problems: [] }
  } catch (error) {
    const code = codeOf(error)
    return { names: [], problems: code === 'ENOENT' ? [] : [unreadable(folder, code)] }
  }
}

/** Reads one file whole, or says why not; undefined where there is none and need be none. */
export function readSource(path: string, optional: boolean): SourceFile | Problem | undefined {
  try {
    const bytes = readCapped(path)
    if (bytes.length > LARGEST_BYTES) return problem(path, 'is larger than 1 MiB', 'a configuration is not that large')
    return { origin: path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' && optional) return undefined
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return problem(path, 'is not UTF-8', 'save it as UTF-8')
    return unreadable(path, code)
  }
}

/** Reads from what may also be a pipe (`--config <(…)`), so its size is not known before. */
function readCapped(path: string): Uint8Array {
  const buffer = Buffer.alloc(LARGEST_BYTES + 1)
  const descriptor = openSync(path, 'r')
  try {
    let length = 0
    for (let n = -1; n !== 0 && length < buffer.length; length += n)
      n = readSync(descriptor, buffer, length, buffer.length - length, null)
    return buffer.subarray(0, length)
  } finally {
    closeSync(descriptor)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'it is no folder',
}
const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'check the name given with --config',
  EACCES: 'let the user that the filter runs as read it',
  EISDIR: 'name a file',
  ENOTDIR: 'drop-ins lie in a folder of that name',
}

function unreadable(path: string, code: string): Problem {
  return problem(path, `cannot be read: ${REASONS[code] ?? code}`, REMEDIES[code] ?? '')
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}

function problem(origin: string, message: string, remedy: string): Problem {
  return { place: { origin, line: 0, column: 0 }, path: [], message, remedy }
}
