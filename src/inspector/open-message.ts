/** Messages as containers: their attachments and texts are members, and what they say may be the password of what is attached. */
import { type Format, type Member, memberOf, type OpenContext, passwordCandidates } from '../archive/index.ts'
import { type ContentMeter, NO_CONTENT, type Reading, type Sample } from '../core/index.ts'
import { createMessageReader, extractBytes, type MailLimits } from '../mail/index.ts'
import { pathsAround } from './may-hold.ts'

const MESSAGE = 'message'

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
  context.passwords.suggest(
    passwordCandidates(
      textsOf(reading.subject, reading.bodies, pieces),
      reading.attachments.flatMap(({ names }) => names.map(({ value }) => value)),
    ),
  )
  const outer = pathsAround(samples)
  for (const sample of samples) {
    const member = toMember(sample, pieces.get(sample.path), content, limits, context)
    // What lies in a message within was told with the message around it.
    yield outer.has(sample.path) ? { ...member, notAs: [MESSAGE] } : member
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

/** Subject and texts, markup left out. */
function textsOf(subject: string, bodies: readonly Sample[], pieces: ReadonlyMap<string, Buffer[]>): string[] {
  const texts = bodies.map(({ path, declaredType }) => {
    const text = Buffer.concat(pieces.get(path) ?? []).toString('utf8', 0, 256 * 1024)
    return declaredType === 'text/html' ? withoutMarkup(text) : text
  })
  return [subject, ...texts]
}

function withoutMarkup(html: string): string {
  const entities: Readonly<Record<string, string>> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"' }
  return html
    .replace(/<(?:style|script)\b[^>]{0,1000}>[^<]{0,20000}/gi, ' ')
    .replace(/<(?:br|p|div|tr|li|h\d)\b[^<>]{0,2000}>/gi, '\n')
    .replace(/<[^<>]{0,2000}>/g, '')
    .replace(/&(nbsp|amp|lt|gt|quot);/g, (_, name: string) => entities[name] ?? '')
}
