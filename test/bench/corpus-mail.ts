import type { File } from './corpus-file.ts'
import type { Random } from './random.ts'

const words = 'the offer of this week for your house and garden with all that belongs to it until friday at noon'.split(
  ' ',
)

/** Prose of about this many bytes, in lines. */
export function prose(random: Random, size: number): string {
  const lines: string[] = []
  for (let length = 0; length < size; length += 72) {
    let line = ''
    while (line.length < 64) line += `${words[random.below(words.length)]} `
    lines.push(line.trimEnd())
  }
  return `${lines.join('\r\n')}\r\n`
}

/** Header of a mail as it arrives from the Internet, without its content type. */
function header(random: Random, subject: string): string[] {
  const id = random.bytes(12).toString('hex')
  const signature = random.bytes(192).toString('base64')
  return [
    'Received: from mail.src.test (mail.src.test [192.0.2.1])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384)' +
      `\r\n\tby mx.test.invalid (Postfix) with ESMTPS id ${id.slice(0, 11)}\r\n\tfor <b@dst.test>; Mon, 2 Feb 2026 10:00:00 +0100`,
    `Received: from desk.src.test ([198.51.100.7])\r\n\tby mail.src.test with ESMTPSA id ${id}; Mon, 2 Feb 2026 09:59:58 +0100`,
    'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=src.test; s=s1;\r\n\th=from:to:subject:date:message-id;' +
      `\r\n\tb=${signature.match(/.{1,64}/g)?.join('\r\n\t ')}`,
    'Return-Path: <a@src.test>',
    'From: "Anna Absender" <a@src.test>',
    'To: "Bert Beispiel" <b@dst.test>',
    `Subject: ${subject}`,
    'Date: Mon, 02 Feb 2026 09:59:57 +0100',
    `Message-ID: <${id}@src.test>`,
    'User-Agent: Mozilla Thunderbird',
    'Content-Language: de-DE',
    'X-Spam-Score: 0.1',
    'MIME-Version: 1.0',
  ]
}

/** A mail of prose alone. */
export function textMail(random: Random, subject: string, size: number): Buffer {
  const head = [
    ...header(random, subject),
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 7bit',
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${prose(random, size)}`, 'latin1')
}

/** A mail with a short text and attachments. */
export function fileMail(random: Random, subject: string, files: readonly File[], textSize = 1000): Buffer {
  const text = `Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${prose(random, textSize)}`
  return multipartMail(random, subject, 'mixed', [text], files, 'attachment')
}

/** A mail as offices write it: text and HTML, and the pictures that the HTML shows. */
export function htmlMail(random: Random, subject: string, htmlSize: number, images: readonly File[]): Buffer {
  const boundary = `=_alt_${random.bytes(12).toString('hex')}`
  const html = `<html><body>\r\n${prose(random, htmlSize)}${images.map((image) => `<img src="cid:${image.name}">`).join('')}\r\n</body></html>\r\n`
  const alternative = [
    `Content-Type: multipart/alternative; boundary="${boundary}"\r\n`,
    `--${boundary}\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n${prose(random, htmlSize / 8)}`,
    `--${boundary}\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${html}`,
    `--${boundary}--\r\n`,
  ]
  return multipartMail(random, subject, 'related', [alternative.join('\r\n')], images, 'inline')
}

function multipartMail(
  random: Random,
  subject: string,
  subtype: string,
  parts: readonly string[],
  files: readonly File[],
  disposition: string,
): Buffer {
  const boundary = `=_${random.bytes(12).toString('hex')}`
  const head = [...header(random, subject), `Content-Type: multipart/${subtype}; boundary="${boundary}"`]
  const pieces = [`${head.join('\r\n')}\r\n\r\nThis is a multi-part message in MIME format.\r\n`]
  for (const part of parts) pieces.push(`--${boundary}\r\n${part}\r\n`)
  for (const file of files) pieces.push(`--${boundary}\r\n${filePart(file, disposition)}\r\n`)
  pieces.push(`--${boundary}--\r\n`)
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'latin1')))
}

function filePart(file: File, disposition: string): string {
  const encoded = file.content.toString('base64').replace(/.{76}/g, '$&\r\n')
  return [
    `Content-Type: ${file.type}; name="${file.name}"`,
    'Content-Transfer-Encoding: base64',
    `Content-ID: <${file.name}>`,
    `Content-Disposition: ${disposition}; filename="${file.name}"`,
    '',
    encoded,
  ].join('\r\n')
}
