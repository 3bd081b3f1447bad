/** Mails as programs on desks write them. */
import {
  envelope,
  filePart,
  header,
  html,
  legacy,
  modern,
  multi,
  type Piece,
  type Program,
  textPart,
  withHead,
} from '../build.ts'

const PREAMBLE = 'This is a multi-part message in MIME format.'

function outlook(
  name: string,
  share: number,
  build: (body: Piece, files: readonly Piece[], boundary: (n: number) => string) => Piece,
): Program {
  return {
    name,
    share,
    write(scene) {
      const { text, files, turn } = scene
      const boundary = (n: number) => `----=_NextPart_00${n}_001${turn % 10}_01DA6B2C.3F2A1B30`
      const style = legacy(text, turn)
      const body = multi('multipart/alternative', boundary(2), [
        textPart(text, style),
        textPart(html(text), { ...style, subtype: 'html' }),
      ])
      const parts = files.map((file) =>
        filePart(file, 'word', ['Content-Type: %t;', '\t%n', 'Content-Disposition: attachment;', '\t%f']),
      )
      const head = [
        'X-Mailer: Microsoft Outlook 16.0',
        'Thread-Index: Adps1yQ2m5b0J4bXQ7m5h3mK9dPq1w==',
        'Content-Language: de',
      ]
      return withHead(envelope(scene, head), build(body, parts, boundary))
    },
  }
}

const exchange: Program = {
  name: 'exchange',
  share: 20,
  write(scene) {
    const { text, files, turn } = scene
    const boundary = (n: number) => `_00${n}_DB9PR04MB8411A2F1DB9PR04MB8411eurp_`
    const body = multi('multipart/alternative', boundary(0), [
      textPart(text, modern(text, turn)),
      textPart(html(text, '<img src="cid:image001.png@01DA6B2C.3F2A1B30">'), {
        ...modern(text, turn + 1),
        subtype: 'html',
      }),
    ])
    const dates =
      'creation-date="Mon, 02 Mar 2026 08:12:00 GMT";\r\n\tmodification-date="Mon, 02 Mar 2026 08:12:40 GMT"'
    const parts = files.map((file, i) =>
      filePart(file, 'word', [
        'Content-Type: %t;\r\n\t%n',
        `Content-Description: ${header(file.name)}`,
        `Content-Disposition: ${i === 0 && file.type.startsWith('image') ? 'inline' : 'attachment'};\r\n\t%f; size=${file.bytes.length};\r\n\t${dates}`,
        `Content-ID: <image00${i + 1}.png@01DA6B2C.3F2A1B30>`,
      ]),
    )
    const head = [
      'Accept-Language: de-DE, en-US',
      'X-MS-Has-Attach: yes',
      'X-MS-TNEF-Correlator:',
      'X-MS-Exchange-AntiSpam-MessageData-0: =?us-ascii?Q?aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=3D?=',
      'x-microsoft-antispam-message-info: aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=',
    ]
    return withHead(
      envelope(scene, head),
      multi('multipart/mixed', boundary(4), [multi('multipart/related', boundary(3), [body]), ...parts]),
    )
  },
}

const thunderbird: Program = {
  name: 'thunderbird',
  share: 20,
  write(scene) {
    const { text, files, turn } = scene
    const boundary = (n: number) => `------------${n}Q8KqFh3aB7cD9eF0gH1iJ2`
    const style = modern(text, turn)
    const plain = textPart(text, { ...style, parameters: '; format=flowed' })
    const parts = files.map((file) =>
      filePart(file, turn % 2 === 0 ? 'pieces' : 'both', [
        'Content-Type: %t; %n',
        'Content-Disposition: attachment; %f',
      ]),
    )
    const head = ['User-Agent: Mozilla Thunderbird', 'Content-Language: en-US']
    if (parts.length === 0) return withHead(envelope(scene, head), plain)
    return withHead(envelope(scene, head), multi('multipart/mixed', boundary(1), [plain, ...parts], PREAMBLE))
  },
}

