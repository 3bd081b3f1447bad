/** Messages with the EICAR test file in them, of every shape that the readers know; as lines, for the mutations. */
import { readdirSync, readFileSync } from 'node:fs'
import { attachmentPart, eicar, type MailAttachment, mail, multipart, nested } from '../postfix/mail.ts'
import { linesOf } from './mutate.ts'

const FILE = { name: 'eicar.com', content: eicar() } as const
const NOTES = { name: 'notes.txt', type: 'text/plain', content: 'minutes of the meeting', encoding: '8bit' } as const

const ATTACHED: readonly (readonly MailAttachment[])[] = [
  [FILE],
  [NOTES, { ...FILE, encoding: 'quoted-printable' }],
  [{ ...FILE, encoding: '7bit', type: 'text/plain' }, NOTES],
  [{ ...FILE, name: 'logo.png', type: 'image/png', disposition: 'inline' }],
  [{ content: FILE.content, disposition: 'none', type: 'application/zip' }],
  [{ content: FILE.content, headers: ["Content-Disposition: attachment; filename*0*=utf-8''ei%C3; filename*1=x.com"] }],
  [{ ...FILE, name: '=?utf-8?B?ZWljYXIuY29t?=', headers: ['Content-Description: (a) comment', '\tfolded'] }],
  [nested(mail({ boundary: 'inner', attachments: [NOTES, FILE] }))],
  [
    nested(
      mail({ boundary: 'inner', attachments: [nested(mail({ boundary: 'third', attachments: [FILE] }))] }),
      'm.eml',
    ),
  ],
]

/** A multipart within a multipart whose boundary begins like the outer one. */
function boxed(): Buffer {
  const inner = multipart('part-of', [attachmentPart(NOTES), attachmentPart(FILE)])
  const box = Buffer.concat([Buffer.from('Content-Type: multipart/related; boundary=part-of\r\n\r\n'), inner])
  const outer = multipart('part-of-a', [box, attachmentPart(NOTES)])
  return Buffer.concat([
    Buffer.from('MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=part-of-a\r\n\r\n'),
    outer,
  ])
}

/** The whole message is the file. */
function bare(): Buffer {
  return Buffer.concat([Buffer.from('From: a@src.test\r\nMIME-Version: 1.0\r\n'), attachmentPart(FILE)])
}

/** The golden mails of the readers, the file put before the first part of their outermost multipart. */
function golden(): readonly Buffer[] {
  const folder = new URL('../mail/golden/', import.meta.url)
  const names = readdirSync(folder).filter((name) => name.endsWith('.eml'))
  return names.map((name) => grafted(readFileSync(new URL(name, folder))))
}

function grafted(message: Buffer): Buffer {
  const text = message.toString('latin1')
  const boundary = /boundary="?([^"\r\n;]+)/i.exec(text)?.[1]
  const at = boundary === undefined ? -1 : text.indexOf(`\n--${boundary}`) + 1
  if (boundary === undefined || at <= 0) return message
  const part = attachmentPart(FILE).toString('latin1')
  return Buffer.from(`${text.slice(0, at)}--${boundary}\r\n${part}\r\n${text.slice(at)}`, 'latin1')
}

/** All of them, as lines with their ends. */
export const MAILS: readonly (readonly string[])[] = [
  ...ATTACHED.map((attachments) => mail({ attachments })),
  boxed(),
  bare(),
  ...golden(),
].map((message) => linesOf(message.toString('latin1')))
