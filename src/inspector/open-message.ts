/** Messages as containers: their attachments and texts are members, and what they say may be the password of what is attached. */
import {
  type Format,
  type Member,
  memberOf,
  type OpenContext,
  officeText,
  passwordCandidates,
  withoutMarkup,
} from '../archive/index.ts'
import { type ContentMeter, NO_CONTENT, type Reading, type Sample } from '../core/index.ts'
import { createMessageReader, extractBytes, type MailLimits } from '../mail/index.ts'
import { pathsAround } from './may-hold.ts'
import { CARRIER, carrierFormat } from './open-carrier.ts'

const MESSAGE = 'message'
/** So much of a text is searched for passwords, and so much of attachments that are short enough to be a note. */
const TEXT_BYTES = 256 * 1024
const NOTE_BYTES = 64 * 1024
const DOCUMENT_BYTES = 256 * 1024
const MAX_NOTES = 20
const MAX_BODIES = 30

const unmeasured: ContentMeter = { write: () => undefined, end: () => NO_CONTENT }

/** The format of messages; they are recognised by the detector alone. */
export function messageFormat(limits: MailLimits, newMeter: () => ContentMeter): Format {
  return {
    name: MESSAGE,
    signs: [],
    test: () => false,
    types: ['message/rfc822', 'multipart/related', 'application/x-mimearchive'],
    open: (content, context) => openMessage(content, limits, newMeter, context),
  }
}

/** The format of what carries files as a message does. */
export function messageCarrier(limits: MailLimits, newMeter: () => ContentMeter): Format {
  return carrierFormat((content, context) => openMessage(content, limits, newMeter, context))
}

/**
 * The place of a member in the tree of its message: that of its attachment is the number among all samples of the message, in the order
 * in which `openMessage` yields them.
 */
export async function placeOf(
  path: string,
  content: Buffer,
  limits: MailLimits,
  newMeter: () => ContentMeter,
): Promise<string> {
  const end = path.indexOf('/')
  // Readings are joined by what their parts hold, so that is measured.
  const samples = samplesOf(await read(content, limits, newMeter))
  const index = samples.findIndex((sample) => sample.path === path.slice(0, end))
  if (index < 0) throw new Error(`the message has no part ${path.slice(0, end)}`)
  return `${index + 1}${path.slice(end)}`
}

async function read(content: Buffer, limits: MailLimits, newMeter: () => ContentMeter): Promise<Reading> {
  const reader = createMessageReader({ limits, newMeter })
  if (!reader.write(content)) await reader.drained()
  return reader.end()
}

function samplesOf({ attachments, bodies }: Reading): readonly Sample[] {
  return [...attachments, ...bodies]
}

async function* openMessage(
  content: Buffer,
  limits: MailLimits,
  newMeter: () => ContentMeter,
  context: OpenContext,
): AsyncGenerator<Member, void, undefined> {
  const reading = await read(content, limits, newMeter)
  if (reading.unscannable !== '') context.note('unopened')
  const samples = samplesOf(reading)
  const pieces = await piecesOf(content, limits, samples)
  const texts = await Promise.all(
    [...reading.bodies.slice(0, MAX_BODIES), ...notesIn(reading)].map((sample) =>
      textOf(sample, pieces, content, limits),
    ),
  )
  context.passwords.suggest(
    passwordCandidates(
      [reading.subject, ...texts],
      reading.attachments.flatMap(({ names }) => names.map(({ value }) => value)),
    ),
  )
  const outer = pathsAround(samples)
  for (const sample of samples) {
    const member = toMember(sample, pieces.get(sample.path), content, limits, context)
    // What lies in a message within was told with the message around it.
    yield { ...member, notAs: outer.has(sample.path) ? [CARRIER, MESSAGE] : [CARRIER] }
  }
}

/** The bytes of all parts that the strict reading saw, in one pass. */
async function piecesOf(
  content: Buffer,
  limits: MailLimits,
  samples: readonly Sample[],
): Promise<ReadonlyMap<string, Buffer[]>> {
  const pieces = new Map<string, Buffer[]>()
  const wanted = new Set(samples.map(({ path }) => path))
  const reader = createMessageReader({
    limits,
    newMeter: () => unmeasured,
    tap(path, by) {
      if (by !== 'strict' || !wanted.has(path)) return undefined
      const own: Buffer[] = []
      pieces.set(path, own)
      return (bytes) => own.push(Buffer.from(bytes))
    },
  })
  if (!reader.write(content)) await reader.drained()
  await reader.end()
  return pieces
}

function toMember(
  sample: Sample,
  pieces: readonly Buffer[] | undefined,
  content: Buffer,
  limits: MailLimits,
  { share }: OpenContext,
): Member {
  return memberOf({
    path: sample.name === '' ? sample.path : sample.name,
    origin: 'message',
    names: sample.names,
    declaredType: sample.declaredType,
    declaredSize: sample.size,
    anomalies: sample.anomalies,
    async *bytes() {
      const source = pieces ?? extractBytes({ path: sample.path, limits }, one(content))
      for await (const piece of source) {
        share.take(piece.length)
        yield Buffer.from(piece.buffer, piece.byteOffset, piece.length)
      }
    },
  })
}

async function* one(content: Buffer): AsyncGenerator<Buffer> {
  yield content
}

/** Attachments that a person reads: whoever sends a password beside the archive writes it there. */
function notesIn({ attachments }: Reading): readonly Sample[] {
  return attachments
    .filter((one) => (one.groups.includes('text') && one.size <= NOTE_BYTES) || isDocument(one))
    .slice(0, MAX_NOTES)
}

const DOCUMENTS = /^application\/(?:vnd\.(?:openxmlformats|oasis\.opendocument|ms-\w+\.\w+\.macroEnabled)|rtf$)/

function isDocument({ types, size }: Sample): boolean {
  return size <= DOCUMENT_BYTES && types.some((type) => DOCUMENTS.test(type))
}

/** What a person reads, markup left out; where only another than the strict reading sees it, it is extracted again. */
async function textOf(
  sample: Sample,
  pieces: ReadonlyMap<string, Buffer[]>,
  message: Buffer,
  limits: MailLimits,
): Promise<string> {
  const bytes: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces.get(sample.path) ?? extractBytes({ path: sample.path, limits }, one(message))) {
    bytes.push(piece)
    size += piece.length
    if (size >= TEXT_BYTES) break
  }
  const content = Buffer.concat(bytes).subarray(0, TEXT_BYTES)
  if (isDocument(sample)) return officeText(content)
  const text = decoded(content, sample)
  return sample.declaredType === 'text/html' || sample.types.includes('text/html') ? withoutMarkup(text) : text
}

/** In the character set that the content shows, or else the declared one. */
function decoded(bytes: Buffer, { charset, declaredCharset }: Sample): string {
  for (const label of [charset, declaredCharset, 'utf-8']) {
    if (label === '' || label === 'us-ascii') continue
    try {
      return new TextDecoder(label).decode(bytes)
    } catch {
      // Nobody knows a character set of that name.
    }
  }
  return bytes.toString('latin1')
}
