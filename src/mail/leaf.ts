/** The content of one part on its way: decoded, measured, tapped, and read again where it is a message. */
import { decoderFor } from './decoder.ts'
import { isDeclaredMessage, looksLikeMessage, SNIFF_BYTES } from './sniff.ts'
import type { InnerMessage, Leaf, StrictContext } from './strict-context.ts'

export interface LeafSink {
  write(raw: Buffer): void
  end(): void
  /** The bytes were no part after all. */
  discard(): void
}

/** Begins to take the encoded bytes of a part. */
export function openLeaf(context: StrictContext, leaf: Leaf, offset: number): LeafSink {
  const decoder = decoderFor(leaf.part.encoding)
  const meter = context.newMeter()
  const tap = context.tap(leaf.path)
  const inner = createInnerReader(context, leaf, offset)
  context.findings.add(leaf)

  function deliver(bytes: Buffer): void {
    if (bytes.length === 0) return
    meter.write(bytes)
    tap?.(bytes)
    inner.write(bytes)
  }
  return {
    write: (raw) => deliver(decoder.write(raw)),
    end() {
      deliver(decoder.end())
      inner.end()
      leaf.content = meter.end()
    },
    discard: () => context.findings.remove(leaf),
  }
}

/** Waits for as many bytes as tell whether the part is a message, then reads it as one or not at all. */
function createInnerReader(context: StrictContext, leaf: Leaf, offset: number): InnerMessage {
  let message: InnerMessage | undefined
  let start: Buffer = Buffer.alloc(0)
  if (leaf.role !== 'sample') leaf.isMessage = false
  else if (leaf.isMessage === undefined && isDeclaredMessage(leaf.part.type, leaf.part.name)) open()

  function open(): void {
    leaf.isMessage = leaf.depth < context.limits.messageDepth
    if (leaf.isMessage) message = context.newMessage(`${leaf.path}.`, leaf.depth + 1)
    else context.findings.reach('message-depth', offset)
  }
  function decide(): void {
    leaf.isMessage = looksLikeMessage(start)
    if (!leaf.isMessage) return
    if (leaf.part.type !== 'text/rfc822-headers')
      leaf.anomalies.push({ name: 'message-disguised', severity: 'suspicious', offset })
    open()
    message?.write(start)
  }
  function write(bytes: Buffer): void {
    if (leaf.isMessage !== undefined) {
      message?.write(bytes)
      return
    }
    start = start.length === 0 ? bytes : Buffer.concat([start, bytes])
    if (start.length < SNIFF_BYTES) return
    decide()
    start = Buffer.alloc(0)
  }
  function end(): void {
    if (leaf.isMessage === undefined) decide()
    message?.end()
  }
  return { write, end }
}
