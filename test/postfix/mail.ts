// Builders for test mails. They write exactly what they are told, so that a test decides about every byte that matters.

/** How an attachment is encoded for transport. */
export type TransferEncoding = 'base64' | 'quoted-printable' | '7bit' | '8bit'

/** One attachment of a test mail. */
export type MailAttachment = {
  readonly name?: string
  readonly type?: string
  readonly content: Uint8Array | string
  readonly disposition?: 'attachment' | 'inline' | 'none'
  readonly encoding?: TransferEncoding
  /** Further header lines of the part. */
  readonly headers?: readonly string[]
}

/** A test mail; everything is optional. */
export type MailSource = {
  readonly from?: string
  readonly to?: string
  readonly subject?: string
  readonly text?: string
  readonly attachments?: readonly MailAttachment[]
  /** Further header lines, as they are. */
  readonly headers?: readonly string[]
  readonly boundary?: string
}

const crlf = '\r\n'

/** Builds a mail in CRLF lines: plain text, or multipart/mixed when it has attachments. */
export function mail(source: MailSource = {}): Buffer {
  const head = [
    `From: ${source.from ?? 'a@src.test'}`,
    `To: ${source.to ?? 'b@dst.test'}`,
    `Subject: ${source.subject ?? 'test'}`,
    'Date: Mon, 23 Nov 2026 12:00:00 +0000',
    'Message-ID: <test@src.test>',
    'MIME-Version: 1.0',
    ...(source.headers ?? []),
  ]
  const text = lines(source.text ?? 'Hello.')
  const attachments = source.attachments ?? []
  if (attachments.length === 0) return join([...head, 'Content-Type: text/plain; charset=utf-8'], text)
  const boundary = source.boundary ?? 'part-of-a-test-mail'
  const first = join(['Content-Type: text/plain; charset=utf-8'], text)
  const body = multipart(boundary, [first, ...attachments.map(attachmentPart)])
  return join([...head, `Content-Type: multipart/mixed; boundary="${boundary}"`], body)
}

/** Joins finished parts. */
export function multipart(boundary: string, parts: readonly Buffer[]): Buffer {
  const wrapped = parts.flatMap((one) => [Buffer.from(`--${boundary}${crlf}`), one, Buffer.from(crlf)])
  return Buffer.concat([...wrapped, Buffer.from(`--${boundary}--${crlf}`)])
}

/** Builds one part with its headers. */
export function attachmentPart(attachment: MailAttachment): Buffer {
  const { name, encoding = 'base64', disposition = 'attachment' } = attachment
  const type = attachment.type ?? 'application/octet-stream'
  const head = [
    `Content-Type: ${type}${name === undefined ? '' : `; name="${name}"`}`,
    `Content-Transfer-Encoding: ${encoding}`,
    ...(disposition === 'none' ? [] : [`Content-Disposition: ${disposition}${filename(name)}`]),
    ...(attachment.headers ?? []),
  ]
  return join(head, encode(Buffer.from(attachment.content), encoding))
}

function filename(name: string | undefined): string {
  return name === undefined ? '' : `; filename="${name}"`
}

function encode(content: Buffer, encoding: TransferEncoding): Buffer {
  switch (encoding) {
    case 'base64':
      return Buffer.from(content.toString('base64').replaceAll(/.{76}/g, `$&${crlf}`))
    case 'quoted-printable':
      return Buffer.from(quotedPrintable(content))
    default:
      return content
  }
}

function quotedPrintable(content: Buffer): string {
  const escaped = content.toString('latin1').replaceAll(/[^!-<>-~]/g, hexEscape)
  return escaped.replaceAll(/(?:=..|[^=]){1,24}/g, (chunk, at: number) => (at === 0 ? chunk : `=${crlf}${chunk}`))
}

function hexEscape(byte: string): string {
  return `=${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** Wraps a mail as a message/rfc822 attachment. */
export function nested(inner: Uint8Array, name?: string): MailAttachment {
  const base = { type: 'message/rfc822', content: inner, encoding: '7bit' } as const
  return name === undefined ? base : { ...base, name }
}

/** So many small attachments, each with other bytes. */
export function manyAttachments(count: number): readonly MailAttachment[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `file-${index}.bin`,
    content: `attachment number ${index}`,
  }))
}

/** The EICAR test file, put together here so that no scanner takes fright at the source tree. */
export function eicar(): Buffer {
  return Buffer.from(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''))
}

function lines(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\r?\n/g, crlf))
}

function join(head: readonly string[], body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(head.join(crlf) + crlf + crlf), body, Buffer.from(crlf)])
}
