/** Attachments that look like text of the message, parts of digests, parts beyond what some programs count. */
import {
  attachment,
  base64,
  between,
  type Encoding,
  encode,
  entity,
  message,
  multipart,
  type Place,
  placed,
  textPart,
} from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'

type Row = readonly [name: string, why: string, head: readonly string[]]

const ALL = 'RFC 2183 section 2: all but mailparser and postal-mime show it as an attachment'
const TEXTS: readonly Row[] = [
  ['plain-inline-filename', ALL, ['Content-Type: text/plain', 'Content-Disposition: inline; filename="enclosed.txt"']],
  ['plain-type-name', ALL, ['Content-Type: text/plain; name="enclosed.txt"']],
  ['plain-attachment', ALL, ['Content-Type: text/plain', 'Content-Disposition: attachment; filename="enclosed.txt"']],
  [
    'no-type-attachment',
    'RFC 2045 section 5.2: no type is text/plain',
    ['Content-Disposition: attachment; filename="enclosed.txt"'],
  ],
  ['html-type-name', ALL, ['Content-Type: text/html; name="enclosed.txt"']],
  ['html-inline-filename', ALL, ['Content-Type: text/html', 'Content-Disposition: inline; filename="enclosed.txt"']],
  ['rtf', 'any other type is an attachment', ['Content-Type: text/rtf; name="enclosed.txt"']],
  [
    'unknown-disposition',
    'RFC 2183 section 2.8: an unknown disposition is an attachment',
    ['Content-Type: text/plain', 'Content-Disposition: x-none; filename="enclosed.txt"'],
  ],
  ['utf-16', 'the bytes count, not the characters', ['Content-Type: text/plain; charset=utf-16; name="enclosed.txt"']],
  [
    'iso-2022-jp',
    'the bytes count, not the characters',
    ['Content-Type: text/plain; charset=iso-2022-jp; name="enclosed.txt"'],
  ],
]
const UNNAMED: readonly Row[] = [
  ['plain-attachment-unnamed', 'RFC 2183 section 2.2', ['Content-Type: text/plain', 'Content-Disposition: attachment']],
  [
    'plain-second',
    'mail programs show every text part, as a part of its own where it cannot be joined',
    ['Content-Type: text/plain'],
  ],
  ['octet-unnamed', 'any other type is an attachment', ['Content-Type: application/octet-stream']],
  [
    'octet-inline-unnamed',
    'any other type is an attachment',
    ['Content-Type: application/octet-stream', 'Content-Disposition: inline'],
  ],
  [
    'image-related',
    'pictures are shown within the text',
    ['Content-Type: image/x-none', 'Content-ID: <1@src.test>', 'Content-Disposition: inline'],
  ],
]

function textCases(rows: readonly Row[], names: readonly string[], places: readonly Place[]): CaseSpec[] {
  return rows.flatMap(([name, why, head]) =>
    (['base64', 'quoted-printable', '7bit'] as const).flatMap((encoding: Encoding) =>
      places.map((place) => ({
        name: `${name}-${encoding}-${place}`,
        why,
        kind: 'text' as const,
        names,
        build: (content: Buffer) =>
          placed(entity([...head, `Content-Transfer-Encoding: ${encoding}`], encode(content, encoding)), place),
      })),
    ),
  )
}

const inner = (content: Buffer) => message(multipart([textPart(), attachment('enclosed.bin', content)]))

/** A digest of two messages (RFC 2046 section 5.1.5), the second with a file. */
function digest(
  name: string,
  why: string,
  child: (content: Buffer) => string,
  wrap = (text: string) => message(text),
): CaseSpec {
  const first = `\r\n${message(textPart('The first message.'))}`
  return { name, why, names: ['enclosed.bin'], build: (content) => wrap(multipart([first, child(content)], 'digest')) }
}

