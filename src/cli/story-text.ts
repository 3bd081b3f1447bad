/** The story of a message as a person reads it. */
import type { Story, Try } from '../core/index.ts'
import { leftOutLines, outcomeText, sampleLines } from './outcome-text.ts'
import { harmless, type Style } from './style.ts'

/** One story: head, what was decided and why, what Postfix was told and when, the samples. */
export function storyText(story: Story, style: Style): string {
  const lines = [
    `${style.bold(`Message ${story.ref}`)}  first seen ${timeText(story.firstSeen)}`,
    ...fields(story, style).map(([name, value]) => `  ${name.padEnd(10)}${value}`),
    '  answers',
    ...story.tries.map((one) => `    ${tryText(one)}`),
    `  ${story.samples.length === 0 ? 'no attachments' : 'attachments'}`,
    ...story.samples.flatMap((one) => sampleLines(one, style).map((line) => `    ${line}`)),
    ...leftOutLines(story.membersLeftOut ?? 0).map((line) => `    ${line}`),
  ]
  return `${lines.join('\n')}\n`
}

function fields(story: Story, style: Style): readonly (readonly [string, string])[] {
  const { clientAddress, helo, sender, recipients, subject, messageId, listener, profile, mode } = story
  const all: readonly (readonly [string, string])[] = [
    ['decided', outcomeText(story.outcome, style)],
    ['from', `<${harmless(sender)}>  client ${clientAddress || 'local'}  HELO ${harmless(helo)}`],
    ['to', recipients.map((one) => `<${harmless(one)}>`).join(', ')],
    ['subject', harmless(subject)],
    ['id', harmless(messageId)],
    ['size', `${story.size} bytes`],
    ['listener', `${listener}, profile ${profile}${mode === 'monitor' ? ' (monitor: touches no mail)' : ''}`],
    ['rules', `version ${story.rulesetVersion}`],
    ...(story.switched ?? []).map((one) => ['then', harmless(one)] as const),
  ]
  return all.filter(([, value]) => value !== '')
}

function tryText({ at, queueId, state, answer }: Try): string {
  const told =
    state === 'answered'
      ? `${answer.disposition}  ${harmless(answer.reply)}`
      : `deciding (${answer.disposition} was to be told)`
  return `${timeText(at)}  ${queueId === '' ? '-' : harmless(queueId)}  ${told}`.trimEnd()
}

function timeText(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}
