/** Programs that carry archives: self-extracting ones and installers. Whatever begins like an archive, wherever it lies, is a member. */
import type { Member, OpenContext } from '../container.ts'
import { sevenZipOpener } from '../seven-zip/open.ts'
import { sliceOf } from '../stream.ts'
import { installShieldFiles } from './install-shield.ts'

interface Payload {
  readonly name: string
  readonly magic: Buffer
  /** Bytes that it has from there on; 0 where it is none. */
  sizeAt(content: Buffer, at: number): number
}

const rest = (content: Buffer, at: number) => content.length - at

const PAYLOADS: readonly Payload[] = [
  { name: 'payload.7z', magic: Buffer.from('7z\xbc\xaf\x27\x1c\0', 'latin1'), sizeAt: rest },
  { name: 'payload.rar', magic: Buffer.from('Rar!\x1a\x07', 'latin1'), sizeAt: rest },
  { name: 'payload.cab', magic: Buffer.from('MSCF\0\0\0\0', 'latin1'), sizeAt: cabinetSize },
  { name: 'payload.msi', magic: Buffer.from('d0cf11e0a1b11ae1', 'hex'), sizeAt: rest },
  { name: 'payload.lnk', magic: Buffer.from('4c0000000114020000000000c000000000000046', 'hex'), sizeAt: rest },
]
const NSIS = Buffer.from('\xef\xbe\xad\xdeNullsoftInst', 'latin1')
const AUTOIT = Buffer.from('a3484bbe986c4aa9994c530a86d6487d', 'hex')
const INSTALLSHIELD = Buffer.from('ISc(')
/** So many of one kind are looked at; more is no installer. */
const MAX_PAYLOADS = 8

/** Opens a program. */
export async function* openExecutable(content: Buffer, context: OpenContext): AsyncGenerator<Member, void, undefined> {
  yield* installShieldFiles(content, context)
  if (content.includes(NSIS)) yield* sevenZipOpener('Nsis')(content, context)
  for (const { name, magic, sizeAt } of PAYLOADS) {
    let count = 0
    for (let at = content.indexOf(magic, 1); at >= 0 && count < MAX_PAYLOADS; ) {
      const size = sizeAt(content, at)
      if (size > 0) {
        count++
        yield sliceOf(
          content.subarray(at, at + size),
          count === 1 ? name : name.replace('.', `${count}.`),
          'exe.payload',
          context,
        )
      }
      // What lies within an archive that was found is that archive's.
      at = content.indexOf(magic, at + Math.max(magic.length, size < rest(content, at) ? size : 0))
    }
  }
  noteSealed(content, context)
}

/** A cabinet tells its size and has a version of one byte each ([MS-CAB] 2.1). */
function cabinetSize(content: Buffer, at: number): number {
  if (at + 36 > content.length) return 0
  const size = content.readUInt32LE(at + 8)
  return content.readUInt16LE(at + 24) === 0x0103 && size >= 36 && at + size <= content.length ? size : 0
}

/** What is recognised and not opened: compiled scripts of AutoIt, cabinets of InstallShield. */
function noteSealed(content: Buffer, context: OpenContext): void {
  const script = content.indexOf(AUTOIT)
  if (script >= 0) context.note('unsupported', script)
  let count = 0
  for (
    let at = content.indexOf(INSTALLSHIELD);
    at >= 0 && ++count <= MAX_PAYLOADS;
    at = content.indexOf(INSTALLSHIELD, at + 4)
  ) {
    // The mark also stands in the program that reads it; a cabinet has its descriptor right after its header.
    if (at + 16 <= content.length && content.readUInt32LE(at + 12) === 0x200) context.note('unsupported', at)
  }
}
