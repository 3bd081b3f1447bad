/**
 * Texts and envelopes that carry files: uuencode, yEnc, BinHex, calendars, cards, signed mail, AppleSingle. In a message they are taken apart
 * with it; as files of their own, and in archives, here. What pages and mailboxes carry, their own openers tell.
 */
import { type Format, type Member, memberOf, type OpenContext } from '../archive/index.ts'
import { type Embedded, type EmbeddedKind, embeddedIn, mayEmbed } from '../mail/index.ts'

/** Opens the bytes of a message. */
type MessageOpener = (content: Buffer, context: OpenContext) => AsyncIterable<Member>

export const CARRIER = 'carrier'
const NOT_OURS: ReadonlySet<EmbeddedKind> = new Set(['script', 'data-uri', 'mbox'])
/** A larger text is no carrier that anybody sends within an archive. */
const MOST_BYTES = 32 * 1024 * 1024
const NO_HINT = { type: '', name: '' }

/** The format of carriers; a signed message in one is opened as such. What carries nothing is none, whatever it looks like. */
export function carrierFormat(openMessage: MessageOpener): Format {
  const known = new WeakMap<Buffer, readonly Embedded[]>()
  const found = (content: Buffer) => {
    const files = known.get(content) ?? filesIn(content)
    known.set(content, files)
    return files
  }
  return {
    name: CARRIER,
    signs: [],
    test: (content) => found(content).length > 0,
    open: (content, context) => carried(found(content), openMessage, context),
  }
}

function filesIn(content: Buffer): readonly Embedded[] {
  // Pages and pictures of markup have openers of their own.
  const isMarkup = /^\s{0,64}</.test(content.toString('latin1', 0, 65))
  if (isMarkup || content.length > MOST_BYTES || !mayEmbed(content, NO_HINT)) return []
  const found = embeddedIn(content, NO_HINT).filter(({ kind }) => !NOT_OURS.has(kind))
  return found.filter(({ bytes, anomaly }) => bytes.length > 0 || anomaly !== undefined)
}

async function* carried(
  found: readonly Embedded[],
  openMessage: MessageOpener,
  context: OpenContext,
): AsyncGenerator<Member, void, undefined> {
  for (const one of found) {
    if (one.anomaly === 'encrypted') context.encryption('')
    else if (one.anomaly !== undefined) context.note(one.anomaly === 'compression-unknown' ? 'unsupported' : 'unopened')
    if (one.bytes.length === 0) continue
    if (one.isMessage === true) yield* openMessage(one.bytes, context)
    else yield toMember(one, context)
  }
}

function toMember({ name, kind, bytes, type = '' }: Embedded, { share }: OpenContext): Member {
  return memberOf({
    path: name,
    origin: kind,
    declaredType: type,
    declaredSize: bytes.length,
    *bytes() {
      share.take(bytes.length)
      yield bytes
    },
  })
}
