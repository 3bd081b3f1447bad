/** The content of a part as the skeleton of the message has it, read beside the content itself while both stream by. */
import type { Run } from '../decode/decoder.ts'
import { exactEncoding } from '../header/other-encoding.ts'
import { isMultipart, type Part } from '../header/part.ts'
import type { Skeleton } from '../mailparser/skeleton.ts'
import { Digest } from './digest.ts'
import { LF } from './line.ts'
import type { Leaf, StrictContext } from './strict-context.ts'

/** A shorter stretch of text costs mailparser no more than a second digest. */
const LEAST_TEXT = 1024
/** What a delimiter line may begin with: mailsplit passes over a CR before it. */
const DASHES = [Buffer.from('\n--'), Buffer.from('\r--')] as const

/** Takes the decoded bytes of a part, and where they stand in the message. */
export interface Bones {
  write(bytes: Buffer, run: Run | undefined, offset: number): void
  /** The digest of the content in the skeleton; empty where that does not differ. */
  digest(): string
}

/** Begins to take the bytes of a part; undefined where nothing of it can be left out, as of each message within. */
export function createBones({ skeleton }: StrictContext, leaf: Leaf): Bones | undefined {
  if (skeleton === undefined) return undefined
  if (leaf.part.encoding === 'base64') return createRunBones(skeleton, leaf)
  return isPlainText(leaf.part) ? createTextBones(skeleton, leaf) : undefined
}

/** Of base64, the runs of lines are left out. */
function createRunBones(skeleton: Skeleton, leaf: Leaf): Bones {
  const digest = new Digest()
  let isUsed = false
  function write(bytes: Buffer, run: Run | undefined, offset: number): void {
    const mayCut = run !== undefined && leaf.isMessage === false
    const token = mayCut ? skeleton.cutLines(offset + run.from, offset + run.to, run.lineEnd) : undefined
    isUsed ||= token !== undefined
    digest.write(token ?? bytes)
  }
  return { write, digest: () => (isUsed ? digest.end() : '') }
}

/** Text that stands as it is, and in whose header nobody reads anything else. */
function isPlainText(part: Part): boolean {
  const { type, encoding, anomalies } = part
  if (isMultipart(part) || type.startsWith('message/') || anomalies.length > 0) return false
  if (part.otherTypes.length + part.otherEncodings.length + part.otherBoundaries.length > 0) return false
  return encoding === '' || exactEncoding(encoding) === 'identity'
}

/** Of text, whole lines are left out that do not begin with two dashes. */
function createTextBones(skeleton: Skeleton, leaf: Leaf): Bones {
  const digest = new Digest()
  let isUsed = false
  function write(bytes: Buffer, _run: Run | undefined, offset: number): void {
    let kept = 0
    if (leaf.isMessage === false && bytes.length > LEAST_TEXT && offset >= 0) {
      for (const { from, to } of stretches(bytes)) {
        const line = skeleton.cutText(offset + from, offset + to)
        if (line === undefined) continue
        isUsed = true
        digest.write(bytes.subarray(kept, from))
        digest.write(line)
        kept = to
      }
    }
    digest.write(kept === 0 ? bytes : bytes.subarray(kept))
  }
  return { write, digest: () => (isUsed ? digest.end() : '') }
}

/** Whole lines, but for the first one, none of which begins like a delimiter. */
function* stretches(bytes: Buffer): Generator<{ from: number; to: number }> {
  const last = bytes.lastIndexOf(LF) + 1
  const nextDashes = dashesOf(bytes)
  let from = bytes.indexOf(LF) + 1
  while (from > 0 && from < last) {
    const dashes = nextDashes(from - 1)
    const to = dashes < 0 ? last : bytes.lastIndexOf(LF, dashes) + 1
    if (to - from >= LEAST_TEXT) yield { from, to }
    if (dashes < 0) return
    from = bytes.indexOf(LF, dashes + 1) + 1
  }
}

/** Tells where the line end before the next two dashes is, -1 where there are none; asked further and further on. */
function dashesOf(bytes: Buffer): (from: number) => number {
  const places = DASHES.map((each) => ({ each, at: 0, isOver: false }))
  return (from) => {
    let first = -1
    for (const place of places) {
      if (place.isOver) continue
      if (place.at <= from) place.at = bytes.indexOf(place.each, from)
      place.isOver = place.at < 0
      if (!place.isOver && (first < 0 || place.at < first)) first = place.at
    }
    return first
  }
}
