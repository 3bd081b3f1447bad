/** TNEF, as Exchange puts attachments into `winmail.dat` ([MS-OXTNEF]). */
import type { Name } from '../../core/index.ts'
import { expandRtf } from '../compressed-rtf.ts'
import { baseName, type Member, memberOf, type OpenContext } from '../container.ts'
import { fromUnknown } from '../text.ts'
import { type MapiProperty, readMapi } from './mapi.ts'
import { REMINDER_FILE, reminder } from './reminder.ts'

/** Attributes by their number: type in the upper half, identity in the lower. */
const ATTRIBUTE = {
  body: 0x0002800c,
  renderData: 0x00069002,
  title: 0x00018010,
  data: 0x0006800f,
  transport: 0x00069001,
  message: 0x00069003,
  attachment: 0x00069005,
} as const
const HEADER = 6

interface Attachment {
  readonly names: Name[]
  data: Buffer | undefined
  type: string
}

/** Opens a TNEF file. */
export function* openTnef(content: Buffer, context: OpenContext): Generator<Member> {
  const attachments: Attachment[] = []
  let at = HEADER
  while (at + 11 <= content.length) {
    const attribute = content.readUInt32LE(at + 1)
    const length = content.readUInt32LE(at + 5)
    const data = content.subarray(at + 9, at + 9 + length)
    if (data.length < length) context.note('truncated', at)
    if (attribute === ATTRIBUTE.message) yield* bodies(readMapi(data), context)
    else if (attribute === ATTRIBUTE.body && data.length > 0) yield textMember('body.txt', 'text/plain', data, context)
    else take(attribute, data, attachments)
    at += 9 + length + 2
  }
  for (const [i, attachment] of attachments.entries())
    if (attachment.data) yield toMember(attachment, attachment.data, i, context)
}

/** An attachment begins with its rendering data, in a file of a liar with anything. */
function take(attribute: number, data: Buffer, attachments: Attachment[]): void {
  const isPart = attribute === ATTRIBUTE.title || attribute === ATTRIBUTE.data || attribute === ATTRIBUTE.attachment
  const hasData = attribute === ATTRIBUTE.data && attachments.at(-1)?.data !== undefined
  if (attribute === ATTRIBUTE.renderData || hasData || (isPart && attachments.length === 0)) {
    attachments.push({ names: [], data: undefined, type: '' })
  }
  const last = attachments.at(-1)
  if (last === undefined) return
  if (attribute === ATTRIBUTE.title) addName(last, fromUnknown(data), 'tnef.title')
  else if (attribute === ATTRIBUTE.data) last.data = data
  else if (attribute === ATTRIBUTE.attachment) takeProperties(last, readMapi(data))
}

function takeProperties(attachment: Attachment, properties: readonly MapiProperty[]): void {
  for (const { id, text, bytes } of properties) {
    if (id === 0x3707) addName(attachment, text, 'tnef.longFilename', true)
    else if (id === 0x3704 || id === 0x3001) addName(attachment, text, 'tnef.filename')
    else if (id === 0x370e) attachment.type = text.toLowerCase()
    // An embedded message or object: the identity of its interface, then the data.
    else if (id === 0x3701 && bytes.length > 16) attachment.data = bytes.subarray(16)
  }
}

function addName(attachment: Attachment, text: string, origin: string, isFirst = false): void {
  const value = baseName(text.replace(/\0+$/, ''))
  if (value === '' || attachment.names.some((name) => name.value === value)) return
  if (isFirst) attachment.names.unshift({ value, origin })
  else attachment.names.push({ value, origin })
}

function toMember({ names, type }: Attachment, data: Buffer, index: number, { share }: OpenContext): Member {
  return memberOf({
    path: names[0]?.value ?? `attachment${index + 1}`,
    origin: 'tnef',
    ...(names.length > 0 ? { names } : {}),
    declaredSize: data.length,
    declaredType: type,
    *bytes() {
      share.take(data.length)
      yield data
    },
  })
}

function* bodies(properties: readonly MapiProperty[], context: OpenContext): Generator<Member> {
  for (const { id, named, bytes, text } of properties) {
    if (named === REMINDER_FILE) yield* reminder(text, context)
    else if (id === 0x1000) yield textMember('body.txt', 'text/plain', Buffer.from(text), context)
    else if (id === 0x1013) yield textMember('body.html', 'text/html', bytes, context)
    else if (id === 0x1009)
      yield textMember('body.rtf', 'application/rtf', expandRtf(bytes, context.share.left), context)
  }
}

function textMember(path: string, declaredType: string, data: Buffer, { share }: OpenContext): Member {
  return memberOf({
    path,
    origin: 'tnef.body',
    names: [],
    declaredType,
    *bytes() {
      share.take(data.length)
      yield data
    },
  })
}
