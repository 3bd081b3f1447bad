/** Texts with a form of their own: their first lines tell. */

import { iniTypes } from './ini.ts'
import { isJson, isJsonLines } from './json.ts'
import { messageTypes } from './message.ts'
import { tableType } from './table.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Characters that may come first, what a text begins with → its type. Each is tested against the beginning only. */
const STARTS: readonly (readonly [first: string, RegExp, string])[] = [
  ['Bb', /^BEGIN:VCALENDAR\s*\r?\n/i, 'text/calendar'],
  ['Bb', /^BEGIN:VCARD\s*\r?\n/i, 'text/vcard'],
  ['-', /^-----BEGIN PGP (?:MESSAGE|SIGNED MESSAGE)(?:, PART [\d/]{1,9})?-----/, 'application/pgp-encrypted'],
  ['-', /^-----BEGIN PGP SIGNATURE-----/, 'application/pgp-signature'],
  ['-', /^-----BEGIN PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----/, 'application/pgp-keys'],
  [
    '-',
    /^-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}(?:CERTIFICATE|CERTIFICATE REQUEST|PRIVATE KEY|PUBLIC KEY|PARAMETERS|PKCS7|CMS|CRL)-----/,
    'application/x-pem-file',
  ],
  ['B', /^Bag Attributes\r?\n/, 'application/x-pem-file'],
  ['#', /^#@~\^[A-Za-z0-9+/]{6}==/, 'application/x-ms-encoded-script'],
  ['WR', /^(?:Windows Registry Editor Version \d|REGEDIT4?\s*\r?\n)/, 'text/x-ms-regedit'],
  ['{', /^\{\\rt/, 'application/rtf'],
  ['I', /^ID;P/, 'text/x-sylk'],
  ['Ww', /^WEB\r?\n1\r?\n\s*(?:https?|ftp|file|\\\\)/i, 'text/x-ms-iqy'],
  ['Xx', /^XLODBC\r?\n1\r?\n/i, 'text/x-ms-oqy'],
  [LETTERS, /^(?:(?:[a-z][\w ]{2,40}:[isb]:[^\r\n]{0,400}\r?\n)+)/i, 'application/x-rdp'],
  [
    'dD-I',
    /^(?:diff (?:--git|-[a-zA-Z]+) |--- [^\r\n]{1,300}\r?\n\+\+\+ |Index: [^\r\n]{1,300}\r?\n={20})/,
    'text/x-diff',
  ],
  [
    '%\\',
    /^(?:%[^\r\n]{0,400}\r?\n|\s){0,40}\\(?:documentclass|documentstyle|begin\{|usepackage|input\{|NeedsTeXFormat)/,
    'application/x-tex',
  ],
  [
    '09',
    /^\s{0,4}0\r?\n\s{0,4}SECTION\r?\n|^\s{0,4}999\r?\n[^\r\n]{0,200}\r?\n\s{0,4}0\r?\n\s{0,4}SECTION/,
    'image/vnd.dxf',
  ],
  ['A', /^AutoCAD Binary DXF/, 'image/vnd.dxf'],
  ['#', /^#EXTM3U/, 'audio/x-mpegurl'],
  ['[', /^\[playlist\]\s*\r?\n/i, 'audio/x-scpls'],
  ['b', /^begin(?:-base64)? [0-7]{3,4} \S[^\r\n]{0,250}\r?\n/, 'application/x-uuencode'],
  ['=', /^=ybegin [^\r\n]{0,200}line=\d/, 'application/x-yenc'],
  ['(', /^\(This file must be converted with BinHex/i, 'application/mac-binhex40'],
  ['VvDd', /^(?:version: 1\r?\n\s*)?dn:{1,2} [^\r\n]{1,300}=/i, 'text/ldif'],
  ['se', /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S{1,30}|sk-\S{1,40}) AAAA[\w+/]{20}/, 'text/x-ssh-public-key'],
  ['-', /^---- BEGIN SSH2 PUBLIC KEY ----/, 'text/x-ssh-public-key'],
  ['%-', /^(?:%YAML \d|---\s*\r?\n(?:#[^\r\n]{0,400}\r?\n)*(?:- |[\w."'-]{1,80}:(?:\s|$)))/, 'application/yaml'],
]
const BY_CHARACTER: readonly (readonly (readonly [RegExp, string])[])[] = Array.from({ length: 128 }, (_, code) =>
  STARTS.filter(([first]) => first.includes(String.fromCharCode(code))).map(([, pattern, type]) => [pattern, type]),
)

/** Types of texts that show a form of their own; none where it is just text. */
export function structuredTypes(text: string): string[] {
  const start = text.slice(0, 4096)
  const found = BY_CHARACTER[start.charCodeAt(0)]?.find(([pattern]) => pattern.test(start))
  if (found !== undefined) return [found[1]]
  const ini = iniTypes(start)
  if (ini.length > 0) return ini
  if (isJson(start, text.length > start.length)) return ['application/json']
  if (isJsonLines(start)) return ['application/x-ndjson']
  return messageTypes(text)
}

/** Types of texts that are neither a form of their own nor a program. */
export function tabularTypes(text: string): string[] {
  const type = tableType(text.slice(0, 8192))
  return type === undefined ? [] : [type]
}
