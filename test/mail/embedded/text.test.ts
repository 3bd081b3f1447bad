import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, filesIn, onlyFile } from './tools.ts'

const content = bytesOf(600)
const letters = content.toString('base64')
const uri = `data:application/x-tool;base64,${letters}`
const split = (text: string, by: string) => text.replace(/.{60}/g, `$&${by}`)

const pages: Readonly<Record<string, string>> = {
  'a link': `<a href="${uri}">x</a>`,
  'single quotes': `<img src='${uri}'>`,
  'no quotes': `<img src=${uri.replace(/=+$/, '')}>`,
  'a style sheet': `<style>p { background: url(${uri}) }</style>`,
  'a refresh': `<meta http-equiv=refresh content="0;url=${uri}">`,
  'upper case': `<a href="${uri.replace('data', 'DATA').replace('base64', 'BASE64')}">x</a>`,
  'mixed case': `<a href="${uri.replace('data', 'dAtA').replace('base64', 'Base64')}">x</a>`,
  lines: `<a href="${split(uri, '\r\n  ')}">x</a>`,
  'a scheme in pieces': `<a href="${uri.replace('data:', ' d\na\tt\r\na:')}">x</a>`,
  'character references': `<a href="${uri.replace('data:', '&#100;&#x61;ta&colon;').replaceAll('+', '&plus;')}">x</a>`,
  'a hidden comma': `<a href="${uri.replace(',', '&#44;').replace('/', '&sol;')}">x</a>`,
  'percent signs': `<a href="${uri.replaceAll('+', '%2B').replaceAll('/', (slash, at) => (at > 40 ? '%2f' : slash))}">x</a>`,
  parameters: `<a href="${uri.replace(';', ';charset=utf-8;x=y;')}">x</a>`,
  'blanks in parameters': `<a href="${uri.replace(';', ' ; ')}">x</a>`,
  'a script': `<script>var u = "${split(uri, '\\\n')}"</script>`,
  'an escaped quote': `<script>document.write("<a href=\\"${uri}\\">")</script>`,
  'no type': `<a href="data:;base64,${letters}">x</a>`,
  'the url alphabet': `<a href="${uri.replaceAll('+', '-')}">x</a>`,
}
for (const [what, page] of Object.entries(pages)) {
  test(`a data: URI with ${what} is a file`, () => {
    for (const type of ['text/html', ''])
      assert.deepEqual(onlyFile(`<html><body>${page}</body></html>`, type).bytes, content)
  })
}

test('pages in UTF-16 are read too', () => {
  const page = `\ufeff<html><a href="${uri}">x</a></html>`
  const little = Buffer.from(page, 'utf16le')

  for (const bytes of [little, Buffer.from(little).swap16(), little.subarray(2)])
    assert.deepEqual(onlyFile(bytes, 'text/html').bytes, content)
})

test('the type of a data: URI is given, and the name of its download', () => {
  const page = `<p>One <a download="run &amp; hide.exe" href="${uri}">x</a> <a href="${uri}" download='b.zip'>y</a> <img src="${uri}"></p>`

  const found = filesIn(page, 'text/html').map(({ name, type }) => [name, type])

  assert.deepEqual(found, [
    ['run & hide.exe', 'application/x-tool'],
    ['b.zip', 'application/x-tool'],
    ['', 'application/x-tool'],
  ])
})

test('a name among the parameters of a data: URI is its name', () => {
  for (const head of ['data:x/y;name=a%20b.exe;base64,', 'data:x/y; filename="a b.exe" ; base64,'])
    assert.equal(onlyFile(`<a href='${head}${letters}'>`, 'text/html').name, 'a b.exe')
})

test('text in a data: URI is percent-decoded', () => {
  const page = `<a href="data:text/html;charset=utf-8,%3Cscript%3E1 + 1%3c/script%3E 100%">x</a>`

  const { bytes, type } = onlyFile(page, 'text/html')

  assert.deepEqual([bytes.toString(), type], ['<script>1 + 1</script> 100%', 'text/html'])
  assert.equal(onlyFile('<img src="data:,hello">', 'text/html').type, 'text/plain')
})

test('prose and scripts that speak of data: hold no file', () => {
  for (const text of ['data: one, two', 'metadata:x,y', 'f({data:a/b,c:1})', '{data:function(){return 1},x}', 'Data:'])
    assert.deepEqual(filesIn(`<html><body>${text}</body></html>`, 'text/html'), [], text)
})

