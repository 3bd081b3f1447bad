/** Mailboxes (RFC 4155): messages one after the other, each after a line that begins with `From `. */
import { type Member, memberOf, type OpenContext } from '../container.ts'

const SEPARATOR = Buffer.from('\nFrom ')
/** `From`, an address, and a date with its year. */
const LINE = /^From [^\r\n]{1,300}\d{4}[^\r\n]{0,40}\r?\n/

/** Whether a content begins as a mailbox does. */
export function isMbox(content: Buffer): boolean {
  return content.subarray(0, 5).toString('latin1') === 'From ' && LINE.test(content.toString('latin1', 0, 400))
}

/** Opens a mailbox; every message is one member, without the line that separates it. */
export function* openMbox(content: Buffer, context: OpenContext): Generator<Member> {
  let number = 0
  for (let at = 0; at < content.length; ) {
    const next = separatorFrom(content, at + 1)
    const end = next < 0 ? content.length : next
    const line = content.indexOf(0x0a, at)
    yield messageOf(content.subarray(line < 0 ? end : Math.min(end, line + 1), end), ++number, context)
    at = end
  }
}

/** Where the next separator begins; -1 where there is none. */
function separatorFrom(content: Buffer, from: number): number {
  for (let at = content.indexOf(SEPARATOR, from - 1); at >= 0; at = content.indexOf(SEPARATOR, at + 1)) {
    if (LINE.test(content.toString('latin1', at + 1, at + 401))) return at + 1
  }
  return -1
}

function messageOf(bytes: Buffer, number: number, { share }: OpenContext): Member {
  return memberOf({
    path: `message${number}.eml`,
    origin: 'mbox',
    names: [],
    declaredType: 'message/rfc822',
    declaredSize: bytes.length,
    *bytes() {
      share.take(bytes.length)
      yield bytes
    },
  })
}
