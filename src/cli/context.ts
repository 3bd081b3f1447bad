/** What every command is given. */
import type { Config } from '../config/index.ts'
import {
  createInspector,
  type Inspector,
  type InspectorEvent,
  type InspectorOptions,
  type Supervisor,
  type SupervisorSettings,
  startSupervisor,
} from '../inspector/index.ts'
import type { Ruleset } from '../rules/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { describeError, type Logger, systemClock } from '../telemetry/index.ts'
import type { Composition } from './composition.ts'
import { type Run, runProgram } from './doctor/run.ts'
import { type CliIo, processIo } from './io.ts'
import { loadRules } from './rule-files.ts'
import { type Style, styleFor } from './style.ts'

/** What `runCli` needs; all but `compose` is the real thing unless a test says otherwise. */
export interface CliDeps {
  /** Makes every part of the filter and starts none; with these rules instead of those of the configuration, if there are any. */
  readonly compose: (config: Config, log: Logger, rules?: Ruleset) => Composition
  readonly io?: CliIo
  /** The store alone, which is all that most commands of an operator need. */
  readonly openStore?: (config: Config, log: Logger) => Store
  readonly loadRules?: (config: Config) => Ruleset
  readonly makeInspector?: (options: InspectorOptions, log: Logger) => Inspector
  readonly supervise?: (settings: SupervisorSettings) => Promise<Pick<Supervisor, 'layers' | 'stop'>>
  readonly fetch?: typeof fetch
  readonly runProgram?: Run
}

/** What every command is given. */
export interface Context extends Required<CliDeps> {
  /** For standard output and standard error. */
  readonly out: Style
  readonly err: Style
}

/** Writes the inspector's events into the log, each at its own level. */
export function eventLog(log: Logger): (event: InspectorEvent) => void {
  return ({ level, ...event }) => log[level](event, 'inspector')
}

/** Fills in the real world for whatever was not given. */
export function contextOf(deps: CliDeps): Context {
  const io = deps.io ?? processIo()
  return {
    openStore: storeOf,
    loadRules: (config) => loadRules(config),
    makeInspector: (options, log) => {
      return createInspector(options, { onEvent: eventLog(log), clock: systemClock })
    },
    supervise: startSupervisor,
    fetch,
    runProgram,
    ...deps,
    io,
    out: styleFor(io.stdout, io.env),
    err: styleFor(io.stderr, io.env),
  }
}

function storeOf({ store, dataDir }: Config, log: Logger): Store {
  return openStore(store, {
    clock: systemClock,
    dataDir,
    onEvent: (event) => {
      if (event.kind !== 'unavailable') return log.info(event, 'store')
      log.warn({ kind: event.kind, detail: describeError(event.fault) }, 'store unavailable')
    },
  })
}
