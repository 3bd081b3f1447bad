/** Eight mails that tell what the filter does. */
import { eicar, mail, manyAttachments, nested } from '../postfix/mail.ts'

export interface TellingMail {
  readonly title: string
  readonly message: Buffer
  /** Sent while the filter is stopped. */
  readonly isFilterStopped?: boolean
}

export function tellingMails(): readonly TellingMail[] {
  return [
    {
      title: 'clean',
      message: mail({ attachments: [{ name: 'notes.txt', type: 'text/plain', content: 'minutes of the meeting' }] }),
    },
    { title: 'EICAR', message: mail({ attachments: [{ name: 'eicar.com', content: eicar() }] }) },
    {
      title: 'EICAR as image/png, inline',
      message: mail({
        attachments: [{ name: 'logo.png', type: 'image/png', disposition: 'inline', content: eicar() }],
      }),
    },
    {
      title: 'EICAR in a nested message',
      message: mail({
        attachments: [nested(mail({ boundary: 'inner', attachments: [{ name: 'eicar.com', content: eicar() }] }))],
      }),
    },
    { title: 'RFC 2231 name in two charsets', message: mail({ attachments: [twoCharsets()] }) },
    { title: '300 attachments', message: mail({ attachments: manyAttachments(300) }) },
    { title: 'broken MIME structure, EICAR', message: brokenStructure() },
    { title: 'while the filter is stopped', message: mail({}), isFilterStopped: true },
  ]
}

/** A name that is written twice, once in ISO 8859-1 and once in UTF-8: RFC 2231 section 4 against RFC 2047 in quotes. */
function twoCharsets() {
  const headers = [
    'Content-Disposition: attachment; filename="=?iso-8859-1?Q?Rechnung_f=FCr_M=E4rz.txt?=";',
    " filename*0*=utf-8''Rechnung%20f%C3%BCr%20; filename*1*=M%C3%A4rz.txt",
  ]
  return { type: 'application/octet-stream', disposition: 'none', content: 'bill', headers } as const
}

/** The outer multipart is never closed, the inner one has no boundary parameter's closing line and an odd header. */
function brokenStructure(): Buffer {
  const whole = mail({ attachments: [{ name: 'eicar.com', content: eicar() }] }).toString('latin1')
  return Buffer.from(
    whole
      .replace(/--part-of-a-test-mail--\r\n$/, '')
      .replace('Content-Transfer', 'not a header line\r\nContent-Transfer'),
    'latin1',
  )
}
