/** Quoted-printable that decoders read differently (RFC 2045 section 6.7). */
import { attachmentHead, entity, type Place, placed, quotedPrintable } from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'

type Row = readonly [name: string, why: string, write: (content: Buffer) => string]

const HEAD = [...attachmentHead('enclosed.bin'), 'Content-Transfer-Encoding: quoted-printable']

function each(rows: readonly Row[], places: readonly Place[] = ['mixed', 'single', 'rfc822']): CaseSpec[] {
  return rows.flatMap(([name, why, write]) =>
    places.map((place) => ({
      name: `${name}-${place}`,
      why,
      names: ['enclosed.bin'],
      build: (content: Buffer) => placed(entity(HEAD, write(content)), place),
    })),
  )
}

/** Every byte encoded, so many in a line. */
function allHex(content: Buffer, perLine = 24, softBreak = '=\r\n'): string {
  const units = Array.from(content, (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
  const rows: string[] = []
  for (let at = 0; at < units.length; at += perLine) rows.push(units.slice(at, at + perLine).join(''))
  return rows.join(softBreak)
}

const ROBUST = 'RFC 2045 section 6.7, what robust decoders accept'
const ROWS: readonly Row[] = [
  ['plain', 'RFC 2045 section 6.7', (content) => quotedPrintable(content)],
  ['all-hex', 'RFC 2045 section 6.7, rule 1', (content) => allHex(content)],
  ['lower-hex', ROBUST, (content) => allHex(content).toLowerCase()],
  ['one-per-line', 'a soft break after each byte', (content) => allHex(content, 1)],
  ['long-line', ROBUST, (content) => allHex(content, 1_000_000)],
  [
    'soft-break-blank',
    'RFC 2045 section 6.7, rule 3: blanks at the end of a line were added: mailparser, JSMime, MIME-tools',
    (content) => quotedPrintable(content, '= \r\n'),
  ],
  [
    'soft-break-tabs',
    'RFC 2045 section 6.7, rule 3: blanks at the end of a line were added: mailparser, JSMime, MIME-tools',
    (content) => quotedPrintable(content, '=\t \t\r\n'),
  ],
  ['soft-break-lf', 'a line may end in LF', (content) => quotedPrintable(content, '=\n')],
  ['soft-break-cr', 'JSMime ends a line at CR', (content) => quotedPrintable(content, '=\r')],
  ['soft-break-crcrlf', 'GMime takes it for one line end', (content) => quotedPrintable(content, '=\r\r\n')],
  ['soft-break-at-end', 'a break at the very end adds nothing', (content) => `${quotedPrintable(content)}=\r\n`],
  ['equals-at-end', 'the file ends in the middle', (content) => `${quotedPrintable(content)}=`],
  ['two-equals-at-line-end', 'a program that drops the broken one', (content) => quotedPrintable(content, '==\r\n')],
  [
    'split-hex',
    'mailparser removes the breaks first',
    (content) => allHex(content).replace(/=(.)(.)/g, (unit, a, b, at) => (at % 210 === 0 ? `=${a}=\r\n${b}` : unit)),
  ],
  [
    'equals-before-letter',
    'a program that drops the broken one',
    (content) => quotedPrintable(content).replace(/(?<![=][0-9A-F]?)[G-Zg-z]/g, '=$&'),
  ],
  ['blanks-at-line-end', 'RFC 2045 section 6.7, rule 3', (content) => quotedPrintable(content, '=  \r\n')],
]

const KEPT: readonly (readonly [name: string, why: string, junk: string])[] = [
  ['equals-letter', 'most keep what is no code as it stands', 'a=Go on'],
  ['equals-one-digit', 'most keep what is no code as it stands', 'a=4 on'],
  ['equals-blank', 'most keep what is no code as it stands', 'a= b'],
]
/** Text with something broken in it that is part of the file. */
const kept = KEPT.flatMap(([name, why, junk]): CaseSpec[] =>
  (['mixed', 'rfc822'] as const).map((place) => ({
    name: `${name}-${place}`,
    why,
    kind: 'text',
    names: ['enclosed.bin'],
    build: (content) => placed(entity(HEAD, `${junk}=\r\n${quotedPrintable(content)}`), place),
    expect: (content) => [{ bytes: Buffer.concat([Buffer.from(junk), content]), names: ['enclosed.bin'] }],
  })),
)

export const quotedPrintables: readonly CaseClass[] = [{ name: 'quoted-printable', cases: [...each(ROWS), ...kept] }]
