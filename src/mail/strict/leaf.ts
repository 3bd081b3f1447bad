/** The content of one part on its way: decoded, measured, tapped, and read again where it is a message. */
import { type AnomalyName, anomaly } from '../../core/index.ts'
import { decoderFor } from '../decode/encoding.ts'
import { createLeafWatch, createWatch, type Watch } from '../otherwise/watch.ts'
import { isDeclaredMessage, looksLikeMessage, SNIFF_BYTES } from '../sniff.ts'
import { createBones } from './bones.ts'
import { startOddities } from './start-oddity.ts'
import type { InnerMessage, Leaf, StrictContext } from './strict-context.ts'

const EMPTY = Buffer.alloc(0)

export interface LeafSink {
  /** `offset` is where in the message the bytes stand. */
  write(raw: Buffer, offset: number): void
  end(): void
  /** The bytes were no part after all. */
  discard(): void
}

/** Begins to take the encoded bytes of a part. */
export function openLeaf(context: StrictContext, leaf: Leaf, offset: number): LeafSink {
  /** Where in the message the content begins; unknown within another message. */
  let body = -1
  const say = (name: AnomalyName, line?: number): void => {
    const place = line === undefined || body < 0 ? offset : body + line
    if (!leaf.anomalies.some((each) => each.name === name)) leaf.anomalies.push(anomaly(name, place))
  }
  const meter = context.newMeter()
  const tap = context.tap(leaf.path)
  // Whoever takes the bytes of a part, and a message within, may keep them.
  const space = (length: number): Buffer =>
    (tap === undefined && leaf.isMessage === false ? meter.space?.(length) : undefined) ?? Buffer.allocUnsafe(length)
  const decoder = decoderFor(
    leaf.part.encoding,
    { isPassedOver: false, onDoubt: () => say('base64-padding-inside'), onOddity: say },
    space,
  )
  const inner = createInnerReader(context, leaf, offset)
  context.findings.add(leaf)

  const bones = createBones(context, leaf)
  // A place of its own: where parts come after all, they have the other.
  const guess = leaf.mayHide ? context.newGuess(`${leaf.path}.~`, leaf.depth) : undefined

  function deliver(bytes: Buffer): void {
    if (bytes.length === 0) return
    meter.write(bytes)
    tap?.(bytes)
    inner.write(bytes)
  }
  return {
    write(raw, at) {
      if (body < 0 && offset >= 0) body = at
      // As it stands: the transfer encoding of a multipart means nothing.
      guess?.write(raw)
      decoder.write(raw, (bytes, run) => {
        // First, as it decides whether the part is a message.
        deliver(bytes)
        bones?.write(bytes, run, at)
      })
    },
    end() {
      guess?.end()
      decoder.end((bytes) => {
        deliver(bytes)
        bones?.write(bytes, undefined, -1)
      })
      inner.end()
      leaf.content = meter.end()
      leaf.skeletonDigest = bones?.digest() ?? ''
    },
    discard() {
      inner.end()
      context.findings.remove(leaf)
      if (leaf.hasOutside) context.findings.note('content-outside-parts', offset)
    },
  }
}

/** Takes what stands behind the last part of a multipart, and is no part. */
export function openOutside(context: StrictContext, isOutermost: boolean): LeafSink {
  let place: number | undefined
  const watch = createWatch(() => {
    context.findings.doubt()
    context.findings.note('content-outside-parts', place ?? -1)
  })
  return {
    write(raw, offset) {
      place ??= isOutermost ? offset : -1
      watch.write(raw)
    },
    end: () => watch.end(),
    discard: () => watch.end(),
  }
}

/**
 * Waits for as many bytes as tell whether the part is a message, then reads it as one, or watches it for what is to be read otherwise.
 */
function createInnerReader(context: StrictContext, leaf: Leaf, offset: number): InnerMessage {
  let message: InnerMessage | undefined
  let watch: Watch | undefined
  let start: Buffer = EMPTY
  if (leaf.isMessage === undefined && isDeclaredMessage(leaf.part.type, leaf.part.name)) open()
  // What stands before the first part of a multipart, or all of it where there is none.
  if (leaf.isMessage === false) {
    watch = createLeafWatch(start, leaf.part, () => {
      context.findings.doubt()
      leaf.hasOutside = true
    })
  }

  function open(): void {
    leaf.isMessage = leaf.depth < context.limits.messageDepth
    if (leaf.isMessage) message = context.newMessage(`${leaf.path}.`, leaf.depth + 1)
    else context.findings.reach('message-depth', offset)
  }
  function decide(): void {
    leaf.isMessage = looksLikeMessage(start)
    if (!leaf.isMessage) {
      for (const name of startOddities(leaf.part, start)) leaf.anomalies.push(anomaly(name, offset))
      watch = createLeafWatch(start, leaf.part, () => context.findings.doubt())
      return
    }
    if (leaf.role === 'sample' && leaf.part.type !== 'text/rfc822-headers')
      leaf.anomalies.push(anomaly('message-disguised', offset))
    open()
    message?.write(start)
  }
  function write(bytes: Buffer): void {
    if (leaf.isMessage !== undefined) {
      message?.write(bytes)
      watch?.write(bytes)
      return
    }
    start = start.length === 0 ? bytes : Buffer.concat([start, bytes])
    if (start.length < SNIFF_BYTES) return
    decide()
    start = EMPTY
  }
  function end(): void {
    if (leaf.isMessage === undefined) decide()
    message?.end()
    watch?.end()
  }
  return { write, end }
}
