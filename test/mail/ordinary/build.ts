/** What ordinary mails are built of: each piece knows which attachments it adds. Text has one character for each byte. */
import { base64 } from '../generate/build.ts'
import type { Expected } from '../generate/case.ts'
import { wordB } from '../generate/naming.ts'
import { toCharset } from './charset.ts'
import type { Text } from './texts.ts'

/** A piece of a mail with the attachments in it. */
export interface Piece {
  readonly raw: string
  readonly attachments: readonly Expected[]
}

export type Cte = '7bit' | '8bit' | 'base64' | 'quoted-printable'

export interface FileOf {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
}

/** What a mail is about. */
export interface Scene {
  readonly text: Text
  readonly files: readonly FileOf[]
  /** Counts up, so that programs can vary. */
  readonly turn: number
}

/** A program and one way in which it writes mails. */
export interface Program {
  readonly name: string
  /** How many of the mails are written by it. */
  readonly share: number
  write(scene: Scene): Piece
  /** Anomalies, besides notes, that its mails have of right. */
  readonly oddities?: readonly string[]
}

/** Header fields, a blank line, the body. */
export function piece(head: readonly string[], body: string, attachments: readonly Expected[] = []): Piece {
  return { raw: [...head, '', body].join('\r\n'), attachments }
}

/** Parts between delimiter lines. */
export function multi(type: string, boundary: string, parts: readonly Piece[], preamble = '', epilogue = ''): Piece {
  const lines = [...parts.flatMap(({ raw }) => [`--${boundary}`, raw]), `--${boundary}--`, epilogue]
  return piece(
    [`Content-Type: ${type}; boundary="${boundary}"`],
    (preamble === '' ? lines : [preamble, '', ...lines]).join('\r\n'),
    parts.flatMap(({ attachments }) => attachments),
  )
}

/** The fields of the message before those of its content. */
export function withHead(head: readonly string[], { raw, attachments }: Piece): Piece {
  return { raw: [...head, raw].join('\r\n'), attachments }
}

/** Fields that every mail has. */
export function envelope(scene: Scene, mailer: readonly string[] = []): string[] {
  return [
    'Return-Path: <alex@src.test>',
    'Received: from mail.src.test (mail.src.test [192.0.2.7])',
    '\tby mx.dst.test (Postfix) with ESMTPS id 4F1B2C0D3E',
    '\tfor <kim@dst.test>; Mon,  2 Mar 2026 09:12:44 +0100 (CET)',
    'From: =?UTF-8?Q?J=C3=B6rg_Wei=C3=9F?= <alex@src.test>',
    'To: "Kim, Example" <kim@dst.test>',
    `Subject: ${header(`${scene.text.name} – ${scene.files.length}`)}`,
    `Message-ID: <${scene.turn}.1b2c3d@src.test>`,
    'Date: Mon, 2 Mar 2026 09:12:40 +0100',
    ...mailer,
    'MIME-Version: 1.0',
  ]
}

/** Encoded words for what is not ASCII (RFC 2047). */
export function header(text: string): string {
  return isAscii(text) ? text : wordB('UTF-8', utf8(text))
}

export interface TextStyle {
  readonly charset?: string
  readonly cte?: Cte
  readonly subtype?: string
  /** What follows the charset in the type. */
  readonly parameters?: string
  readonly head?: readonly string[]
  /** Shown apart from the body, so a sample. */
  readonly isApart?: boolean
}

/** A text part; the charset of the text and an encoding that fits unless the style says otherwise. */
export function textPart(text: Text | string, style: TextStyle = {}): Piece {
  const content = typeof text === 'string' ? text : text.text
  const charset = style.charset ?? 'utf-8'
  const bytes = toCharset(content, charset)
  const cte = style.cte ?? (bytes.every((byte) => byte < 128) ? '7bit' : '8bit')
  const head = [
    `Content-Type: text/${style.subtype ?? 'plain'}; charset=${charset}${style.parameters ?? ''}`,
    `Content-Transfer-Encoding: ${cte}`,
    ...(style.head ?? []),
  ]
  return piece(head, encodeText(bytes, cte), style.isApart ? [{ bytes, names: [''] }] : [])
}

