/** Types that are text: markup, calendar, cards, messages, and plain text itself. */

const HTML =
  /^<(?:!doctype html|html|head|body|script|iframe|meta|title|style|table|div|p|a|br|img|h1|font|span)[\s>/]/i
const MESSAGE_FIELD =
  /^(?:received|return-path|message-id|mime-version|content-type|content-transfer-encoding|dkim-signature)[ \t]*:/im
const FIRST_FIELD =
  /^(?:From [^\r\n]*\r?\n)?[!-9;-~]+[ \t]*:[^\r\n]*(?:\r?\n(?:[ \t][^\r\n]*|[!-9;-~]+[ \t]*:[^\r\n]*))+/

/** Text shows itself within this many bytes. */
const TEXT_BYTES = 8192

/** Text types; beside a binary type (`isBinary`) only those that some program would still open. */
export function detectText(start: Buffer, isBinary: boolean): string[] {
  const head = start.subarray(0, TEXT_BYTES)
  const encoding = encodingOf(head)
  if (encoding === undefined) return isBinary ? [] : htmlIn(head.toString('latin1', 0, 1024))
  const text = decode(head, encoding)
    .replace(/^\ufeff/, '')
    .trimStart()
  const found = markup(text)
  if (isBinary) return found
  return found.length > 0 ? found : [structured(text) ?? 'text/plain']
}

/** How the bytes can be text: utf-16 by its mark, utf-8, or 8-bit without control characters; undefined if they cannot. */
function encodingOf(head: Buffer): 'utf16le' | 'utf16be' | 'utf8' | 'latin1' | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf16be'
  if (hasControls(head)) return undefined
  if (isUtf8(head)) return 'utf8'
  return mostlyAscii(head) ? 'latin1' : undefined
}

function hasControls(head: Buffer): boolean {
  for (const byte of head) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b) return true
  }
  return false
}

/** The last character may be cut where the excerpt ends. */
function isUtf8(head: Buffer): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    decoder.decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}

/** Legacy 8-bit text of any language has its blanks, digits and markup in ASCII; compressed data has little. */
function mostlyAscii(head: Buffer): boolean {
  let ascii = 0
  for (const byte of head) if (byte < 0x7f) ascii++
  return ascii * 10 > head.length * 3
}

function decode(bytes: Buffer, encoding: 'utf16le' | 'utf16be' | 'utf8' | 'latin1'): string {
  if (encoding !== 'utf16be') return bytes.toString(encoding)
  const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
  return even.swap16().toString('utf16le')
}

function markup(text: string): string[] {
  const element = firstElement(text)
  if (/^<svg[\s>]/i.test(element)) return ['image/svg+xml']
  // In XML any element may be called `a`; without its declaration a browser takes it for HTML.
  if (text.startsWith('<?xml'))
    return [/^<(?:!doctype html|html)[\s>]/i.test(element) ? 'text/html' : 'application/xml']
  return HTML.test(element) ? ['text/html'] : []
}

/** The text from its first element on: without declarations, comments and a document type other than HTML's before it. */
function firstElement(text: string): string {
  let at = 0
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++
    const end = text.startsWith('<!--', at)
      ? endOf(text, '-->', at + 4)
      : text.startsWith('<?', at) || /^<!doctype (?!html)/i.test(text.slice(at, at + 14))
        ? endOf(text, '>', at)
        : -1
    if (end < 0) return text.slice(at)
    at = end
  }
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at < 0 ? -1 : at + mark.length
}

/** Browsers open HTML that has binary bytes in it. */
function htmlIn(text: string): string[] {
  return /<(?:html|script|iframe)[\s>]/i.test(text) ? ['text/html'] : []
}

function structured(text: string): string | undefined {
  if (/^BEGIN:VCALENDAR\r?\n/i.test(text)) return 'text/calendar'
  if (/^BEGIN:VCARD\r?\n/i.test(text)) return 'text/vcard'
  const fields = FIRST_FIELD.exec(text)?.[0]
  return fields !== undefined && MESSAGE_FIELD.test(fields) ? 'message/rfc822' : undefined
}
