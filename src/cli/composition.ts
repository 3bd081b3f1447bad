/** What the composition root makes of a configuration, as far as commands need it. Nothing in it has been started. */
import type { Analyzer } from '../analyzers/analyzer.ts'
import type { Config } from '../config/index.ts'
import type { Inspector } from '../inspector/index.ts'
import type { Pipeline } from '../pipeline/index.ts'
import type { Profile } from '../policy/index.ts'
import type { SwitchBook } from '../store/index.ts'
import type { Store } from '../store/store.ts'
import type { RunningPolicy } from './running-policy.ts'
import type { RunningRules } from './running-rules.ts'

/** The filter, put together and not yet started. */
export interface Composition {
  readonly config: Config
  readonly pipeline: Pipeline
  readonly inspector: Inspector
  readonly store: Store
  readonly analyzers: ReadonlyMap<string, Analyzer>
  /** The emergency brake and disabled rules. */
  readonly switches: Pick<SwitchBook, 'brake' | 'disabledRules'>
  readonly rules: RunningRules
  readonly policy: RunningPolicy
  readonly profiles: ReadonlyMap<string, Profile>
  /** Starts all but the listeners; as the filter itself only where no other works in the same data folder. */
  startCore(as?: 'filter'): Promise<void>
  /** Listens; says where really, as port 0 means any. `http` is empty where there is none. */
  startListeners(): Promise<Listening>
  /** Ends what was started, in the opposite order; also after a start that failed half-way. */
  stop(): Promise<void>
}

/** Where the filter listens. */
export interface Listening {
  readonly milter: readonly string[]
  readonly http: string
}
