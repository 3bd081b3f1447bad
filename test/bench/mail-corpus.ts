/** The mails by which readers are measured: clean ones, and of each kind the dearest that we know of in a megabyte. */
import { pdf } from './corpus-file.ts'
import { fileMail, textMail } from './corpus-mail.ts'
import { type Random, seededRandom } from './random.ts'

const MEGABYTE = 1_000_000
const head = (type: string) => `Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: ${type}\r\n\r\n`
const mixed = (boundary: string) => head(`multipart/mixed; boundary="${boundary}"`)
const base64Part = 'Content-Type: application/x; name="attachment.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n'

function files(random: Random, count: number, least: number, spread: number): Buffer {
  const all = Array.from({ length: count }, (_, n) => pdf(random, `file-${n}.pdf`, least + random.below(spread)))
  return fileMail(random, `${count} files`, all)
}

/** Ordinary mails. */
export const CLEAN: Readonly<Record<string, (random: Random) => Buffer>> = {
  'text of 4 kB': (random) => textMail(random, 'Text', 3000),
  'file of 2 MB': (random) => fileMail(random, 'One file', [pdf(random, 'plan.pdf', 2 * MEGABYTE)]),
  'file of 25 MB': (random) => fileMail(random, 'One large file', [pdf(random, 'plan.pdf', 25 * MEGABYTE)]),
  '300 files': (random) => files(random, 300, 500, 3000),
}

/** Mails of which the larger may cost in proportion only. */
export const GROWING: Readonly<Record<string, (random: Random) => Buffer>> = {
  '100 parts': () => parts(100),
  '9,999 parts': () => parts(9999),
  '1,000 header lines': () => headerLines(1000),
  '100,000 header lines': () => headerLines(100_000),
}

