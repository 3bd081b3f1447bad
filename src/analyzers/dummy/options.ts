import { z } from 'zod'
import { duration } from '../../core/index.ts'

const answer = z.union([
  z.literal('never').describe('the analysis never ends'),
  z.literal('fail').describe('the analysis fails'),
  z.strictObject({
    score: z.number().min(0).max(10),
    families: z.array(z.string()).default([]),
    findings: z.array(z.string()).default([]),
  }),
])

/** A scripted analyzer for trials and tests: it looks at nothing but the digest. */
export const dummyOptions = z
  .strictObject({
    type: z.literal('dummy'),
    tier: z
      .union([z.literal(1), z.literal(2), z.literal(3)])
      .default(3)
      .describe('1 antivirus, 2 look-up, 3 sandbox (default 3)'),
    after: duration('0s', 'time that each analysis takes'),
    answer: answer
      .default('fail')
      .describe('never, fail or { score, families, findings } (default fail: an analyzer never says clean unasked)'),
    bySha256: z
      .record(z.string().regex(/^[0-9a-f]{64}$/), answer)
      .default({})
      .describe('answers for particular samples'),
  })
  .describe('a scripted analyzer for trials and tests')

export type DummyOptions = z.output<typeof dummyOptions>
export type DummyAnswer = z.output<typeof answer>
