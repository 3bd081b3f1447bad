/** The contract's words → the operations of the writer thread. */
import type { KnownContent } from '../../core/index.ts'
import type { StoryDraft } from '../store.ts'
import { addressRows } from '../story-address.ts'
import type { Operation, StoryOperation } from './operation.ts'

/** So many facts take the writer some milliseconds: others get into the same or the next commit. */
const FACTS_AT_ONCE = 500
/** What one change or a short operation takes, about. */
const SMALL_BYTES = 500

/** Facts in pieces, each one statement. */
export function factsOperations(recipe: string, contents: readonly KnownContent[]): readonly Operation[] {
  const operations: Operation[] = []
  for (let at = 0; at < contents.length; at += FACTS_AT_ONCE) {
    const piece = contents.slice(at, at + FACTS_AT_ONCE).map((content) => [factsId(content.sha256), content])
    operations.push({ kind: 'facts', recipe, contentsJson: JSON.stringify(piece) })
  }
  return operations
}

/** The row of a digest's facts: its first 52 bits, which every number here holds exactly. */
export function factsId(sha256: string): number {
  return Number.parseInt(sha256.slice(0, 13), 16)
}

/** A draft with its nested values as text. */
export function storyOperation(draft: StoryDraft): StoryOperation {
  const { ref, key, queueId, samples, outcome, answer, recipients, ...facts } = draft
  return {
    kind: 'story',
    ref,
    key,
    queueId,
    factsJson: JSON.stringify(facts),
    recipientsJson: JSON.stringify(recipients),
    addressesJson: JSON.stringify(addressRows(draft.sender, recipients)),
    outcomeJson: JSON.stringify(outcome),
    answerJson: JSON.stringify(answer),
    samplesJson: JSON.stringify(samples),
    isDurable: answer.disposition === 'quarantine' || answer.disposition === 'return',
  }
}

/** About how much memory an operation takes while it waits. */
export function sizeOf(operation: Operation): number {
  switch (operation.kind) {
    case 'facts':
      return operation.contentsJson.length
    case 'story':
      return operation.samplesJson.length + operation.factsJson.length + 3 * operation.recipientsJson.length
    case 'claim':
      return operation.keysJson.length
    case 'touch':
      return operation.idsJson.length
    case 'advance':
      return operation.changes.reduce((sum, change) => sum + SMALL_BYTES + (change.reportJson?.length ?? 0), 0)
    case 'renew':
      return operation.keysJson.length + operation.reportJson.length
    case 'answer':
    case 'takeOver':
    case 'setOverride':
    case 'removeOverride':
    case 'retry':
    case 'cancel':
    case 'setSwitch':
    case 'removeSwitch':
    case 'list':
    case 'saveHeld':
    case 'remove':
    case 'check':
      return SMALL_BYTES
    default:
      return operation satisfies never
  }
}
