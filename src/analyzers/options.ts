import { z } from 'zod'
import { capeOptions } from './cape/options.ts'
import { clamavOptions } from './clamav/options.ts'
import { cuckooOptions } from './cuckoo/options.ts'
import { dummyOptions } from './dummy/options.ts'

/** The named analyzers; a driver adds its options here and itself to the list in `main.ts`. */
export const analyzersOptions = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_-]*$/),
    z.discriminatedUnion('type', [capeOptions, clamavOptions, cuckooOptions, dummyOptions]),
  )
  .prefault({})
  .describe('the analyzers by name')

/** What the rules' roles are mapped to: the name of an analyzer, or `none`. */
export const rolesOptions = z
  .record(z.string().regex(/^[a-z][a-zA-Z0-9]*$/), z.string())
  .prefault({})
  .describe('which analyzer plays the role that rules name, or none')

export type AnalyzersOptions = z.output<typeof analyzersOptions>
export type RolesOptions = z.output<typeof rolesOptions>
