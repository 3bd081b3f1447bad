/** Takes out what lies within the content of a part. */
import type { Embedded, Format, Hint } from './embedded.ts'

export type { Embedded, EmbeddedAnomaly, EmbeddedKind, Hint } from './embedded.ts'

const FORMATS: readonly Format[] = []

/** Every file within the decoded content of a part; how deep to go on with what comes out is the caller's matter. */
export function embeddedIn(content: Buffer, hint: Hint): readonly Embedded[] {
  const budget = { files: 1000, inflatedBytes: 0 }
  return FORMATS.filter((format) => format.mayHold(content, hint)).flatMap((format) => [
    ...format.extract(content, hint, budget),
  ])
}

/** Whether `embeddedIn` may find something; cheap enough for every part. */
export function mayEmbed(content: Buffer, hint: Hint): boolean {
  return FORMATS.some((format) => format.mayHold(content, hint))
}

/** Answers as `mayEmbed` does, of content that passes by piece by piece. */
export interface EmbedScout {
  write(bytes: Buffer): void
  end(): boolean
}

/** Begins to watch the content of one part. */
export function createEmbedScout(_hint: Hint): EmbedScout {
  return { write: () => undefined, end: () => false }
}
