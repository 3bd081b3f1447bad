/** ActiveMime: the macros of an Office document that was saved as a web page, compressed after a short header. */
import { type Member, memberOf, type OpenContext } from '../container.ts'
import { inflate } from '../inflate.ts'

/** Of the header's length only a part is told, at 30; the data begins with the header of zlib. */
const LENGTH_AT = 30
const FIXED_BYTES = 46
const FIRST_BYTE = 0x78

/** Opens such a file: it has one member, a compound file. */
export function* openActiveMime(content: Buffer, context: OpenContext): Generator<Member> {
  const told = content.length > LENGTH_AT + 2 ? content.readUInt16LE(LENGTH_AT) + FIXED_BYTES : -1
  const at = content[told] === FIRST_BYTE ? told : content.indexOf(FIRST_BYTE, 12)
  if (at < 0) return context.note('corrupt')
  yield memberOf({
    path: 'oledata.mso',
    origin: 'active-mime',
    names: [],
    bytes: () => inflate(content.subarray(at), 'zlib', context.share),
  })
}
