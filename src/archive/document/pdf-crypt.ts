/** The encryption of a PDF file (ISO 32000-1, 7.6): what its dictionary says, and what a key makes of its streams and strings. */
import { createDecipheriv, hash } from 'node:crypto'
import { type PdfEncryption, pdfKey } from './pdf-key.ts'
import { filtersOf, type PdfStream, pdfBytes } from './pdf-object.ts'
import { type PdfEntries, type PdfValue, PdfValues } from './pdf-value.ts'
import { rc4 } from './rc4.ts'

type Method = 'none' | 'rc4' | 'aes' | 'aes256'

/** How a file is encrypted. */
export interface PdfLock {
  /** The key that a password gives; undefined where it is the wrong one. */
  keyOf(password: string): Buffer | undefined
  readonly ofStreams: Method
  readonly ofStrings: Method
}

/** The methods that a crypt filter may have, by the version of the encryption (7.6.5). */
const METHODS: Readonly<Record<number, Readonly<Record<string, Method>>>> = {
  4: { None: 'none', V2: 'rc4', AESV2: 'aes' },
  5: { None: 'none', AESV3: 'aes256' },
}
/** `/Encrypt`, each letter of which may be escaped. */
const MARK = /\/(?:E|#45)(?:n|#6[Ee])(?:c|#63)(?:r|#72)(?:y|#79)(?:p|#70)(?:t|#74)(?![^\0\t\n\f\r ()<>[\]{}/%])/g
const STRING = String.raw`(\((?:[^()\\]|\\[\s\S]|\([^()]{0,200}\)){0,2000}\)|<[0-9A-Fa-f\s]{0,4000}>)`

/** What is said in a way that is not understood, or that readers do not agree on. */
class UnreadableError extends Error {}

/** The lock of a file, from its whole text; undefined where it is encrypted in a way that nobody here opens. */
export function pdfLock(text: string): PdfLock | undefined {
  const values = new PdfValues(text)
  try {
    const said = marksIn(text, values).flatMap((mark) => dictionariesOf(values, mark))
    const ways = [...new Map(said.map((own) => [JSON.stringify(own), own])).values()].map((own) =>
      wayOf(new Fields(values, own), text),
    )
    const [way] = ways
    // Which of several counts, readers do not agree on.
    if (way === undefined || ways.some((other) => JSON.stringify(other) !== JSON.stringify(way))) return undefined
    return { keyOf: (password) => pdfKey(way.encryption, password), ofStreams: way.ofStreams, ofStrings: way.ofStrings }
  } catch (error) {
    if (error instanceof UnreadableError) return undefined
    throw error
  }
}

/** Whether anything in the whole text says that the file is encrypted. */
export function isPdfEncrypted(text: string): boolean {
  try {
    return marksIn(text, new PdfValues(text)).length > 0
  } catch (error) {
    if (error instanceof UnreadableError) return true
    throw error
  }
}

/** Whatever the text says of an encryption, wherever: where a trailer is, readers do not agree on. */
function marksIn(text: string, values: PdfValues): readonly PdfValue[] {
  const marks = new Map<string, PdfValue>()
  for (const { index, 0: key } of text.matchAll(MARK)) {
    const value = values.at(index + key.length)
    if (value === undefined) throw new UnreadableError()
    if (value !== 'none' && (value.kind === 'dictionary' || value.kind === 'reference'))
      marks.set(JSON.stringify(value), value)
  }
  return [...marks.values()]
}

/** The dictionaries that a mark can mean; what has nothing of an encryption is another object that once had the number. */
function dictionariesOf(values: PdfValues, mark: PdfValue): readonly PdfEntries[] {
  const meant = mark.kind === 'reference' ? values.objects(mark.number) : [mark]
  const own = meant.flatMap((value) => {
    if (value === undefined) throw new UnreadableError()
    if (value.kind !== 'dictionary') return []
    return value.entries.some(([key]) => ['V', 'O', 'U'].includes(key)) ? [value.entries] : []
  })
  if (own.length === 0) throw new UnreadableError()
  return own
}

/** The entries of a dictionary, some of which may stand apart. */
class Fields {
  readonly #values: PdfValues
  readonly #entries: PdfEntries

  constructor(values: PdfValues, entries: PdfEntries) {
    this.#values = values
    this.#entries = entries
  }

  value(key: string): PdfValue | undefined {
    const value = this.#entries.find(([name]) => name === key)?.[1]
    if (value?.kind !== 'reference') return value
    const all = this.#values.objects(value.number)
    const [first] = all
    const isOne = first !== undefined && all.every((other) => JSON.stringify(other) === JSON.stringify(first))
    if (!isOne || first.kind === 'reference') throw new UnreadableError()
    return first
  }

  name(key: string): string {
    const value = this.value(key)
    if (value?.kind !== 'name') throw new UnreadableError()
    return value.text
  }

  number(key: string): number {
    const value = this.value(key)
    if (value?.kind !== 'number') throw new UnreadableError()
    return value.number
  }

  bytes(key: string): Buffer {
    const value = this.value(key)
    if (value === undefined) return Buffer.alloc(0)
    if (value.kind !== 'string') throw new UnreadableError()
    return value.bytes
  }

  within(key: string): Fields {
    const value = this.value(key)
    if (value?.kind !== 'dictionary') throw new UnreadableError()
    return new Fields(this.#values, value.entries)
  }
}

interface Way {
  readonly encryption: PdfEncryption
  readonly ofStreams: Method
  readonly ofStrings: Method
}

function wayOf(own: Fields, text: string): Way {
  const encryption = encryptionOf(own, text)
  const { version } = encryption
  if (version < 4) return { encryption, ofStreams: 'rc4', ofStrings: 'rc4' }
  const streams = methodOf(own, 'StmF', version)
  const files = own.value('EFF') === undefined ? streams : methodOf(own, 'EFF', version)
  // Writers give attachments the method of all streams, or leave the others open: then theirs alone counts.
  if (streams !== 'none' && files !== 'none' && files !== streams) throw new UnreadableError()
  return { encryption, ofStreams: streams === 'none' ? files : streams, ofStrings: methodOf(own, 'StrF', version) }
}

function encryptionOf(own: Fields, text: string): PdfEncryption {
  const [version, revision] = [own.number('V'), own.number('R')]
  const isKnown = own.name('Filter') === 'Standard' && [1, 2, 4, 5].includes(version) && revision >= 2 && revision <= 6
  if (!isKnown || revision >= 5 !== (version === 5)) throw new UnreadableError()
  const bits = own.value('Length') === undefined ? 40 : own.number('Length')
  const user = own.bytes('U')
  if (user.length < (revision >= 5 ? 48 : 16)) throw new UnreadableError()
  const metadata = own.value('EncryptMetadata')
  if (metadata !== undefined && metadata.kind !== 'word') throw new UnreadableError()
  const id = new RegExp(String.raw`\/ID\s*\[\s*${STRING}`).exec(text)?.[1]
  return {
    version,
    revision,
    keyBytes: version === 1 ? 5 : version === 4 ? 16 : Math.min(32, Math.max(5, (bits > 0 ? bits : 40) >> 3)),
    permissions: own.number('P'),
    owner: own.bytes('O'),
    user,
    userKey: own.bytes('UE'),
    ownerKey: own.bytes('OE'),
    id: id === undefined ? Buffer.alloc(0) : pdfBytes(id),
    isMetadataEncrypted: metadata?.text !== 'false',
  }
}

/** The method of a named crypt filter (7.6.5); only what is called so leaves things as they are. */
function methodOf(own: Fields, key: string, version: number): Method {
  const name = own.name(key)
  const filters = own.value('CF') === undefined ? undefined : own.within('CF')
  // Some readers let a file have its own filter of that name.
  if (name === 'Identity' && filters?.value(name) === undefined) return 'none'
  if (name === 'Identity' || filters === undefined) throw new UnreadableError()
  const method = Object.entries(METHODS[version] ?? {}).find(([called]) => called === filters.within(name).name('CFM'))
  if (method === undefined) throw new UnreadableError()
  return method[1]
}

/** What a stream may be that readers may leave as it stands; what such a word says in a part of the dictionary is nothing. */
const MAYBE_OPEN = /\/(?:XRef|Crypt|Metadata)\b|\/Type(?!\s*\/)/

/** What a key makes of a stream: one thing, but for what readers do not agree on. */
export function decryptedStreams(stream: PdfStream, lock: PdfLock, key: Buffer): readonly Buffer[] {
  const { id, generation, dictionary, raw } = stream
  if (lock.ofStreams === 'none') return [raw]
  const own = objectKey(key, lock.ofStreams, id, generation)
  const plain = endsOf(stream, lock).map((end) => decrypted(raw.subarray(0, end), lock.ofStreams, own))
  return MAYBE_OPEN.test(dictionary) ? [...plain, raw] : plain
}

/** Where the data may end: a line end behind it is none, and no matter for blocks and for what has its own end. */
function endsOf({ dictionary, raw }: PdfStream, lock: PdfLock): readonly number[] {
  const [filter] = filtersOf(dictionary)
  if (lock.ofStreams !== 'rc4' || filter === 'FlateDecode' || filter === 'Fl') return [raw.length]
  const told = [...dictionary.matchAll(/\/Length\s+(\d{1,12})(?!\d|\s+\d+\s+R)/g)].map(([, value]) => Number(value))
  const ends = new Set(told.filter((end) => end <= raw.length && end >= raw.length - 2))
  if (ends.size === 1) return [...ends]
  const lineEnd = /\r?\n$|\r$|$/.exec(raw.toString('latin1', Math.max(0, raw.length - 2)))?.[0] ?? ''
  return [...ends.add(raw.length - lineEnd.length).add(raw.length)]
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
