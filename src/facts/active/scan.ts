/**
 * Where a text leads when somebody opens it, clicks in it or only looks at it: addresses that start programs, files on other machines,
 * remote templates. Found by their form, in one pass of a few patterns that take linear time each; nothing is run or fetched.
 */
import { LONGEST } from './address.ts'
import type { Links } from './links.ts'

/** Attributes and properties that take an address; whatever begins as a page, a place in the page or a part of the mail is passed over. */
const ATTRIBUTE =
  /(?:\b(?:(href|src|lowsrc|dynsrc|background|action|formaction|poster|data|codebase|longdesc|classid|cite|url|iconfile|iconresource|wallpaper)[ \t\r\n]{0,9}=|url\()|@import(?=[\s"']))[ \t\r\n]{0,9}(?:&quot;|["'])?(?!https?:|mailto:|cid:|tel:|data:|#|\/[^\\/]|["'>])/gi

/** Pictures of which the client takes one: addresses with a size behind each, separated by commas (HTML, "srcset attributes"). */
const PICTURES = /\b(?:image)?srcset[ \t\r\n]{0,9}=[ \t\r\n]{0,9}(?=(["']?))/gi
const MOST_PICTURES = 20

/** Addresses that are grave wherever they stand, and files on other machines; backslashes may be escaped. */
const ANYWHERE =
  /(?<![\w./-])(?:(?:search-ms|search(?=:(?:query|displayname|crumb))|file|mk|mhtml|ms-its|its|vbscript|shell|hcp|ms-[a-z]{2,12}(?:-[a-z]{1,12}){0,2}):(?=[\w/\\@&?=%!])|\\{2,4}(?=[\w.-]{1,255}(?:@[\w@.]{1,20})?\\))/gi

/** How far an address goes: to the quote that it began with, else to what ends one in a text. */
const QUOTES: Readonly<Record<string, RegExp>> = { '"': /["\0]/g, "'": /['\0]/g }
const PLAIN_END = /[\s"'<>`\0]/g

/** The text of one piece, from `from` on; addresses that begin behind `until` are left to the next piece. */
export function scanText(text: string, until: number, links: Links): void {
  for (const match of text.matchAll(ATTRIBUTE)) {
    const { index } = match
    if (index >= until) break
    const at = index + match[0].length
    links.add(valueAt(text, at, text.charAt(at - 1)), (match[1] ?? 'css').toLowerCase())
  }
  for (const match of text.matchAll(PICTURES)) {
    if (match.index >= until) break
    const quote = match[1] ?? ''
    const pictures = valueAt(text, match.index + match[0].length + quote.length, quote).split(',', MOST_PICTURES)
    for (const one of pictures) links.add(one.trim().split(/\s/, 1)[0] ?? '', 'srcset')
  }
  for (const { index } of text.matchAll(ANYWHERE)) {
    if (index >= until) break
    links.add(unescaped(valueAt(text, index, '')), 'text')
  }
}

function valueAt(text: string, at: number, quote: string): string {
  const end = new RegExp(QUOTES[quote] ?? PLAIN_END)
  const value = text.slice(at, at + LONGEST)
  return value.slice(0, end.exec(value)?.index ?? value.length)
}

/** Scripts write each backslash twice. */
function unescaped(value: string): string {
  return /^\\{4}|^\w+:\S*\\{4}/.test(value) ? value.replaceAll('\\\\', '\\') : value
}

/** Relationships of Office packages that a program follows without being asked (ECMA-376 part 2, 9.3). */
const RELATIONSHIP = /<(?:\w{1,20}:)?Relationship\b([^<>]{0,4096})>/gi

/** Relationships of a package that lead out of it; links that somebody has to click and pictures are not told where they lead to a page. */
export function scanRelationships(text: string, links: Links): void {
  for (const [, attributes = ''] of text.matchAll(RELATIONSHIP)) {
    if (!/\bTargetMode\s{0,9}=\s{0,9}["']External/i.test(attributes)) continue
    const target = /\bTarget\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')/i.exec(attributes)
    const type = /\bType\s{0,9}=\s{0,9}["'][^"']{0,200}\/(\w{1,40})["']/i.exec(attributes)?.[1] ?? ''
    const isQuiet = type === 'hyperlink' || type === 'image'
    links.add(target?.[1] ?? target?.[2] ?? '', `rel.${type}`, !isQuiet)
  }
}

/** Where an RTF text takes its template from (Rich Text Format Specification 1.9.1, "Document properties"). */
const TEMPLATE = /\\\*[ \r\n]{0,9}\\template[ \r\n]{1,9}([^{}\r\n]{1,2048})/gi

/** Templates that an RTF text names. */
export function scanRtf(text: string, links: Links): void {
  for (const [, target = ''] of text.matchAll(TEMPLATE))
    links.add(target.replaceAll('\\\\', '\\'), 'rtf.template', true)
}
