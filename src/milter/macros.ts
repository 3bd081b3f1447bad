// The MTA's macros. A stage's list replaces the one that it sent before; a lookup takes the latest stage first; a new
// message starts without the old one's. Lists are kept as sent, since Postfix repeats them before every header and every
// body chunk and hardly anybody asks.
import { SMFIC } from './constants.ts'
import { bareMacroName, decodeMacroList } from './decode.ts'

/** The macros known at a point of a session. */
export interface Macros {
  /** Value of a macro, `{i}` and `i` being the same, of the latest stage that has it. */
  get(name: string): string | undefined
  /** The same value as bytes. */
  bytes(name: string): Buffer | undefined
  /** All macros, later stages over earlier ones. */
  all(): ReadonlyMap<string, string>
}

// Latest first; end of headers uses the list of N, a body chunk that of B.
const STAGES: readonly number[] = [
  SMFIC.UNKNOWN,
  SMFIC.BODYEOB,
  SMFIC.BODY,
  SMFIC.EOH,
  SMFIC.HEADER,
  SMFIC.DATA,
  SMFIC.RCPT,
  SMFIC.MAIL,
  SMFIC.HELO,
  SMFIC.CONNECT,
]

/** Macros of one scope, a session or a message; the message's looks into the session's after its own. */
export class MacroTable implements Macros {
  readonly #stages = new Map<number, string>()
  readonly #outer: MacroTable | undefined

  constructor(outer?: MacroTable) {
    this.#outer = outer
  }

  /** Sets a stage's list, one byte per character. Says whether it was malformed, which is never fatal. */
  set(command: number, list: string): 'same' | 'new' | 'odd' {
    if (this.#stages.get(command) === list) return 'same'
    this.#stages.set(command, list)
    return isOdd(list) ? 'odd' : 'new'
  }

  /** Forgets a stage's list. */
  clear(command: number): void {
    this.#stages.delete(command)
  }

  get(name: string): string | undefined {
    return this.bytes(name)?.toString('utf8')
  }

  bytes(name: string): Buffer | undefined {
    const value = this.#find(bareMacroName(name))
    return value === undefined ? undefined : Buffer.from(value, 'latin1')
  }

  all(): ReadonlyMap<string, string> {
    const names = new Set<string>()
    for (let table: MacroTable | undefined = this; table !== undefined; table = table.#outer) {
      for (const list of table.#stages.values()) for (const name of decodeMacroList(list).macros.keys()) names.add(name)
    }
    return new Map([...names].map((name) => [name, this.get(name) ?? '']))
  }

  #find(name: string): string | undefined {
    for (const command of STAGES) {
      const list = this.#stages.get(command)
      const value = list === undefined ? undefined : valueIn(list, name)
      if (value !== undefined) return value
    }
    return this.#outer === undefined ? undefined : this.#outer.#find(name)
  }
}

/** Looked for in the list as it came: a message that is held for minutes should not keep ten maps for three look-ups. */
function valueIn(list: string, name: string): string | undefined {
  let value: string | undefined
  for (let at = 0; at < list.length; ) {
    const nameEnd = list.indexOf('\0', at)
    const valueEnd = nameEnd < 0 ? -1 : list.indexOf('\0', nameEnd + 1)
    if (valueEnd < 0) return value
    if (bareMacroName(list.slice(at, nameEnd)) === name) value = list.slice(nameEnd + 1, valueEnd)
    at = valueEnd + 1
  }
  return value
}

function isOdd(list: string): boolean {
  let terminators = 0
  for (let at = list.indexOf('\0'); at >= 0; at = list.indexOf('\0', at + 1)) terminators += 1
  return terminators % 2 === 1 || (list !== '' && !list.endsWith('\0'))
}
