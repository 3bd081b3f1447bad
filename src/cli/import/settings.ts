/** The predecessor's files with their drop-ins, merged as it merges them: later scalars win, lists grow, `name.-: -` empties a list. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { nearest } from '../../core/index.ts'
import { type IniFile, type Option, readIni } from './ini.ts'
import { ImportError, type Place } from './problem.ts'

/** What a file may hold: by section, its plain options and its lists. */
export type Known = Readonly<Record<string, { readonly plain: readonly string[]; readonly lists: readonly string[] }>>

/** One of the three files, with its drop-ins. */
export interface Settings {
  readonly file: string
  /** The files that were read, in order. */
  readonly files: readonly string[]
  readonly sections: ReadonlySet<string>
  plain(section: string, name: string): Option | undefined
  list(section: string, name: string): readonly Option[]
  /** What the predecessor does not know in this file, and would have refused to start with. */
  readonly unknown: readonly (Place & { readonly what: string; readonly value: string })[]
}

const LARGEST_BYTES = 4 * 1024 * 1024

/** Reads a file with its drop-ins; undefined where there is none. */
export function readSettings(path: string, known: Known, problems: ImportError[]): Settings | undefined {
  const main = readText(path, problems)
  if (main === undefined) return undefined
  const paths = [path, ...dropIns(path, problems)]
  const texts = [main, ...paths.slice(1).map((one) => readText(one, problems) ?? '')]
  return merge(
    path,
    paths,
    paths.map((one, i) => readIni(one, texts[i] ?? '', problems)),
    known,
    problems,
  )
}

function readText(path: string, problems: ImportError[]): string | undefined {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > LARGEST_BYTES) throw new Error('larger than 4 MiB')
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const why = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : message
    problems.push(new ImportError({ file: path, line: 0 }, `cannot be read: ${why}`))
    return ''
  }
}

/** `FILE.d/NN-*.conf`, in order of their names. */
function dropIns(path: string, problems: ImportError[]): readonly string[] {
  try {
    const names = readdirSync(`${path}.d`).filter((name) => /^[0-9][0-9]-.*\.conf$/s.test(name))
    return names.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(`${path}.d`, name))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') problems.push(new ImportError({ file: `${path}.d`, line: 0 }, message))
    return []
  }
}

function merge(
  file: string,
  files: readonly string[],
  parts: readonly IniFile[],
  known: Known,
  problems: ImportError[],
): Settings {
  const plain = new Map<string, Option>()
  const lists = new Map<string, Option[]>()
  const unknown: (Place & { what: string; value: string })[] = []
  const sections = new Set<string>()
  for (const { name, ...place } of parts.flatMap((part) => part.sections)) {
    sections.add(name)
    const hint = hintFor(name, Object.keys(known))
    if (!Object.hasOwn(known, name)) unknown.push({ ...place, what: `section [${name}]${hint}`, value: '' })
  }
  for (const option of parts.flatMap((part) => part.options)) {
    const id = `${option.section}\n${option.name}`
    const refused = misuse(option, known)
    if (refused === 'unknown') unknown.push(unknownOption(option, known))
    else if (refused) problems.push(new ImportError(option, refused))
    else if (option.item === undefined) plain.set(id, unescaped(option, problems))
    else if (option.item === '-' && option.value === '-') lists.set(id, [])
    else lists.set(id, [...(lists.get(id) ?? []), option])
  }
  return {
    file,
    files,
    sections,
    unknown,
    plain: (section, name) => plain.get(`${section}\n${name}`),
    list: (section, name) => lists.get(`${section}\n${name}`) ?? [],
  }
}

function misuse({ section, name, item }: Option, known: Known): string | undefined {
  const one = Object.hasOwn(known, section) ? known[section] : undefined
  if (one?.plain.includes(name) && item === undefined) return undefined
  if (one?.lists.includes(name))
    return item === undefined ? `[${section}] ${name} is a list: write ${name}.1` : undefined
  return 'unknown'
}

function unknownOption({ file, line, section, name, item, value }: Option, known: Known) {
  const one = Object.hasOwn(known, section) ? known[section] : undefined
  const hint = hintFor(name, [...(one?.plain ?? []), ...(one?.lists ?? [])])
  return { file, line, what: `[${section}] ${item === undefined ? name : `${name}.${item}`}${hint}`, value }
}

function hintFor(name: string, candidates: readonly string[]): string {
  const meant = candidates.includes(name) ? undefined : nearest(name, candidates)
  return meant === undefined ? '' : ` (did you mean ${meant}?)`
}

/** In plain options a per cent sign is doubled; a single one stands for another option, which nobody needs here. */
function unescaped(option: Option, problems: ImportError[]): Option {
  if (/^(?:[^%]|%%)*$/.test(option.value)) return { ...option, value: option.value.replaceAll('%%', '%') }
  problems.push(
    new ImportError(option, `[${option.section}] ${option.name}: a single % is refused; it must be doubled`),
  )
  return option
}

/** The name of a file without its folder, which is how comments call it. */
export function shortPlace({ file, line }: Place): string {
  return `${basename(file)}:${line}`
}
