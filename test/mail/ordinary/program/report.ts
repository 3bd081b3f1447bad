/** Reports of mail servers and programs (RFC 3464, RFC 8098, RFC 5965), and messages within messages. */
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

/** A mail that others report about or pass on. */
function original({ text, files, turn }: Scene): Piece {
  const head = [
    'From: Kim <kim@dst.test>',
    'To: alex@src.test',
    'Subject: earlier',
    'Date: Sun, 1 Mar 2026 10:00:00 +0100',
    `Message-ID: <${turn}.old@dst.test>`,
    'MIME-Version: 1.0',
  ]
  const body = textPart(text, modern(text, turn))
  const parts = files.map((file) =>
    filePart(file, 'word', ['Content-Type: %t; %n', 'Content-Disposition: attachment; %f']),
  )
  return withHead(head, parts.length === 0 ? body : multi('multipart/mixed', `old${turn}boundary`, [body, ...parts]))
}

const DELIVERY = [
  'Reporting-MTA: dns; mx.dst.test',
  'X-Postfix-Queue-ID: 4F1B2C0D3E',
  'Arrival-Date: Mon,  2 Mar 2026 09:12:44 +0100 (CET)',
  '',
  'Final-Recipient: rfc822; kim@dst.test',
  'Original-Recipient: rfc822;kim@dst.test',
  'Action: failed',
  'Status: 5.1.1',
  'Remote-MTA: dns; mail.dst.test',
  'Diagnostic-Code: smtp; 550 5.1.1 <kim@dst.test>: Recipient address rejected',
  '',
].join('\r\n')
const BOUNCE = [
  'This is the mail system at host mx.dst.test.',
  '',
  "I'm sorry to have to inform you that your message could not",
  "be delivered to one or more recipients. It's attached below.",
  '',
  '<kim@dst.test>: host mail.dst.test[192.0.2.9] said: 550 5.1.1',
  '    Recipient address rejected (in reply to RCPT TO command)',
  '',
].join('\r\n')

const postfix: Program = {
  name: 'bounce-postfix',
  share: 12,
  write(scene) {
    const parts = [
      piece(
        [
          'Content-Description: Notification',
          'Content-Type: text/plain; charset=utf-8',
          'Content-Transfer-Encoding: 8bit',
        ],
        BOUNCE,
      ),
      plainPart(['Content-Description: Delivery report', 'Content-Type: message/delivery-status'], DELIVERY, [
        '',
        'Delivery report',
      ]),
      messagePart(
        original(scene),
        ['Content-Description: Undelivered Message', 'Content-Type: message/rfc822', 'Content-Transfer-Encoding: 8bit'],
        ['', 'Undelivered Message'],
      ),
    ]
    return withHead(
      envelope(scene, ['Auto-Submitted: auto-replied']),
      multi(
        'multipart/report; report-type=delivery-status',
        `4F1B2C0D3E.177243840${scene.turn}/mx.dst.test`,
        parts,
        'This is a MIME-encapsulated message.',
      ),
    )
  },
}

const headersOnly: Program = {
  name: 'bounce-headers',
  share: 6,
  write(scene) {
    const head = original(scene).raw.split('\r\n\r\n')[0] ?? ''
    const parts = [
      piece(['Content-Description: Notification', 'Content-Type: text/plain; charset=us-ascii'], BOUNCE),
      plainPart(['Content-Description: Delivery report', 'Content-Type: message/delivery-status'], DELIVERY, [
        '',
        'Delivery report',
      ]),
      plainPart(
        ['Content-Description: Undelivered Message Headers', 'Content-Type: text/rfc822-headers'],
        `${head}\r\n`,
        ['', 'Undelivered Message Headers'],
      ),
    ]
    return withHead(
      envelope(scene, ['Auto-Submitted: auto-replied']),
      multi('multipart/report; report-type=delivery-status', `4F1B2C0D3E.177243840${scene.turn}/mx.dst.test`, parts),
    )
  },
}

const exchange: Program = {
  name: 'bounce-exchange',
  share: 6,
  write(scene) {
    const text = multi('multipart/alternative; differences=Content-Type', '9b8e_alt_', [
      textPart('Delivery has failed to these recipients.', {}),
      textPart('<html><body>Delivery has failed.</body></html>', { subtype: 'html', cte: 'quoted-printable' }),
    ])
    const parts = [
      text,
      plainPart(['Content-Type: message/delivery-status'], DELIVERY),
      messagePart(original(scene), ['Content-Type: message/rfc822'], ['']),
    ]
    return withHead(envelope(scene), multi('multipart/report; report-type=delivery-status', '9b8e_report_', parts))
  },
}

