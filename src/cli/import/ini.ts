/**
 * The dialect of INI that PeekabooAV reads (Python's ConfigParser with its defaults): `:` or `=`, names of options in any case, comments
 * on lines of their own, values that go on in deeper indented lines, every option once. Lists are options `name.ANYTHING`.
 */
import { ImportError, type Place } from './problem.ts'

/** A piece of a value as it stands in the file. */
export interface Piece extends Place {
  readonly text: string
  readonly column: number
}

/** One option as written. */
export interface Option extends Place {
  readonly section: string
  /** Lower case; of a list without what stands behind the dot. */
  readonly name: string
  /** What stands behind the dot of a list's name; undefined where the option is no list. */
  readonly item: string | undefined
  /** Lines joined by line feeds. */
  readonly value: string
  readonly pieces: readonly Piece[]
}

/** What stands in one file. */
export interface IniFile {
  readonly options: readonly Option[]
  /** Every section, also one without options. */
  readonly sections: readonly (Place & { readonly name: string })[]
}

interface Open extends Place {
  readonly section: string
  readonly key: string
  readonly indent: number
  readonly pieces: Piece[]
}

/** Reads one file; what Python's parser refuses is a problem with its line. */
export function readIni(file: string, text: string, problems: ImportError[]): IniFile {
  return new IniReader(file, problems).read(text)
}

class IniReader {
  readonly #file: string
  readonly #problems: ImportError[]
  readonly #options: Option[] = []
  readonly #sections: (Place & { name: string })[] = []
  readonly #seen = new Set<string>()
  #section = ''
  #open: Open | undefined

  constructor(file: string, problems: ImportError[]) {
    this.#file = file
    this.#problems = problems
  }

  read(text: string): IniFile {
    for (const [at, line] of text
      .replace(/^\ufeff/, '')
      .split(/\r?\n/)
      .entries())
      this.#line(line, at + 1)
    this.#close()
    return { options: this.#options, sections: this.#sections }
  }

  #line(line: string, number: number): void {
    const value = line.trim()
    if (value.startsWith('#') || value.startsWith(';')) return
    const indent = line.length - line.trimStart().length
    const piece = { file: this.#file, line: number, column: indent + 1, text: value }
    if (value === '' || (this.#open && indent > this.#open.indent)) this.#open?.pieces.push(piece)
    else this.#begin(piece, indent)
  }

  #begin(piece: Piece, indent: number): void {
    this.#close()
    const header = /^\[(.+)\]/.exec(piece.text)?.[1]
    const at = piece.text.search(/[:=]/)
    if (header !== undefined) this.#header(header, piece)
    else if (this.#section === '') this.#refuse(piece, 'an option stands before the first [section]')
    else if (at <= 0) this.#refuse(piece, 'this is neither a [section] nor "option: value"')
    else this.#option(piece, indent, at)
  }

  #option(piece: Piece, indent: number, at: number): void {
    const key = piece.text.slice(0, at).trim().toLowerCase()
    const rest = piece.text.slice(at + 1)
    const column = piece.column + at + 1 + rest.length - rest.trimStart().length
    const first = { ...piece, column, text: rest.trim() }
    this.#open = { file: this.#file, line: piece.line, section: this.#section, key, indent, pieces: [first] }
  }

  #header(name: string, piece: Piece): void {
    this.#section = name
    if (this.#seen.has(`[${name}]`)) this.#refuse(piece, `the section [${name}] stands here twice`)
    this.#seen.add(`[${name}]`)
    this.#sections.push({ file: this.#file, line: piece.line, name })
  }

  #close(): void {
    const open = this.#open
    this.#open = undefined
    if (!open) return
    const { file, line, section, key, pieces } = open
    while (pieces.length > 1 && pieces.at(-1)?.text === '') pieces.pop()
    const id = `${section}\n${key}`
    if (this.#seen.has(id)) this.#refuse(open, `[${section}] ${key} stands here twice`)
    this.#seen.add(id)
    const dot = key.indexOf('.')
    const named = dot < 0 ? { name: key, item: undefined } : { name: key.slice(0, dot), item: key.slice(dot + 1) }
    this.#options.push({ file, line, section, ...named, value: pieces.map(({ text }) => text).join('\n'), pieces })
  }

  #refuse(place: Place, message: string): void {
    this.#problems.push(new ImportError({ file: place.file, line: place.line }, message))
  }
}

/** Where a character of a value stands in its file. */
export function placeIn({ pieces, file, line }: Option, offset: number): Place {
  let left = offset
  for (const piece of pieces) {
    if (left <= piece.text.length) return { file: piece.file, line: piece.line, column: piece.column + left }
    left -= piece.text.length + 1
  }
  return { file, line }
}
