/** PDF: embedded files (ISO 32000-1, 7.11.4), wherever their description lies, also in compressed object streams. */
import { anomaly, ClosedFault, type Member, MemberFault, memberOf, type OpenContext } from '../container.ts'
import { type Inflated, inflate } from '../inflate.ts'
import { looksLikeFile } from '../magic.ts'
import { decryptedStreams, decryptedString, isPdfEncrypted, pdfLock } from './pdf-crypt.ts'
import { unpredicted } from './pdf-filter.ts'
import {
  filtersOf,
  type PdfStream,
  pdfBytes,
  pdfStreams,
  pdfText,
  plainNames,
  UNTOLD_FILTER,
  withoutText,
} from './pdf-object.ts'
import { isSameStream, referredStreams, withoutComments } from './pdf-reader.ts'

/** A string in parentheses with at most one level more, or in digits. */
const TEXT = String.raw`\((?:[^()\\]|\\[\s\S]|\([^()]{0,200}\)){0,2000}\)|<[0-9A-Fa-f\s]{0,4000}>`
const NAME = new RegExp(String.raw`\/(UF|F|Unix|DOS|Mac)\s*(${TEXT})`, 'g')
const EMBEDDED = /\/EF\s*<<([^>]{0,500})>>/g
/** A file in such a dictionary that stands apart; whatever else is referred to so is no stream. */
const APART = /\/(?:UF|F|Unix|DOS|Mac)\s+(\d{1,10})\s+\d{1,5}\s+R/g
const REFERENCE = /(\d{1,10})\s+\d{1,5}\s+R/g
/** How far from the reference to a file its names are looked for. */
const NEAR = 2048
/** A file has fewer attachments than that. */
const MAX_DESCRIPTIONS = 2000
/** Object streams hold descriptions, which are small. */
const MAX_OBJECTS_BYTES = 16 * 1024 * 1024

interface Description {
  readonly names: readonly { readonly value: string; readonly origin: string }[]
}

/** Opens a PDF file: its members are the files that are embedded in it. */
export async function* openPdf(content: Buffer, context: OpenContext): AsyncGenerator<Member, void, undefined> {
  const stored = [...pdfStreams(content)]
  const raw = rawText(content, stored)
  const text = plainNames(raw)
  // Where a stream ends and where a comment does, readers do not agree on.
  const everything = content.toString('latin1')
  const lock = isPdfEncrypted(everything) ? await unlocked(everything, context) : undefined
  const isClosed = lock === 'closed'
  const opened = lock === undefined || lock === 'closed' ? undefined : lock
  const streams = opened === undefined ? stored : stored.flatMap((stream) => opened.streams(stream))
  const described = new Map<number, Description>()
  describe(text, described, opened?.string)
  describe(withoutComments(text), described)
  for (const stream of isClosed ? [] : streams) {
    if (/\/Type\s*\/ObjStm\b/.test(stream.dictionary)) describe(await objectsOf(stream, context), described)
  }
  const whole = new Map<number, Description>()
  describe(withoutComments(plainNames(everything)), whole)
  const all = referredStreams(content, new Set([...described.keys(), ...whole.keys()]), () => context.note('unopened'))
  for (const { id } of all) described.set(id, described.get(id) ?? whole.get(id) ?? { names: [] })
  const places = Map.groupBy(stored, ({ raw: { byteOffset } }) => byteOffset)
  const referred = all
    .filter((stream) => !(places.get(stream.raw.byteOffset) ?? []).some((other) => isSameStream(stream, other)))
    .flatMap((stream) => opened?.streams(stream) ?? [stream])
  for (const stream of [...streams, ...referred]) {
    const description = described.get(stream.id)
    const isEmbedded = /\/Type\s*\/EmbeddedFile\b/.test(stream.dictionary)
    if (description || isEmbedded)
      yield toMember(stream, description, { isClosed, isEncrypted: lock !== undefined }, context)
  }
}

