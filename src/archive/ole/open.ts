/** Compound files: Outlook's messages, installers, and Office documents with what is embedded in them. */

import { anomaly, type Member, memberOf, type OpenContext } from '../container.ts'
import { inflate } from '../inflate.ts'
import { looksLikeFile } from '../magic.ts'
import { sliceOf } from '../stream.ts'
import { type Compound, type OleStream, readCompound } from './compound.ts'
import { openEncryptedOffice } from './encrypted.ts'
import { openMsg } from './msg.ts'
import { isTableName, msiName } from './msi-name.ts'
import { type Packaged, readOle10Native } from './package.ts'

/** Class of an installer database, as its root storage has it. */
const MSI_CLASSES = [
  '84100c0000000000c000000000000046',
  '86100c0000000000c000000000000046',
  '82100c0000000000c000000000000046',
]
/** PowerPoint keeps objects in records of this type, compressed ([MS-PPT] 2.10.34). */
const EXTERNAL_OBJECT = 0x1011
const NATIVE = '\x01Ole10Native'

/** Opens a compound file. */
export async function* openCompound(content: Buffer, context: OpenContext): AsyncGenerator<Member, void, undefined> {
  const compound = readCompound(content)
  if (compound === undefined) return context.note('corrupt')
  if (compound.isDamaged) context.note('corrupt')
  if (
    compound.streams.some(({ name, folders }) => name.startsWith('__properties_version1.0') && folders.length === 0)
  ) {
    yield* openMsg(compound, context)
  } else if (MSI_CLASSES.includes(compound.rootClass)) {
    yield* openInstaller(compound, context)
  } else {
    yield* openDocument(compound, context)
    yield* openEncryptedOffice(content, compound, context)
  }
}

/** Everything but the tables: cabinets, and the programs and scripts that run while installing. */
function* openInstaller({ streams }: Compound, context: OpenContext): Generator<Member> {
  for (const stream of streams) {
    const name = msiName(stream.name)
    if (stream.folders.length === 0 && !isTableName(stream.name)) yield streamMember(stream, name, context)
  }
}

function* openDocument({ streams }: Compound, context: OpenContext): Generator<Member> {
  for (const stream of streams) {
    if (stream.name === NATIVE) {
      const packaged = readOle10Native(stream.read())
      if (packaged) yield packagedMember(packaged, [...stream.folders, 'Ole10Native'].join('/'), context)
    } else if (stream.name === 'PowerPoint Document') {
      yield* slideObjects(stream.read(), context)
    } else if (
      stream.name === 'Package' ||
      stream.name === 'CONTENTS' ||
      looksLikeFile(stream.read().subarray(0, 64))
    ) {
      yield streamMember(stream, [...stream.folders, stream.name].join('/'), context)
    }
  }
}

/** A stream as it is. */
export function streamMember(stream: OleStream, path: string, { share }: OpenContext): Member {
  return memberOf({
    path,
    origin: 'ole.stream',
    declaredSize: stream.size,
    anomalies: stream.isOrphan ? [anomaly('hidden-member')] : [],
    *bytes() {
      const bytes = stream.read()
      share.take(bytes.length)
      yield bytes
    },
  })
}

/** A packaged file, under the names that it has. */
export function packagedMember({ names, data }: Packaged, fallback: string, { share }: OpenContext): Member {
  const path = names[0]?.value ?? fallback
  return memberOf({
    path,
    origin: 'package',
    ...(names.length > 0 ? { names } : {}),
    declaredSize: data.length,
    *bytes() {
      share.take(data.length)
      yield data
    },
  })
}

/** Records have eight bytes before them; those that hold others are walked into ([MS-PPT] 2.3.1). */
function* slideObjects(stream: Buffer, context: OpenContext): Generator<Member> {
  let count = 0
  for (let at = 0; at + 8 <= stream.length; ) {
    const isContainer = (stream.readUInt8(at) & 0x0f) === 0x0f
    const size = stream.readUInt32LE(at + 4)
    const record = stream.subarray(at + 8, at + 8 + size)
    if (stream.readUInt16LE(at + 2) === EXTERNAL_OBJECT)
      yield slideObject(record, stream.readUInt16LE(at) >> 4, ++count, context)
    at += isContainer ? 8 : 8 + size
  }
}

function slideObject(record: Buffer, instance: number, number: number, context: OpenContext): Member {
  const path = `object${number}.bin`
  if (instance === 0) return sliceOf(record, path, 'ppt.object', context)
  return memberOf({
    path,
    origin: 'ppt.object',
    declaredSize: record.length < 4 ? -1 : record.readUInt32LE(0),
    bytes: () => inflate(record.subarray(4), 'zlib', context.share),
  })
}
