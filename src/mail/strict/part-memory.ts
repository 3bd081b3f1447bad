/**
 * Attachments of one message have the same header but for a name: what it says is read once. Only a name of one stem and one extension
 * counts as such, the same wherever it stands, so that nothing else can depend on it.
 */
import { parseHeader } from '../header/header.ts'
import { type Part, readPart } from '../header/part.ts'
import { isCanonical } from '../mailparser/canonical.ts'

/** In place of the stem; as unsuspicious as the stems that it stands for. */
const STEM = 'attachment-name'
const VARIABLE =
  /name="([A-Za-z0-9][A-Za-z0-9_-]{4,59}(?: [A-Za-z0-9_-]{1,20}){0,5})(\.[A-Za-z0-9]{1,8})"|<[\w.@$%+=-]{1,200}>/g
/** So many kinds of headers are kept; more are no longer kinds. */
const MOST_KINDS = 64

/** What a header in canonical form says. */
export interface KnownPart {
  readonly part: Part
  /** Nobody reads it otherwise. */
  readonly isCanonical: boolean
}

export class PartMemory {
  readonly #kinds = new Map<string, KnownPart>()

  /** Reads the lines of a header, without the blank line. */
  read(text: string): KnownPart {
    const { kind, stem } = kindOf(text)
    if (kind === undefined) return readKnown(text)
    const known = this.#kinds.get(kind) ?? readKnown(kind)
    if (this.#kinds.size < MOST_KINDS) this.#kinds.set(kind, known)
    return stem === '' ? known : { ...known, part: renamed(known.part, stem) }
  }
}

function readKnown(text: string): KnownPart {
  const part = readPart(parseHeader(Buffer.from(`${text}\r\n`, 'latin1'), -1), false)
  return { part, isCanonical: part.anomalies.length === 0 && isCanonical(text) }
}

/** The header with another stem and other identifiers; undefined if it has several names. */
function kindOf(text: string): { kind: string | undefined; stem: string } {
  let kind = ''
  let at = 0
  let stem = ''
  let extension = ''
  VARIABLE.lastIndex = 0
  for (let match = VARIABLE.exec(text); match !== null; match = VARIABLE.exec(text)) {
    kind += text.slice(at, match.index)
    at = match.index + match[0].length
    if (match[1] === undefined) kind += '<id>'
    else {
      if (stem !== '' && (stem !== match[1] || extension !== match[2])) return { kind: undefined, stem: '' }
      stem = match[1]
      extension = match[2] ?? ''
      kind += `name="${STEM}${extension}"`
    }
  }
  return { kind: kind + text.slice(at), stem }
}

function renamed(part: Part, stem: string): Part {
  const rename = (value: string): string => (value.startsWith(`${STEM}.`) ? stem + value.slice(STEM.length) : value)
  return { ...part, name: rename(part.name), names: part.names.map((each) => ({ ...each, value: rename(each.value) })) }
}
