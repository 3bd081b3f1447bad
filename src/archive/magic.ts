/** Beginnings of files that somebody would want to open or run; for places that may hold a file or may hold anything. */

const BEGINNINGS = [
  'MZ',
  'PK\x03\x04',
  '%PDF-',
  '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
  '7z\xbc\xaf\x27\x1c',
  'Rar!\x1a\x07',
  'MSCF\0\0\0\0',
  '{\\rt',
  '\x7fELF',
  '\x1f\x8b\x08',
  '\xfd7zXZ\0',
  'BZh',
  'ITSF',
  'L\0\0\0\x01\x14\x02\0',
  '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d',
  '\x78\x9f\x3e\x22',
  'ActiveMime',
  'vhdxfile',
  '#!',
  '<script',
  '<html',
  '<!DOCTYPE',
  '<svg',
  '<?xml',
].map((text) => Buffer.from(text, 'latin1'))

/** Whether bytes begin like a file. */
export function looksLikeFile(bytes: Buffer): boolean {
  return BEGINNINGS.some(
    (beginning) => bytes.length >= beginning.length && bytes.subarray(0, beginning.length).equals(beginning),
  )
}