/** A megabyte each, made to cost as much as possible. */
export const WORST: Readonly<Record<string, () => Buffer | string>> = {
  'multiparts 99 deep, dashes': () => filled(nested(99), '--\n'),
  'multiparts 4,000 deep': () => filled(nested(4000), 'x\r\n'),
  'base64, a letter a line': () => filled(`${mixed('b')}--b\r\n${base64Part}`, 'Q\r\n'),
  'base64, odd lines': () => filled(`${mixed('b')}--b\r\n${base64Part}`, 'QUJD\nQUJDQUJD\nQ=\n-_\n'),
  'base64, padding': () => filled(`${mixed('b')}--b\r\n${base64Part}`, 'QQ==Q=Q='),
  'tiny parts': () => filled(mixed('b'), '--b\r\n\r\nx\r\n'),
  'tiny files': () => filled(mixed('b'), `--b\r\n${base64Part}QUJD\r\n`),
  'tiny files, each other one odd': () => filled(mixed('b'), `--b\r\n${base64Part}QUJD\r\n--b\r\nX: y\r\n\r\nz\r\n`),
  'quoted-printable': () =>
    filled(head('text/plain\r\nContent-Transfer-Encoding: quoted-printable'), '= \t=\r=4=\r\n \t '),
  blanks: () => filled(head('text/plain\r\nContent-Transfer-Encoding: quoted-printable'), ' \t'),
  'pieces of a name': () => `${head(`x/y${many(50_000, (n) => `; name*${n}=a`)}`)}x`,
  'a long name': () => `${head(`x/y; name="${'=?utf-8?Q?=41?= '.repeat(60_000)}"`)}x`,
  comments: () => `${head(`x/y${'('.repeat(900_000)}`)}x`,
  addresses: () => `To: ${'a <a@b>, '.repeat(100_000)}\r\n${head('text/plain')}x`,
  'beginnings of a delimiter': () => filled(mixed('b'.repeat(60)), `--${'b'.repeat(59)}\r\n`),
  'blanks behind a delimiter': () => filled(mixed('b'), `--b${' '.repeat(990)}\r\n\r\n`),
  'messages side by side': () => filled(mixed('b'), '--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a\r\n\r\nx\r\n'),
  'messages within messages': () =>
    filled(
      many(19, () => head('message/rfc822')),
      '--\r\n\r\nFrom: a\r\n',
    ),
  fields: () => filled('', 'Content-Type: x/y; boundary=b\r\n'),
  'a line': () => filled(head('text/plain'), 'x'),
  'names in unknown charsets': () =>
    unlike(
      mixed('b'),
      (n) => `--b\r\nContent-Disposition: attachment; filename="\xc4\xe3\xba\xc3${n}.exe"\r\n\r\nx\r\n`,
    ),
  'files in a text': () =>
    unlike(
      head('text/plain'),
      (n) => `begin 644 a${n}.exe\r\n#86)C\r\nend\r\nbegin-base64 644 b${n}\r\nQUJD\r\n====\r\n`,
    ),
  'names in three charsets': () =>
    unlike(
      mixed('b'),
      (n) =>
        `--b\r\nContent-Type: x/y; name*0*=iso-2022-jp'x'%1B$B; name*1="=?koi8-r?B?8NLJ18XU?="; filename="\xd0\xcf\xd3${n}.exe"\r\n\r\nx\r\n`,
    ),
  'names in two forms': () =>
    unlike(
      mixed('b'),
      (n) =>
        `--b\r\nContent-Disposition: attachment; filename="=?gb18030?Q?=C4=E3=BA=C3${n}?= \xc4\xe3\xba\xc3.pdf.exe"; filename*=utf-8''%e2%80%aex${n}\r\n\r\nx\r\n`,
    ),
  'odd names in two encodings': () =>
    unlike(
      mixed('b'),
      (n) =>
        `--b\r\nContent-Type: text/html; name="=?x?B?QQ==?=.\xd0\xcf${n}"\r\nContent-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nbegin 644 a\r\n=41=42QUJD\r\n`,
    ),
  'parts between three boundaries': () =>
    unlike(
      head('multipart/mixed; boundary="b"; boundary=c; boundary*0=d'),
      (n) => `--b\r\n\r\n${'QUJD'.repeat(15)}=\r\n--c\r\nContent-Type: x/${n}\r\n\r\n=41=42=43=44\r\n--d \r\n--B\r\n`,
    ),
  'parts of no boundary': () =>
    unlike(
      'Content-Type: multipart/mixed\r\n\r\n',
      (n) =>
        `--x${n}\r\nContent-Type: text/plain; name="a${n}.\xff\xfe"\r\n\r\nbegin 644 a\r\n--y${n}\r\nContent-Disposition: =?utf-8?q?attachment?=; filename=" =?x?="\r\n\r\n=41=42=43=44=45\r\n`,
    ),
  'beginnings of files': () => filled(head('text/plain'), 'begin 644 x\r\n=ybegin line=1\r\nContent-Type: x\r\n'),
}

/** The bytes of a mail of one of the lists; the same ones each time. */
export function makeMail(list: Readonly<Record<string, (random: Random) => Buffer | string>>, name: string): Buffer {
  const made = list[name]?.(seededRandom(`mail ${name}`)) ?? ''
  return typeof made === 'string' ? Buffer.from(made, 'latin1') : made
}

function parts(count: number): Buffer {
  return Buffer.from(`${mixed('b')}${many(count, (n) => `--b\r\nX: ${n}\r\n\r\ncontent ${n}\r\n`)}--b--\r\n`)
}

function headerLines(count: number): Buffer {
  return Buffer.from(`${many(count, (n) => `X: ${n % 1000}\r\n`)}${head('text/plain')}x\r\n`)
}

/** Ten thousand units, each a little different, of which the mail has as many as go into a megabyte. */
function unlike(start: string, unit: (n: number) => string): string {
  return `${start}${many(10_000, unit)}`.slice(0, MEGABYTE)
}

function nested(depth: number): string {
  return many(depth, (n) => `${mixed(`b${n}`)}--b${n}\r\n`)
}

function many(count: number, each: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => each(n)).join('')
}

function filled(start: string, unit: string): Buffer {
  return Buffer.from(start + unit.repeat(Math.max(1, Math.floor((MEGABYTE - start.length) / unit.length))), 'latin1')
}