/** Bounces of old servers quote the message in the text (RFC 3834 says nothing of it). */
const qmail: Program = {
  name: 'bounce-qmail',
  share: 5,
  write(scene) {
    const text = `Hi. This is the qmail-send program at src.test.\r\nI'm afraid I wasn't able to deliver your message.\r\n\r\n<kim@dst.test>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nReturn-Path: <alex@src.test>\r\nFrom: Alex <alex@src.test>\r\nTo: kim@dst.test\r\nSubject: earlier\r\n\r\nGood morning.\r\n`
    return withHead(
      envelope(scene).filter((line) => !line.startsWith('MIME')),
      piece([], text),
    )
  },
}

const READ = [
  'Reporting-UA: mail.dst.test; Example 1.0',
  'Final-Recipient: rfc822;kim@dst.test',
  'Original-Message-ID: <1b2c@src.test>',
  'Disposition: manual-action/MDN-sent-manually; displayed',
  '',
].join('\r\n')
const receipt: Program = {
  name: 'receipt',
  share: 6,
  write(scene) {
    const parts = [
      textPart(scene.text, modern(scene.text, scene.turn)),
      plainPart(
        [
          'Content-Type: message/disposition-notification; name="MDNPart2.txt"',
          'Content-Disposition: inline',
          'Content-Transfer-Encoding: 7bit',
        ],
        READ,
        ['MDNPart2.txt'],
      ),
    ]
    return withHead(
      envelope(scene),
      multi('multipart/report; report-type=disposition-notification', '------------mdn0123', parts),
    )
  },
}

const abuse: Program = {
  name: 'abuse-report',
  share: 5,
  write(scene) {
    const feedback = 'Feedback-Type: abuse\r\nUser-Agent: Example/1.0\r\nVersion: 1\r\nSource-IP: 192.0.2.1\r\n'
    const parts = [
      textPart('This is an email abuse report.', {}),
      plainPart(['Content-Type: message/feedback-report'], feedback),
      messagePart(original(scene), ['Content-Type: message/rfc822', 'Content-Disposition: inline'], ['']),
    ]
    return withHead(envelope(scene), multi('multipart/report; report-type=feedback-report', 'arf_0123', parts))
  },
}

const forwarded: Program = {
  name: 'forwarded-file',
  share: 15,
  write(scene) {
    const name = 'earlier.eml'
    const inner = messagePart(
      original(scene),
      [`Content-Type: message/rfc822; name="${name}"`, `Content-Disposition: attachment; filename="${name}"`],
      [name],
    )
    return withHead(
      envelope(scene),
      multi('multipart/mixed', '------------fwd0123', [textPart('See the enclosed mail.', {}), inner]),
    )
  },
}

const outlookForwarded: Program = {
  name: 'forwarded-outlook',
  share: 8,
  write(scene) {
    const parts = [
      multi('multipart/alternative', '_000_fwd_', [
        textPart(scene.text, modern(scene.text, 1)),
        textPart(html(scene.text), { ...modern(scene.text, 1), subtype: 'html' }),
      ]),
      messagePart(
        original(scene),
        [
          'Content-Type: message/rfc822',
          'Content-Disposition: attachment;\r\n\tcreation-date="Mon, 02 Mar 2026 08:12:40 GMT"',
        ],
        [''],
      ),
    ]
    return withHead(envelope(scene), multi('multipart/mixed', '_002_fwd_', parts))
  },
}

const twice: Program = {
  name: 'forwarded-twice',
  share: 4,
  write(scene) {
    const middle = withHead(
      ['From: Kim <kim@dst.test>', 'Subject: Fwd: earlier', 'MIME-Version: 1.0'],
      multi('multipart/mixed', 'middle0123', [
        textPart('Below.', {}),
        messagePart(original(scene), ['Content-Type: message/rfc822'], ['']),
      ]),
    )
    return withHead(
      envelope(scene),
      multi('multipart/mixed', 'outer0123', [
        textPart('Again.', {}),
        messagePart(middle, ['Content-Type: message/rfc822'], ['']),
      ]),
    )
  },
}

/** Reports and messages passed on. */
export const reports: readonly Program[] = [
  postfix,
  headersOnly,
  exchange,
  qmail,
  receipt,
  abuse,
  forwarded,
  outlookForwarded,
  twice,
]