const DEFAULT = 'RFC 2046 section 5.1.5: the default type is message/rfc822'
const digests: CaseSpec[] = [
  digest('no-header', DEFAULT, (content) => `\r\n${inner(content)}`),
  digest(
    'no-header-nested',
    DEFAULT,
    (content) => `\r\n${inner(content)}`,
    (text) => placed(text, 'mixed'),
  ),
  digest('description', DEFAULT, (content) => entity(['Content-Description: second'], inner(content))),
  digest('typed', 'RFC 2046 section 5.2.1', (content) => entity(['Content-Type: message/rfc822'], inner(content))),
  digest('base64', DEFAULT, (content) => entity(['Content-Transfer-Encoding: base64'], base64(inner(content)))),
  digest('attachment', DEFAULT, (content) =>
    entity(['Content-Disposition: attachment; filename="second"'], inner(content)),
  ),
  digest('file', 'a digest may have parts of other types', (content) => attachment('enclosed.bin', content)),
  digest(
    'rfc822-place',
    DEFAULT,
    (content) => `\r\n${inner(content)}`,
    (text) => placed(text, 'rfc822'),
  ),
]

/** So many multiparts around the file. */
function nested(depth: number, part: string): string {
  let text = part
  for (let i = depth; i > 0; i--)
    text = entity([`Content-Type: multipart/mixed; boundary="b${i}."`], between(`b${i}.`, [text]))
  return message(text)
}

function nestedMessages(depth: number, part: string): string {
  let text = message(part)
  for (let i = 0; i < depth; i++) text = message(entity(['Content-Type: message/rfc822'], text))
  return text
}

const many = (count: number) => Array.from({ length: count }, (_, i) => textPart(`Part ${i}.`))
const BOMBS: CaseSpec[] = [
  ...[400, 1200, 3000].map((count) => ({
    name: `parts-${count}-last`,
    why: 'all but mailparser and PHP count on',
    names: ['enclosed.bin'],
    size: 700,
    build: (content: Buffer) => message(multipart([...many(count), attachment('enclosed.bin', content)])),
  })),
  ...[10, 50, 99].map((depth) => ({
    name: `nested-${depth}`,
    why: 'everybody descends so far',
    names: ['enclosed.bin'],
    build: (content: Buffer) => nested(depth, attachment('enclosed.bin', content)),
  })),
  ...[3, 10, 19].map((depth) => ({
    name: `messages-${depth}`,
    why: 'all but postal-mime descend so far',
    names: ['enclosed.bin'],
    build: (content: Buffer) => nestedMessages(depth, attachment('enclosed.bin', content)),
  })),
  ...[150, 300, 1500].map((depth) => ({
    name: `nested-${depth}`,
    why: 'all but ClamAV descend so far',
    names: ['enclosed.bin'],
    isBeyond: true,
    build: (content: Buffer) => nested(depth, attachment('enclosed.bin', content)),
  })),
  {
    name: 'messages-60',
    why: 'all but postal-mime descend so far',
    names: ['enclosed.bin'],
    isBeyond: true,
    build: (content) => nestedMessages(60, attachment('enclosed.bin', content)),
  },
  {
    name: 'parts-12000-last',
    why: 'all but mailparser and PHP count on',
    names: ['enclosed.bin'],
    isBeyond: true,
    build: (content) => message(multipart([...many(12_000), attachment('enclosed.bin', content)])),
  },
  {
    name: 'header-2-MB',
    why: 'Python, GMime and others read such a header',
    names: ['enclosed.bin'],
    isBeyond: true,
    build: (content) => placed(`${'X-Filler: more\r\n'.repeat(130_000)}${attachment('enclosed.bin', content)}`),
  },
  {
    name: 'header-lines-3000',
    why: 'everybody reads such a header',
    names: ['enclosed.bin'],
    build: (content) => placed(`${'X-Filler: more\r\n'.repeat(3000)}${attachment('enclosed.bin', content)}`),
  },
  {
    name: 'header-line-100-kB',
    why: 'everybody reads such a line',
    names: ['enclosed.bin'],
    build: (content) => placed(`X-Filler: ${'more '.repeat(20_000)}\r\n${attachment('enclosed.bin', content)}`),
  },
  {
    name: 'folded-lines-2000',
    why: 'everybody unfolds',
    names: ['enclosed.bin'],
    build: (content) => placed(`X-Filler: one${'\r\n more'.repeat(2000)}\r\n${attachment('enclosed.bin', content)}`),
  },
]

export const attachments: readonly CaseClass[] = [
  {
    name: 'text-attachment',
    cases: [
      ...textCases(TEXTS, ['enclosed.txt'], ['mixed', 'single', 'rfc822']),
      ...textCases(UNNAMED, [], ['mixed', 'rfc822']),
    ],
  },
  { name: 'digest', cases: digests },
  { name: 'bomb', cases: BOMBS },
]
