/**
 * Watches the text that the strict reading passes by without decoding it, for what another reading would decode: the header of a part,
 * base64, quoted-printable, what begins a uuencoded, yEnc or BinHex file, armour. Missing one costs an attachment, seeing one in vain only
 * time, so it looks for little and asks for nothing exactly.
 */

import { createEmbedScout, mayEmbed } from '../embedded/index.ts'
import type { Part } from '../header/part.ts'

/** A line that is told by its beginning. */
const LINE =
  /[\r\n][ \t\0]{0,8}(?:content[-_ \0]?(?:type|transfer|disposition)[^:\r\n]{0,40}:|begin(?:-base64)? [0-7]{3,4} |=ybegin |\(This file must be|-----BEGIN (?!PGP SIG)|[A-Za-z0-9+/]{24,}={0,2}[ \t]*[\r\n])/i
/** What may stand within a line. */
const WITHIN = /=[0-9A-F]{2}=[0-9A-F]{2}=[0-9A-F]{2}=[0-9A-F]{2}/i
/** What is seen only together with what follows it stands in so many bytes. */
const OVERLAP = 120
/** So many bytes tell text from anything else. */
const LOOKED_AT = 1024

/** Watches one stretch of text. */
export interface Watch {
  write(bytes: Buffer): void
  end(): void
}

/** Begins to watch; `onSeen` is called once at most. */
export function createWatch(onSeen: () => void): Watch {
  let before = '\n'
  let isSeen = false
  function look(text: string): void {
    isSeen = isTellingText(text)
    if (isSeen) onSeen()
  }
  function write(bytes: Buffer): void {
    if (isSeen) return
    const text = before + bytes.toString('latin1')
    look(text)
    before = text.slice(-OVERLAP)
  }
  function end(): void {
    if (!isSeen) look(`${before}\n`)
  }
  return { write, end }
}

/** Begins to watch the decoded content of a part, which begins with `start`: text for all of that, anything for what may lie within it. */
export function createLeafWatch(start: Buffer, part: Part, onSeen: () => void): Watch {
  const scout = createEmbedScout({ type: part.type, name: part.name })
  const watch = isWatched(start, part) ? createWatch(onSeen) : undefined
  function write(bytes: Buffer): void {
    scout.write(bytes)
    watch?.write(bytes)
  }
  function end(): void {
    if (scout.end()) onSeen()
    watch?.end()
  }
  write(start)
  return { write, end }
}

/** Whether the decoded content of a part, which is there whole, would be seen by one who watches it. */
export function isTellingLeaf(content: Buffer, part: Part): boolean {
  if (mayEmbed(content, { type: part.type, name: part.name })) return true
  return isWatched(content, part) && isTellingText(`\n${content.toString('latin1')}\n`)
}

function isWatched(start: Buffer, { encoding, type }: Part): boolean {
  return encoding !== 'base64' || type.startsWith('text/') || looksLikeText(start)
}

function isTellingText(text: string): boolean {
  return LINE.test(text) || (text.includes('=') && WITHIN.test(text))
}

/** No control characters but those of text. */
export function looksLikeText(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length && i < LOOKED_AT; i++) {
    const byte = bytes[i] as number
    if (byte < 0x20 && !(byte >= 0x07 && byte <= 0x0d) && byte !== 0x1b) return false
  }
  return true
}
