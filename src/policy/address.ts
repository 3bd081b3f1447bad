/**
 * Envelope addresses as overrides compare them (RFC 5321 4.1.2, RFC 6531). Two ways of writing one mailbox are one address: letters of any
 * case, a local part in needless quotes, a source route, a dot behind the domain, a domain in its own script or in A-labels (RFC 5890).
 */
import { domainToASCII } from 'node:url'

/** An address in its one form; the null sender has neither part, `<postmaster>` has no domain. */
export interface Address {
  readonly local: string
  readonly domain: string
}

const ROUTE = /^@[^:]*:/
const ASCII = /^[ -~]*$/
const PLAIN_LOCAL = /^[\p{L}\p{M}\p{N}.#$&'*+/=?^_`{|}~-]+$/u
const QUOTED = /^"(?:[^"\\\p{Cc}%!@:]|\\["\\ ])*"@([^@]*)$/u
const PLAIN_DOMAIN = /^[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*\.?$/u

/** Reads an address without its angle brackets. Never fails: what is no address equals no entry of any list. */
export function readAddress(text: string): Address {
  const path = text.replace(ROUTE, '')
  const at = lastAt(path)
  if (at < 0) return { local: canonicalLocal(path), domain: '' }
  return { local: canonicalLocal(path.slice(0, at)), domain: canonicalDomain(path.slice(at + 1)) }
}

/** The last `@` that stands in no quotes; where a quote is never closed, simply the last. */
export function lastAt(text: string): number {
  let last = -1
  let isQuoted = false
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]
    if (character === '\\') i += 1
    else if (character === '"') isQuoted = !isQuoted
    else if (character === '@' && !isQuoted) last = i
  }
  return isQuoted ? text.lastIndexOf('@') : last
}

function canonicalLocal(text: string): string {
  const bare = text.includes('"') || text.includes('\\') ? text.replace(/\\([\s\S])|"/g, '$1') : text
  return bare.toLowerCase().normalize('NFC')
}

/** In small letters and A-labels, without the dot of the root. */
export function canonicalDomain(text: string): string {
  const plain = text.replace(/\.$/, '').toLowerCase()
  return ASCII.test(plain) ? plain : domainToASCII(plain) || plain
}

/**
 * Whether an address is written in the one way that no mail server takes for another address: neither quote nor route nor group nor
 * comment nor blank (RFC 5322 4.4), and none of the signs by which mail was once sent on (`%` and `!`, RFC 1123 5.2.16).
 */
export function isPlainMailbox(text: string): boolean {
  const at = text.indexOf('@')
  return at > 0 && isPlainLocal(text.slice(0, at)) && PLAIN_DOMAIN.test(text.slice(at + 1)) && isOneForm(text)
}

/** The same of an address without a domain, such as `<postmaster>` (RFC 5321 4.1.1.3). */
export function isPlainLocal(text: string): boolean {
  return PLAIN_LOCAL.test(text) && isOneForm(text)
}

/** A mailbox with a quoted local part that holds none of the signs by which mail is sent on. */
export function isQuotedMailbox(text: string): boolean {
  const domain = QUOTED.exec(text)?.[1]
  return domain !== undefined && PLAIN_DOMAIN.test(domain) && isOneForm(text)
}

/** Whether what a client wrote is the address that Postfix resolved, whose local part it shows with quotes or without. */
export function isSameMailbox(written: string, resolved: string): boolean {
  const { local, domain } = readAddress(written)
  if (isQuotedMailbox(resolved)) {
    const other = readAddress(resolved)
    return local === other.local && domain === other.domain
  }
  const at = resolved.lastIndexOf('@')
  const bare = resolved.slice(0, Math.max(at, 0)).toLowerCase().normalize('NFC')
  return at >= 0 && local === bare && domain === canonicalDomain(resolved.slice(at + 1))
}

/** No letter of it is another one's look-alike that small letters or A-labels would make the same. */
function isOneForm(text: string): boolean {
  return text === text.normalize('NFKC')
}

/** The same mailbox without what follows the first `+`; undefined where nothing does. */
export function withoutTag(local: string): string | undefined {
  const plus = local.indexOf('+')
  return plus > 0 ? local.slice(0, plus) : undefined
}
