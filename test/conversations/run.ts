import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { type Conversation, parseConversations, type StagedReply, type Step } from './parse.ts'
import type { FilterScript } from './script.ts'

/** What carries a conversation out: a private Postfix, or our own client as the MTA. */
export interface ConversationDriver {
  /** Does what a client line says. */
  client(verb: string, words: string): Promise<void>
  /** Checks an EXPECT line; sends the message first where the expectation is about its content. */
  expect(expected: StagedReply): Promise<void>
  /** Checks a DELIVERED line. */
  delivered(what: string, words: string): Promise<void>
  /** Ends what is still open. */
  end(): Promise<void>
}

/** All conversations of this folder, by file. */
export function readConversations(): readonly {
  readonly file: string
  readonly conversations: readonly Conversation[]
}[] {
  const folder = new URL('.', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'))
  return files.toSorted().map((file) => {
    return { file, conversations: parseConversations(readFileSync(new URL(file, folder), 'utf8'), file) }
  })
}

/** Runs one conversation to its end; an error names the line that does not hold. */
export async function runConversation(
  conversation: Conversation,
  file: string,
  script: FilterScript,
  driver: ConversationDriver,
): Promise<void> {
  script.nothing()
  script.clearSeen()
  try {
    for (const step of conversation.steps) {
      try {
        await runStep(step, script, driver)
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new Error(`${file}:${step.line}: ${reason}`, { cause })
      }
    }
  } finally {
    await driver.end()
    await script.whenIdle()
  }
}

async function runStep(step: Step, script: FilterScript, driver: ConversationDriver): Promise<void> {
  switch (step.kind) {
    case 'filter-reply':
      script.reply(step.reply)
      break
    case 'filter-edit':
      script.edit(step.edit)
      break
    case 'filter-nothing':
      script.nothing()
      break
    case 'client':
      await driver.client(step.verb, step.words)
      break
    case 'expect':
      await driver.expect(step.expected)
      break
    case 'delivered':
      await driver.delivered(step.what, step.words)
      break
    case 'seen':
      assert.deepEqual(await script.waitSeen(step.events.length), step.events)
  }
}

/** Checks a refusal against what was expected of it. */
export function assertRefusal(
  reply: { readonly code: number; readonly enhanced: string | undefined; readonly text: string },
  expected: StagedReply,
): void {
  assert.equal(
    Math.floor(reply.code / 100),
    expected.reply === 'reject' ? 5 : 4,
    `the reply is ${reply.code} ${reply.text}`,
  )
  if (expected.code !== undefined) assert.equal(reply.code, expected.code)
  if (expected.enhanced !== undefined) assert.equal(reply.enhanced, expected.enhanced)
  if (expected.text !== undefined) assert.equal(reply.text, expected.text)
}
