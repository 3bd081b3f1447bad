/** What an operator has switched for a while, as rules, stories and the log are told. */
import { type Brake, type DisabledRule, describeSwitch } from '../store/store.ts'

/** Sentences that a story tells. */
const MOST_TOLD = 20

/** By id of the rule, until when and by whom it is disabled. */
export function disabledNow(rules: ReadonlyMap<string, DisabledRule> | undefined): ReadonlyMap<string, string> {
  return new Map([...(rules ?? [])].map(([id, rule]) => [id, describeSwitch(rule).replace(`rule ${id} `, '')]))
}

/** For the story: the brake first. */
export function switchedThen(
  brake: Brake | undefined,
  disabled: ReadonlyMap<string, string>,
): { readonly switched?: readonly string[] } {
  const sentences = [
    ...(brake ? [describeSwitch(brake)] : []),
    ...[...disabled].map(([id, sentence]) => `rule ${id} ${sentence}`),
  ]
  return sentences.length > 0 ? { switched: sentences.slice(0, MOST_TOLD) } : {}
}
