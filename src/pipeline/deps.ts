import type { Clock } from '../core/index.ts'
import type { Inspector } from '../inspector/index.ts'
import type { Ruleset } from '../rules/index.ts'
import type { Scheduler } from '../scheduler/index.ts'
import type { DisabledRule, Override, Store } from '../store/store.ts'
import type { Logger } from '../telemetry/index.ts'
import type { HeldSlots } from './held-slots.ts'
import type { MessageKeeper } from './message-keeper.ts'
import type { OpeningKeys } from './opening-keys.ts'
import type { Decision, Envelope } from './pipeline.ts'
import type { StoryWriter } from './story-writer.ts'

/** What the pipeline is made of; `main.ts` puts it together. */
export interface PipelineDeps {
  readonly inspector: Inspector
  readonly store: Store
  readonly scheduler: Scheduler
  /** Read once for each message, when it begins, so that a reload takes effect with the next one. */
  readonly ruleset: () => Ruleset
  /** Role → analyzer; a role that is `none` is absent. */
  readonly roles: ReadonlyMap<string, string>
  /** Servers whose Authentication-Results fields count, in small letters; by default nobody's. */
  readonly authServers?: readonly string[]
  /** All roles that rules may name. */
  readonly declaredRoles: readonly string[]
  readonly keeper: MessageKeeper
  readonly stories: Pick<StoryWriter, 'open' | 'answered'>
  /** What operators decided about bytes; absent where nobody can. */
  readonly overrides?: { overrideFor(sha256: string): Override | undefined }
  /** Rules that an operator disabled for a while, by id; absent where nobody can. */
  readonly switches?: { readonly disabledRules: ReadonlyMap<string, DisabledRule> }
  readonly openings: OpeningKeys
  /** Messages whose answer may be held at the same time. */
  readonly held: HeldSlots
  /** Told of every decision, before the mail server is; must not throw. */
  readonly onDecided?: (decision: Decision, envelope: Envelope) => void
  readonly clock: Clock
  readonly log: Logger
}
