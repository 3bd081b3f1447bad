/** Recipients by the name under which Postfix knows them: it takes one off a message by that very name alone. */
import { type Envelope, isPlainLocal, isPlainMailbox, isQuotedMailbox } from '../pipeline/index.ts'

/** Where a route begins, Postfix takes it away before it notes the recipient (RFC 5321 4.1.1.3, appendix C). */
const ROUTE = /^@[\w.,@-]*:/

/** That name; undefined where it cannot be told from what the client wrote. */
export function knownName(address: string): string | undefined {
  const path = address.replace(ROUTE, '')
  return isPlainMailbox(path) || isPlainLocal(path) || isQuotedMailbox(path) ? path : undefined
}

/** The same profile for a message that cannot be kept from one of its recipients: what would be redirected is refused. */
export function withoutRedirect(profile: Envelope['profile']): Envelope['profile'] {
  return replaced(profile) as Envelope['profile']
}

function replaced(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (Array.isArray(one)) return [key, one.map(replaced)]
      if (typeof one === 'object' && one !== null) return [key, replaced(one)]
      return [key, one === 'redirect' ? 'reject' : one]
    }),
  )
}
