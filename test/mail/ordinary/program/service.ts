/** Mails of services, devices and programs that each have a way of their own. */
import { base64, quotedPrintable } from '../../generate/build.ts'
import { bytesOf } from '../../generate/case.ts'
import {
  envelope,
  filePart,
  html,
  modern,
  multi,
  type Piece,
  type Program,
  piece,
  plainPart,
  type Scene,
  textPart,
  withHead,
} from '../build.ts'

const FILE = ['Content-Type: %t; %n', 'Content-Disposition: attachment; %f']
const ENCODED = 'Content-Transfer-Encoding: base64'

function program(name: string, write: (scene: Scene) => Piece, head: readonly string[] = []): Program {
  return { name, share: 2, write: (scene) => withHead(envelope(scene, head), write(scene)) }
}

function packed(head: readonly string[], bytes: Buffer, names: readonly string[]): Piece {
  return piece([...head, ENCODED], base64(bytes), [{ bytes, names }])
}

const page = ({ text }: Scene, extra = '') => textPart(html(text, extra), { ...modern(text, 1), subtype: 'html' })
const plain = ({ text, turn }: Scene) => textPart(text, modern(text, turn))
const gzip = (seed: string) => Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), bytesOf(seed, 300)])

const PICTURE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const pictureBytes = Buffer.from(PICTURE.slice(PICTURE.indexOf(',') + 1), 'base64')
const scripts =
  '<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->\r\n<script type="application/ld+json">{"@context":"http://schema.org","@type":"EmailMessage","data":"none"}</script>\r\n<style>@import url(https://www.src.test/a.css); a { color: #333 }</style>'

const pages = [
  program('amp', (scene) =>
    multi('multipart/alternative', 'amp', [
      plain(scene),
      plainPart(
        ['Content-Type: text/x-amp-html; charset="UTF-8"'],
        '<!doctype html><html amp4email><head><script async src="https://cdn.test/v0.js"></script></head><body>Hi</body></html>',
      ),
      page(scene),
    ]),
  ),
  program('watch', (scene) =>
    multi('multipart/alternative', 'watch', [
      plain(scene),
      plainPart(['Content-Type: text/watch-html; charset=utf-8'], '<b>Hi</b>'),
      page(scene),
    ]),
  ),
  program(
    'marketing',
    (scene) => multi('multipart/alternative', '_----------=_MCPart_1234567890', [plain(scene), page(scene, scripts)]),
    [
      'List-Unsubscribe: <https://www.src.test/u>',
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      `X-Report-Abuse: ${'A'.repeat(70)}`,
    ],
  ),
  program('many-pictures', (scene) => {
    const { raw, attachments } = page(scene, Array.from({ length: 3 }, () => `<img src="${PICTURE}">`).join('\r\n'))
    return { raw, attachments: [...attachments, { bytes: pictureBytes, names: [''] }] }
  }),
  program('related-without-alternative', (scene) => {
    const image = packed(
      [
        'Content-Type: image/gif; name="logo.gif"',
        'Content-ID: <logo>',
        'Content-Disposition: inline; filename="logo.gif"',
      ],
      Buffer.from('GIF89a logo'),
      ['logo.gif'],
    )
    return multi('multipart/related; type="text/html"; start="<root>"', '----=_Related', [
      page(scene, '<img src="cid:logo">'),
      image,
    ])
  }),
  program('picture-without-name', (scene) => {
    const image = packed(
      ['Content-Type: image/jpeg', 'Content-ID: <part1.0123@src.test>'],
      Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF picture', 'latin1'),
      ['', 'part1.0123@src.test'],
    )
    return multi('multipart/related', 'rel', [page(scene), image])
  }),
]

