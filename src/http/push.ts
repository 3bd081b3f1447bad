/**
 * A sandbox, or anybody who sees it end, says that an analysis has ended. What it says counts for nothing: it only makes the filter ask at
 * once instead of in a few seconds, so that a message that is invented, late or of a task that nobody knows does no harm. Who calls must
 * know a secret all the same; whoever can sign shows it to nobody on the way, and what was signed counts once.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock, Secret } from '../core/index.ts'
import type { Route, RouteRequest } from './server.ts'
import { signatureOf } from './webhook.ts'

/** So old, or so far ahead of our clock, may a signature be. */
const FRESH_SECONDS = 300
/** Signatures that are remembered; nobody can make one without the secret, so beyond this the oldest is forgotten. */
const MOST_SEEN = 10_000

const NOT_FOUND = { status: 404, body: 'not found\n' } as const
const DOC = 'an analysis has ended: ask for it now'

/**
 * `POST /v1/push/SECRET` (the callback of CAPE can be given no header), or `POST /v1/push` with `Authorization: Bearer SECRET` or with
 * `Peekaboo-Signature: t=SECONDS,v1=HEX`, the HMAC-SHA256 of `SECONDS.BODY`.
 */
export function pushRoutes(
  secret: Secret | undefined,
  clock: Pick<Clock, 'now'>,
  onPush: () => void,
): readonly Route[] {
  if (!secret) return []
  const wanted = digestOf(secret.reveal())
  const isSecret = (told: string) => timingSafeEqual(digestOf(told), wanted)
  const isBearer = ({ authorization }: RouteRequest) => isSecret(bearer(authorization))
  const seen = new Seen(clock)
  const heard = () => {
    onPush()
    return { status: 202, body: 'ok\n' } as const
  }
  const signed = ({ signature, body }: RouteRequest) => {
    const right = signatureOf(secret.reveal(), secondsOf(signature), body)
    if (!timingSafeEqual(digestOf(signature), digestOf(right))) return NOT_FOUND
    return seen.isNew(signature) ? heard() : { status: 409, body: 'seen before\n' }
  }
  return [
    {
      ...{ method: 'POST', path: '/v1/push/:secret', doc: DOC },
      mayAsk: ({ params }) => isSecret(params.secret ?? ''),
      answer: async () => heard(),
    },
    {
      ...{ method: 'POST', path: '/v1/push', doc: DOC },
      mayAsk: (request) => isBearer(request) || isFresh(request.signature, clock),
      answer: async (request) => (isBearer(request) ? heard() : signed(request)),
    },
  ]
}

/** Signatures that were taken, as long as they would be fresh. */
class Seen {
  readonly #clock: Pick<Clock, 'now'>
  readonly #until = new Map<string, number>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  isNew(signature: string): boolean {
    const now = this.#clock.now()
    for (const [one, until] of this.#until) {
      if (until > now && this.#until.size < MOST_SEEN) break
      this.#until.delete(one)
    }
    if (this.#until.has(signature)) return false
    this.#until.set(signature, now + 2 * FRESH_SECONDS * 1000)
    return true
  }
}

function isFresh(signature: string, clock: Pick<Clock, 'now'>): boolean {
  const age = Math.floor(clock.now() / 1000) - secondsOf(signature)
  return Math.abs(age) <= FRESH_SECONDS
}

/** The time that a signature was made; never, where it says none. */
function secondsOf(signature: string): number {
  return Number(/^t=(\d{1,12}),v1=[0-9a-f]{64}$/.exec(signature)?.[1] ?? Number.NEGATIVE_INFINITY)
}

function bearer(authorization: string): string {
  return /^Bearer (.+)$/i.exec(authorization)?.[1] ?? ''
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
