import { randomBytes } from 'node:crypto'

/** Crockford's base 32: no letter that is taken for a digit over the telephone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A new name for a message, ten letters of which no two messages share one (50 random bits). */
export function newRef(): string {
  return Array.from(randomBytes(10), (byte) => ALPHABET[byte & 31]).join('')
}
