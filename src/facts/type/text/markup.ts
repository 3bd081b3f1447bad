/** HTML, SVG, and XML by its root element. */
import { xmlTypes } from './xml.ts'

const HTML =
  /^<(?:!doctype html|html|head|body|script|iframe|frameset|meta|title|style|table|div|p|a|br|hr|img|h[1-6]|font|span|center|form|input|link|base|object|embed|b|i|u|ul|ol|pre|section|header|main|template)[\s>/]/i
/** Begins with the colon, which has no case: such a search is several times faster. */
const APPLICATION = /(?<=<hta):application[\s>/]/i
/** A file that some other program may open as HTML too: a tag that begins a line soon. */
const LATER = /^[ \t]*<(?:!doctype html|html|head|script|body|iframe|hta:application)[\s>]/im

/** Types of markup; none where the text is none. */
export function markupTypes(text: string): string[] {
  const element = firstElement(text)
  if (/^<(?:[\w.-]{1,64}:)?svg[\s>]/i.test(element)) return ['image/svg+xml']
  if (/^<hta:application/i.test(element)) return ['application/hta', 'text/html']
  // In XML any element may be called `a`; without its declaration a browser takes it for HTML.
  const isXml = text.startsWith('<?xml')
  if (isXml ? /^<(?:!doctype html|html)[\s>]/i.test(element) : HTML.test(element)) return htmlTypes(text)
  return isXml || /^<[a-z_?!]/i.test(text) ? xmlTypes(element, isXml) : []
}

function htmlTypes(text: string): string[] {
  return APPLICATION.test(text) ? ['application/hta', 'text/html'] : ['text/html']
}

/** Whether a browser would take a text for HTML that begins as something else. */
export function hasLaterHtml(text: string): boolean {
  return LATER.test(text.slice(0, 1024))
}

/** Browsers open HTML that has binary bytes in it. */
export function htmlInBinary(start: string): string[] {
  return /<(?:html|script|iframe|hta:application)[\s>]/i.test(start) ? htmlTypes(start) : []
}

/** The text from its first element on: without declarations, comments and a document type other than HTML's before it. */
function firstElement(text: string): string {
  let at = 0
  for (;;) {
    while (at < text.length && text.charCodeAt(at) <= 0x20) at++
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
