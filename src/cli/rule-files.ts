/** The rule files of an installation, read from disk: those of the site, then those that came with the filter. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config/index.ts'
import {
  loadRuleset,
  loadRulesetInSteps,
  type RuleFile,
  type Ruleset,
  RulesetError,
  STANDARD_ROLES,
} from '../rules/index.ts'

/** Folder of the rules that come with the filter; it lies beside `src/` as beside `dist/`. */
export const SHIPPED = fileURLToPath(new URL('../../rules/', import.meta.url))

/** Roles with rules of their own, which would leave everything unanalysed where nobody plays the role. */
const ROLES_WITH_RULES = ['av']

/** No ruleset is that large; a list of digests may be. */
const LARGEST_BYTES = 64 * 1024 * 1024

/** Reads and checks the rules of a configuration. Throws a `RulesetError` with every problem at its place. */
export function loadRules(config: Config, failingCases: 'refuse' | 'tell' = 'refuse'): Ruleset {
  return loadRuleset(ruleFiles([...config.rules.dirs, ...shippedPlaces(config)]), {
    ...ruleContext(config),
    failingCases,
  })
}

/** Longest time for which nobody else gets a turn while rules are loaded: a message is answered in less than 20 ms beside it. */
const SLICE_MS = 5

/** The same with turns for others in between: a reload keeps no message waiting. */
export async function loadRulesBeside(config: Pick<Config, 'rules' | 'roles' | 'language'>): Promise<Ruleset> {
  const steps = loadRulesetInSteps(ruleFiles([...config.rules.dirs, ...shippedPlaces(config)]), ruleContext(config))
  for (let began = performance.now(); ; ) {
    const { done, value } = steps.next()
    if (done) return value
    if (performance.now() - began < SLICE_MS) continue
    await nextTurn()
    began = performance.now()
  }
}

/** What came with the filter: the rules of the roles that somebody plays, then those for everybody. */
export function shippedPlaces({ roles }: Pick<Config, 'roles'>): readonly string[] {
  const played = ROLES_WITH_RULES.filter((role) => (roles[role] ?? 'none') !== 'none')
  return [...played.map((role) => join(SHIPPED, 'roles', `${role}.yaml`)), SHIPPED]
}

/** What conditions may name under this configuration, and how the files that rules name are read. */
export function ruleContext({ roles, language }: Pick<Config, 'roles' | 'language'>) {
  return { roles: Object.keys(roles), spareRoles: STANDARD_ROLES, readText, language }
}

/** All roles that rules may name; a role that nobody configured is as one that is `none`. */
export function declaredRoles({ roles }: Pick<Config, 'roles'>): readonly string[] {
  return [...new Set([...Object.keys(roles), ...STANDARD_ROLES])]
}

/** The rule files of folders, or files themselves, in order; in a folder by name. Throws a `RulesetError`. */
export function ruleFiles(places: readonly string[]): readonly RuleFile[] {
  return places.flatMap((place) => {
    return pathsIn(place).map((path) => {
      const read = readText(path)
      if ('text' in read) return { path, text: read.text, shipped: place.startsWith(SHIPPED) }
      throw unreadable(path, read.problem)
    })
  })
}

function pathsIn(place: string): readonly string[] {
  try {
    if (!statSync(place).isDirectory()) return [place]
    const names = readdirSync(place).filter((name) => name.endsWith('.yaml') && !name.startsWith('.'))
    return names.sort().map((name) => join(place, name))
  } catch (error) {
    throw unreadable(place, reasonOf(error))
  }
}

/** A fifo or a device would hang the start. */
function readText(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    const entry = statSync(path)
    if (!entry.isFile()) return { problem: 'it is no file' }
    if (entry.size > LARGEST_BYTES) return { problem: 'it is larger than 64 MiB' }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) }
  } catch (error) {
    return { problem: reasonOf(error) }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error))
}

function unreadable(file: string, why: string): RulesetError {
  const remedy = 'check rules.dirs in the configuration'
  return new RulesetError([{ file, line: 0, column: 0, message: `cannot be read: ${why}`, remedy, excerpt: '' }])
}
