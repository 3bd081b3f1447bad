import { isIPv4, isIPv6 } from 'node:net'
import type { Envelope } from './pipeline.ts'

/** Groups of an IPv6 address that name a customer of a provider, without the last byte (RFC 6177: a site has a /48 to /56). */
const SITE_GROUPS = 4

/**
 * Who shares a turn: the client's network (/24, /56), and apart from it those of it who are logged in. What the sender says of himself
 * does not count: it is forged at no cost.
 */
export function clientOf({ clientAddress, authenticated }: Pick<Envelope, 'clientAddress' | 'authenticated'>): string {
  return `${authenticated ? 'authenticated ' : ''}${networkOf(clientAddress)}`
}

function networkOf(address: string): string {
  const plain = address.replace(/^IPv6:/i, '').replace(/^::ffff:(?=\d+\.)/i, '')
  if (isIPv4(plain)) return `${plain.slice(0, plain.lastIndexOf('.'))}.0/24`
  return isIPv6(plain) ? `${siteOf(plain)}::/56` : plain
}

/** The first 56 bits; `::` stands for as many zero groups as are missing. */
function siteOf(address: string): string {
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? []
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => '0')
  const groups = [...before, ...missing, ...after].slice(0, SITE_GROUPS).map((group) => Number.parseInt(group, 16))
  const last = SITE_GROUPS - 1
  return groups.map((group, i) => (i === last ? group & 0xff00 : group).toString(16)).join(':')
}