/** An encrypted file whose password is known. */
interface Unlocked {
  /** A stream as the key makes it; where that is not what it says, and the stream itself is, as it stands. */
  streams(stream: PdfStream): readonly PdfStream[]
  string(bytes: Buffer, id: number): Buffer
}

/** Every reader tries the empty password and does not ask where it fits. */
async function unlocked(text: string, context: OpenContext): Promise<Unlocked | 'closed'> {
  const lock = pdfLock(text)
  if (lock === undefined) {
    context.encryption('')
    return 'closed'
  }
  let key: Buffer | undefined
  const search = await context.passwords.find(
    async (password) => {
      key = lock.keyOf(password)
      return key !== undefined
    },
    [''],
  )
  if (search.kind === 'budget') context.note('password-budget')
  context.encryption(search.kind === 'opened' ? search.source : '')
  const found = key
  if (found === undefined) return 'closed'
  return {
    streams(stream) {
      const plain = decryptedStreams(stream, lock, found)
      const isOpen = plain.length > 1 || plain.some((bytes) => maySay(bytes, stream.dictionary))
      // A lock that is there for show would turn what readers see into noise.
      const asItStands = !plain.includes(stream.raw) && isMeant(stream) ? [stream] : []
      if (!isOpen && asItStands.length > 0) return asItStands
      return [
        ...plain.map((bytes) => (bytes === stream.raw ? stream : { ...stream, raw: bytes, isExact: true })),
        ...asItStands,
      ]
    },
    string: (bytes, id) => decryptedString(bytes, id, lock, found),
  }
}

/** Whether the bytes could be what the dictionary says of them. */
function maySay(bytes: Buffer, dictionary: string): boolean {
  const [filter] = filtersOf(dictionary)
  return (filter !== 'FlateDecode' && filter !== 'Fl') || isZlib(bytes)
}

/** Whether the bytes of a stream show by themselves that they are not encrypted. */
function isMeant({ raw, dictionary }: PdfStream): boolean {
  if (filtersOf(dictionary).length > 0) return isZlib(raw)
  return looksLikeFile(raw.subarray(0, 64)) || !/[^\t\r\n\f -~]/.test(raw.toString('latin1', 0, 512))
}

/** The two bytes at the head of a zlib stream check each other (RFC 1950, 2.2). */
function isZlib(bytes: Buffer): boolean {
  return bytes.length > 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0
}

/** What lies between the streams. */
function rawText(content: Buffer, streams: readonly PdfStream[]): string {
  const pieces: string[] = []
  let at = 0
  for (const { raw } of streams) {
    const start = raw.byteOffset - content.byteOffset
    pieces.push(content.toString('latin1', at, start))
    at = start + raw.length
  }
  pieces.push(content.toString('latin1', at))
  return pieces.join('\n')
}

async function objectsOf(stream: PdfStream, context: OpenContext): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of decoded(stream, context)) {
      pieces.push(piece)
      size += piece.length
      if (size > MAX_OBJECTS_BYTES) break
    }
  } catch (error) {
    if (!(error instanceof MemberFault)) throw error
    context.note('corrupt')
  }
  return plainNames(Buffer.concat(pieces).toString('latin1'))
}

/** Every reference of a file specification to its file, with the names that stand nearby. */
function describe(
  text: string,
  described: Map<number, Description>,
  open: (bytes: Buffer, id: number) => Buffer = (bytes) => bytes,
): void {
  let count = 0
  for (const match of text.matchAll(EMBEDDED)) {
    if (++count > MAX_DESCRIPTIONS) return
    const ids = [...(match[1] ?? '').matchAll(REFERENCE)].map((reference) => Number(reference[1]))
    if (ids.every((id) => described.has(id))) continue
    const own = objectAround(text, match.index)
    const names = namesIn(ownDictionary(text, match.index), (bytes) => open(bytes, own))
    for (const id of ids) if (!described.has(id)) described.set(id, { names })
  }
  for (const [, id] of text.matchAll(APART)) {
    if (++count > MAX_DESCRIPTIONS) return
    if (!described.has(Number(id))) described.set(Number(id), { names: [] })
  }
}

