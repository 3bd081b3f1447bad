/** Cases whose form is the riddle: an attachment within a multipart that is written in an odd way. */
import { attachment, type Encoding, encode, entity, type Place, placed, textPart } from './build.ts'
import type { CaseSpec } from './case.ts'

/** The boundary of odd multiparts. */
export const B = '=_edge'

/** Writes the parts as an odd multipart; `file` is the attachment, `text` an ordinary first part. */
export type Shape = (file: string, text: string) => string

export type ShapeRow = readonly [name: string, why: string, shape: Shape]

/** The odd multipart as the message itself, within a multipart, within a message. */
export const SPOTS: readonly Place[] = ['single', 'mixed', 'rfc822']

/** Each row with content in base64 and as plain text, in each of the places. */
export function shapes(rows: readonly ShapeRow[], spots = SPOTS, encodings: readonly Encoding[] = ['base64', '7bit']) {
  return rows.flatMap(([name, why, shape]) =>
    encodings.flatMap((encoding) =>
      spots.map((spot) =>
        shapeCase(`${name}-${encoding}-${spot}`, why, encoding, (file, text) => placed(shape(file, text), spot)),
      ),
    ),
  )
}

/** One case with a file in the encoding. */
export function shapeCase(name: string, why: string, encoding: Encoding, write: Shape): CaseSpec {
  const file = encoding === '7bit' ? 'enclosed.txt' : 'enclosed.bin'
  return {
    name,
    why,
    kind: encoding === '7bit' ? 'text' : 'binary',
    names: [file],
    build: (content) => write(partOf(file, content, encoding), textPart()),
  }
}

function partOf(file: string, content: Buffer, encoding: Encoding): string {
  if (encoding === 'base64') return attachment(file, content)
  const type = encoding === '7bit' ? 'text/plain' : 'application/octet-stream'
  const head = [`Content-Type: ${type}; name="${file}"`, `Content-Disposition: attachment; filename="${file}"`]
  return entity([...head, `Content-Transfer-Encoding: ${encoding}`], encode(content, encoding))
}

/** Lines joined by CRLF. */
export function lines(...each: readonly string[]): string {
  return each.join('\r\n')
}

/** The name of the attachment where nothing else is said. */
export const FILE_NAME = 'enclosed.bin'

/** Writes the content as a part, or as a whole message; the names are accepted ones. */
export type PartRow = readonly [
  name: string,
  why: string,
  write: (content: Buffer) => string,
  names?: readonly string[],
]

/** Each row as a part in each of the places. */
export function placedRows(rows: readonly PartRow[], places: readonly Place[] = ['mixed', 'rfc822']): CaseSpec[] {
  return rows.flatMap(([name, why, write, names = [FILE_NAME]]) =>
    places.map((place) => ({
      name: `${name}-${place}`,
      why,
      names,
      build: (content) => placed(write(content), place),
    })),
  )
}

/** Each row as the message. */
export function wholeRows(rows: readonly PartRow[]): CaseSpec[] {
  return rows.map(([name, why, build, names = [FILE_NAME]]) => ({ name, why, names, build }))
}
