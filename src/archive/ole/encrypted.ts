/** Office documents with a password ([MS-OFFCRYPTO]): modern ones are a package in a compound file, old ones encrypt their streams. */
import { ClosedFault, type Member, MemberFault, memberOf, type OpenContext } from '../container.ts'
import { agileVerifier } from './agile.ts'
import type { Compound, OleStream } from './compound.ts'

/** Excel writes protected workbooks with this password, and opens them without asking. */
const EXCEL_DEFAULT = 'VelvetSweatshop'
/** Rounds of hashing; Office writes 100,000, and more than this is meant to keep somebody busy. */
const MAX_ROUNDS = 1_000_000

interface Decryptor {
  decrypt(input: Buffer, options: { readonly password: string }): Promise<Buffer>
}

/** The decrypted document as the only member; nothing where the document is not encrypted. */
export async function* openEncryptedOffice(
  content: Buffer,
  compound: Compound,
  context: OpenContext,
): AsyncGenerator<Member, void, undefined> {
  const info = streamOf(compound, 'EncryptionInfo')
  if (info === undefined && !isOldEncrypted(compound)) return
  if (info !== undefined && roundsOf(info.read()) > MAX_ROUNDS) {
    context.note('unsupported')
    return context.encryption('')
  }
  const { default: office } = (await import('officecrypto-tool')) as unknown as { readonly default: Decryptor }
  const isRight = info === undefined ? undefined : agileVerifier(info.read())
  let plain: Buffer | undefined
  const search = await context.passwords.find(
    async (password) => {
      if (password === '' || !mayBe(isRight, password)) return false
      plain = await office.decrypt(content, { password }).catch(() => undefined)
      return plain !== undefined
    },
    [EXCEL_DEFAULT],
  )
  if (search.kind === 'budget') context.note('password-budget')
  context.encryption(search.kind === 'opened' ? search.source : '')
  yield memberOf({
    path: 'document',
    origin: 'office.decrypted',
    names: [],
    isEncrypted: true,
    *bytes() {
      if (plain === undefined) throw new ClosedFault()
      // What is still encrypted the same way was not opened.
      if (plain.equals(content)) throw new MemberFault('unsupported')
      context.share.take(plain.length)
      yield plain
    },
  })
}

/** A verifier that cannot be computed excludes nobody. */
function mayBe(isRight: ((password: string) => boolean) | undefined, password: string): boolean {
  try {
    return isRight?.(password) ?? true
  } catch {
    return true
  }
}

function streamOf({ streams }: Compound, name: string): OleStream | undefined {
  return streams.find((stream) => stream.folders.length === 0 && stream.name === name)
}

function roundsOf(info: Buffer): number {
  return Number(/spinCount="(\d{1,12})"/.exec(info.toString('latin1', 0, 65_536))?.[1] ?? 0)
}

/** Word says it in its header (2.4.1 of [MS-DOC]), Excel by a record (FilePass), PowerPoint by the token of its user. */
function isOldEncrypted(compound: Compound): boolean {
  const word = streamOf(compound, 'WordDocument')?.read()
  if (word !== undefined && word.length > 12 && (word.readUInt16LE(10) & 0x100) !== 0) return true
  const book = (streamOf(compound, 'Workbook') ?? streamOf(compound, 'Book'))?.read()
  if (book !== undefined && hasFilePass(book)) return true
  const user = streamOf(compound, 'Current User')?.read()
  return user !== undefined && user.length > 16 && user.readUInt32LE(12) === 0xf3d1c4df
}

/** Among the first records of the workbook's globals ([MS-XLS] 2.4.117). */
function hasFilePass(book: Buffer): boolean {
  for (let at = 0, i = 0; at + 4 <= book.length && i < 64; i++) {
    const type = book.readUInt16LE(at)
    if (type === 0x2f) return true
    if (type === 0x0a) return false
    at += 4 + book.readUInt16LE(at + 2)
  }
  return false
}
