/** Who sent and got a message, as stories are found by it. */

/** Longer ones come from nobody's mailbox (RFC 5321, 4.5.3.1 allows 64 + 1 + 255 octets) and are cut. */
const LONGEST = 320

export type AddressPart = 'sender' | 'recipient'

/** An address as it is compared: no brackets, small letters. What is cut in the middle of a letter loses that letter. */
export function addressKey(address: string): string {
  const bare = address.replace(/^<(.*)>$/s, '$1')
  return bare.toLowerCase().slice(0, LONGEST).toWellFormed()
}

/** Sender and recipients of a message, each once. */
export function addressRows(
  sender: string,
  recipients: readonly string[],
): readonly (readonly [part: AddressPart, address: string])[] {
  const all = new Set(recipients.map(addressKey))
  return [['sender', addressKey(sender)], ...[...all].map((address) => ['recipient', address] as const)]
}
