/** Ways to hide an attachment from an RFC reading: it is found, under its name, and its bytes come out of the message again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testStrings } from '../../../src/facts/index.ts'
import { extract, lines, mixed, read, sha256 } from '../read.ts'

const text = lines('Content-Type: text/plain', '', 'hi')
const letters = Buffer.from(testStrings.eicar).toString('base64')
const head = lines(
  'Content-Type: application/octet-stream; name=e.com',
  'Content-Disposition: attachment; filename=e.com',
)
const eicar = lines(head, 'Content-Transfer-Encoding: base64', '', letters)
const plain = lines(head, '', testStrings.eicar)
const multipart = 'Content-Type: multipart/mixed; boundary=edge'

function parts(delimiter: string, close = '--edge--', file = eicar): string {
  return lines(multipart, '', delimiter, text, delimiter, file, close, '')
}

const HIDDEN: Readonly<Record<string, string>> = {
  'the encoding is given twice, the last counts': mixed(
    eicar.replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: 7bit\r\n\r\n'),
  ),
  'the encoding is given twice, the first counts': mixed(
    eicar.replace('Content-T', 'Content-Transfer-Encoding: 7bit\r\nContent-T'),
  ),
  'the encoding before it has many outcomes': mixed(
    eicar
      .replace('base64', 'quoted-printable\r\nContent-Transfer-Encoding: base64')
      .concat('\r\n=4= \r\n1=G a=G!b =c3=A4 \t\r\na==\r\nb=\r\r\nc=\rd  \r\n='),
  ),
  'the encoding is almost base64': mixed(eicar.replace('base64', 'base64 (or so)')),
  'the type is given twice': lines('Content-Type: text/plain', parts('--edge')),
  'no type is given at all': parts('--edge').slice(multipart.length),
  'delimiter lines have a blank before': parts(' --edge'),
  'delimiter lines have text behind': parts('--edge and more'),
  'delimiter lines have other case': parts('--EDGE', '--EDGE--'),
  'delimiter lines have more dashes': parts('----edge', '----edge--'),
  'delimiter lines have one dash': parts('-edge', '-edge--'),
  'delimiter lines have no dashes': parts('edge', 'edge'),
  'the closing line has one dash': parts('--edge', '--edge-', plain),
  'the file follows the closing line': lines(multipart, '', '--edge', text, '--edge--', '--edge', eicar, '--edge--'),
  'the file stands before the first part': lines(multipart, '', eicar, '--edge', text, '--edge--'),
  'the file stands behind the last part': lines(multipart, '', '--edge', text, '--edge--', '', eicar),
  'lines end in CR alone': parts('--edge').replaceAll('\r\n', '\r'),
  'lines end in CR CR LF': parts('--edge').replaceAll('\r\n', '\r\r\n'),
  'the header ends in a line of blanks': mixed(text, eicar.replace('\r\n\r\n', '\r\n \t\r\n')),
  'the header ends in a form feed, and quoted-printable follows': mixed(
    text,
    plain.replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: quoted-printable\r\n\f\r\n'),
  ),
  'the header ends in NUL, and quoted-printable follows': mixed(
    text,
    plain.replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: quoted-printable\r\n\0\r\n'),
  ),
  'no blank line ends the header': mixed(text, eicar.replace('\r\n\r\n', '\r\n')),
  'the header goes on behind a blank line': mixed(
    text,
    eicar.replace('\r\nContent-Disposition', '\r\n\r\nContent-Disposition'),
  ),
  'the part begins with a blank line': mixed(text, `\r\n${eicar}`),
  'the message begins with a blank line': `\r\n${parts('--edge')}`,
  'the boundary is another one': parts('--other', '--other--'),
  'the boundary is empty': parts('--', '----').replace('boundary=edge', 'boundary=""'),
  'the multipart is declared as base64': mixed(
    parts('--edge').replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: base64\r\n\r\n'),
  ),
  'the multipart is in base64': mixed(
    lines(
      multipart,
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(parts('--edge').slice(multipart.length)).toString('base64'),
    ),
  ),
  'a multipart in base64 is declared as text': mixed(
    lines(
      'Content-Type: text/plain',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(parts('--edge')).toString('base64'),
    ),
  ),
  'the message within is in two encodings': mixed(
    lines(
      'Content-Type: message/rfc822',
      'Content-Transfer-Encoding: 7bit',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(mixed(eicar)).toString('base64'),
    ),
  ),
  'all of that in a message within': mixed(lines('Content-Type: message/rfc822', '', parts('--EDGE and more'))),
}

for (const [way, message] of Object.entries(HIDDEN)) {
  test(`a file is found where ${way}`, async () => {
    const reading = await read(message)

    const found = reading.attachments.filter((sample) => sample.sha256 === sha256(testStrings.eicar))
    assert.ok(
      found.some(({ name }) => name === 'e.com'),
      JSON.stringify(reading.attachments, undefined, 1),
    )
    for (const { path } of found) assert.equal(sha256(await extract(message, path)), sha256(testStrings.eicar))
    for (const size of [1, 17]) assert.deepEqual(await read(message, {}, [size]), reading)
  })
}

test('what both readings see is no sample of the tolerant one', async () => {
  const message = mixed(text, eicar.replace('\r\n\r\n', '\r\nContent-Disposition: inline\r\n\r\n'))

  const { attachments } = await read(message)

  assert.ok(attachments[0]?.anomalies.some(({ name }) => name === 'cd-duplicate'))
  assert.deepEqual(
    attachments.map(({ readings }) => readings),
    [['strict', 'mailparser']],
  )
})

test('a file that both readings see has the name under which only the tolerant one sees it', async () => {
  const harmless = eicar.replaceAll('e.com', 'picture.png')

  const { attachments } = await read(lines(multipart, '', '--edge', harmless, '--edge--', '--edge', eicar, '--edge--'))

  assert.deepEqual(
    attachments.map(({ name, readings }) => [name, readings]),
    [['picture.png', ['strict', 'mailparser', 'tolerant']]],
  )
  assert.ok(attachments[0]?.names.some(({ value }) => value === 'e.com'))
})

test('a file whose name stands only in its encoding has that name', async () => {
  const encoded = lines('begin 644 "e.com"', '#0V%T', '`', 'end', '')

  const { attachments } = await read(
    lines('Content-Type: text/plain', 'Content-Transfer-Encoding: x-uuencode', '', encoded),
  )

  const found = attachments.find((sample) => sample.sha256 === sha256('Cat'))
  assert.deepEqual(
    found?.names.map(({ value, origin }) => [value, origin]),
    [
      ['"e.com"', 'x-uuencode'],
      ['e.com', 'x-uuencode, without quotes'],
    ],
  )
  assert.equal(found?.name, '"e.com"')
})

test('a path that the message does not have is refused', async () => {
  await assert.rejects(extract(parts('--EDGE'), 'tolerant:17'), /no part tolerant:17/)
})
