/** A message that lies in the hold queue of a mail server because of us: what is known of it, and what shall become of it. */

/** `held` waits; the next two are under way; the rest is over. `gone` is what somebody else took out of the hold queue. */
export const HELD_STATES = ['held', 'releasing', 'returning', 'released', 'returned', 'deleted', 'gone'] as const
export type HeldState = (typeof HELD_STATES)[number]

/** What an operator wants done with it. */
export interface HeldOrder {
  readonly what: 'release' | 'return' | 'delete'
  readonly who: string
  /** Unix milliseconds. */
  readonly at: number
}

/** Where a held message lies: queue ids are of one mail server alone. */
export interface HeldKey {
  readonly host: string
  /** Name of the mail server's instance on that host. */
  readonly instance: string
  readonly queueId: string
}

/** All that is known of one held message. */
export interface Held extends HeldKey {
  /** Reference of its story. */
  readonly ref: string
  readonly state: HeldState
  readonly listener: string
  readonly profileName: string
  /** The profile as it was when the message came, as JSON: by it the message is judged to its end. */
  readonly profileJson: string
  readonly clientAddress: string
  readonly helo: string
  readonly authenticated: boolean
  readonly direction: string
  readonly sender: string
  readonly recipients: readonly string[]
  readonly bytes: number
  /** When it was held, and from when on what is still undecided counts as expired. Unix milliseconds. */
  readonly at: number
  readonly until: number
  /** What becomes of it when it does not turn out good: it goes back to who submitted it, or an operator says. */
  readonly intent: 'return' | 'ask'
  /** What it came to when it was looked at last, in a few words. */
  readonly note: string
  /** The sender was told that it is not delivered; only its deletion is left to do. */
  readonly isNotified: boolean
  readonly order?: HeldOrder
  /** When it was over, Unix milliseconds; absent where it is not, or nobody noted it. */
  readonly ended?: number
}

/** Which held messages are meant; what is not given does not restrict. */
export interface HeldQuery {
  readonly host?: string
  readonly instance?: string
  readonly queueId?: string
  readonly ref?: string
  /** Only those that still lie there. */
  readonly isOpen?: boolean
}

/** Whether nothing is left to do. */
export function isOver(state: HeldState): boolean {
  return state !== 'held' && state !== 'releasing' && state !== 'returning'
}

const LET_GO: ReadonlySet<HeldState> = new Set(['releasing', 'released', 'gone'])

/** Whether its recipients have it or soon will; what somebody else took out may have been let go too. */
export function isLetGo({ state, order }: Held): boolean {
  return LET_GO.has(state) || (!isOver(state) && order?.what === 'release')
}

const DONE = { release: 'released', return: 'returned', delete: 'deleted' } as const

/** Who ordered what became of it; undefined where nobody had to. */
export function orderedBy({ state, order }: Held): string | undefined {
  return order && DONE[order.what] === state ? order.who : undefined
}

/** Messages of one story that can be held: as many as were sent at the same time. */
const MOST_OF_STORY = 100

/** What is known of held messages by the reference of their story, what was let go first. */
export async function heldOf(
  store: { held(query: HeldQuery, limit: number): Promise<readonly Held[]> },
  stories: readonly { readonly ref: string }[],
): Promise<ReadonlyMap<string, readonly Held[]>> {
  const found = new Map<string, readonly Held[]>()
  for (const { ref } of stories) {
    const held = await store.held({ ref }, MOST_OF_STORY)
    if (held.length > 0) found.set(ref, [...held.filter(isLetGo), ...held.filter((one) => !isLetGo(one))])
  }
  return found
}

/** The columns by which held messages are searched, as conditions in words that SQLite and MariaDB share. */
export function heldWhere(query: HeldQuery): { readonly sql: string; readonly values: readonly string[] } {
  const columns = { host: query.host, instance: query.instance, queue_id: query.queueId, ref: query.ref }
  const given = Object.entries(columns).flatMap(([column, value]) => (value === undefined ? [] : [{ column, value }]))
  const parts = given.map(({ column }) => `${column} = ?`)
  if (query.isOpen) parts.push('is_over = 0')
  return { sql: parts.length > 0 ? parts.join(' AND ') : '1 = 1', values: given.map(({ value }) => value) }
}
