/**
 * A case is a message made to be read differently by different programs, together with what at least one real reader shows of it.
 * The content is synthetic: bytes that follow from the name of the case, so that no two cases share a digest.
 */
import { createHash } from 'node:crypto'

/** What must be found: these bytes, under one of these names (any name will do where the list is empty). */
export interface Expected {
  readonly bytes: Buffer
  readonly names: readonly string[]
}

/** One way to write an attachment, before its content is put in. */
export interface CaseSpec {
  readonly name: string
  /** The section of a specification, or the programs, by which the content is shown. */
  readonly why: string
  readonly kind?: 'binary' | 'text'
  /** Size of the content; a size that follows from the name where absent. */
  readonly size?: number
  /** Beyond a limit of ours: unscannable is an answer as well. */
  readonly isBeyond?: boolean
  /** Accepted names; none where any name will do. */
  readonly names?: readonly string[]
  /** The message, one character for each byte. */
  build(content: Buffer): string
  /** What is expected where that is not just the content. */
  expect?(content: Buffer): readonly Expected[]
}

/** The cases of one row of the taxonomy. */
export interface CaseClass {
  readonly name: string
  readonly cases: readonly CaseSpec[]
}

/** A case with its content. */
export interface Case {
  readonly name: string
  readonly class: string
  readonly why: string
  readonly message: Buffer
  readonly isBeyond: boolean
  readonly expected: readonly Expected[]
}

/** Puts the content into a case. */
export function makeCase(className: string, spec: CaseSpec, content = contentOf(className, spec)): Case {
  return {
    name: `${className}/${spec.name}`,
    class: className,
    why: spec.why,
    isBeyond: spec.isBeyond === true,
    message: Buffer.from(spec.build(content), 'latin1'),
    expected: spec.expect?.(content) ?? [{ bytes: content, names: spec.names ?? [] }],
  }
}

function contentOf(className: string, spec: CaseSpec): Buffer {
  const seed = `${className}/${spec.name}`
  const size = spec.size ?? sizeOf(seed)
  return spec.kind === 'text' ? textOf(seed, size) : bytesOf(seed, size)
}

/** From 30 bytes to 20 kB, small ones more often. */
function sizeOf(seed: string): number {
  const [which = 0, low = 0, high = 0] = createHash('sha256').update(`size ${seed}`).digest()
  const [from, to] = RANGES[which % RANGES.length] ?? [30, 100]
  return from + (((high << 8) + low) % (to - from))
}

const RANGES = [
  [30, 100],
  [100, 1000],
  [100, 1000],
  [1000, 5000],
  [5000, 20_000],
] as const

/** Bytes without a pattern, the same for the same seed. */
export function bytesOf(seed: string, size: number): Buffer {
  const blocks: Buffer[] = [Buffer.from([0xd7])]
  for (let i = 0; i * 32 < size; i++) blocks.push(createHash('sha256').update(`${seed} ${i}`).digest())
  return Buffer.concat(blocks).subarray(0, size)
}

const WORDS =
  'amber basin cedar delta ember fjord grove heath inlet jetty knoll ledge marsh notch oasis plain ridge shoal'.split(
    ' ',
  )

/** Lines of words, CRLF between them and none at the end. */
export function textOf(seed: string, size: number): Buffer {
  const lines: string[] = []
  let length = 0
  for (let i = 0; length < size; i++) {
    const line = Array.from(bytesOf(`${seed} line ${i}`, 9).subarray(1), (byte) => WORDS[byte % WORDS.length]).join(' ')
    lines.push(line)
    length += line.length + 2
  }
  return Buffer.from(lines.join('\r\n').slice(0, size).trim(), 'latin1')
}