const thunderbirdHtml: Program = {
  name: 'thunderbird-html',
  share: 10,
  write(scene) {
    const { text, files, turn } = scene
    const boundary = (n: number) => `------------${n}Q8KqFh3aB7cD9eF0gH1iJ2`
    const page = textPart(html(text, '<img src="cid:part1.X@src.test" alt="">'), {
      ...modern(text, turn),
      subtype: 'html',
    })
    const inline = files.map((file, i) =>
      filePart(file, 'pieces', [
        'Content-Type: %t; %n',
        'Content-Disposition: inline; %f',
        `Content-Id: <part${i}.X@src.test>`,
      ]),
    )
    const related = multi('multipart/related', boundary(2), [page, ...inline])
    const plain = textPart(text, { ...modern(text, turn), parameters: '; format=flowed' })
    return withHead(envelope(scene), multi('multipart/alternative', boundary(1), [plain, related], PREAMBLE))
  },
}

const kmail: Program = {
  name: 'kmail',
  share: 10,
  write(scene) {
    const { text, files, turn } = scene
    const parts = files.map((file) =>
      filePart(file, 'extended', ['Content-Disposition: attachment; %f', 'Content-Type: %t; %n']),
    )
    const body = textPart(text, { ...modern(text, turn + 1) })
    const head = ['User-Agent: KMail', 'X-KMail-Fcc: 42']
    if (parts.length === 0) return withHead(envelope(scene, head), body)
    return withHead(
      envelope(scene, head),
      multi('multipart/mixed', `nextPart${turn}4242.aB3cD4eF5g`, [body, ...parts], PREAMBLE),
    )
  },
}

const evolution: Program = {
  name: 'evolution',
  share: 10,
  write(scene) {
    const { text, files, turn } = scene
    const boundary = (n: number) => `=-${n}aB3cD4eF5gH6iJ7kL8m=`
    const body = multi('multipart/alternative', boundary(1), [
      textPart(text, modern(text, turn)),
      textPart(html(text), { ...modern(text, turn), subtype: 'html' }),
    ])
    const parts = files.map((file) =>
      filePart(file, 'extended', ['Content-Disposition: attachment; %f', 'Content-Type: %t; %n']),
    )
    return withHead(
      envelope(scene, ['User-Agent: Evolution 3.46.4']),
      multi('multipart/mixed', boundary(2), [body, ...parts]),
    )
  },
}

const mutt: Program = {
  name: 'mutt',
  share: 15,
  write(scene) {
    const { text, files, turn } = scene
    const body = textPart(text, { ...legacy(text, turn), head: ['Content-Disposition: inline'] })
    if (files.length === 0) return withHead(envelope(scene), body)
    const parts = files.map((file) =>
      filePart(file, 'extended', ['Content-Type: %t', 'Content-Disposition: attachment; %f']),
    )
    return withHead(envelope(scene), multi('multipart/mixed', 'Nq2Wo0NMKNjxTN9z', [body, ...parts]))
  },
}

const notes: Program = {
  name: 'notes',
  share: 15,
  write(scene) {
    const { text, files, turn } = scene
    const boundary = (word: string) => `=_${word} 0042C2A5C1257D2F_=`
    const style = legacy(text, turn)
    const body = multi(
      'multipart/alternative',
      boundary('alternative'),
      [textPart(text, style), textPart(html(text), { ...style, subtype: 'html' })],
      'This is a multipart message in MIME format.',
    )
    const parts = files.map((file) =>
      filePart(file, 'word', ['Content-Type: %t; %n', 'Content-Disposition: attachment; %f']),
    )
    return withHead(
      envelope(scene, ['X-Mailer: IBM Notes Release 9.0.1']),
      multi('multipart/mixed', boundary('mixed'), [body, ...parts], 'This is a multipart message in MIME format.'),
    )
  },
}

/** Programs on desks. */
export const desktop: readonly Program[] = [
  outlook('outlook', 20, (body, files, boundary) =>
    files.length === 0 ? body : multi('multipart/mixed', boundary(1), [body, ...files], PREAMBLE),
  ),
  outlook('outlook-related', 10, (body, files, boundary) =>
    multi('multipart/related', boundary(1), [body, ...files], PREAMBLE),
  ),
  exchange,
  thunderbird,
  thunderbirdHtml,
  kmail,
  evolution,
  mutt,
  notes,
]
