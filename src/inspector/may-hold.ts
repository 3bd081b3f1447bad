/** Which samples of a message are worth opening: everything but what surely holds nothing. Told by the content alone, and without looking into it. */
import type { Reading, Sample } from '../core/index.ts'

/** Groups of types that hold no members; a polyglot has another group beside. */
const LEAVES: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'font', 'text', 'source', 'calendar'])
/** Types of other groups that hold none. */
const LEAF_TYPES: ReadonlySet<string> = new Set([
  'application/json',
  'application/x-ndjson',
  'application/yaml',
  'application/pgp-encrypted',
  'application/pgp-keys',
  'application/pgp-signature',
  'application/pkcs7-signature',
  'application/x-pem-file',
  'text/csv',
  'text/ldif',
  'text/tab-separated-values',
  'text/x-ini',
])
const MESSAGE = 'message/rfc822'
/** The texts of a message are read with it, and what a script in them carries; the rest is done where that was seen. */
const CARRIES = 'html-smuggling'

/** The samples of a message within which there may be others. What is no known type may be a damaged container. */
export function containersOf({ attachments, bodies }: Reading): readonly Sample[] {
  const outer = pathsAround([...attachments, ...bodies])
  const carriers = bodies.filter(({ anomalies }) => anomalies.some(({ name }) => name === CARRIES))
  return [...attachments.filter((sample) => mayHold(sample) && !isReadMessage(sample, outer)), ...carriers]
}

/** The paths of samples that were read as messages: other samples lie in them. */
export function pathsAround(samples: readonly Pick<Sample, 'path'>[]): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const { path } of samples) {
    for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) paths.add(path.slice(0, end))
  }
  return paths
}

function mayHold({ size, types, groups }: Sample): boolean {
  if (size === 0) return false
  if (groups.some((group) => !LEAVES.has(group))) return types.some((type) => !LEAF_TYPES.has(type))
  return groups.length === 0
}

function isReadMessage({ path, types }: Sample, outer: ReadonlySet<string>): boolean {
  return types.every((type) => type === MESSAGE) && outer.has(path)
}
