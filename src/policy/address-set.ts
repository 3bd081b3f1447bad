/** Lists of addresses, and whether an address is on one. */
import { type Address, canonicalDomain, lastAt, readAddress, withoutTag } from './address.ts'

/** What one entry stands for. */
export type Pattern =
  | { readonly kind: 'null' }
  | { readonly kind: 'mailbox'; readonly address: Address }
  | { readonly kind: 'local'; readonly local: string }
  | { readonly kind: 'domain'; readonly domain: string }
  | { readonly kind: 'below'; readonly domain: string }

/** How entries for addresses are written, for the remedy of an error. */
export const ADDRESS_FORMS = 'user@example.org, user@ (in any domain), @example.org, @.example.org (its subdomains)'
/** How entries for domains are written. */
export const DOMAIN_FORMS = 'example.org, .example.org (its subdomains)'

/** Reads an entry of a list of addresses; undefined where it is none. Only senders may be `<>`. */
export function readPattern(text: string, allowsNull = false): Pattern | undefined {
  if (text === '<>') return allowsNull ? { kind: 'null' } : undefined
  const bare = /^<(.+)>$/.exec(text)?.[1] ?? text
  const at = lastAt(bare)
  if (at < 0 || hasControl(bare) || /[\s,;]/.test(unquoted(bare))) return undefined
  if (at === 0) return readDomainPattern(bare.slice(1))
  if (unquoted(bare.slice(0, at)).includes('@')) return undefined
  if (at === bare.length - 1) return { kind: 'local', local: readAddress(bare).local }
  const address = readAddress(bare)
  return isDomain(address.domain) && address.local !== '' ? { kind: 'mailbox', address } : undefined
}

/** Reads an entry of a list of domains; undefined where it is none. */
export function readDomainPattern(text: string): Pattern | undefined {
  const isBelow = text.startsWith('.')
  const domain = canonicalDomain(isBelow ? text.slice(1) : text)
  if (!isDomain(domain)) return undefined
  return { kind: isBelow ? 'below' : 'domain', domain }
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

function unquoted(text: string): string {
  return text.replace(/"(?:\\.|[^"\\])*"/g, '').replace(/\\./g, '')
}

/** A name of labels or an address literal (RFC 5321 4.1.3). */
function isDomain(domain: string): boolean {
  return /^\[[0-9a-z:.-]+\]$/.test(domain) || /^[^\s@<>,;:"()[\]\\.]+(?:\.[^\s@<>,;:"()[\]\\.]+)*$/.test(domain)
}

/** A list of addresses of which each look-up takes the same time, however long it is. */
export class AddressSet {
  readonly #mailboxes = new Set<string>()
  readonly #locals = new Set<string>()
  readonly #domains = new Set<string>()
  readonly #parents = new Set<string>()
  #hasNull = false

  constructor(patterns: Iterable<Pattern>) {
    for (const pattern of patterns) this.#add(pattern)
  }

  #add(pattern: Pattern): void {
    if (pattern.kind === 'null') this.#hasNull = true
    else if (pattern.kind === 'mailbox') this.#mailboxes.add(keyOf(pattern.address))
    else if (pattern.kind === 'local') this.#locals.add(pattern.local)
    else if (pattern.kind === 'domain') this.#domains.add(pattern.domain)
    else this.#parents.add(pattern.domain)
  }

  /**
   * Whether an address is on the list. `user@example.org` stands for `user+anything@example.org` too; an entry with a tag for that very
   * one alone. `@example.org` is that domain without its subdomains.
   */
  has(address: Address): boolean {
    if (address.local === '' && address.domain === '') return this.#hasNull
    const { local, domain } = address
    if (this.#domains.has(domain) || this.#isBelow(domain)) return true
    const base = withoutTag(local)
    const locals = base === undefined ? [local] : [local, base]
    return locals.some((one) => this.#locals.has(one) || this.#mailboxes.has(keyOf({ local: one, domain })))
  }

  #isBelow(domain: string): boolean {
    if (this.#parents.size === 0) return false
    for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
      if (this.#parents.has(domain.slice(dot + 1))) return true
    }
    return false
  }

  /** Whether everything that an entry stands for is on this list. */
  covers(pattern: Pattern): boolean {
    switch (pattern.kind) {
      case 'null':
        return this.#hasNull
      case 'mailbox':
        return this.has(pattern.address)
      case 'local':
        return this.#locals.has(pattern.local) || this.#locals.has(withoutTag(pattern.local) ?? pattern.local)
      case 'domain':
        return this.#domains.has(pattern.domain) || this.#isBelow(pattern.domain)
      case 'below':
        return this.#parents.has(pattern.domain) || this.#isBelow(pattern.domain)
      default:
        return pattern satisfies never
    }
  }
}

/** No local part has a NUL, so no two addresses share a key. */
function keyOf({ local, domain }: Address): string {
  return `${local}\0${domain}`
}
