/** Opens the strict reading of a message, which is synchronous. */
import type { ContentMeter } from '../../core/index.ts'
import type { MailLimits } from '../limits.ts'
import type { Skeleton } from '../mailparser/skeleton.ts'
import { StrictMessage } from './strict.ts'
import { type StrictContext, StrictFindings, type Tap } from './strict-context.ts'

export interface ReaderOptions {
  readonly limits: MailLimits
  /** Makes the meter of one part. */
  readonly newMeter: () => ContentMeter
  /** Whether somebody wants to know what its header says. */
  readonly wantsHeader?: boolean
  /** Where the decoded bytes of the part at a path shall go too; a path of mailparser's reading is prefixed. */
  readonly tap?: (path: string, reading: 'strict' | 'mailparser') => Tap | undefined
}

/** The strict reading alone. */
export function openStrict(options: ReaderOptions, skeleton?: Skeleton) {
  const findings = new StrictFindings(options.limits)
  const inner: StrictContext = {
    limits: options.limits,
    newMeter: options.newMeter,
    newMessage: (prefix, depth) => new StrictMessage(inner, prefix, depth),
    newGuess: (prefix, depth) => new StrictMessage(inner, prefix, depth, true),
    tap: (path) => options.tap?.(path, 'strict'),
    isTapped: options.tap !== undefined,
    findings,
  }
  const context = skeleton === undefined ? inner : { ...inner, skeleton }
  return { message: new StrictMessage(context, '', 0), findings }
}
