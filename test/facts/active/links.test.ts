/** Where a content leads: what is found, what only looks like it, and that nothing takes long. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Link } from '../../../src/core/index.ts'
import { createContentMeter } from '../../../src/facts/index.ts'

/** The addresses that are found, in whatever pieces the content comes. */
function linksOf(content: string | Buffer, piece = Number.POSITIVE_INFINITY): readonly Link[] {
  const bytes = Buffer.from(content)
  const meter = createContentMeter()
  for (let at = 0; at < bytes.length; at += piece) meter.write(bytes.subarray(at, at + piece))
  return meter.end().links
}

/** In short: scheme, host, place. */
function told(content: string | Buffer): string[] {
  return linksOf(content).map(({ scheme, host, via, isMoniker }) => {
    return [scheme, host || '-', via, ...(isMoniker ? ['!'] : [])].join(' ')
  })
}

const RELS = 'http://schemas.openxmlformats.org/package/2006/relationships'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

function rels(...attributes: readonly string[]): string {
  const all = attributes.map((one) => `<Relationship Id="r" ${one}/>`).join('')
  return `<?xml version="1.0"?><Relationships xmlns="${RELS}">${all}</Relationships>`
}

const FOUND: readonly (readonly [what: string, content: string | Buffer, links: readonly string[]])[] = [
  [
    'a search on another machine',
    '<a href="search-ms:query=x&crumb=location:%5C%5Cevil.test">x</a>',
    ['search-ms - href', 'search-ms - text'],
  ],
  ['a search that a script starts', '<script>location="search:query=a&crumb=location:x"</script>', ['search - text']],
  [
    'a file on another machine',
    '<a href="file://evil.test/share/a.rtf">x</a>',
    ['file evil.test href', 'file evil.test text'],
  ],
  [
    'the same with more slashes',
    '<a href="file:////evil.test/a">x</a>',
    ['file evil.test href', 'file evil.test text'],
  ],
  [
    'the same with backslashes',
    '<a href="file:///\\\\192.0.2.1\\a\\b.rtf!x">x</a>',
    ['file 192.0.2.1 href !', 'file 192.0.2.1 text !'],
  ],
  [
    'a picture from another machine',
    '<img src="\\\\192.0.2.1\\s\\a.png">',
    ['unc 192.0.2.1 src', 'unc 192.0.2.1 text'],
  ],
  ['a picture by WebDAV', '<img src=\\\\evil.test@SSL@443\\s\\a.png>', ['unc evil.test src', 'unc evil.test text']],
  ['an address in entities', '<a href="&#115;earch&#x2d;ms&colon;query=x">x</a>', ['search-ms - href']],
  ['an address with white space in it', '<a href="&#10; se\tarch-ms:query=x">x</a>', ['search-ms - href']],
  ['a program of Windows', '<a href=ms-msdt:/id>x</a>', ['ms-msdt - href', 'ms-msdt - text']],
  [
    'a page that goes on to one',
    '<meta http-equiv="refresh" content="0; url=ms-officecmd:x">',
    ['ms-officecmd - url', 'ms-officecmd - text'],
  ],
  [
    'a style',
    '<style>body{background:url("file://evil.test/a")}</style>',
    ['file evil.test css', 'file evil.test text'],
  ],
  ['a scheme that nobody knows', '<a href="zoommtg://x.test/join">x</a>', ['zoommtg x.test href']],
  ['a file that a script names', 'open("\\\\\\\\evil.test\\\\s\\\\a.exe")', ['unc evil.test text']],
  ['an attachment of an appointment', 'BEGIN:VCALENDAR\r\nATTACH:file://evil.test/a.exe\r\n', ['file evil.test text']],
  [
    'one whose line is folded, within the scheme, within the host',
    'BEGIN:VCALENDAR\r\nATTACH:fi\r\n le://evil.test/a.exe\r\nURL:\\\\ev\r\n il.test\\a\r\n',
    ['file evil.test text', 'unc evil.test text'],
  ],
  [
    'a picture among several, after one of a page',
    '<img srcset="https://a.test/a.png 1x, \\\\evil.test\\s\\a.png 2x">',
    ['unc evil.test srcset', 'unc evil.test text'],
  ],
  ['a picture of older pages', '<img lowsrc="file://evil.test/a">', ['file evil.test lowsrc', 'file evil.test text']],
  [
    'a style that is imported',
    '<style>@import "\\\\evil.test\\a.css";</style>',
    ['unc evil.test css', 'unc evil.test text'],
  ],
  [
    'a shortcut to another machine',
    '[InternetShortcut]\r\nURL=file://evil.test/a.exe\r\nIconFile=\\\\192.0.2.1\\x\\i.ico\r\n',
    ['file evil.test url', 'unc 192.0.2.1 iconfile', 'file evil.test text', 'unc 192.0.2.1 text'],
  ],
  [
    'text of two bytes a letter',
    Buffer.from('<img src="\\\\192.0.2.1\\s\\a.png">', 'utf16le'),
    ['unc 192.0.2.1 src', 'unc 192.0.2.1 text'],
  ],
  [
    'a template',
    rels(`Type="${OFFICE}/attachedTemplate" Target="https://evil.test/t.dotm" TargetMode="External"`),
    ['https evil.test rel.attachedTemplate'],
  ],
  [
    'a linked object',
    rels(`Type='${OFFICE}/oleObject' Target='mhtml:http://evil.test/x!x' TargetMode='External'`),
    ['mhtml - rel.oleObject'],
  ],
  ['a template of RTF', '{\\rtf1{\\*\\template http://evil.test/t.dotm}}', ['http evil.test rtf.template']],
]

