/** Outlook's messages ([MS-OXMSG]): attachments under every name, the body in every form, messages within messages. */
import type { Name } from '../../core/index.ts'
import { expandRtf } from '../compressed-rtf.ts'
import { baseName, type Member, memberOf, type OpenContext } from '../container.ts'
import { REMINDER_FILE, reminder } from '../mail-store/reminder.ts'
import { fromUnknown } from '../text.ts'
import type { Compound, OleStream } from './compound.ts'

const ATTACHMENT = /^__attach_version1\.0_#[0-9A-F]{8}$/i
/** An embedded message lies in a storage of this name. */
const OBJECT = /^__substg1\.0_3701000D$/i
const PROPERTY = /^__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})$/i
const BODIES: Readonly<Record<string, readonly [string, string]>> = {
  '1000': ['body.txt', 'text/plain'],
  '1013': ['body.html', 'text/html'],
  '1009': ['body.rtf', 'application/rtf'],
}
const NAMES: readonly (readonly [string, string])[] = [
  ['3707', 'msg.longFilename'],
  ['3704', 'msg.filename'],
  ['3001', 'msg.displayName'],
  ['370D', 'msg.longPathname'],
]
const DATA = '3701'
const TYPE = '370E'
const UNICODE = '001F'

type Properties = Map<string, { readonly type: string; readonly stream: OleStream }>

/** Attachments and bodies of the message and of the messages within. */
export function* openMsg({ streams }: Compound, context: OpenContext): Generator<Member> {
  const groups = new Map<string, { readonly folders: readonly string[]; readonly properties: Properties }>()
  for (const stream of streams) {
    const [, id, type] = PROPERTY.exec(stream.name) ?? []
    if (id === undefined || type === undefined) continue
    const key = stream.folders.join('/')
    const group = groups.get(key) ?? { folders: stream.folders, properties: new Map() }
    group.properties.set(id.toUpperCase(), { type: type.toUpperCase(), stream })
    groups.set(key, group)
  }
  const sound = propertyOf(REMINDER_FILE, streams)
  for (const { folders, properties } of groups.values()) {
    if (sound !== undefined && !ATTACHMENT.test(folders.at(-1) ?? ''))
      yield* reminder(textOf(properties, sound), context)
    const last = folders.at(-1) ?? ''
    const way = folders.filter((name) => ATTACHMENT.test(name)).map((name) => Number.parseInt(name.slice(-8), 16) + 1)
    if (ATTACHMENT.test(last)) yield* attachment(properties, way, context)
    else if (last === '' || OBJECT.test(last)) yield* bodies(properties, way, context)
    else yield* objectStreams(properties, way, context)
  }
  yield* foreignStreams(streams, context)
}

/** Where the message says which property has which number ([MS-OXMSG] 2.2.3.1.2): eight bytes for each, in the order of the properties. */
const NAME_FOLDER = '__nameid_version1.0'
const NAME_ENTRIES = /^__substg1\.0_00030102$/i
const MOST_NAMES = 8192

/** The property that a named one is in this file, as the names of streams have it. */
function propertyOf(number: number, streams: readonly OleStream[]): string | undefined {
  const stream = streams.find(({ name, folders }) => folders.at(-1) === NAME_FOLDER && NAME_ENTRIES.test(name))
  const entries = stream?.read().subarray(0, 8 * MOST_NAMES) ?? Buffer.alloc(0)
  for (let at = 0; at + 8 <= entries.length; at += 8) {
    const isString = (entries.readUInt16LE(at + 4) & 1) !== 0
    if (isString || entries.readUInt32LE(at) !== number) continue
    return (0x8000 + entries.readUInt16LE(at + 6)).toString(16).toUpperCase()
  }
  return undefined
}

function* attachment(properties: Properties, way: readonly number[], { share }: OpenContext): Generator<Member> {
  const data = properties.get(DATA)
  if (data === undefined) return
  const names = namesOf(properties)
  yield memberOf({
    path: names[0]?.value ?? `attachment${way.join('.')}`,
    origin: 'msg',
    ...(names.length > 0 ? { names } : {}),
    declaredSize: data.stream.size,
    declaredType: textOf(properties, TYPE).toLowerCase(),
    *bytes() {
      const bytes = data.stream.read()
      share.take(bytes.length)
      yield bytes
    },
  })
}

function* bodies(properties: Properties, way: readonly number[], { share }: OpenContext): Generator<Member> {
  for (const [id, [name, declaredType]] of Object.entries(BODIES)) {
    const property = properties.get(id)
    if (property === undefined || property.stream.size === 0) continue
    yield memberOf({
      path: [...way, name].join('/'),
      origin: 'msg.body',
      names: [],
      declaredType,
      *bytes() {
        const raw = property.stream.read()
        const bytes =
          id === '1009'
            ? expandRtf(raw, share.left)
            : property.type === UNICODE
              ? Buffer.from(raw.toString('utf16le'))
              : raw
        share.take(bytes.length)
        yield bytes
      },
    })
  }
}

/** An attached OLE object has streams of its own, which are no properties; those that are may be anything. */
function* objectStreams(properties: Properties, way: readonly number[], context: OpenContext): Generator<Member> {
  if (properties.has(DATA)) yield* attachment(properties, way, context)
}

/** Streams within an attached object that belong to its program. */
function* foreignStreams(streams: readonly OleStream[], { share }: OpenContext): Generator<Member> {
  for (const stream of streams) {
    if (stream.name.startsWith('__') || !stream.folders.some((folder) => OBJECT.test(folder))) continue
    yield memberOf({
      path: [...stream.folders, stream.name].join('/'),
      origin: 'ole.stream',
      declaredSize: stream.size,
      *bytes() {
        const bytes = stream.read()
        share.take(bytes.length)
        yield bytes
      },
    })
  }
}

function namesOf(properties: Properties): Name[] {
  const found: Name[] = []
  for (const [id, origin] of NAMES) {
    const value = baseName(textOf(properties, id))
    if (value !== '' && !found.some((name) => name.value === value)) found.push({ value, origin })
  }
  return found
}

function textOf(properties: Properties, id: string): string {
  const property = properties.get(id)
  if (property === undefined) return ''
  const bytes = property.stream.read().subarray(0, 8192)
  return (property.type === UNICODE ? bytes.toString('utf16le') : fromUnknown(bytes)).replace(/\0+$/, '')
}
