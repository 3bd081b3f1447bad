/** Reads the sources as text: imports, lines and functions, as far as the architecture test needs them. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Import {
  readonly file: string
  readonly line: number
  readonly text: string
  readonly from: string
  /** Room that is imported; undefined for a package. */
  readonly to: string | undefined
  /** Path of the imported file below `src/`; undefined for a package. */
  readonly target: string | undefined
  /** Path of the imported file as `file` is written. */
  readonly path: string | undefined
  readonly package: string | undefined
  readonly typeOnly: boolean
}
export interface FunctionSize {
  readonly where: string
  readonly length: number
  readonly isFlatSwitch: boolean
}
export interface Source {
  readonly file: string
  readonly room: string
  readonly lines: readonly string[]
  readonly imports: readonly Import[]
  readonly functions: readonly FunctionSize[]
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const src = join(root, 'src')

export function readSources(): readonly Source[] {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  return files.sort().map((name) => readSource(name))
}

function readSource(name: string): Source {
  const code = readFileSync(join(src, name), 'utf8')
  const file = `src/${name}`
  const room = roomOf(name)
  const lines = code.split('\n')
  return { file, room, lines, imports: importsOf(name, code), functions: functionsOf(file, lines) }
}

/** `src/main.ts` and what belongs to it count as the room `main`. */
function roomOf(name: string): string {
  return name.includes('/') ? (name.split('/')[0] ?? '') : name.replace('.ts', '')
}

function importsOf(name: string, code: string): Import[] {
  const statement = /^(?:import|export)\b([^'"]*?)from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm
  return [...code.matchAll(statement)].map((match) => {
    const specifier = match[2] ?? match[3] ?? match[4] ?? ''
    const line = code.slice(0, match.index).split('\n').length
    const target = specifier.startsWith('.') ? relative(src, join(src, dirname(name), specifier)) : undefined
    return {
      file: `src/${name}`,
      line,
      text: match[0].replaceAll(/\s+/g, ' '),
      from: roomOf(name),
      to: target === undefined ? undefined : roomOf(target),
      target,
      path: target === undefined ? undefined : `src/${target}`,
      package: target === undefined ? packageOf(specifier) : undefined,
      typeOnly: /^\s*type\b/.test(match[1] ?? '') || everyNameIsAType(match[1] ?? ''),
    }
  })
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function everyNameIsAType(clause: string): boolean {
  const names = /\{([^}]*)\}/.exec(clause)?.[1]
  return names?.split(',').every((one) => one.trim() === '' || one.trim().startsWith('type ')) === true
}

/** Named functions and methods, found by the formatter's indentation: a head that opens a brace, and the brace that closes it. */
function functionsOf(file: string, lines: readonly string[]): FunctionSize[] {
  const head =
    /^(\s*)(?:export )?(?:(?:async )?function\*? \w+|(?:static |async |get |set |override |\*)*#?\w+(?:<[^>]*>)?\(.*\).*\{$)/
  return lines.flatMap((line, i) => {
    const match = head.exec(line)
    if (!match || /^\s*(?:if|for|while|switch|return|catch|else|do)\b/.test(line)) return []
    const end = lines.findIndex(
      (other, j) => j > i && other.startsWith(`${match[1]}}`) && !other.startsWith(`${match[1]}})`),
    )
    const body = lines.slice(i + 1, end)
    const isFlatSwitch = body.filter((one) => /^\s*(?:case|default)\b/.test(one)).length >= 8
    return end < 0 ? [] : [{ where: `${file}:${i + 1}`, length: Math.max(1, end - i - 1), isFlatSwitch }]
  })
}
