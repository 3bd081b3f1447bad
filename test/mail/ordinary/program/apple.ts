/** Mails as Apple's programs write them: files between texts, pairs of resource and data fork. */
import { envelope, filePart, html, modern, multi, type Program, plainPart, textPart, withHead } from '../build.ts'

const boundary = (n: number) => `Apple-Mail=_${n}1F2E3D4-C5B6-4A79-8876-D5C4B3A29180`
const HEAD = ['X-Mailer: Apple Mail (2.3774.300.61.1.2)']
const FILE = ['Content-Disposition: inline;\r\n\t%f', 'Content-Type: %t;\r\n\tx-unix-mode=0644;\r\n\t%n']

const between: Program = {
  name: 'apple-between',
  share: 15,
  write(scene) {
    const { text, files, turn } = scene
    const style = { ...modern(text, turn), parameters: '' }
    const parts = files.flatMap((file) => [
      filePart(file, 'extended', FILE),
      // What the writer typed below the file.
      textPart('\r\n\r\nAnd so on.', { charset: 'us-ascii', isApart: true }),
    ])
    if (parts.length === 0) return withHead(envelope(scene, HEAD), textPart(text, style))
    return withHead(envelope(scene, HEAD), multi('multipart/mixed', boundary(1), [textPart(text, style), ...parts]))
  },
}

const alternative: Program = {
  name: 'apple-alternative',
  share: 15,
  write(scene) {
    const { text, files, turn } = scene
    const page = textPart(html(text), { ...modern(text, turn), subtype: 'html' })
    const rest = textPart('<html><body>Alex</body></html>', { charset: 'us-ascii', subtype: 'html', isApart: true })
    const mixed = multi('multipart/mixed', boundary(2), [
      page,
      ...files.map((file) => filePart(file, 'word', FILE)),
      rest,
    ])
    return withHead(
      envelope(scene, HEAD),
      multi('multipart/alternative', boundary(1), [textPart(text, modern(text, turn)), mixed]),
    )
  },
}

const pictures: Program = {
  name: 'apple-pictures',
  share: 10,
  write(scene) {
    const { text, files, turn } = scene
    const page = textPart(html(text, '<img apple-inline="yes" src="cid:1F2E@src.test">'), {
      ...modern(text, turn),
      subtype: 'html',
    })
    const inline = files.map((file) => filePart(file, 'word', [...FILE, 'Content-Id: <1F2E@src.test>']))
    const related = multi('multipart/related;\r\n\ttype="text/html"', boundary(2), [page, ...inline])
    return withHead(
      envelope(scene, HEAD),
      multi('multipart/alternative', boundary(1), [textPart(text, modern(text, turn)), related]),
    )
  },
}

const double: Program = {
  name: 'apple-double',
  share: 8,
  write(scene) {
    const { text, files, turn } = scene
    const pairs = files.map((file, i) => {
      const fork = {
        ...file,
        type: 'application/applefile',
        bytes: Buffer.from(`\0\x05\x16\x07\0\x02\0\0${'\0'.repeat(16)}\0\0${i}`, 'latin1'),
      }
      return multi('multipart/appledouble', boundary(3 + i), [
        filePart(fork, 'word', ['Content-Type: %t;\r\n\t%n', 'Content-Disposition: attachment;\r\n\t%f']),
        filePart(file, 'word', ['Content-Type: %t;\r\n\t%n', 'Content-Disposition: attachment;\r\n\t%f']),
      ])
    })
    return withHead(
      envelope(scene, HEAD),
      multi('multipart/mixed', boundary(1), [textPart(text, modern(text, turn)), ...pairs]),
    )
  },
}

const phone: Program = {
  name: 'ios',
  share: 15,
  write(scene) {
    const { text, files, turn } = scene
    const parts = files.map((file) =>
      filePart(file, 'word', [
        'Content-Type: %t;\r\n\t%n;\r\n\tx-apple-part-url=5F2B',
        'Content-Disposition: inline;\r\n\t%f',
      ]),
    )
    const end = textPart('\r\n\r\nSent from my iPhone', { charset: 'us-ascii', isApart: true })
    const head = ['X-Mailer: iPhone Mail (21D61)']
    if (parts.length === 0) return withHead(envelope(scene, head), textPart(text, modern(text, turn)))
    return withHead(
      envelope(scene, head),
      multi('multipart/mixed', boundary(1).replace('=_', '-'), [textPart(text, modern(text, turn)), ...parts, end]),
    )
  },
}

const contact: Program = {
  name: 'ios-contact',
  share: 2,
  write(scene) {
    const card =
      'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Weiss;Alex;;;\r\nFN:Alex Weiss\r\nTEL;type=CELL:+49 170 0000000\r\nEND:VCARD\r\n'
    const file = plainPart(
      [
        'Content-Type: text/directory;\r\n\tname="Alex Weiss.vcf"',
        'Content-Disposition: attachment;\r\n\tfilename="Alex Weiss.vcf"',
      ],
      card,
      ['Alex Weiss.vcf'],
    )
    return withHead(
      envelope(scene),
      multi('multipart/mixed', boundary(1), [textPart(scene.text, modern(scene.text, scene.turn)), file]),
    )
  },
}

/** Apple's programs. */
export const apple: readonly Program[] = [between, alternative, pictures, double, phone, contact]
