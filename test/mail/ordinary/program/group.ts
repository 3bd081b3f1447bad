/** Mails of mailing lists and calendars, signed mails. */
import { base64 } from '../../generate/build.ts'
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

const FOOTER =
  '_______________________________________________\r\nUsers mailing list\r\nUsers@lists.test\r\nhttps://lists.test/mailman/listinfo/users\r\n'

function bodyOf({ text, files, turn }: Scene): Piece {
  const body = textPart(text, modern(text, turn))
  const parts = files.map((file) =>
    filePart(file, 'word', ['Content-Type: %t; %n', 'Content-Disposition: attachment; %f']),
  )
  return parts.length === 0 ? body : multi('multipart/mixed', `inner${turn}0123`, [body, ...parts])
}

const LIST = [
  'Sender: users-bounces@lists.test',
  'List-Id: Users <users.lists.test>',
  'Precedence: list',
  'X-Mailman-Version: 2.1.39',
]

const mailman: Program = {
  name: 'list-footer',
  share: 12,
  write(scene) {
    const footer = plainPart(
      [
        'Content-Type: text/plain; charset="us-ascii"',
        'MIME-Version: 1.0',
        'Content-Transfer-Encoding: 7bit',
        'Content-Disposition: inline',
      ],
      FOOTER,
    )
    return withHead(
      envelope(scene, LIST),
      multi('multipart/mixed', '===============0123456789==', [bodyOf(scene), footer]),
    )
  },
}

const footerInText: Program = {
  name: 'list-footer-in-text',
  share: 6,
  write(scene) {
    const text = { ...scene.text, text: `${scene.text.text}\r\n${FOOTER}` }
    return withHead(envelope(scene, LIST), textPart(text, modern(text, scene.turn)))
  },
}

function post(n: number, inner: Piece): Piece {
  return withHead(
    [`From: Member ${n} <m${n}@src.test>`, `Subject: post ${n}`, `Message-ID: <${n}@src.test>`, 'MIME-Version: 1.0'],
    inner,
  )
}

const digest: Program = {
  name: 'list-digest',
  share: 8,
  write(scene) {
    const posts = [0, 1, 2].map((n) => post(n, n === 1 ? bodyOf(scene) : textPart(`Post ${n}.`, {})))
    // Without a type, a part of a digest is a message: one blank line is its header.
    const parts = posts.map((one) => ({
      raw: `\r\n${one.raw}`,
      attachments: [{ bytes: Buffer.from(one.raw, 'latin1'), names: [''] }, ...one.attachments],
    }))
    const masthead = textPart('Send submissions to users@lists.test', {
      charset: 'us-ascii',
      head: ['Content-Description: Masthead (Users digest, Vol 1)'],
    })
    return withHead(
      envelope(scene, LIST),
      multi('multipart/mixed', '===============9876543210==', [
        masthead,
        multi('multipart/digest', '===============5555555555==', parts),
        plainPart(
          [
            'Content-Type: text/plain; charset="us-ascii"',
            'Content-Description: Digest Footer',
            'Content-Disposition: inline',
          ],
          FOOTER,
          ['', 'Digest Footer'],
        ),
      ]),
    )
  },
}

const plainDigest: Program = {
  name: 'list-digest-plain',
  share: 5,
  write(scene) {
    const bar = '-'.repeat(70)
    const posts = [0, 1].map(
      (n) =>
        `Message: ${n + 1}\r\nDate: Mon, 2 Mar 2026 09:12:40 +0100\r\nFrom: Member ${n} <m${n}@src.test>\r\nSubject: post ${n}\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\nPost ${n}.\r\n\r\n`,
    )
    const text = `Today's Topics:\r\n\r\n   1. post 0\r\n   2. post 1\r\n\r\n${bar}\r\n\r\n${posts.join('------------------------------\r\n\r\n')}${'-'.repeat(30)}\r\n\r\nEnd of Users Digest\r\n*******************\r\n`
    return withHead(envelope(scene, LIST), textPart(text, { charset: 'us-ascii' }))
  },
}

const EVENT = [
  'BEGIN:VEVENT',
  'UID:1@src.test',
  'DTSTAMP:20260302T081240Z',
  'DTSTART:20260303T100000Z',
  'DTEND:20260303T110000Z',
  'SUMMARY:Meeting',
  'ORGANIZER;CN=Alex:mailto:alex@src.test',
  'ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Kim:mailto:kim@dst.test',
  'DESCRIPTION:A description that is long enough to be folded over two lines of',
  '  the calendar\\, as it should be',
  'ATTACH:https://www.src.test/agenda.pdf',
  'BEGIN:VALARM',
  'TRIGGER:-PT15M',
  'ACTION:DISPLAY',
  'DESCRIPTION:Reminder',
  'END:VALARM',
  'END:VEVENT',
]
const CALENDAR = [
  'BEGIN:VCALENDAR',
  'PRODID:-//src.test//EN',
  'VERSION:2.0',
  'METHOD:REQUEST',
  ...EVENT,
  'END:VCALENDAR',
  '',
].join('\r\n')

const google: Program = {
  name: 'invitation-google',
  share: 10,
  write(scene) {
    const invite = Buffer.from(CALENDAR)
    const calendar = plainPart(
      ['Content-Type: text/calendar; charset="UTF-8"; method=REQUEST', 'Content-Transfer-Encoding: 7bit'],
      CALENDAR,
    )
    const body = multi('multipart/alternative', '000000000000aaaa', [
      textPart(scene.text, modern(scene.text, 2)),
      textPart(html(scene.text), { ...modern(scene.text, 1), subtype: 'html' }),
      calendar,
    ])
    const file = filePart({ name: 'invite.ics', type: 'application/ics', bytes: invite }, 'word', [
      'Content-Type: %t; %n',
      'Content-Disposition: attachment; %f',
    ])
    return withHead(envelope(scene), multi('multipart/mixed', '000000000000bbbb', [body, file]))
  },
}

