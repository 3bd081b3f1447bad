/** Types that show themselves by bytes at a fixed place. */
import type { Excerpt } from './excerpt.ts'

interface Magic {
  readonly type: string
  readonly at: number
  readonly bytes: Buffer
}

const MAGIC: readonly Magic[] = [
  magic('image/gif', 'GIF87a'),
  magic('image/gif', 'GIF89a'),
  magic('image/png', '\x89PNG\r\n\x1a\n'),
  magic('image/jpeg', '\xff\xd8\xff'),
  magic('image/tiff', 'II*\0'),
  magic('image/tiff', 'MM\0*'),
  magic('application/rtf', '{\\rt'),
  magic('application/gzip', '\x1f\x8b\x08'),
  magic('application/x-7z-compressed', '7z\xbc\xaf\x27\x1c'),
  magic('application/vnd.rar', 'Rar!\x1a\x07'),
  magic('application/x-xz', '\xfd7zXZ\0'),
  magic('application/zstd', '\x28\xb5\x2f\xfd'),
  magic('application/vnd.ms-cab-compressed', 'MSCF\0\0\0\0'),
  magic('application/x-elf', '\x7fELF'),
  magic('application/x-mach-binary', '\xcf\xfa\xed\xfe'),
  magic('application/x-mach-binary', '\xce\xfa\xed\xfe'),
  magic('application/x-mach-binary', '\xfe\xed\xfa\xcf'),
  magic('application/x-mach-binary', '\xfe\xed\xfa\xce'),
  magic('application/x-ms-shortcut', 'L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F'),
  magic('application/onenote', '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3'),
  magic('application/vnd.ms-tnef', '\x78\x9f\x3e\x22'),
  magic('application/x-tar', 'ustar', 257),
  magic('application/x-iso9660-image', 'CD001', 32_769),
  magic('video/mp4', 'ftyp', 4),
  magic('audio/mpeg', 'ID3'),
  magic('application/pgp-encrypted', '-----BEGIN PGP MESSAGE-----'),
  magic('application/pgp-signature', '-----BEGIN PGP SIGNATURE-----'),
  magic('application/pgp-keys', '-----BEGIN PGP PUBLIC KEY BLOCK-----'),
]

const PDF = Buffer.from('%PDF-')
const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex')
const ENVELOPED_DATA = Buffer.from('06092a864886f70d010703', 'hex')

/** Types by magic bytes, and by the few headers that need a second look. */
export function detectMagic({ head, size }: Excerpt): string[] {
  const found = MAGIC.filter(({ at, bytes }) => startsAt(head, bytes, at)).map(({ type }) => type)
  for (const detect of [pdf, webp, bmp, bzip2, exe, mpegAudio, pkcs7]) {
    const type = detect(head, size)
    if (type !== undefined) found.push(type)
  }
  return found
}

function magic(type: string, bytes: string, at = 0): Magic {
  return { type, at, bytes: Buffer.from(bytes, 'latin1') }
}

function startsAt(head: Buffer, bytes: Buffer, at: number): boolean {
  return head.length >= at + bytes.length && head.compare(bytes, 0, bytes.length, at, at + bytes.length) === 0
}

/** Readers take the mark anywhere in the first 1,024 bytes (Adobe's implementation notes to PDF 1.7, H.3 note 13). */
function pdf(head: Buffer): string | undefined {
  const at = head.subarray(0, 1024 + PDF.length).indexOf(PDF)
  return at < 0 ? undefined : 'application/pdf'
}

function webp(head: Buffer): string | undefined {
  if (head.toString('latin1', 0, 4) !== 'RIFF') return undefined
  return head.toString('latin1', 8, 12) === 'WEBP' ? 'image/webp' : undefined
}

/** Two letters are not enough: the header names its own size. */
function bmp(head: Buffer, size: number): string | undefined {
  if (head.toString('latin1', 0, 2) !== 'BM' || head.length < 26) return undefined
  const isPlausible = head.readUInt32LE(6) === 0 && head.readUInt32LE(14) <= 200 && head.readUInt32LE(10) < size
  return isPlausible ? 'image/bmp' : undefined
}

function bzip2(head: Buffer): string | undefined {
  return /^BZh[1-9]1AY&SY/.test(head.toString('latin1', 0, 10)) ? 'application/x-bzip2' : undefined
}

/** A DOS header; a PE executable where it points to one. */
function exe(head: Buffer): string | undefined {
  if (head.toString('latin1', 0, 2) !== 'MZ' || head.length < 64) return undefined
  const at = head.readUInt32LE(60)
  const isPe = head.toString('latin1', at, at + 4) === 'PE\0\0'
  return isPe ? 'application/vnd.microsoft.portable-executable' : 'application/x-dosexec'
}

/** MPEG audio without a tag: a frame header whose fields are all allowed. */
function mpegAudio(head: Buffer): string | undefined {
  const [sync = 0, version = 0, rate = 0] = head
  if (sync !== 0xff || (version & 0xe6) !== 0xe2) return undefined
  return (version & 0x18) !== 0x08 && (rate & 0xf0) !== 0xf0 && (rate & 0xf0) !== 0 && (rate & 0x0c) !== 0x0c
    ? 'audio/mpeg'
    : undefined
}

/** CMS content (RFC 5652): a DER or BER sequence that begins with the object identifier of its kind. */
function pkcs7(head: Buffer): string | undefined {
  if (head[0] !== 0x30) return undefined
  const start = head.subarray(0, 24)
  if (start.includes(SIGNED_DATA)) return 'application/pkcs7-signature'
  return start.includes(ENVELOPED_DATA) ? 'application/pkcs7-mime' : undefined
}
