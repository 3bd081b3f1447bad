/** The one line that the log has for each message. */
import { describeOutcome, type StorySample } from '../core/index.ts'
import type { Decision, Envelope } from '../pipeline/index.ts'

/** Samples that the line names, and letters of each name; the story in the store has them all. */
const NAMED = 50
const NAME_LETTERS = 200

export function logLine(decision: Decision, envelope: Envelope): Readonly<Record<string, unknown>> {
  const { ref, rules, disabledRules = [], disposition, outcome, samples, membersLeftOut, answer, times } = decision
  const members = samples.filter(({ sample }) => sample.path.includes('/')).length
  return {
    ref,
    queueId: envelope.queueId,
    listener: envelope.listener,
    profile: envelope.profileName,
    mode: envelope.profile.mode,
    mixed: envelope.isMixed || undefined,
    client: envelope.clientAddress,
    sender: envelope.sender,
    recipients: envelope.recipients,
    verdict: describeOutcome(outcome),
    rule: 'rule' in outcome ? outcome.rule : undefined,
    rules,
    brake: envelope.brake?.mode,
    disabledRules: disabledRules.length > 0 ? disabledRules.slice(0, NAMED) : undefined,
    disposition,
    reply: answer.reply || undefined,
    attachments: samples.length - members,
    members: members + membersLeftOut || undefined,
    samples: samples.slice(0, NAMED).map(sampleLine),
    times,
  }
}

function sampleLine({ sample, outcome }: StorySample): Readonly<Record<string, unknown>> {
  const { sha256, name, type, size, path } = sample
  return {
    sha256,
    name: name.slice(0, NAME_LETTERS),
    type,
    size,
    path,
    verdict: describeOutcome(outcome),
    rule: 'rule' in outcome ? outcome.rule : undefined,
  }
}