for (const [what, content, links] of FOUND) {
  test(`${what} is found`, () => {
    assert.deepEqual(told(content), links)
  })
}

const NOTHING: readonly (readonly [what: string, content: string | Buffer])[] = [
  [
    'an ordinary page',
    '<a href="https://a.test/file:x">x</a><img src=cid:1><a href=mailto:a@b.test>m</a><a href="#top">t</a><a href="/x">y</a>',
  ],
  ['words that only sound so', 'We search: results, profile:x, a research-ms:1 and C:\\Temp\\a. 10\\20\\30'],
  ['a page that a document links to', rels(`Type="${OFFICE}/hyperlink" Target="https://a.test" TargetMode="External"`)],
  ['a template within the package', rels(`Type="${OFFICE}/attachedTemplate" Target="file:///evil.test"`)],
  ['bytes that are no text', Buffer.concat([Buffer.from([0, 1, 2, 0]), Buffer.from('file://evil.test/a')])],
  ['nothing', ''],
]

for (const [what, content] of NOTHING) {
  test(`${what} leads nowhere`, () => {
    assert.deepEqual(told(content), [])
  })
}

const HERE = [
  'file:///C:/Users/a/b.dotx',
  'file:///home/a',
  'file://localhost/a',
  'file:C:\\a',
  '\\\\?\\C:\\a',
  '\\\\.\\pipe\\x',
  'file:///C|/a',
]

test('a file of this machine has no host', () => {
  for (const target of HERE) {
    const [link] = linksOf(`<a href="${target}">x</a>`)

    assert.equal(link?.host, '', target)
  }
})

test('many links of one kind are counted, and hide none of another kind', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `<a href="file:///C:/${i}">x</a><a href="x${i}:y">y</a>`).join('')

  const links = linksOf(`${many}<img src="\\\\evil.test\\a\\b"><a href="file://evil.test/a!b">x</a>`)

  assert.ok(links.length < 300, `${links.length}`)
  assert.ok(links.some(({ scheme, via, host }) => scheme === 'unc' && via === 'src' && host === 'evil.test'))
  assert.ok(links.some(({ isMoniker, via }) => isMoniker && via === 'href'))
  assert.ok((links.find(({ scheme }) => scheme === 'file')?.count ?? 0) > 4000)
})

test('in whatever pieces a content comes, the same is found', () => {
  const filler = 'x '.repeat(40_000)
  const content = `${filler}<a href="file://evil.test/a">x</a>${filler}<img src="\\\\evil.test\\a">${filler}`
  const kinds = (links: readonly Link[]) => links.map(({ scheme, via, target }) => `${scheme} ${via} ${target}`).sort()
  const whole = kinds(linksOf(content))

  assert.ok(whole.length >= 3)
  for (const piece of [1000, 4099, 65_535, 65_536, 65_537]) assert.deepEqual(kinds(linksOf(content, piece)), whole)
})

test('no bytes lead to an exception, nor do texts of what is looked for', () => {
  const words = fc.constantFrom(
    'href=',
    'src="',
    "'",
    '"',
    'file:',
    '\\\\',
    '//',
    '&#',
    '&#x110000;',
    'search-ms:',
    '!',
    'a',
    ' ',
    '\n',
    '{\\rtf',
    '<Relationship ',
    'TargetMode="External"',
    'Target="',
    RELS,
  )
  fc.assert(
    fc.property(fc.array(words, { maxLength: 60 }), (parts) => void linksOf(parts.join(''))),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void linksOf(Buffer.from(bytes))),
    { numRuns: 300 },
  )
})

test('a content with very many addresses says that not all were looked at', () => {
  const links = linksOf('<a href=x>'.repeat(60_000))

  assert.deepEqual(
    links.map(({ scheme, count }) => [scheme, count]),
    [['too-many', 10_000]],
  )
})

/** Texts that take the patterns as far as they go before they fail. */
const TEDIOUS = [
  'href=',
  'href="',
  '\\\\a',
  '\\',
  'url(',
  'file:/',
  '<Relationship ',
  '{\\rtf\\*\\template ',
  'ms-a-b-c-',
  '&#',
  '\\\\a@',
]

test('tedious texts take time that grows with their length only', () => {
  const cpuOf = (word: string, bytes: number) => {
    const content = Buffer.from(word.repeat(Math.ceil(bytes / word.length)))
    const before = process.cpuUsage()
    linksOf(content)
    return process.cpuUsage(before).user / 1000
  }
  for (const word of TEDIOUS) {
    cpuOf(word, 50_000)
    const long = cpuOf(word, 2_000_000)

    assert.ok(long < 5000, `${word}: ${long} ms`)
  }
})
