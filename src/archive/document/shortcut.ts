/** Windows shortcuts ([MS-SHLLINK]): what they run is a command line, and anything may lie after them. */
import { type Member, memberOf, type OpenContext } from '../container.ts'
import { appended } from '../stream.ts'
import { fromUnknown, untilNul } from '../text.ts'

const HEADER_BYTES = 76
const FLAG = { idList: 1, linkInfo: 2, isUnicode: 0x80 } as const
/** Texts in this order, each where its flag is set (section 2.4). */
const TEXTS = [
  [4, 'name'],
  [8, 'relativePath'],
  [16, 'workingDir'],
  [32, 'arguments'],
  [64, 'iconLocation'],
] as const

/** What a shortcut says. */
export interface Shortcut {
  readonly target: string
  readonly texts: Readonly<Partial<Record<(typeof TEXTS)[number][1], string>>>
  /** Where it ends. */
  readonly end: number
}

/** Opens a shortcut: its command line, and what was appended to it. */
export function* openShortcut(content: Buffer, context: OpenContext): Generator<Member> {
  const shortcut = readShortcut(content)
  if (shortcut === undefined) return context.note('corrupt')
  const { target, texts, end } = shortcut
  const command = [target || (texts.relativePath ?? ''), texts.arguments ?? ''].filter((word) => word !== '').join(' ')
  if (command !== '') yield commandMember(Buffer.from(command), context)
  if (end >= content.length) return
  context.note('appended-data', end)
  yield appended(content, end, context)
}

function commandMember(bytes: Buffer, { share }: OpenContext): Member {
  return memberOf({
    path: 'command.txt',
    origin: 'lnk.command',
    names: [],
    declaredType: 'text/plain',
    *bytes() {
      share.take(bytes.length)
      yield bytes
    },
  })
}

/** Reads a shortcut; undefined where its fields lead out of it. */
export function readShortcut(content: Buffer): Shortcut | undefined {
  if (content.length < HEADER_BYTES) return undefined
  const flags = content.readUInt32LE(20)
  let at = HEADER_BYTES
  if ((flags & FLAG.idList) !== 0) {
    if (at + 2 > content.length) return undefined
    at += 2 + content.readUInt16LE(at)
  }
  let target = ''
  if ((flags & FLAG.linkInfo) !== 0) {
    if (at + 28 > content.length) return undefined
    target = localPath(content, at)
    at += content.readUInt32LE(at)
  }
  const texts: Partial<Record<(typeof TEXTS)[number][1], string>> = {}
  const unit = (flags & FLAG.isUnicode) === 0 ? 1 : 2
  for (const [flag, name] of TEXTS) {
    if ((flags & flag) === 0) continue
    if (at + 2 > content.length) return undefined
    const bytes = content.subarray(at + 2, at + 2 + unit * content.readUInt16LE(at))
    texts[name] = unit === 2 ? bytes.toString('utf16le') : fromUnknown(bytes)
    at += 2 + unit * content.readUInt16LE(at)
  }
  return { target, texts, end: afterBlocks(content, at) }
}

function localPath(content: Buffer, at: number): string {
  const offset = content.readUInt32LE(at + 16)
  const isLocal = (content.readUInt32LE(at + 8) & 1) !== 0
  return isLocal && offset > 0 && offset < 4096
    ? fromUnknown(untilNul(content.subarray(at + offset, at + offset + 4096)))
    : ''
}

/** Extra blocks come until one that is smaller than its own size field. */
function afterBlocks(content: Buffer, start: number): number {
  let at = start
  while (at + 4 <= content.length) {
    const size = content.readUInt32LE(at)
    if (size < 4) return at + 4
    at += size
  }
  return Math.min(at, content.length)
}