const outlook: Program = {
  name: 'invitation-outlook',
  share: 10,
  write(scene) {
    const bytes = Buffer.from(CALENDAR)
    const calendar = piece(
      ['Content-Type: text/calendar; charset="utf-8"; method=REQUEST', 'Content-Transfer-Encoding: base64'],
      base64(bytes),
      [{ bytes, names: [''] }],
    )
    const parts = [
      textPart(scene.text, modern(scene.text, 1)),
      textPart(html(scene.text), { ...modern(scene.text, 1), subtype: 'html' }),
      calendar,
    ]
    return withHead(
      envelope(scene, ['Content-class: urn:content-classes:calendarmessage']),
      multi('multipart/alternative', '_000_inv_', parts),
    )
  },
}

const reply: Program = {
  name: 'invitation-reply',
  share: 5,
  write(scene) {
    const text = CALENDAR.replace('REQUEST', 'REPLY')
    return withHead(
      envelope(scene),
      plainPart(['Content-Type: text/calendar; method=REPLY; charset=UTF-8', 'Content-Transfer-Encoding: 7bit'], text),
    )
  },
}

const smime: Program = {
  name: 'signed-smime',
  share: 12,
  write(scene) {
    const signature = filePart(
      { name: 'smime.p7s', type: 'application/pkcs7-signature', bytes: Buffer.from('3080060a2b0601', 'hex') },
      'word',
      [
        'Content-Type: %t; %n',
        'Content-Disposition: attachment; %f',
        'Content-Description: S/MIME Cryptographic Signature',
      ],
    )
    return withHead(
      envelope(scene),
      multi(
        'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256',
        '------------ms0102030405',
        [bodyOf(scene), signature],
        'This is a cryptographically signed message in MIME format.',
      ),
    )
  },
}

const SIGNATURE = [
  '-----BEGIN PGP SIGNATURE-----',
  '',
  'iHUEARYKAB0WIQQAAAAAAAAAAAAAAAAAAAAAAAAAAAUCZeLZAAAKCRAAAAAAAAAAAAAA',
  'AAAAAQDx2nq0aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8=',
  '=aB3d',
  '-----END PGP SIGNATURE-----',
  '',
].join('\r\n')

const pgp: Program = {
  name: 'signed-pgp',
  share: 12,
  write(scene) {
    const signature = plainPart(
      [
        'Content-Type: application/pgp-signature; name="signature.asc"',
        'Content-Description: OpenPGP digital signature',
        'Content-Disposition: attachment; filename="signature.asc"',
      ],
      SIGNATURE,
      ['signature.asc'],
    )
    return withHead(
      envelope(scene),
      multi(
        'multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"',
        '------------pgp0123',
        [bodyOf(scene), signature],
        'This is an OpenPGP/MIME signed message (RFC 4880 and 3156)',
      ),
    )
  },
}

/** A signature in the text hides nothing: what is signed is the text itself. */
const clearSigned: Program = {
  name: 'signed-inline',
  share: 8,
  write(scene) {
    const escaped = scene.text.text.replace(/^-/gm, '- -')
    const text = `-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\n${escaped}\r\n${SIGNATURE}`
    return withHead(envelope(scene), textPart(text, modern({ ...scene.text, text }, scene.turn)))
  },
}

const PATCH = [
  'From 1234567890abcdef1234567890abcdef12345678 Mon Sep 17 00:00:00 2001',
  'From: Alex <alex@src.test>',
  'Date: Mon, 2 Mar 2026 09:12:40 +0100',
  'Subject: [PATCH] Add a file',
  '',
  '---',
  ' a.txt | 1 +',
  ' 1 file changed, 1 insertion(+)',
  ' create mode 100644 a.txt',
  '',
  'diff --git a/a.txt b/a.txt',
  'new file mode 100644',
  'index 0000000..7898192',
  '--- /dev/null',
  '+++ b/a.txt',
  '@@ -0,0 +1 @@',
  '+a',
  '-- ',
  '2.39.2',
  '',
].join('\r\n')

/** A patch as git makes it is a message by its look. */
const patch: Program = {
  name: 'patch-file',
  share: 4,
  write(scene) {
    const file = plainPart(
      [
        'Content-Type: text/x-patch; charset=us-ascii',
        'Content-Disposition: attachment; filename="0001-Add-a-file.patch"',
      ],
      PATCH,
      ['0001-Add-a-file.patch'],
    )
    return withHead(
      envelope(scene),
      multi('multipart/mixed', '------------patch0123', [textPart(scene.text, modern(scene.text, 1)), file]),
    )
  },
}

const archive: Program = {
  name: 'list-forward',
  share: 4,
  write(scene) {
    const inner = messagePart(post(7, bodyOf(scene)), ['Content-Type: message/rfc822', 'MIME-Version: 1.0'], [''])
    return withHead(
      envelope(scene, LIST),
      multi('multipart/mixed', '===============1111111111==', [
        textPart('As list administrator, your authorization is requested.', {}),
        inner,
      ]),
    )
  },
}

/** Lists, calendars, signatures. */
export const groups: readonly Program[] = [
  mailman,
  footerInText,
  digest,
  plainDigest,
  google,
  outlook,
  reply,
  smime,
  pgp,
  clearSigned,
  patch,
  archive,
]
