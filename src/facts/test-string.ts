import { EICAR } from '../core/index.ts'

/** Harmless strings with which anybody can try the filter. */
export const testStrings = {
  eicar: EICAR,
  /** Our own, for places where a virus scanner would take the other one away; in halves, so that nobody takes this file for it. */
  peekaboo: `${'PEEKABOO-MILTER-HARMLESS'}${'-TEST-FILE!$THIS-IS-NOT-MALWARE$#7f3a19'}`,
} as const

/** The first byte of each: most contents need no further look. */
const BEGINNINGS: ReadonlySet<number | undefined> = new Set(
  Object.values(testStrings).map((text) => text.charCodeAt(0)),
)
/** Beyond this many blanks the content no longer begins with the string. */
const MAX_BLANKS = 1024

/** Which test string the content begins with, after a byte order mark and white space; empty if none. What follows it does not matter. */
export function testStringAt(head: Buffer): keyof typeof testStrings | '' {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  const limit = Math.min(head.length, at + MAX_BLANKS)
  while (at < limit && isBlank(head[at] as number)) at++
  if (!BEGINNINGS.has(head[at])) return ''
  const start = head.toString('latin1', at, at + 80)
  for (const name of ['eicar', 'peekaboo'] as const) if (start.startsWith(testStrings[name])) return name
  return ''
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
}
