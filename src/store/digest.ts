import { Fault } from '../core/index.ts'
import type { Override } from './override.ts'
import type { SwitchDraft } from './switch.ts'

/** Whether a text is a SHA-256 as the whole project writes it: 64 lower-case hex digits. */
export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

/** Refuses what is not a digest before it becomes a row that nobody would ever find. */
export function requireDigests(digests: Iterable<string>): void {
  for (const digest of digests) {
    if (!isDigest(digest)) {
      throw new Fault('internal', `store: ${JSON.stringify(digest)} is not a SHA-256 of 64 lower-case hex digits`)
    }
  }
}

/** Refuses an override that could never apply, or that would allow more than exact bytes. */
export function requireOverride({ kind, value, verdict }: Pick<Override, 'kind' | 'value' | 'verdict'>): void {
  if (kind === 'sha256') requireDigests([value])
  else if (verdict === 'allow') throw new Fault('internal', 'store: a family is never allowed, only exact bytes are')
  else if (value.length === 0 || value.length > 255)
    throw new Fault('internal', 'store: a family has 1 to 255 characters')
}

/** A brake that lasted longer would be a way of running the filter. */
const LONGEST_SWITCH_MS = 30 * 86_400_000

/** Refuses what would be switched for ever, for no time, or about no rule. */
export function requireSwitch({ kind, name }: Pick<SwitchDraft, 'kind' | 'name'>, lastsMs: number): void {
  if (!(lastsMs > 0 && lastsMs <= LONGEST_SWITCH_MS)) throw new Fault('internal', 'store: a switch lasts up to 30 days')
  if (kind === 'rule' && (name.length === 0 || name.length > 255))
    throw new Fault('internal', 'store: the id of a rule has 1 to 255 characters')
}
