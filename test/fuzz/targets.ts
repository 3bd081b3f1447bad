/** All targets, in the order in which they are tried. */
import { archive } from './archive.ts'
import { config } from './config.ts'
import { inspectorFrames } from './inspector-frames.ts'
import { mail } from './mail.ts'
import { milter } from './milter.ts'
import { rules } from './rules.ts'
import type { Target } from './target.ts'
import { types } from './types.ts'

export const targets: readonly Target[] = [milter, mail, inspectorFrames, rules, config, types, archive]

/** Where this list is, for `runRounds`. */
export const house = import.meta.url