export function encodeText(bytes: Buffer, cte: Cte): string {
  if (cte === 'base64') return base64(bytes)
  return cte === 'quoted-printable' ? quotedText(bytes) : bytes.toString('latin1')
}

/** Quoted-printable with the lines of the text (RFC 2045 section 6.7). */
function quotedText(bytes: Buffer): string {
  return bytes.toString('latin1').split('\r\n').map(quotedLine).join('\r\n')
}

function quotedLine(line: string): string {
  const text = line.replace(
    /[^\t -<>-~]|[\t ]$/g,
    (char) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
  const units = text.match(/=[0-9A-F]{2}|[\s\S]/g) ?? []
  const rows = ['']
  for (const unit of units) {
    if ((rows.at(-1) ?? '').length + unit.length > 75) rows.push('')
    rows[rows.length - 1] += unit
  }
  return rows.join('=\r\n')
}

export type NameStyle = 'extended' | 'word' | 'both' | 'pieces'

/** A parameter with a name in it, as programs write names that are not ASCII. */
export function nameParameter(word: string, name: string, style: NameStyle): string {
  if (isAscii(name)) return `${word}="${name}"`
  const asWord = `${word}="${wordB('UTF-8', utf8(name))}"`
  const extended = `${word}*=UTF-8''${encodeURIComponent(name)}`
  if (style === 'word') return asWord
  if (style === 'extended') return extended
  return style === 'both' ? `${asWord};\r\n ${extended}` : inPieces(word, encodeURIComponent(name))
}

function inPieces(word: string, encoded: string): string {
  const units = encoded.match(/%[0-9A-F]{2}|[\s\S]/g) ?? []
  const pieces: string[] = []
  for (let at = 0; at < units.length; at += 12) pieces.push(units.slice(at, at + 12).join(''))
  return pieces.map((text, i) => `${word}*${i}*=${i === 0 ? "UTF-8''" : ''}${text}`).join(';\r\n ')
}

/** A file in base64 with the given fields; `%n` and `%f` stand for the parameters name and filename. */
export function filePart(file: FileOf, style: NameStyle, head: readonly string[]): Piece {
  const lines = head.map((line) =>
    line
      .replace('%t', file.type)
      .replace('%n', () => nameParameter('name', file.name, style))
      .replace('%f', () => nameParameter('filename', file.name, style)),
  )
  return piece([...lines, 'Content-Transfer-Encoding: base64'], base64(file.bytes), [
    { bytes: file.bytes, names: [file.name] },
  ])
}

/** A message as an attachment: itself a sample, and what is in it. */
export function messagePart(inner: Piece, head: readonly string[], names: readonly string[]): Piece {
  return piece(head, inner.raw, [{ bytes: Buffer.from(inner.raw, 'latin1'), names }, ...inner.attachments])
}

/** A part that is its bytes, in no encoding. */
export function plainPart(head: readonly string[], body: string, names: readonly string[] = ['']): Piece {
  return piece(head, body, [{ bytes: Buffer.from(body, 'latin1'), names }])
}

export function html(text: Text, extra = ''): string {
  const escaped = text.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r\n', '<br>\r\n')
  return `<html>\r\n<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>\r\n<body>\r\n<div>${escaped}</div>\r\n${extra}</body>\r\n</html>`
}

export function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}

export function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** The charset and encoding that an older program chooses. */
export function legacy(text: Text, turn: number): TextStyle {
  if (text.charset === 'iso-2022-jp') return { charset: 'iso-2022-jp', cte: turn % 2 === 0 ? '7bit' : 'base64' }
  if (text.charset === 'us-ascii') return { charset: 'us-ascii', cte: turn % 2 === 0 ? '7bit' : 'quoted-printable' }
  return { charset: text.charset, cte: (['8bit', 'quoted-printable', 'base64'] as const)[turn % 3] ?? '8bit' }
}

/** UTF-8 in one of the encodings. */
export function modern(text: Text, turn: number): TextStyle {
  const ctes: readonly Cte[] = isAscii(text.text)
    ? ['7bit', 'quoted-printable', 'base64']
    : ['8bit', 'quoted-printable', 'base64']
  return { charset: 'utf-8', cte: ctes[turn % 3] ?? '8bit' }
}
