/**
 * Where mail programs differ in one point, the strict reading takes one side; where a message has such a point, it is read again with
 * the other side taken, and with every combination of them. What appears only there is a sample as well.
 */
import type { Limit, Sample } from '../../core/index.ts'
import { strictSample } from '../union.ts'
import type { Choice } from './strict-context.ts'
import { openStrict, type ReaderOptions } from './strict-reading.ts'

const PATH = /^((?:boundary|padding)(?:\+padding)?):(.+)$/

/** Splits the path of a sample into the choices by which it was found and its path in that reading. */
export function choicesOf(path: string): { choices: ReadonlySet<Choice>; inner: string } {
  const [, names, inner] = PATH.exec(path) ?? []
  return { choices: new Set(names?.split('+') as Choice[] | undefined), inner: inner ?? path }
}

export interface OtherReadings {
  readonly samples: readonly Sample[]
  readonly limit: Limit | ''
}

/** Reads the message again for each point in which it may be read otherwise; `known` grows by what is found. */
export function readOtherwise(
  options: ReaderOptions,
  chunks: readonly Buffer[],
  doubts: ReadonlySet<Choice>,
  known: Set<string>,
): OtherReadings {
  const samples: Sample[] = []
  const waiting = [...doubts].map((choice) => new Set([choice]))
  const done = new Set<string>()
  let limit: Limit | '' = ''
  for (const choices of waiting) {
    const name = [...choices].sort().join('+')
    if (done.has(name)) continue
    done.add(name)
    const { message, findings } = openStrict(options, undefined, choices)
    for (const chunk of chunks) message.write(chunk)
    message.end()
    limit ||= findings.limit
    for (const leaf of findings.leaves) {
      if (leaf.role !== 'sample' || leaf.content === undefined || leaf.content.size === 0) continue
      if (known.has(leaf.content.sha256)) continue
      known.add(leaf.content.sha256)
      samples.push({ ...strictSample(leaf, undefined, []), path: `${name}:${leaf.path}` })
    }
    for (const doubt of findings.doubts) waiting.push(new Set([...choices, doubt]))
  }
  return { samples, limit }
}
