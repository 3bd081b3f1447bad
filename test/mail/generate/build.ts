/** What messages are built of. Text here has one character for each byte; lines end in CRLF. */
import { createHash } from 'node:crypto'

export type Encoding = 'base64' | 'quoted-printable' | '7bit'

/** Where a part may stand in a message. */
export type Place = 'single' | 'mixed' | 'first' | 'related' | 'rfc822' | 'rfc822-base64'

const TEXT = 'Good morning,\r\n\r\nplease find enclosed what we spoke about.\r\n\r\nKind regards\r\nAlex'

/** Header fields, the blank line, a body. */
export function entity(head: readonly string[], body: string): string {
  return [...head, '', body].join('\r\n')
}

/** A plain text part as mail programs write it. */
export function textPart(text = TEXT): string {
  return entity(['Content-Type: text/plain; charset=us-ascii'], text)
}

/** A boundary that nothing else in the parts has. */
export function boundaryFor(parts: readonly string[]): string {
  return `=_${createHash('sha256').update(parts.join()).digest('hex').slice(0, 16)}`
}

/** The parts between their delimiter lines, RFC 2046 section 5.1.1. */
export function between(boundary: string, parts: readonly string[]): string {
  return [...parts.flatMap((part) => [`--${boundary}`, part]), `--${boundary}--`, ''].join('\r\n')
}

/** A multipart of the parts. */
export function multipart(parts: readonly string[], subtype = 'mixed', boundary = boundaryFor(parts)): string {
  return entity([`Content-Type: multipart/${subtype}; boundary="${boundary}"`], between(boundary, parts))
}

const TOP = [
  'Received: from mail.src.test (mail.src.test [192.0.2.7]) by mx.dst.test with ESMTP; Mon, 2 Mar 2026 09:12:44 +0100',
  'From: Alex <alex@src.test>',
  'To: Kim <kim@dst.test>',
  'Subject: enclosed',
  'Date: Mon, 2 Mar 2026 09:12:40 +0100',
  'Message-ID: <1b2c@src.test>',
]

/** A whole message around MIME fields and body. */
export function message(inner: string, head: readonly string[] = ['MIME-Version: 1.0']): string {
  return [...TOP, ...head, inner].join('\r\n')
}

const PLACES: Record<Place, (part: string) => string> = {
  single: (part) => message(part),
  mixed: (part) => message(multipart([textPart(), part])),
  first: (part) => message(multipart([part, textPart()])),
  related: (part) => {
    const html = entity(['Content-Type: text/html'], '<p>Good morning</p>')
    return message(multipart([multipart([textPart(), multipart([html, part], 'related')], 'alternative')]))
  },
  rfc822: (part) => PLACES.mixed(entity(['Content-Type: message/rfc822'], PLACES.mixed(part))),
  'rfc822-base64': (part) => {
    const head = ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64']
    return PLACES.mixed(entity(head, base64(PLACES.mixed(part))))
  },
}

/** A message which has the part in that place. */
export function placed(part: string, place: Place = 'mixed'): string {
  return PLACES[place](part)
}

export function base64(content: Buffer | string, width = 76, lineEnd = '\r\n'): string {
  const text = toBuffer(content).toString('base64')
  return (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(lineEnd)
}

/** Quoted-printable of bytes: line ends of the content are encoded too (RFC 2045 section 6.7, rule 4 for binary data). */
export function quotedPrintable(content: Buffer | string, softBreak = '=\r\n'): string {
  const units = Array.from(toBuffer(content), (byte) => {
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x3d
    return isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
  })
  const lines: string[] = []
  let line = ''
  for (const unit of units) {
    if (line.length + unit.length > 72) {
      lines.push(line)
      line = ''
    }
    line += unit
  }
  // A dot or two dashes at the start of a line mean something to others.
  return [...lines, line].map((each) => each.replace(/^[.-]/, hex)).join(softBreak)
}

function hex(char: string): string {
  return `=${char.charCodeAt(0).toString(16).toUpperCase()}`
}

/** The body of a uuencoded file, `begin` line and all (POSIX uuencode). */
export function uuencode(content: Buffer, name: string, blank = '`'): string {
  const char = (value: number) => (value === 0 ? blank : String.fromCharCode(32 + value))
  const lines = [`begin 644 ${name}`]
  for (let at = 0; at < content.length; at += 45) {
    const chunk = content.subarray(at, at + 45)
    let line = char(chunk.length)
    for (let i = 0; i < chunk.length; i += 3) {
      const [a = 0, b = 0, c = 0] = chunk.subarray(i, i + 3)
      line += char(a >> 2) + char(((a & 3) << 4) | (b >> 4)) + char(((b & 15) << 2) | (c >> 6)) + char(c & 63)
    }
    lines.push(line)
  }
  return [...lines, char(0), 'end'].join('\r\n')
}

export function encode(content: Buffer, encoding: Encoding): string {
  if (encoding === 'base64') return base64(content)
  return encoding === '7bit' ? content.toString('latin1') : quotedPrintable(content)
}

/** The header of an ordinary attachment without its transfer encoding. */
export function attachmentHead(name: string, type = 'application/octet-stream'): string[] {
  return [`Content-Type: ${type}`, `Content-Disposition: attachment; filename="${name}"`]
}

/** An ordinary attachment in base64. */
export function attachment(name: string, content: Buffer, type?: string): string {
  return entity([...attachmentHead(name, type), 'Content-Transfer-Encoding: base64'], base64(content))
}

function toBuffer(content: Buffer | string): Buffer {
  return typeof content === 'string' ? Buffer.from(content, 'latin1') : content
}
