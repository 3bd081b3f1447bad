/** Mails whose content is wrapped, signed or encrypted, and mails that carry others. */
import { base64 } from '../../generate/build.ts'
import { bytesOf } from '../../generate/case.ts'
import { tnef } from '../../generate/codec.ts'
import { armour, cmsDer } from '../../generate/crypto-codec.ts'
import {
  envelope,
  filePart,
  html,
  messagePart,
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

function program(name: string, write: (scene: Scene) => Piece, oddities: readonly string[] = []): Program {
  return { name, share: 2, write: (scene) => withHead(envelope(scene), write(scene)), oddities }
}

function body({ text, files, turn }: Scene): Piece {
  const parts = files.map((file) => filePart(file, 'word', FILE))
  const own = textPart(text, modern(text, turn))
  return parts.length === 0 ? own : multi('multipart/mixed', `body${turn}of`, [own, ...parts])
}

/** A file in base64 under these fields. */
function packed(head: readonly string[], bytes: Buffer, names: readonly string[]): Piece {
  return piece([...head, ENCODED], base64(bytes), [{ bytes, names }])
}

function mail(n: number, inner: Piece): Piece {
  const head = [
    `From: Kim <kim@dst.test>`,
    `Subject: number ${n}`,
    `Message-ID: <${n}.in@dst.test>`,
    'MIME-Version: 1.0',
  ]
  return withHead(head, inner)
}

const WINMAIL = tnef(bytesOf('winmail', 300), 'report.doc')
const TNEF = [
  'Content-Type: application/ms-tnef; name="winmail.dat"',
  'Content-Disposition: attachment; filename="winmail.dat"',
]
const tnefs = [
  program('tnef', (scene) =>
    multi('multipart/mixed', '_000_tnef_', [body(scene), packed(TNEF, WINMAIL, ['winmail.dat'])]),
  ),
  program('tnef-alone', () => packed(TNEF, WINMAIL, ['winmail.dat'])),
  program('tnef-meeting', (scene) =>
    multi('multipart/mixed', '_000_tnef_', [
      textPart(scene.text, modern(scene.text, 1)),
      packed(['Content-Type: application/vnd.ms-tnef; name="WINMAIL.DAT"'], WINMAIL, ['WINMAIL.DAT']),
    ]),
  ),
]

/** What is signed is read as a message of its own: its files are those of the mail. */
const opaque = program('signed-opaque', (scene) => {
  const inner = body(scene)
  const bytes = cmsDer(Buffer.from(inner.raw, 'latin1'))
  const head = [
    'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"',
    'Content-Disposition: attachment; filename="smime.p7m"',
  ]
  return piece([...head, ENCODED], base64(bytes), [{ bytes, names: ['smime.p7m'] }, ...inner.attachments])
})

const enveloped = program('encrypted-smime', () => {
  const data = Buffer.concat([Buffer.from('308006092a864886f70d010703a080', 'hex'), bytesOf('enveloped', 900)])
  const head = [
    'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
    'Content-Disposition: attachment; filename="smime.p7m"',
  ]
  return packed(head, data, ['smime.p7m'])
}, ['encrypted'])

const session = Buffer.concat([
  Buffer.from([0xc1, 0x4c, 3]),
  bytesOf('key id', 8),
  Buffer.from([1]),
  bytesOf('session', 66),
])
const sealed = Buffer.concat([session, Buffer.from([0xd2, 0x78, 1]), bytesOf('sealed', 119)])
const pgpMime = program(
  'encrypted-pgp',
  () =>
    multi('multipart/encrypted; protocol="application/pgp-encrypted"', '------------enc0123', [
      plainPart(
        ['Content-Type: application/pgp-encrypted', 'Content-Description: PGP/MIME version identification'],
        'Version: 1\r\n',
        ['', 'PGP/MIME version identification'],
      ),
      plainPart(
        [
          'Content-Type: application/octet-stream; name="encrypted.asc"',
          'Content-Description: OpenPGP encrypted message',
          'Content-Disposition: inline; filename="encrypted.asc"',
        ],
        `${armour(sealed)}\r\n`,
        ['encrypted.asc'],
      ),
    ]),
  ['encrypted'],
)
const pgpInline = program('encrypted-inline', () => textPart(`${armour(sealed)}\r\n`, { charset: 'us-ascii' }), [
  'encrypted',
])

const signedForward = program('signed-forward', (scene) => {
  const signature = packed(
    [
      'Content-Type: application/pkcs7-signature; name="smime.p7s"',
      'Content-Disposition: attachment; filename="smime.p7s"',
    ],
    Buffer.from('3003020105', 'hex'),
    ['smime.p7s'],
  )
  const inner = mail(
    1,
    multi('multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256', 'sig', [body(scene), signature]),
  )
  return multi('multipart/mixed', 'fwd', [
    textPart('Below.', {}),
    messagePart(inner, ['Content-Type: message/rfc822'], ['']),
  ])
})

const EML = (name: string) => [
  `Content-Type: message/rfc822; name="${name}"`,
  `Content-Disposition: attachment; filename="${name}"`,
]
const carriers = [
  program('forwarded-several', (scene) =>
    multi('multipart/mixed', '_004_several_', [
      textPart(scene.text, modern(scene.text, 2)),
      messagePart(mail(1, body(scene)), EML('one.eml'), ['one.eml']),
      messagePart(mail(2, textPart('Second.', {})), EML('two.eml'), ['two.eml']),
    ]),
  ),
  program('forwarded-gmail', (scene) =>
    multi('multipart/mixed', '000000000000f00d', [
      textPart(scene.text, modern(scene.text, 1)),
      messagePart(
        mail(1, body(scene)),
        [...EML('Fwd_ figures.eml'), 'X-Attachment-Id: f_m1a2b3c40', 'Content-ID: <f_m1a2b3c40>'],
        ['Fwd_ figures.eml'],
      ),
    ]),
  ),
  program(
    'eml-base64',
    (scene) => {
      const inner = mail(3, body(scene))
      const bytes = Buffer.from(inner.raw, 'latin1')
      const part = piece(['Content-Type: application/octet-stream; name="old.eml"', ENCODED], base64(bytes), [
        { bytes, names: ['old.eml'] },
        ...inner.attachments,
      ])
      // A message under another type is told as such.
      return multi('multipart/mixed', 'oct', [textPart('See it.', {}), part])
    },
    ['message-disguised'],
  ),
  program('journal', (scene) =>
    multi('multipart/mixed', 'journal', [
      textPart('Sender: alex@src.test\r\nSubject: figures\r\nMessage-Id: <1@src.test>\r\nRecipient: kim@dst.test\r\n', {
        charset: 'us-ascii',
      }),
      messagePart(mail(4, body(scene)), ['Content-Type: message/rfc822'], ['']),
    ]),
  ),
  program('spam-report', (scene) =>
    multi('multipart/mixed', '----------=_65E2', [
      textPart(
        'Spam detection software has identified this mail.\r\n\r\n-0.0 SPF_PASS  SPF: sender matches SPF record\r\n',
        { head: ['Content-Disposition: inline'] },
      ),
      messagePart(
        mail(5, body(scene)),
        [
          'Content-Type: message/rfc822; x-spam-type=original',
          'Content-Description: original message before SpamAssassin',
          'Content-Disposition: inline',
          'Content-Transfer-Encoding: 8bit',
        ],
        ['', 'original message before SpamAssassin'],
      ),
    ]),
  ),
  program('saved-page', (scene) => {
    const page = mail(
      6,
      multi('multipart/related; type="text/html"', '----=_NextPart_000_0000', [
        textPart(html(scene.text), {
          ...modern(scene.text, 1),
          subtype: 'html',
          head: ['Content-Location: https://www.src.test/'],
        }),
      ]),
    )
    return multi('multipart/mixed', 'mht', [
      textPart('The page.', {}),
      messagePart(
        page,
        ['Content-Type: message/rfc822; name="page.mht"', 'Content-Disposition: attachment; filename="page.mht"'],
        ['page.mht'],
      ),
    ])
  }),
  program('listserv-digest', (scene) =>
    multi('multipart/mixed', 'Listserv', [
      textPart('There are 2 messages in this issue.', { charset: 'us-ascii' }),
      multi('multipart/digest', 'ListservDigest', [
        messagePart(mail(7, body(scene)), ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: 8bit'], ['']),
        messagePart(mail(8, textPart('Eight.', {})), ['Content-Type: message/rfc822'], ['']),
      ]),
    ]),
  ),
]

/** Mails that wrap or carry something. */
export const wrapped: readonly Program[] = [...tnefs, opaque, enveloped, pgpMime, pgpInline, signedForward, ...carriers]
