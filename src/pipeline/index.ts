/** One message from bytes to folded outcome. */
import type { PipelineDeps } from './deps.ts'
import { MessageExamination } from './examination.ts'
import type { Pipeline } from './pipeline.ts'
import { selfTest } from './self-test.ts'

export {
  type Circumstances,
  type ClassOf,
  HEADER_NAME,
  isPlainLocal,
  isPlainMailbox,
  isQuotedMailbox,
  MessageClass,
  PLAIN_ANSWERS,
  type Policy,
  type PolicyClass,
  type Ruling,
  recipientReply,
  taggedSubject,
  uncheckedHeader,
} from '../policy/index.ts'
export type { PipelineDeps } from './deps.ts'
export { HeldSlots } from './held-slots.ts'
export { directionOf } from './message-facts.ts'
export { MessageKeeper } from './message-keeper.ts'
export { OpeningKeys } from './opening-keys.ts'
export { type PipelineOptions, pipelineOptions } from './options.ts'
export type { Decision, Envelope, Examination, Pipeline, SmtpReply } from './pipeline.ts'
export { StoryWriter } from './story-writer.ts'

/** Puts the pipeline together; its parts are started and stopped by whoever made them. */
export function createPipeline(deps: PipelineDeps): Pipeline {
  return { begin: () => new MessageExamination(deps), selfTest: () => selfTest(deps) }
}
