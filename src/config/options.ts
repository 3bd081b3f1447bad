/** The whole configuration: each room declares its own options, here they get their keys. */
import { z } from 'zod'
import { analyzersOptions, rolesOptions } from '../analyzers/options.ts'
import { eventsOptions, httpOptions } from '../http/options.ts'
import { inspectorOptions } from '../inspector/options.ts'
import { milterOptions } from '../mailfilter/options.ts'
import { pipelineOptions } from '../pipeline/options.ts'
import { headersOptions, overridesOptions, profilesOptions } from '../policy/options.ts'
import { quarantineOptions } from '../quarantine/options.ts'
import { rulesOptions } from '../rules/options.ts'
import { schedulerOptions } from '../scheduler/options.ts'
import { storeOptions } from '../store/options.ts'
import { telemetryOptions } from '../telemetry/options.ts'
import type { Catalogue } from './catalogues.ts'

/** Everything that may stand in `peekaboo.yaml`. */
export const configOptions = z.strictObject({
  dataDir: z
    .string()
    .regex(/^\//, 'must be an absolute path')
    .optional()
    .describe(
      'folder of the store and the spool (default: what systemd gives, else /var/lib/peekaboo as root, else ~/.local/state/peekaboo)',
    ),
  milter: milterOptions,
  store: storeOptions,
  inspector: inspectorOptions,
  spool: pipelineOptions,
  analyzers: analyzersOptions,
  roles: rolesOptions,
  profiles: profilesOptions,
  quarantine: quarantineOptions,
  overrides: overridesOptions,
  headers: headersOptions,
  rules: rulesOptions,
  http: httpOptions,
  events: eventsOptions,
  scheduler: schedulerOptions,
  log: telemetryOptions,
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language such as en or de')
    .default('en')
    .describe(
      "in which language strangers are answered, and which translation of a rule's reason is used (default en)",
    ),
  contact: z
    .string()
    .regex(/^[ -~]{1,200}$/, 'must be 1 to 200 printable ASCII characters')
    .optional()
    .describe('whom a refused sender may turn to: an address, telephone number or page for the text of the refusal'),
})

/** The configuration as it is handed to the rooms: deep-frozen, every default filled in. */
export type Config = Readonly<z.output<typeof configOptions>> & {
  readonly dataDir: string
  /** What lies in `messages.d`: texts of further languages. */
  readonly catalogues?: readonly Catalogue[]
}