/** The number of the object in which a place lies. */
function objectAround(text: string, at: number): number {
  const before = text.slice(Math.max(0, at - NEAR), at)
  return Number([...before.matchAll(/(\d{1,10})\s+\d{1,5}\s+obj\b/g)].at(-1)?.[1] ?? 0)
}

/** The dictionary around a place: from where it opens to where it closes, as far as that is near. */
function ownDictionary(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - NEAR), at)
  const after = text.slice(at, at + NEAR)
  let depth = 0
  let start = before.length
  for (; start > 0 && depth < 1; start--) {
    const pair = before.slice(start - 2, start)
    if (pair !== '<<' && pair !== '>>') continue
    depth += pair === '<<' ? 1 : -1
    start--
  }
  const end = after.indexOf('endobj')
  return before.slice(start) + (end < 0 ? after : after.slice(0, end))
}

function namesIn(text: string, open: (bytes: Buffer) => Buffer): Description['names'] {
  const found = [...text.matchAll(NAME)].flatMap(([, key = '', token = '()']) => {
    const bytes = pdfBytes(token)
    const own = open(bytes)
    // What can be read as it stands is shown so where the lock is there for show.
    const values = own === bytes || !/^[ -~]{4,}$/.test(bytes.toString('latin1')) ? [own] : [own, bytes]
    return values.map((value) => ({ key, value: pdfText(value) }))
  })
  found.sort((a, b) => Number(b.key === 'UF') - Number(a.key === 'UF'))
  const values = new Set(found.map(({ value }) => value).filter((value) => value !== ''))
  return [...values].map((value) => ({ value, origin: 'pdf.filespec' }))
}

function toMember(
  stream: PdfStream,
  description: Description | undefined,
  { isClosed, isEncrypted }: { readonly isClosed: boolean; readonly isEncrypted: boolean },
  context: OpenContext,
): Member {
  // Names are encrypted with the rest.
  const names = isClosed ? [] : (description?.names ?? [])
  return memberOf({
    path: names[0]?.value ?? `object${stream.id}`,
    origin: 'pdf.object',
    ...(names.length > 0 ? { names } : {}),
    isEncrypted,
    anomalies: description === undefined && !isClosed ? [anomaly('detached-data')] : [],
    bytes() {
      if (isClosed) throw new ClosedFault()
      return decoded(stream, context)
    },
  })
}

async function* decoded(stream: PdfStream, context: OpenContext): AsyncGenerator<Buffer, void, undefined> {
  const { dictionary, raw, isExact } = stream
  const filters = filtersOf(dictionary)
  const bytes = withoutText(isExact === true ? raw : trimmed(raw, dictionary), filters)
  const [told, ...more] = filters
  // A reader would find the name elsewhere in the file; what else than this would it be.
  const filter = told === UNTOLD_FILTER && isZlib(bytes) ? 'Fl' : told
  if (filter === undefined) {
    context.share.take(bytes.length)
    yield bytes
  } else if ((filter === 'FlateDecode' || filter === 'Fl') && more.length === 0) {
    const result: Inflated = { used: 0, size: 0 }
    yield* unpredicted(inflate(bytes, 'zlib', context.share, result), dictionary)
  } else throw new MemberFault('unsupported')
}

/** The line end before `endstream` is none of the data; where the length is told and fits, it counts. */
function trimmed(raw: Buffer, dictionary: string): Buffer {
  const told = Number(/\/Length\s+(\d{1,12})(?!\s+\d+\s+R)/.exec(dictionary)?.[1] ?? Number.NaN)
  if (told <= raw.length && told >= raw.length - 2) return raw.subarray(0, told)
  const end = raw.length
  if (raw[end - 1] === 0x0a) return raw.subarray(0, raw[end - 2] === 0x0d ? end - 2 : end - 1)
  return raw[end - 1] === 0x0d ? raw.subarray(0, end - 1) : raw
}
