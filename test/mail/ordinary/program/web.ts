/** Mails as web mail programs and services that send in bulk write them. */
import {
  envelope,
  filePart,
  html,
  legacy,
  modern,
  multi,
  type NameStyle,
  type Piece,
  type Program,
  textPart,
  withHead,
} from '../build.ts'

function mixed(files: readonly Piece[], body: Piece, boundary: string, preamble = ''): Piece {
  return files.length === 0 ? body : multi('multipart/mixed', boundary, [body, ...files], preamble)
}

const gmail: Program = {
  name: 'gmail',
  share: 20,
  write(scene) {
    const { text, files, turn } = scene
    const body = multi('multipart/alternative', `000000000000${turn}abcdef06`, [
      textPart(text, modern(text, turn)),
      textPart(`<div dir="ltr">${text.text.replaceAll('<', '&lt;').replaceAll('\r\n', '<br>\r\n')}</div>`, {
        ...modern(text, turn),
        subtype: 'html',
      }),
    ])
    const parts = files.map((file, i) =>
      filePart(file, 'word', [
        'Content-Type: %t; %n',
        'Content-Disposition: attachment; %f',
        `Content-ID: <f_m0${i}k2j3h4>`,
        `X-Attachment-Id: f_m0${i}k2j3h4`,
      ]),
    )
    const signature =
      'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=src.test; s=20230601;\r\n        h=to:subject:message-id:date:from:mime-version;\r\n        bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n        b=c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl\r\n         c2lnbmF0dXJlc2lnbmF0dXJl=='
    return withHead(
      [signature, 'X-Gm-Message-State: AOJu0YyYc2lnbmF0dXJl', ...envelope(scene)],
      mixed(parts, body, `00000000000${turn}fedcba07`),
    )
  },
}

function webMail(
  name: string,
  share: number,
  boundary: string,
  style: NameStyle,
  preamble: string,
  head: readonly string[],
): Program {
  return {
    name,
    share,
    write(scene) {
      const { text, files, turn } = scene
      const parts = files.map((file) => filePart(file, style, head))
      return withHead(
        envelope(scene),
        mixed(
          parts,
          textPart(text, { ...modern(text, turn), parameters: name === 'roundcube' ? ';\r\n format=flowed' : '' }),
          boundary,
          preamble,
        ),
      )
    },
  }
}

const horde: Program = {
  name: 'horde',
  share: 8,
  write(scene) {
    const { text, files, turn } = scene
    const body = textPart(text, {
      ...legacy(text, turn),
      parameters: '; format=flowed; DelSp=Yes',
      head: ['Content-Disposition: inline'],
    })
    const parts = files.map((file) =>
      filePart(file, 'both', ['Content-Type: %t; %n', 'Content-Disposition: attachment; size=1; %f']),
    )
    return withHead(
      envelope(scene, ['User-Agent: Horde Application Framework 5']),
      mixed(parts, body, '=_c0ffee00decafbad', 'This message is in MIME format.'),
    )
  },
}

const PIXEL = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'
const BULK = [
  'List-Unsubscribe: <https://news.src.test/u/QWxhZGRpbjpvcGVuIHNlc2FtZQ>',
  'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  'Precedence: bulk',
  'Feedback-ID: 1:2:news:src',
]
const STYLE =
  '<style type="text/css">@media only screen and (max-width:600px){.c{width:100%!important}} .b:hover{color:#fff}</style>'
const MARKUP =
  '<script type="application/ld+json">{"@context":"http://schema.org","@type":"EmailMessage","potentialAction":{"@type":"ViewAction","target":"https://www.src.test/"}}</script>'

const newsletter: Program = {
  name: 'newsletter',
  share: 20,
  write(scene) {
    const { text, turn } = scene
    const page = html(
      text,
      `${STYLE}${turn % 3 === 0 ? MARKUP : ''}<!--[if mso]><v:rect></v:rect><![endif]--><table width="600"><tr><td>&nbsp;</td></tr></table><img src="https://t.src.test/o.gif?x=1" width="1" height="1">`,
    )
    const parts = [
      textPart(text, { ...modern(text, 1) }),
      textPart(page, { charset: 'utf-8', cte: turn % 2 === 0 ? 'quoted-printable' : 'base64', subtype: 'html' }),
    ]
    return withHead(
      envelope(scene, BULK),
      multi(
        'multipart/alternative',
        `b1_${turn}9f86d081884c7d659a2feaa0c55ad015`,
        parts,
        'This is a multi-part message in MIME format.',
      ),
    )
  },
}

const htmlOnly: Program = {
  name: 'html-only',
  share: 10,
  write(scene) {
    const { text, turn } = scene
    return withHead(envelope(scene, BULK), textPart(html(text, STYLE), { ...modern(text, turn), subtype: 'html' }))
  },
}

/** A picture in an address is a file that the mail brings, so it is a sample; it is no oddity. */
const dataPicture: Program = {
  name: 'data-picture',
  share: 6,
  write(scene) {
    const { text, turn } = scene
    const page = textPart(html(text, `<img src="${PIXEL}" alt="">`), { ...modern(text, turn), subtype: 'html' })
    const pixel = { bytes: Buffer.from(PIXEL.slice(PIXEL.indexOf(',') + 1), 'base64'), names: [''] }
    const body = multi('multipart/alternative', '_----------=_1234567890', [textPart(text, modern(text, turn)), page])
    return withHead(envelope(scene, BULK), { raw: body.raw, attachments: [pixel] })
  },
}

/** Web mail and bulk mail. */
export const web: readonly Program[] = [
  gmail,
  webMail(
    'roundcube',
    10,
    '=_9f86d081884c7d659a2feaa0c55ad015',
    'pieces',
    '',
    [
      'Content-Transfer-Encoding-Note: none',
      'Content-Type: %t;\r\n %n',
      'Content-Disposition: attachment;\r\n %f;\r\n size=1',
    ].slice(1),
  ),
  webMail('yahoo', 8, '----=_Part_1234_567890.1772438400000', 'word', '', [
    'Content-Type: %t; %n',
    'Content-Disposition: attachment; %f',
    'X-Apple-Content-Length: 1',
  ]),
  webMail('gmx', 8, 'sgnirk-1a2b3c4d-5e6f', 'extended', '', [
    'Content-Type: %t',
    'Content-Disposition: attachment; %f',
  ]),
  webMail('sogo', 6, '----=_=-_OpenGroupware_org_NGMime-1234-1772438400.123456-0------', 'word', '', [
    'content-type: %t; %n',
    'content-disposition: attachment; %f',
  ]),
  horde,
  newsletter,
  htmlOnly,
  dataPicture,
]
