/** Networks of clients, IPv4 and IPv6 (RFC 4632, RFC 4291), and whether an address lies in one. */

const V4_IN_V6 = 0xffff_0000_0000n
const BITS = 128

/** A network; IPv4 ones stand as those of the mapped addresses. */
export interface Network {
  readonly base: bigint
  readonly prefix: number
}

/** How networks are written, for the remedy of an error. */
export const NETWORK_FORMS = '192.0.2.0/24, 192.0.2.7, 2001:db8::/32'

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address; undefined where it is none or names bits beyond its length. */
export function readNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const value = readIp(address.replace(/^\[(.*)\]$/, '$1'))
  if (value === undefined || rest.length > 0) return undefined
  if (length === undefined) return { base: value, prefix: BITS }
  const least = address.includes(':') ? 0 : 96
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) + least : Number.NaN
  if (!(prefix <= BITS) || masked(value, prefix) !== value) return undefined
  return { base: value, prefix }
}

/** The 128 bits of an address as the mail server tells it; undefined where it is none. */
export function readIp(text: string): bigint | undefined {
  const plain = text.replace(/^IPv6:/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) {
    const four = readV4(plain)
    return four === undefined ? undefined : V4_IN_V6 | four
  }
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain)
  if (!tail) return readV6(plain)
  const four = readV4(tail[2] ?? '')
  if (four === undefined) return undefined
  return readV6(`${tail[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`)
}

function readV4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined
  }
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

/** `::` stands for as many zero groups as are missing, at least one. */
function readV6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const written = [...(head ?? []), ...(tail ?? [])]
  if (written.length > 8 || (halves.length === 1 && written.length !== 8)) return undefined
  if (halves.length === 2 && written.length === 8) return undefined
  if (!written.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  const zeros = Array.from({ length: 8 - written.length }, () => '0')
  return [...(head ?? []), ...zeros, ...(tail ?? [])].reduce(
    (value, group) => (value << 16n) | BigInt(`0x${group}`),
    0n,
  )
}

function masked(value: bigint, prefix: number): bigint {
  const hidden = BigInt(BITS - prefix)
  return (value >> hidden) << hidden
}

/** A list of networks; a look-up takes one step for each length that occurs. */
export class NetworkSet {
  readonly #byPrefix = new Map<number, Set<bigint>>()

  constructor(networks: Iterable<Network>) {
    for (const { base, prefix } of networks) {
      const bases = this.#byPrefix.get(prefix) ?? new Set()
      this.#byPrefix.set(prefix, bases.add(base))
    }
  }

  /** Whether a client's address lies in one of them; mail of this machine itself may come from no address. */
  has(address: string): boolean {
    const value = readIp(address)
    return value !== undefined && this.covers({ base: value, prefix: BITS })
  }

  /** Whether a whole network lies in one of them. */
  covers({ base, prefix }: Network): boolean {
    for (const [length, bases] of this.#byPrefix) {
      if (length <= prefix && bases.has(masked(base, length))) return true
    }
    return false
  }
}