const bytesInScript = bytesOf(3000)
const literal = bytesInScript.toString('base64')
const scripts: Readonly<Record<string, string>> = {
  'one text': `var t="${literal}";`,
  'a sum of texts': `var t='${split(literal, "'\n + '")}';`,
  'a list of texts': `var t=['${split(literal, "','")}'].join('');`,
  'continued lines': `var t="${split(literal, '\\\n')}";`,
  'hexadecimal digits': `var t="${bytesInScript.toString('hex')}";`,
  'a list of numbers': `var t=new Uint8Array([${[...bytesInScript].join(', ')}]);`,
  'a call with numbers': `var t=String.fromCharCode(${[...bytesInScript].map((byte) => `0x${byte.toString(16)}`).join()});`,
  'the url alphabet': `var t="${literal.replaceAll('+', '-').replaceAll('/', '_')}";`,
}
for (const [what, text] of Object.entries(scripts)) {
  test(`base64 that a script makes a file of, as ${what}, is a file with the name it gets`, () => {
    const page = `<script>${text}var b=new Blob([atob(t)]);a.download = "evil's.zip";</script>`.replace(
      "evil's",
      'evil',
    )

    assert.deepEqual(onlyFile(page, 'text/html'), { kind: 'script', name: 'evil.zip', bytes: bytesInScript })
    assert.deepEqual(filesIn(page.replace(/atob|Uint8Array|fromCharCode/g, 'x'), 'text/html'), [])
  })
}

test('names for saving are found in other calls', () => {
  for (const call of ["msSaveOrOpenBlob(blob, 'x.iso')", "a.setAttribute('download', 'x.iso')", 'saveAs(b,"x.iso")'])
    assert.equal(onlyFile(`<script>var t="${literal}";atob(t);${call}</script>`, 'text/html').name, 'x.iso')
})

const fold = (text: string) => text.replace(/.{70}/g, '$&\r\n ')
const calendar = (property: string) =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n${property}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`

const properties: Readonly<Record<string, string>> = {
  'folded lines': fold(`ATTACH;FMTTYPE=application/x-tool;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.exe:${letters}`),
  'quoted parameters': fold(`ATTACH;VALUE=BINARY;ENCODING="BASE64";FILENAME="a.exe":${letters}`),
  'parameters of Apple': fold(`ATTACH;VALUE=BINARY;ENCODING=BASE64;X-APPLE-FILENAME=a.exe:${letters}`),
  'one line': `ATTACH;ENCODING=BASE64;VALUE=BINARY;FILENAME=a.exe:${letters}`,
  'lower case': fold(`attach;encoding=base64;value=binary;filename=a.exe:${letters}`),
  'a colon in quotes': fold(`ATTACH;X-LINK="http://x";FILENAME=a.exe;ENCODING=BASE64:${letters}`),
  tabs: `ATTACH;ENCODING=BASE64;FILENAME=a.exe:${split(letters, '\r\n\t')}`,
  'lines not folded': `ATTACH;ENCODING=BASE64;FILENAME=a.exe:${split(letters, '\r\n')}`,
  'a parameter of a custom name': fold(`ATTACH;ENCODING=BASE64;X-ACME-FILENAME=a.exe:${letters}`),
}
for (const [what, property] of Object.entries(properties)) {
  test(`an attachment of a calendar with ${what} is a file`, () => {
    for (const text of [calendar(property), calendar(property).replaceAll('\r\n', '\n')]) {
      const { kind, name, bytes } = onlyFile(text, 'text/calendar')

      assert.deepEqual([kind, name, bytes], ['calendar', 'a.exe', content])
    }
  })
}

test('a picture of an address card is a file, of each version', () => {
  const cards = [
    `PHOTO;ENCODING=BASE64;JPEG:\r\n ${split(letters, '\r\n ')}\r\n\r\nEND:VCARD`,
    `PHOTO;JPEG;BASE64:${split(letters, '\r\n ')}\r\nEND:VCARD`,
    `${fold(`PHOTO;ENCODING=b;TYPE=JPEG:${letters}`)}\r\nEND:VCARD`,
    `${fold(`PHOTO:data:image/jpeg;base64,${letters}`)}\r\nEND:VCARD`,
  ]
  for (const card of cards) assert.deepEqual(onlyFile(`BEGIN:VCARD\r\nFN:A\r\n${card}\r\n`, '').bytes, content)
})

test('a calendar without attachments holds no file', () => {
  assert.deepEqual(filesIn(calendar('ATTACH:http://example.test/a.exe\r\nDESCRIPTION:data, more'), 'text/calendar'), [])
})

test('a mailbox gives its messages, and text that begins with From gives none', () => {
  const [first, second] = ['Subject: one\n\nHello\nFrom here on\n\n', 'Received: x\n\nTwo\n']
  const mailbox = `From a@b Mon Mar  2 09:12:44 2026\n${first}From c@d Tue Mar  3 09:12:44 2026\n${second}`

  for (const text of [mailbox, mailbox.replaceAll('\n', '\r\n')]) {
    const found = filesIn(text, 'application/mbox')

    assert.deepEqual(
      found.map(({ bytes }) => bytes.toString().replaceAll('\r', '')),
      [first, second],
    )
    assert.ok(found.every(({ isMessage, kind }) => isMessage && kind === 'mbox'))
  }
  assert.deepEqual(filesIn('From my point of view\nthis is fine.\n'), [])
})