const TLS = 'Content-Type: application/tlsrpt+gzip; name="src.test!dst.test!1!2.json.gz"'
const reports = [
  program('dmarc-zip', () =>
    packed(
      [
        'Content-Type: application/zip; name="src.test!dst.test!1772000000!1772086399.zip"',
        'Content-Disposition: attachment; filename="src.test!dst.test!1772000000!1772086399.zip"',
      ],
      Buffer.concat([Buffer.from('PK\x03\x04'), bytesOf('dmarc', 200)]),
      ['src.test!dst.test!1772000000!1772086399.zip'],
    ),
  ),
  program('dmarc-gzip', (scene) =>
    multi('multipart/mixed', 'dmarc', [
      plain(scene),
      packed(
        [
          'Content-Type: application/gzip; name="src.test!dst.test!1!2.xml.gz"',
          'Content-Disposition: attachment; filename="src.test!dst.test!1!2.xml.gz"',
        ],
        gzip('dmarc'),
        ['src.test!dst.test!1!2.xml.gz'],
      ),
    ]),
  ),
  program('tls-report', (scene) =>
    multi('multipart/report; report-type="tlsrpt"', '----=_tls', [
      plain(scene),
      packed([TLS, 'Content-Disposition: attachment; filename="src.test!dst.test!1!2.json.gz"'], gzip('tls'), [
        'src.test!dst.test!1!2.json.gz',
      ]),
    ]),
  ),
  program('receipt-outlook', (scene) =>
    multi('multipart/report; report-type=disposition-notification', '_000_mdn_', [
      multi('multipart/alternative', '_001_mdn_', [plain(scene), page(scene)]),
      plainPart(
        ['Content-Type: message/disposition-notification'],
        'Reporting-UA: dst.test\r\nFinal-Recipient: rfc822;kim@dst.test\r\nDisposition: automatic-action/MDN-sent-automatically; displayed\r\n',
      ),
      plainPart(
        ['Content-Type: text/rfc822-headers'],
        'From: Alex <alex@src.test>\r\nSubject: figures\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n',
      ),
    ]),
  ),
  program('bounce-global', (scene) =>
    multi('multipart/report; report-type=delivery-status', 'global', [
      plain(scene),
      plainPart(
        [
          'Content-Description: Delivery report',
          'Content-Type: message/global-delivery-status',
          'Content-Transfer-Encoding: 8bit',
        ],
        'Reporting-MTA: dns; mx.dst.test\r\n\r\nFinal-Recipient: utf-8; j\xc3\xb6rg@dst.test\r\nAction: delayed\r\nStatus: 4.4.1\r\n',
        ['', 'Delivery report'],
      ),
      plainPart(
        [
          'Content-Description: Message headers',
          'Content-Type: message/global-headers',
          'Content-Transfer-Encoding: 8bit',
        ],
        'From: J\xc3\xb6rg <j@src.test>\r\nSubject: gr\xc3\xbc\xc3\x9fe\r\nMIME-Version: 1.0\r\n',
        ['', 'Message headers'],
      ),
    ]),
  ),
]

const card =
  'BEGIN:VCARD\r\nVERSION:2.1\r\nN:Weiss;Alex\r\nFN:Alex Weiss\r\nTEL;WORK;VOICE:+49 30 1234\r\nADR;WORK;ENCODING=QUOTED-PRINTABLE:;;Stra=C3=9Fe 1;Berlin\r\nEND:VCARD\r\n'
