/** Mails as programs and devices write them, some of them carelessly. */
import { base64 } from '../../generate/build.ts'
import {
  envelope,
  filePart,
  html,
  legacy,
  modern,
  multi,
  type NameStyle,
  type Program,
  piece,
  textPart,
  withHead,
} from '../build.ts'

/** Libraries differ in boundary, order of fields and how they write names. */
type Row = readonly [name: string, boundary: string, style: NameStyle, head: readonly string[], preamble: string]

const LIBRARIES: readonly Row[] = [
  [
    'phpmailer',
    'b1_9f86d081884c7d659a2feaa0c55ad0150a1b2c3d',
    'word',
    ['Content-Type: %t; %n', 'Content-Disposition: attachment; %f'],
    'This is a multi-part message in MIME format.',
  ],
  [
    'java-mail',
    '----=_Part_0_1234567890.1772438400000',
    'word',
    ['Content-Type: %t; %n', 'Content-Disposition: attachment; %f'],
    '',
  ],
  [
    'python',
    '===============1234567890123456789==',
    'extended',
    ['Content-Type: %t', 'MIME-Version: 1.0', 'Content-Disposition: attachment; %f'],
    '',
  ],
  [
    'dot-net',
    '--boundary_0_9f86d081-884c-7d65-9a2f-eaa0c55ad015',
    'word',
    ['Content-Type: %t; %n', 'Content-Disposition: attachment'],
    '',
  ],
  [
    'mime-lite',
    '_----------=_17724384001234560',
    'word',
    ['Content-Disposition: attachment; %f', 'Content-Type: %t; %n'],
    'This is a multi-part message in MIME format.',
  ],
  [
    'nodemailer',
    '--_NmP-9f86d081884c7d65-Part_1',
    'word',
    ['Content-Type: %t; %n', 'Content-Disposition: attachment; %f'],
    '',
  ],
  [
    'sap',
    '----_=_NextPart_SAP_0050569E',
    'word',
    ['Content-Type: %t; %n', 'Content-Disposition: attachment; %f', 'Content-Description: '],
    '',
  ],
  [
    'swift',
    '_=_swift_1772438400_9f86d081884c7d659a2feaa0c55ad015_=_',
    'extended',
    ['Content-Type: %t; %n', 'Content-Disposition: attachment; %f'],
    '',
  ],
]

const libraries = LIBRARIES.map(
  ([name, boundary, style, head, preamble]): Program => ({
    name,
    share: 10,
    write(scene) {
      const { text, files, turn } = scene
      const body = textPart(text, modern(text, turn))
      return withHead(
        envelope(scene),
        multi('multipart/mixed', boundary, [body, ...files.map((file) => filePart(file, style, head))], preamble),
      )
    },
  }),
)

/** A scanner sends the document alone, or with an empty text. */
const scanner: Program = {
  name: 'scanner',
  share: 8,
  write(scene) {
    const bytes = Buffer.from(`%PDF-1.3 scan ${scene.turn}`)
    const part = filePart({ name: 'Scan_20260302.pdf', type: 'application/pdf', bytes }, 'word', [
      'Content-Type: %t; %n',
    ])
    const parts = scene.turn % 2 === 0 ? [part] : [textPart('', { charset: 'us-ascii' }), part]
    return withHead(
      envelope(scene, ['X-Mailer: Printer']),
      scene.turn % 4 === 0 ? part : multi('Multipart/Mixed', '=-=-=SCAN', parts),
    )
  },
}

const fax: Program = {
  name: 'fax',
  share: 4,
  write(scene) {
    const head = ['Content-Type: %t; %n', 'Content-Description: FAX document', 'Content-Disposition: attachment; %f']
    const file = filePart({ name: 'fax000012.tif', type: 'image/tiff', bytes: Buffer.from('II*\0fax') }, 'word', head)
    return withHead(
      envelope(scene),
      multi('multipart/mixed', 'FAX12', [textPart(scene.text, legacy(scene.text, 0)), file], 'This is a MIME message.'),
    )
  },
}

/** cron and its like: no type at all, or one without more. */
const plain: Program = {
  name: 'no-mime',
  share: 12,
  write(scene) {
    const text =
      scene.text.charset === 'us-ascii' ? scene.text.text : 'run-parts: /etc/cron.daily/apt exited with return code 1'
    const head = envelope(scene).filter((line) => !line.startsWith('MIME-Version'))
    return withHead(head, piece(scene.turn % 2 === 0 ? [] : ['Content-Type: text/plain'], `${text}\r\n`))
  },
}

/** Eight bits without a word about them, as old scripts send. */
const raw: Program = {
  name: 'raw-8bit',
  share: 6,
  write(scene) {
    const style = legacy(scene.text, 0)
    const { raw: whole } = textPart(scene.text, { ...style, cte: '8bit' })
    const body = whole.slice(whole.indexOf('\r\n\r\n') + 4)
    const head = envelope(scene).filter((line) => !line.startsWith('MIME-Version'))
    return withHead(head, piece([], body))
  },
}

const notification: Program = {
  name: 'notification',
  share: 10,
  write(scene) {
    const { text, turn } = scene
    const head = [
      'X-GitHub-Reason: mention',
      'List-ID: example/example <example.example.src.test>',
      'In-Reply-To: <example/example/issues/1@src.test>',
    ]
    const parts = [textPart(text, modern(text, turn)), textPart(html(text), { ...modern(text, turn), subtype: 'html' })]
    return withHead(
      envelope(scene, head),
      multi('multipart/alternative', `--==_mimepart_65f0c0ffee_1a2b3c${turn}`, parts),
    )
  },
}

/** A relay that coded the whole body in base64, lines of 60. */
const gateway: Program = {
  name: 'gateway',
  share: 6,
  write(scene) {
    const bytes = Buffer.from(`${scene.text.text}\r\n`)
    return withHead(
      envelope(scene),
      piece(['Content-Type: text/plain; charset="UTF-8"', 'Content-Transfer-Encoding: BASE64'], base64(bytes, 60)),
    )
  },
}

/** Libraries, devices, scripts. */
export const machines: readonly Program[] = [...libraries, scanner, fax, plain, raw, notification, gateway]
