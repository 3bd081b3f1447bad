/** What an operator decided about bytes: it comes before every rule. Deny wins over allow. */

export interface Override {
  /** Allow is for exact bytes only. */
  readonly kind: 'sha256' | 'family'
  /** The digest, or the family key as facts tell it. */
  readonly value: string
  readonly verdict: 'deny' | 'allow'
  readonly reason: string
  readonly who: string
  /** Unix milliseconds, by the store's clock. */
  readonly made: number
  /** The time from which on it does not count; 0 for never. */
  readonly until: number
}

/** What counts for a sample; a denial before an allowance, the digest before a family. */
export function overrideFor(
  overrides: ReadonlyMap<string, readonly Override[]>,
  sha256: string,
  families: readonly string[],
  now: number,
): Override | undefined {
  const keys = [overrideKey('sha256', sha256), ...families.map((family) => overrideKey('family', family))]
  const live = keys.flatMap((key) => overrides.get(key) ?? []).filter(({ until }) => until === 0 || until > now)
  return live.find(({ verdict }) => verdict === 'deny') ?? live.find(({ verdict }) => verdict === 'allow')
}

/** How overrides are found by what they are about. */
export function overrideKey(kind: Override['kind'], value: string): string {
  return `${kind} ${value}`
}
