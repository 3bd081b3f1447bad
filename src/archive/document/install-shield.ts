/** Setup programs of InstallShield that carry a package for Windows Installer: behind the program, a list of files, scrambled and compressed. */
import { type Member, memberOf, type OpenContext } from '../container.ts'
import { inflate } from '../inflate.ts'
import { fromUnknown, untilNul } from '../text.ts'

const MARK = Buffer.from('InstallShield\0')
/** The mark, the number of files, and zeros. */
const HEAD = 46
/** A name, flags, a size, and zeros. */
const ENTRY = 312
const NAME = 260
const MAX_FILES = 1000
/** The key begins anew after so many bytes. */
const BLOCK = 1024
const SALT = [0x13, 0x35, 0x86, 0x07]
const SCRAMBLED = 2
const COMPRESSED = 4
const ZLIB = 0x78

/** The files behind such a program; the mark may stand in it for other reasons as well. */
export function* installShieldFiles(content: Buffer, context: OpenContext): Generator<Member> {
  for (let mark = content.indexOf(MARK), i = 0; mark >= 0 && i < 16; mark = content.indexOf(MARK, mark + 1), i++) {
    const count = mark + HEAD <= content.length ? content.readUInt16LE(mark + MARK.length) : 0
    const isList = count > 0 && count <= MAX_FILES && isEntry(content, mark + HEAD)
    if (isList) return yield* filesAt(content, mark + HEAD, count, context)
  }
}

function* filesAt(content: Buffer, start: number, count: number, context: OpenContext): Generator<Member> {
  let at = start
  for (let n = 0; n < count; n++) {
    if (!isEntry(content, at)) return context.note('truncated', at)
    const name = untilNul(content.subarray(at, at + NAME))
    const flags = content.readUInt32LE(at + NAME)
    const size = content.readUInt32LE(at + NAME + 8)
    const raw = content.subarray(at + ENTRY, at + ENTRY + size)
    yield memberOf({
      path: fromUnknown(name),
      origin: 'exe.installshield',
      async *bytes() {
        const plain = (flags & SCRAMBLED) === 0 ? raw : unscrambled(raw, name)
        if ((flags & COMPRESSED) !== 0 && plain[0] === ZLIB) return yield* inflate(plain, 'zlib', context.share)
        context.share.take(plain.length)
        yield plain
      },
    })
    at += ENTRY + size
  }
}

/** A name that ends, and data that lie in the file. */
function isEntry(content: Buffer, at: number): boolean {
  if (at + ENTRY > content.length) return false
  const name = untilNul(content.subarray(at, at + NAME))
  return name.length > 0 && name.length < NAME && content.readUInt32LE(at + NAME + 8) <= content.length - at - ENTRY
}

/** Halves of each byte change places; then it is mixed with the name. */
function unscrambled(raw: Buffer, name: Buffer): Buffer {
  const key = name.map((byte, i) => byte ^ (SALT[i % SALT.length] ?? 0))
  const plain = Buffer.allocUnsafe(raw.length)
  for (let i = 0; i < raw.length; i++) {
    const byte = raw[i] ?? 0
    plain[i] = ~(((byte << 4) | (byte >> 4)) ^ (key[(i % BLOCK) % key.length] ?? 0))
  }
  return plain
}
