/** What others than an RFC reading take for the content transfer encoding of a part. */
import type { Budget } from '../budget.ts'
import { decodeText } from '../name/name.ts'
import { stripComments } from './parameter.ts'

/** A way in which content may be encoded; `identity` stands for 7bit, 8bit, binary and for whatever a program does not know. */
export type Encoding = 'base64' | 'quoted-printable' | 'uuencode' | 'yenc' | 'binhex' | 'gzip64' | 'identity'

/** A longer value is looked at by its beginning and its end. */
const LONGEST = 512
/** RFC 2045 section 6.1. */
const EXACT: Readonly<Record<string, Encoding>> = {
  base64: 'base64',
  'quoted-printable': 'quoted-printable',
  '7bit': 'identity',
  '8bit': 'identity',
  binary: 'identity',
}
/** Letters and digits of a value in which programs see an encoding: as one of its words, or anywhere in it. */
const NEAR: readonly { readonly encoding: Encoding; readonly pattern: RegExp }[] = [
  { encoding: 'gzip64', pattern: /gzip64/ },
  { encoding: 'base64', pattern: /base64|^base6?$|^x?b64$|^b$/ },
  { encoding: 'quoted-printable', pattern: /quotedprint|^quoted?$|^qp$|^q$|printable$/ },
  { encoding: 'uuencode', pattern: /uuencod|^x?uue?$|xxencod|^x?xxe$/ },
  { encoding: 'yenc', pattern: /yenc/ },
  { encoding: 'binhex', pattern: /binhex|hqx/ },
  { encoding: 'identity', pattern: /[78]bit|binary|^none$/ },
]

/** The encoding that exactly this word names, undefined where it names none of RFC 2045. */
export function exactEncoding(word: string): Encoding | undefined {
  return Object.hasOwn(EXACT, word) ? EXACT[word] : undefined
}

/** Every encoding that some program finds in a value: in a list, a near match, among comments, quotes, blanks, NUL, in an encoded word. */
export function encodingsIn(raw: string, budget: Budget): Encoding[] {
  const value = raw.length <= LONGEST ? raw : raw.slice(0, LONGEST / 2) + raw.slice(-LONGEST / 2)
  const whole = new Set([value, stripComments(value), ...(value.includes('=?') ? [decoded(value, budget)] : [])])
  // NUL is kept, dropped, or ends the value; blanks are where a word was folded in its middle.
  const words = new Set([...whole].flatMap((each) => [each, ...each.split(/[\s,;"'()=\0]+/)].map(compact)))
  return NEAR.filter(({ pattern }) => [...words].some((word) => pattern.test(word))).map(({ encoding }) => encoding)
}

/** What the values say besides `encoding`, which is the one that an RFC reading takes. */
export function otherEncodings(encoding: string, values: readonly string[], budget: Budget): readonly Encoding[] {
  const strict = exactEncoding(encoding) ?? 'identity'
  const found = new Set<Encoding>()
  for (const value of values) {
    const exact = exactEncoding(value.trim().toLowerCase())
    if (exact !== undefined) found.add(exact)
    else for (const each of [...encodingsIn(value, budget), 'identity' as const]) found.add(each)
  }
  found.delete(strict)
  return [...found]
}

function compact(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '')
}

function decoded(value: string, budget: Budget): string {
  return stripComments(decodeText(value, budget))
}
