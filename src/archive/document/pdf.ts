/** PDF: embedded files (ISO 32000-1, 7.11.4), wherever their description lies, also in compressed object streams. */
import { anomaly, ClosedFault, type Member, MemberFault, memberOf, type OpenContext } from '../container.ts'
import { type Inflated, inflate } from '../inflate.ts'
import { filtersOf, type PdfStream, pdfStreams, pdfText, plainNames, withoutText } from './pdf-object.ts'

/** A string in parentheses with at most one level more, or in digits. */
const TEXT = String.raw`\((?:[^()\\]|\\[\s\S]|\([^()]{0,200}\)){0,2000}\)|<[0-9A-Fa-f\s]{0,4000}>`
const NAME = new RegExp(String.raw`\/(UF|F|Unix|DOS|Mac)\s*(${TEXT})`, 'g')
const EMBEDDED = /\/EF\s*<<([^>]{0,500})>>/g
const ENCRYPTED = /\/Encrypt\s+\d{1,10}\s+\d{1,5}\s+R|\/Encrypt\s*<</
const REFERENCE = /(\d{1,10})\s+\d{1,5}\s+R/g
/** How far from the reference to a file its names are looked for. */
const NEAR = 2048
/** A file has fewer attachments than that. */
const MAX_DESCRIPTIONS = 2000
/** Object streams hold descriptions, which are small. */
const MAX_OBJECTS_BYTES = 16 * 1024 * 1024

interface Description {
  readonly names: { readonly value: string; readonly origin: string }[]
}

/** Opens a PDF file: its members are the files that are embedded in it. */
export async function* openPdf(content: Buffer, context: OpenContext): AsyncGenerator<Member, void, undefined> {
  const streams = [...pdfStreams(content)]
  const described = new Map<number, Description>()
  const text = plainText(content, streams)
  const isEncrypted = ENCRYPTED.test(text)
  // Nothing is decrypted here: what lies in it, nobody saw.
  if (isEncrypted) context.encryption('')
  describe(text, described)
  for (const stream of isEncrypted ? [] : streams) {
    if (/\/Type\s*\/ObjStm\b/.test(stream.dictionary)) describe(await objectsOf(stream, context), described)
  }
  for (const stream of streams) {
    const description = described.get(stream.id)
    const isEmbedded = /\/Type\s*\/EmbeddedFile\b/.test(stream.dictionary)
    if (description || isEmbedded) yield toMember(stream, description, isEncrypted, context)
  }
}

/** What lies between the streams. */
function plainText(content: Buffer, streams: readonly PdfStream[]): string {
  const pieces: string[] = []
  let at = 0
  for (const { raw } of streams) {
    const start = raw.byteOffset - content.byteOffset
    pieces.push(content.toString('latin1', at, start))
    at = start + raw.length
  }
  pieces.push(content.toString('latin1', at))
  return plainNames(pieces.join('\n'))
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
function describe(text: string, described: Map<number, Description>): void {
  let count = 0
  for (const match of text.matchAll(EMBEDDED)) {
    if (++count > MAX_DESCRIPTIONS) return
    const ids = [...(match[1] ?? '').matchAll(REFERENCE)].map((reference) => Number(reference[1]))
    if (ids.every((id) => described.has(id))) continue
    const names = namesIn(ownDictionary(text, match.index))
    for (const id of ids) if (!described.has(id)) described.set(id, { names })
  }
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

function namesIn(text: string): { readonly value: string; readonly origin: string }[] {
  const found = [...text.matchAll(NAME)].map((match) => ({ key: match[1] ?? '', value: pdfText(match[2] ?? '()') }))
  found.sort((a, b) => Number(b.key === 'UF') - Number(a.key === 'UF'))
  const values = new Set(found.map(({ value }) => value).filter((value) => value !== ''))
  return [...values].map((value) => ({ value, origin: 'pdf.filespec' }))
}

function toMember(
  stream: PdfStream,
  description: Description | undefined,
  isEncrypted: boolean,
  context: OpenContext,
): Member {
  // Names are encrypted with the rest.
  const names = isEncrypted ? [] : (description?.names ?? [])
  return memberOf({
    path: names[0]?.value ?? `object${stream.id}`,
    origin: 'pdf.object',
    ...(names.length > 0 ? { names } : {}),
    isEncrypted,
    anomalies: description === undefined && !isEncrypted ? [anomaly('detached-data')] : [],
    bytes() {
      if (isEncrypted) throw new ClosedFault()
      return decoded(stream, context)
    },
  })
}

async function* decoded({ dictionary, raw }: PdfStream, context: OpenContext): AsyncGenerator<Buffer, void, undefined> {
  const filters = filtersOf(dictionary)
  const bytes = withoutText(trimmed(raw, dictionary), filters)
  const [filter, ...more] = filters
  if (filter === undefined) {
    context.share.take(bytes.length)
    yield bytes
  } else if ((filter === 'FlateDecode' || filter === 'Fl') && more.length === 0) {
    const result: Inflated = { used: 0, size: 0 }
    yield* inflate(bytes, 'zlib', context.share, result)
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
