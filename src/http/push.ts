/**
 * A sandbox says that an analysis has ended. What it says counts for nothing: it only makes the filter ask at once instead of in a few
 * seconds, so that a message that is repeated, invented or late does no harm. Who calls must know a secret all the same.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../core/index.ts'
import type { Route } from './server.ts'

/** `POST /v1/push/SECRET` (the callback of CAPE can be given no header), or `POST /v1/push` with `Authorization: Bearer SECRET`. */
export function pushRoutes(secret: Secret | undefined, onPush: () => void): readonly Route[] {
  if (!secret) return []
  const wanted = digestOf(secret.reveal())
  const take = (told: string) => {
    if (!timingSafeEqual(digestOf(told), wanted)) return { status: 404, body: 'not found\n' }
    onPush()
    return { status: 202, body: 'ok\n' }
  }
  const doc = 'an analysis has ended: ask for it now'
  return [
    { method: 'POST', path: '/v1/push/:secret', doc, answer: async ({ params }) => take(params.secret ?? '') },
    { method: 'POST', path: '/v1/push', doc, answer: async ({ authorization }) => take(bearer(authorization)) },
  ]
}

function bearer(authorization: string): string {
  return /^Bearer (.+)$/i.exec(authorization)?.[1] ?? ''
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
