/** Files within signatures that anybody can open, within HTML, within calendars. */
import { attachment, base64, type Encoding, encode, entity, multipart, type Place, placed, textPart } from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'
import { armour, cmsBer, cmsDer, PGP } from '../crypto-codec.ts'

type Row = readonly [name: string, why: string, names: readonly string[], part: (content: Buffer) => string]

const NAME = 'enclosed.bin'

function each(rows: readonly Row[], places: readonly Place[] = ['mixed', 'single', 'rfc822']): CaseSpec[] {
  return rows.flatMap(([name, why, names, part]) =>
    places.map((place) => ({
      name: `${name}-${place}`,
      why,
      names,
      build: (content: Buffer) => placed(part(content), place),
    })),
  )
}

const signed = (content: Buffer) => Buffer.from(multipart([textPart(), attachment(NAME, content)]), 'latin1')
const smime =
  (wrap: (content: Buffer) => Buffer, ...head: readonly string[]) =>
  (content: Buffer) =>
    entity([...head, 'Content-Transfer-Encoding: base64'], base64(wrap(signed(content))))

const OPENED = 'RFC 8551 section 3.5.2: Outlook, Apple Mail and Thunderbird show what is signed'
const FILE = 'Content-Disposition: attachment; filename="smime.p7m"'
const TYPE = 'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"'
const SMIME: readonly Row[] = [
  ['der', OPENED, [NAME], smime(cmsDer, TYPE, FILE)],
  ['ber', OPENED, [NAME], smime((content) => cmsBer(content, 1_000_000), TYPE, FILE)],
  ['ber-pieces-of-1000', OPENED, [NAME], smime((content) => cmsBer(content, 1000), TYPE, FILE)],
  ['ber-pieces-of-7', OPENED, [NAME], smime((content) => cmsBer(content, 7), TYPE, FILE)],
  ['x-pkcs7', OPENED, [NAME], smime(cmsDer, 'Content-Type: application/x-pkcs7-mime', FILE)],
  ['no-name', OPENED, [NAME], smime(cmsDer, 'Content-Type: application/pkcs7-mime; smime-type=signed-data')],
  [
    'octet-stream',
    'RFC 8551 section 3.10: by the name of the file',
    [NAME],
    smime(cmsDer, 'Content-Type: application/octet-stream', FILE),
  ],
  [
    'wrong-smime-type',
    OPENED,
    [NAME],
    smime(cmsDer, 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data', FILE),
  ],
  [
    'twice',
    'RFC 8551 section 3.7: signatures may be nested',
    [NAME],
    smime(
      (content) =>
        cmsDer(Buffer.from(entity([TYPE, 'Content-Transfer-Encoding: base64'], base64(cmsDer(content))), 'latin1')),
      TYPE,
      FILE,
    ),
  ],
]

const OPEN_PGP = 'RFC 9580 section 5.9: what is signed or merely armoured is readable'
const pgp = (kind: keyof typeof PGP) => (content: Buffer) => armour(PGP[kind](content, NAME))
const inText = (write: (content: Buffer) => string) => (content: Buffer) =>
  textPart(`Good morning,\r\n\r\n${write(content)}\r\n\r\nRegards`)
const PGPS: readonly Row[] = [
  ['new-format', OPEN_PGP, [NAME], inText(pgp('new'))],
  ['old-format', OPEN_PGP, [NAME], inText(pgp('old'))],
  ['partial-lengths', OPEN_PGP, [NAME], inText(pgp('partial'))],
  ['zip', 'RFC 9580 section 5.6', [NAME], inText(pgp('zip'))],
  ['zlib', 'RFC 9580 section 5.6', [NAME], inText(pgp('zlib'))],
  [
    'armour-headers',
    OPEN_PGP,
    [NAME],
    inText((content) => armour(PGP.new(content, NAME), ['Version: 1', 'Comment: none'])),
  ],
  ['file', OPEN_PGP, [NAME], (content) => attachment('letter.asc', Buffer.from(pgp('new')(content), 'latin1'))],
]

const html =
  (body: (content: Buffer) => string, encoding: Encoding = '7bit') =>
  (content: Buffer) =>
    entity(
      ['Content-Type: text/html; charset=us-ascii', `Content-Transfer-Encoding: ${encoding}`],
      encode(
        Buffer.from(`<html><body><p>Good morning</p>\r\n${body(content)}\r\n</body></html>\r\n`, 'latin1'),
        encoding,
      ),
    )
const percent = (content: Buffer) => Array.from(content, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const link = (uri: string) => `<a download="${NAME}" href="${uri}">open</a>`
const octets = 'data:application/octet-stream'
const script = (content: Buffer, use: string) => `<script>var t="${content.toString('base64')}";${use}</script>`
const BUILT = `var b=atob(t),n=b.length,u=new Uint8Array(n);while(n--)u[n]=b.charCodeAt(n);`
const SAVED = `var a=document.createElement("a");a.href=URL.createObjectURL(new Blob([u]));a.download="${NAME}";a.click()`

const BROWSER = 'RFC 2397: browsers and web mail follow it'
const SCRIPT = 'a browser that opens the page builds the file'
const HTML: readonly Row[] = [
  ['link', BROWSER, [], html((content) => link(`${octets};base64,${content.toString('base64')}`))],
  [
    'link-quoted-printable',
    BROWSER,
    [],
    html((content) => link(`${octets};base64,${content.toString('base64')}`), 'quoted-printable'),
  ],
  ['link-base64', BROWSER, [], html((content) => link(`${octets};base64,${content.toString('base64')}`), 'base64')],
  ['link-percent', BROWSER, [], html((content) => link(`${octets},${percent(content)}`))],
  [
    'link-charset',
    BROWSER,
    [],
    html((content) => link(`${octets};charset=utf-8;base64,${content.toString('base64')}`)),
  ],
  ['no-type', BROWSER, [], html((content) => link(`data:;base64,${content.toString('base64')}`))],
  [
    'upper-case',
    BROWSER,
    [],
    html((content) => link(`DATA:APPLICATION/OCTET-STREAM;BASE64,${content.toString('base64')}`)),
  ],
  ['picture', BROWSER, [], html((content) => `<img src='data:image/x-none;base64,${content.toString('base64')}'>`)],
  [
    'unquoted',
    BROWSER,
    [],
    html((content) => `<img src=data:image/x-none;base64,${content.toString('base64').replace(/=+$/, '')}>`),
  ],
  [
    'frame',
    BROWSER,
    [],
    html((content) => `<iframe src="data:text/html;base64,${content.toString('base64')}"></iframe>`),
  ],
  [
    'lines',
    'white space in the base64 of an address is passed over',
    [],
    html((content) => link(`${octets};base64,${base64(content)}`)),
  ],
  [
    'attached-page',
    BROWSER,
    [],
    (content) =>
      attachment(
        'page.html',
        Buffer.from(html((inner) => link(`${octets};base64,${inner.toString('base64')}`))(content), 'latin1'),
        'text/html',
      ),
  ],
  [
    'svg',
    BROWSER,
    [],
    (content) =>
      attachment(
        'picture.svg',
        Buffer.from(
          `<svg xmlns="http://www.w3.org/2000/svg"><image href="${octets};base64,${content.toString('base64')}"/></svg>`,
        ),
        'image/svg+xml',
      ),
  ],
]
const SMUGGLED: readonly Row[] = [
  ['atob', SCRIPT, [], html((content) => script(content, BUILT + SAVED))],
  [
    'attached-page',
    SCRIPT,
    [],
    (content) =>
      attachment(
        'page.html',
        Buffer.from(html((inner) => script(inner, BUILT + SAVED))(content), 'latin1'),
        'text/html',
      ),
  ],
  [
    'data-in-script',
    SCRIPT,
    [],
    html((content) => `<script>location.href="${octets};base64,${content.toString('base64')}"</script>`),
  ],
]

/** Folded as RFC 5545 section 3.1 wants it. */
const fold = (line: string) => line.replace(/.{74}(?=.)/g, '$&\r\n ')
const calendar = (property: string) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//src.test//EN',
    'BEGIN:VEVENT',
    'UID:1@src.test',
    'DTSTAMP:20260302T081240Z',
    'DTSTART:20260303T100000Z',
    'SUMMARY:Meeting',
    property,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
const card = (property: string) =>
  ['BEGIN:VCARD', 'VERSION:3.0', 'FN:Alex', 'N:;Alex;;;', property, 'END:VCARD', ''].join('\r\n')
const ATTACH = (content: Buffer) =>
  fold(
    `ATTACH;FMTTYPE=application/octet-stream;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=${NAME}:${content.toString('base64')}`,
  )
const ICAL = 'RFC 5545 section 3.8.1.1: calendar programs show it'
const invitation = (text: string) => entity(['Content-Type: text/calendar; method=REQUEST; charset=utf-8'], text)
const ICS: readonly Row[] = [
  ['text', ICAL, [], (content) => invitation(calendar(ATTACH(content)))],
  [
    'text-base64',
    ICAL,
    [],
    (content) =>
      entity(
        ['Content-Type: text/calendar; charset=utf-8', 'Content-Transfer-Encoding: base64'],
        base64(calendar(ATTACH(content))),
      ),
  ],
  ['file', ICAL, [], (content) => attachment('invite.ics', Buffer.from(calendar(ATTACH(content)), 'latin1'))],
  [
    'other-order',
    ICAL,
    [],
    (content) => invitation(calendar(fold(`ATTACH;VALUE=BINARY;ENCODING=BASE64:${content.toString('base64')}`))),
  ],
  [
    'one-line',
    'lines that are not folded are read as well',
    [],
    (content) => invitation(calendar(ATTACH(content).replaceAll('\r\n ', ''))),
  ],
  [
    'data-uri',
    'an address may be a data: address',
    [],
    (content) =>
      invitation(calendar(fold(`ATTACH:data:application/octet-stream;base64,${content.toString('base64')}`))),
  ],
  [
    'card',
    'RFC 2426 section 3.1.4',
    [],
    (content) =>
      attachment(
        'alex.vcf',
        Buffer.from(card(fold(`PHOTO;ENCODING=b;TYPE=JPEG:${content.toString('base64')}`)), 'latin1'),
        'text/vcard',
      ),
  ],
  [
    'card-4',
    'RFC 6350 section 6.2.4',
    [],
    (content) =>
      attachment(
        'alex.vcf',
        Buffer.from(card(fold(`KEY:data:application/octet-stream;base64,${content.toString('base64')}`)), 'latin1'),
        'text/vcard',
      ),
  ],
]

/** A literal is worth looking at from a kilobyte on. */
const long = (specs: readonly CaseSpec[]) => specs.map((spec) => ({ ...spec, size: 3000 }))

export const wrapped: readonly CaseClass[] = [
  { name: 'smime', cases: each(SMIME) },
  { name: 'pgp', cases: each(PGPS) },
  { name: 'data-uri', cases: each(HTML, ['mixed', 'rfc822']) },
  { name: 'html-smuggling', cases: long(each(SMUGGLED, ['mixed', 'single', 'rfc822'])) },
  { name: 'calendar', cases: each(ICS, ['mixed', 'rfc822']) },
]
