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

/** The same mailbox without what follows the first `+`; undefined where nothing does. */
export function withoutTag(local: string): string | undefined {
  const plus = local.indexOf('+')
  return plus > 0 ? local.slice(0, plus) : undefined
}