const devices = [
  program('voice-mail', (scene) =>
    multi('multipart/voice-message; Version=2.0', 'voice', [
      plain(scene),
      packed(
        [
          'Content-Type: audio/wav; name="message.wav"',
          'Content-Duration: 12',
          'Content-Disposition: inline; voice=Voice-Message; filename="message.wav"',
        ],
        Buffer.from('RIFF\0\0\0\0WAVEfmt '),
        ['message.wav'],
      ),
    ]),
  ),
  program('mms', (scene) =>
    multi('multipart/related; type="application/smil"; start="<0>"', 'mms', [
      plainPart(
        ['Content-Type: application/smil; name="smil.xml"', 'Content-ID: <0>', 'Content-Location: smil.xml'],
        '<smil><body><par><text src="text_0.txt"/><img src="image.jpg"/></par></body></smil>',
        ['smil.xml'],
      ),
      plainPart(
        ['Content-Type: text/plain; charset=utf-8; name="text_0.txt"', 'Content-Location: text_0.txt'],
        'Look!',
        ['text_0.txt'],
      ),
      packed(
        ['Content-Type: image/jpeg; name="image.jpg"', 'Content-Location: image.jpg', `X-Turn: ${scene.turn}`],
        Buffer.from('\xff\xd8\xff\xe0 mms', 'latin1'),
        ['image.jpg'],
      ),
    ]),
  ),
  program('one-line-base64', (scene) => {
    const bytes = Buffer.concat([Buffer.from('%PDF-1.4\n'), bytesOf('one line', 600)])
    const part = piece(
      ['Content-Type: application/pdf; name=scan.pdf', 'Content-Disposition: attachment; filename=scan.pdf', ENCODED],
      bytes.toString('base64'),
      [{ bytes, names: ['scan.pdf'] }],
    )
    return multi('multipart/mixed', 'device', [plain(scene), part])
  }),
  program('quoted-printable-file', (scene) => {
    const bytes = Buffer.concat([Buffer.from('%PDF-1.4\n'), bytesOf('quoted file', 400)])
    const part = piece(
      [
        'Content-Type: application/pdf; name="a.pdf"',
        'Content-Disposition: attachment; filename="a.pdf"',
        'Content-Transfer-Encoding: quoted-printable',
      ],
      quotedPrintable(bytes),
      [{ bytes, names: ['a.pdf'] }],
    )
    return multi('multipart/mixed', 'qp', [plain(scene), part])
  }),
  program('8bit-table', (scene) =>
    multi('multipart/mixed', 'csv', [
      plain(scene),
      plainPart(
        [
          'Content-Type: text/csv; charset=iso-8859-1; name="list.csv"',
          'Content-Disposition: attachment; filename="list.csv"',
          'Content-Transfer-Encoding: 8bit',
        ],
        'Name;Gr\xf6\xdfe\r\nM\xfcller;1\r\n',
        ['list.csv'],
      ),
    ]),
  ),
  program('edifact', (scene) =>
    multi('multipart/mixed', 'edi', [
      plain(scene),
      plainPart(
        [
          'Content-Type: application/EDIFACT; name="ORDERS.edi"',
          'Content-Disposition: attachment; filename="ORDERS.edi"',
        ],
        "UNA:+.? '\r\nUNB+UNOC:3+4012345000009:14+4012345000016:14+260302:0912+1'\r\nUNH+1+ORDERS:D:96A:UN'\r\n",
        ['ORDERS.edi'],
      ),
    ]),
  ),
  program('card', (scene) =>
    multi('multipart/mixed', 'vcard', [
      plain(scene),
      plainPart(
        [
          'Content-Type: text/x-vcard; charset=utf-8; name="alex.vcf"',
          'Content-Disposition: attachment; filename="alex.vcf"',
          'Content-Transfer-Encoding: 7bit',
        ],
        card,
        ['alex.vcf'],
      ),
    ]),
  ),
  program('eudora', (scene) =>
    multi('Multipart/Mixed', '=====================_12345==_', [
      plain(scene),
      ...scene.files.map((file) =>
        filePart(file, 'word', [
          'Content-Type: %t; %n; x-mac-type="50444620"; x-mac-creator="4341524F"',
          'Content-Disposition: attachment; %f',
        ]),
      ),
    ]),
  ),
  program('flowed', (scene) =>
    textPart(scene.text, { ...modern(scene.text, 0), parameters: '; format=flowed; delsp=yes' }),
  ),
  program('text-behind-close', (scene) => {
    const { raw, attachments } = multi('multipart/mixed', 'footer', [
      plain(scene),
      ...scene.files.map((file) => filePart(file, 'word', FILE)),
    ])
    return {
      raw: `${raw}\r\n-- \r\nThis mail was scanned. https://www.src.test/\r\n________________________________\r\nUsers mailing list\r\n`,
      attachments,
    }
  }),
  program('autocrypt', plain, [
    `Autocrypt: addr=alex@src.test; prefer-encrypt=mutual; keydata=\r\n ${base64(bytesOf('key', 900), 70, '\r\n ')}`,
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=src.test; s=mail;\r\n\th=from:to:subject:date:message-id:mime-version:content-type:content-transfer-encoding;\r\n\tbh=${base64(bytesOf('body', 32))};\r\n\tb=${base64(bytesOf('signature', 256), 70, '\r\n\t ')}`,
  ]),
  program('empty-signature-part', (scene) =>
    multi('multipart/mixed', 'sig', [plain(scene), textPart('', { charset: 'us-ascii' })]),
  ),
]

/** Services, reports, devices. */
export const services: readonly Program[] = [...pages, ...reports, ...devices]
