/** The encryption of a PDF file (ISO 32000-1, 7.6): what its dictionary says, and what a key makes of its streams and strings. */
import { createDecipheriv, hash } from 'node:crypto'
import { type PdfEncryption, pdfKey } from './pdf-key.ts'
import { type PdfStream, pdfBytes } from './pdf-object.ts'
import { rc4 } from './rc4.ts'

type Method = 'none' | 'rc4' | 'aes' | 'aes256'

/** How a file is encrypted. */
export interface PdfLock {
  /** The key that a password gives; undefined where it is the wrong one. */
  keyOf(password: string): Buffer | undefined
  readonly ofStreams: Method
  readonly ofStrings: Method
}

const METHODS: Readonly<Record<string, Method>> = { None: 'none', V2: 'rc4', AESV2: 'aes', AESV3: 'aes256' }
const MARK = /\/Encrypt\s*(?:(\d{1,10})\s+\d{1,5}\s+R|(?=<<))/g
/** An encryption dictionary has some hundred bytes. */
const MAX_DICTIONARY = 8192
const STRING = String.raw`(\((?:[^()\\]|\\[\s\S]|\([^()]{0,200}\)){0,2000}\)|<[0-9A-Fa-f\s]{0,4000}>)`

/** The lock of a file, from the text between its streams; undefined where it is encrypted in a way that nobody here opens. */
export function pdfLock(text: string): PdfLock | undefined {
  const marks = [...text.matchAll(MARK)]
  const [mark] = marks
  // Which of several counts, readers do not agree on.
  if (mark === undefined || marks.some(([, id]) => id !== mark[1])) return undefined
  const start = mark[1] === undefined ? mark.index : objectAt(text, mark[1])
  if (start < 0) return undefined
  const own = text.slice(start, start + MAX_DICTIONARY).split('endobj', 1)[0] ?? ''
  const version = numberOf(own, 'V')
  const isKnown = /\/Filter\s*\/Standard\b/.test(own) && [1, 2, 4, 5].includes(version)
  if (!isKnown) return undefined
  const encryption = encryptionOf(own, version, text)
  if (encryption.revision >= 5 ? encryption.user.length < 48 : encryption.user.length < 16) return undefined
  const filter = (key: string): Method => (version < 4 ? 'rc4' : methodOf(own, key))
  return {
    keyOf: (password) => pdfKey(encryption, password),
    ofStreams: /\/EFF\s*\/\w/.test(own) && version >= 4 ? strongest(filter('StmF'), filter('EFF')) : filter('StmF'),
    ofStrings: filter('StrF'),
  }
}

/** Whether anything in the text says that the file is encrypted. */
export function isPdfEncrypted(text: string): boolean {
  return text.search(MARK) >= 0
}

/** Writers give attachments the method of all streams, or leave the others open: then theirs alone counts. */
function strongest(streams: Method, files: Method): Method {
  return streams === 'none' ? files : streams
}

function encryptionOf(own: string, version: number, text: string): PdfEncryption {
  const bits = numberOf(own.replace(/\/CF\s*<<[\s\S]*?>>\s*>>/, ''), 'Length')
  const bytesOf = (key: string) => pdfBytes(new RegExp(String.raw`\/${key}\s*${STRING}`).exec(own)?.[1] ?? '()')
  const id = new RegExp(String.raw`\/ID\s*\[\s*${STRING}`).exec(text)?.[1]
  return {
    version,
    revision: numberOf(own, 'R'),
    keyBytes: version === 1 ? 5 : version === 4 ? 16 : Math.min(32, Math.max(5, (bits > 0 ? bits : 40) >> 3)),
    permissions: numberOf(own, 'P'),
    owner: bytesOf('O'),
    user: bytesOf('U'),
    userKey: bytesOf('UE'),
    ownerKey: bytesOf('OE'),
    id: id === undefined ? Buffer.alloc(0) : pdfBytes(id),
    isMetadataEncrypted: !/\/EncryptMetadata\s+false\b/.test(own),
  }
}

function numberOf(own: string, key: string): number {
  return Number(new RegExp(String.raw`\/${key}\s+(-?\d{1,10})(?!\d)`).exec(own)?.[1] ?? -1)
}

/** The method of a named crypt filter (7.6.5); `Identity` leaves things as they are. */
function methodOf(own: string, key: string): Method {
  const name = new RegExp(String.raw`\/${key}\s*\/(\w{1,40})`).exec(own)?.[1] ?? 'Identity'
  if (name === 'Identity') return 'none'
  const filter = new RegExp(String.raw`\/${name}\s*<<([^>]{0,500})>>`).exec(own)?.[1] ?? ''
  return METHODS[/\/CFM\s*\/(\w{1,20})/.exec(filter)?.[1] ?? 'None'] ?? 'none'
}

/** Where the last object of that number begins: an update replaces it. */
function objectAt(text: string, id: string): number {
  return [...text.matchAll(new RegExp(String.raw`(?<!\d)${id}\s+\d{1,5}\s+obj\b`, 'g'))].at(-1)?.index ?? -1
}

/** The bytes of a stream; cross-references, and what says that it is not encrypted, are as they stand. */
export function decryptedStream({ id, generation, dictionary, raw }: PdfStream, lock: PdfLock, key: Buffer): Buffer {
  if (/\/Type\s*\/XRef\b|\/Filter\s*\[?\s*\/Crypt\b/.test(dictionary)) return raw
  const told = Number(/\/Length\s+(\d{1,12})(?!\s+\d+\s+R)/.exec(dictionary)?.[1] ?? raw.length)
  const bytes = told <= raw.length && told >= raw.length - 2 ? raw.subarray(0, told) : raw
  return decrypted(bytes, lock.ofStreams, objectKey(key, lock.ofStreams, id, generation))
}

/** The bytes of a string of an object. */
export function decryptedString(bytes: Buffer, id: number, lock: PdfLock, key: Buffer): Buffer {
  return decrypted(bytes, lock.ofStrings, objectKey(key, lock.ofStrings, id, 0))
}

/** Every object has its own key but with AES-256 (7.6.2, algorithm 1). */
function objectKey(key: Buffer, method: Method, id: number, generation: number): Buffer {
  if (method === 'aes256' || method === 'none') return key
  const place = Buffer.alloc(5)
  place.writeUIntLE(id & 0xffffff, 0, 3)
  place.writeUInt16LE(generation & 0xffff, 3)
  const salt = method === 'aes' ? [Buffer.from('sAlT')] : []
  return hash('md5', Buffer.concat([key, place, ...salt]), 'buffer').subarray(0, Math.min(16, key.length + 5))
}

/** What is cut or has lost its padding gives what can be had of it. */
function decrypted(bytes: Buffer, method: Method, key: Buffer): Buffer {
  if (method === 'none') return bytes
  if (method === 'rc4') return rc4(key, bytes)
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 16))
  if (whole.length < 32) return Buffer.alloc(0)
  const cipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, whole.subarray(0, 16))
  cipher.setAutoPadding(false)
  const plain = Buffer.concat([cipher.update(whole.subarray(16)), cipher.final()])
  const fill = plain[plain.length - 1] ?? 0
  return fill >= 1 && fill <= 16 ? plain.subarray(0, plain.length - fill) : plain
}
