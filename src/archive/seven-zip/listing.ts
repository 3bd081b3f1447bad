/** What 7-Zip prints, read back: the list of an archive in technical form, and its errors. */
import type { FaultName, MemberKind } from '../container.ts'

/** One member as 7-Zip lists it. */
export interface ListedMember {
  readonly path: string
  readonly kind: MemberKind
  readonly size: number
  readonly isEncrypted: boolean
  readonly link: string
}

/** The members of a list, in order: records of `key = value`, after a line of dashes, with a blank line between two. */
export function readListing(lines: readonly string[], max: number): ListedMember[] {
  const start = lines.indexOf('----------')
  const members: ListedMember[] = []
  let fields = new Map<string, string>()
  for (const line of start < 0 ? [] : [...lines.slice(start + 1), '']) {
    const equals = line.indexOf(' = ')
    if (line === '' && fields.size > 0) {
      if (members.length > max) break
      members.push(listed(fields))
      fields = new Map()
    } else if (equals > 0) fields.set(line.slice(0, equals), line.slice(equals + 3))
    else if (line.endsWith(' =')) fields.set(line.slice(0, -2), '')
  }
  return members
}

/** Where the archive ends, of which the list is the first; -1 where that is not told. */
export function endOf(lines: readonly string[]): number {
  const told = lines.find((line) => line.startsWith(PHYSICAL_SIZE))
  return told === undefined ? -1 : Number(told.slice(PHYSICAL_SIZE.length))
}

const PHYSICAL_SIZE = 'Physical Size = '

function listed(fields: ReadonlyMap<string, string>): ListedMember {
  const size = fields.get('Size') ?? ''
  const link = LINKS.map((key) => fields.get(key) ?? '').find((target) => target !== '') ?? ''
  return {
    path: fields.get('Path') ?? '',
    kind: kindOf(fields, link),
    size: size === '' ? -1 : Number(size),
    isEncrypted: fields.get('Encrypted') === '+',
    link,
  }
}

/** `Link` is what images of Windows have. */
const LINKS = ['Symbolic Link', 'Link', 'Hard Link', 'Copy Link']

/** Attributes are those of Windows, then those of Unix as `ls` shows them; tar and the like have a mode of its own. */
function kindOf(fields: ReadonlyMap<string, string>, link: string): MemberKind {
  const attributes = fields.get('Attributes') ?? ''
  const mode = fields.get('Mode') ?? / ([-a-z]{10})$/.exec(attributes)?.[1] ?? ''
  if (fields.get('Folder') === '+' || /^D/.test(attributes) || mode.startsWith('d')) return 'dir'
  // Another name for the same bytes is a file.
  const isName = (fields.get('Hard Link') ?? fields.get('Copy Link') ?? '') !== ''
  if ((link !== '' && !isName) || mode.startsWith('l')) return 'symlink'
  return /^[bcp]/.test(mode) ? 'device' : 'file'
}

/** Beginnings of 7-Zip's messages about one member, after which its path comes. */
const MEMBER_ERRORS: readonly (readonly [RegExp, FaultName])[] = [
  [/^ERROR: (?:CRC|Data) (?:Failed|Error) in encrypted file\. Wrong password\? : /, 'corrupt'],
  [/^ERROR: Wrong password\? : /, 'corrupt'],
  [/^ERROR: CRC Failed : /, 'crc-mismatch'],
  [/^ERROR: Data Error : /, 'corrupt'],
  [/^ERROR: Unexpected end of data : /, 'truncated'],
  [/^ERROR: There are some data after the end of the payload data : /, 'appended-data'],
  [/^ERROR: Unsupported Method : /, 'unsupported'],
  [/^ERROR: Unavailable data : /, 'truncated'],
  [/^ERROR: Is not archive : /, 'corrupt'],
  [/^ERROR: Headers Error : /, 'corrupt'],
]
const ARCHIVE_ERRORS: readonly (readonly [RegExp, FaultName])[] = [
  [/^(?:Multivolume|Split Before|Split After) = \+/, 'several-volumes'],
  [/^ERROR = Missing volume/, 'several-volumes'],
  [/^(?:ERROR: |Missing volume : )?Missing volume/, 'several-volumes'],
  [/^Unexpected end of archive/, 'truncated'],
  [/^Unexpected end of data/, 'truncated'],
  [/^There are data after the end of archive/, 'appended-data'],
  [/^There are some data after the end of the payload data/, 'appended-data'],
  [/^Headers Error/, 'corrupt'],
  [/^Data Error/, 'corrupt'],
  [/^Unsupported (?:Method|feature)/, 'unsupported'],
  [/^(?:ERROR: )?(?:in : )?Cannot open the file as/, 'corrupt'],
  [/^Unavailable start of archive/, 'several-volumes'],
  [/^Unconfirmed start of archive/, 'corrupt'],
  // The list of the images of a Windows image, without which it shows none.
  [/^WARNING = XML error/, 'corrupt'],
]
/** A further name for a file that was unpacked before: our folder has no links, so the name and the file's own are told. */
const LINKED = /^ERROR: (?:Cannot create hard link|Cannot copy file) : .* : \/out\/(.+) : \/out\/(.+)$/
/** Times and modes, which are nothing to us. */
const ASIDE = /^ERROR: Cannot set file attribute : /
const CLOSED = /Wrong password|Cannot open encrypted archive/

export interface Errors {
  /** By path as it was unpacked. */
  readonly members: ReadonlyMap<string, FaultName>
  readonly archive: ReadonlySet<FaultName>
  /** Further names of files, and the path under which each was unpacked. */
  readonly links: ReadonlyMap<string, string>
  /** Whether the password was wrong, or there was none. */
  readonly isClosed: boolean
}

/** The errors of a run. */
export function readErrors(lines: readonly string[]): Errors {
  const members = new Map<string, FaultName>()
  const archive = new Set<FaultName>()
  const links = new Map<string, string>()
  let isClosed = false
  for (const line of lines) {
    if (CLOSED.test(line)) isClosed = true
    const [, name, target] = LINKED.exec(line) ?? []
    if (name !== undefined && target !== undefined) links.set(name, target)
    if (name !== undefined || ASIDE.test(line)) continue
    const member = MEMBER_ERRORS.find(([pattern]) => pattern.test(line))
    if (member) members.set(line.replace(member[0], ''), member[1])
    const whole = ARCHIVE_ERRORS.find(([pattern]) => pattern.test(line))
    if (whole) archive.add(whole[1])
  }
  return { members, archive, links, isClosed }
}
