/** OneNote: embedded files lie in the section as they are ([MS-ONESTORE] 2.6.13, FileDataStoreObject). */
import type { Member, OpenContext } from '../container.ts'
import { sliceOf } from '../stream.ts'

/** {BDE316E7-2665-4511-A4C4-8D4D0B7A9EAC}, after which come length, eight unused bytes, four reserved ones, and the file. */
const FILE_DATA = Buffer.from('e716e3bd65261145a4c48d4d0b7a9eac', 'hex')
const HEADER_BYTES = 36

/** Opens a section: its members are the files in it. */
export function* openOneNote(content: Buffer, context: OpenContext): Generator<Member> {
  let count = 0
  for (let at = content.indexOf(FILE_DATA); at >= 0; ) {
    if (at + HEADER_BYTES > content.length) return
    const size = Number(content.readBigUInt64LE(at + 16))
    const data = content.subarray(at + HEADER_BYTES, at + HEADER_BYTES + size)
    if (data.length < size) context.note('truncated', at)
    yield sliceOf(data, `file${++count}`, 'onenote.file', context)
    at = content.indexOf(FILE_DATA, at + HEADER_BYTES + (data.length < size ? 0 : data.length))
  }
}
