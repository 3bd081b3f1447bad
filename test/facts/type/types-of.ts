import { createSampler, detectContent, type TypeFacts } from '../../../src/facts/type/index.ts'

/** What the detector says of a content that comes in pieces of this size. */
export function factsOf(content: Buffer, size = 65_536): TypeFacts {
  const sampler = createSampler()
  for (let at = 0; at < content.length; at += size) sampler.write(content.subarray(at, at + size))
  return detectContent(sampler.end())
}

/** The types alone. */
export function typesOf(content: Buffer, size?: number): readonly string[] {
  return factsOf(content, size).types
}
