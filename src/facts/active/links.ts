/** The addresses of one content, so many of each kind that neither many nor odd ones hide another. */
import type { Link } from '../../core/index.ts'
import { readAddress } from './address.ts'

/** Of one kind (scheme, place, with or without a machine, moniker) so many are told. */
const OF_A_KIND = 4
/** Kinds that are told; a text can make up schemes at will. */
const KINDS = 100
/** So many addresses of one content are looked at; that there were more is told as one of this scheme. */
const MOST = 50_000

/** Schemes that every mail has, and that start nothing but what they say. */
const USUAL: ReadonlySet<string> = new Set([
  '',
  'about',
  'blob',
  'callto',
  'cid',
  'data',
  'facetime',
  'geo',
  'http',
  'https',
  'mailto',
  'mid',
  'sip',
  'sips',
  'skype',
  'sms',
  'tel',
  'urn',
  'webcal',
  'webcals',
  'whatsapp',
  'x-apple-data-detectors',
  'x-msg',
  'xmpp',
])

/** Schemes that are told whatever else there is: there is no end of others, but these are finite. */
const GRAVE =
  /^(?:unc|file|search(?:-ms)?|mk|mhtml|(?:ms-)?its|vbscript|javascript|shell|hcp|res|ldap|jar|ms-[a-z-]{1,20})$/

/** The scheme that stands for addresses which nobody looked at. */
export const TOO_MANY = 'too-many'

/** Collects the addresses of one content. */
export class Links {
  readonly #byKind = new Map<string, Link[]>()
  readonly #seen = new Set<string>()
  readonly #counts = new Map<string, number>()
  #total = 0

  /** Takes an address as it was written, and where it stood. `alsoWeb` where pages count too. */
  add(written: string, via: string, alsoWeb = false): void {
    this.#total++
    if (this.#total > MOST) return
    const { scheme, host, target, isMoniker } = readAddress(written)
    const isWeb = scheme === 'http' || scheme === 'https'
    if (USUAL.has(scheme) && !(alsoWeb && isWeb)) return
    const kind = `${scheme} ${via} ${host !== ''} ${isMoniker}`
    const known = this.#byKind.get(kind)
    if (!known && this.#byKind.size >= KINDS && !(GRAVE.test(scheme) && this.#byKind.size < 2 * KINDS)) return
    this.#counts.set(scheme, (this.#counts.get(scheme) ?? 0) + 1)
    const key = `${via} ${target}`
    if (this.#seen.has(key) || (known?.length ?? 0) >= OF_A_KIND) return
    this.#seen.add(key)
    const link: Link = { scheme, host, target, via, isMoniker, count: 0 }
    if (known) known.push(link)
    else this.#byKind.set(kind, [link])
  }

  /** All that were kept, with how many there were of each scheme. */
  all(): readonly Link[] {
    const found = [...this.#byKind.values()].flat()
    const told = found.map((link) => ({ ...link, count: this.#counts.get(link.scheme) ?? 1 }))
    if (this.#total <= MOST) return told
    const count = this.#total - MOST
    return [...told, { scheme: TOO_MANY, host: '', target: '', via: 'text', isMoniker: false, count }]
  }
}
