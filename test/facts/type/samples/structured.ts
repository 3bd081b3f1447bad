/** Texts with a form of their own. */
import { type TypeSamples, texts } from './sample.ts'

/** A file of sections: with the section first, behind a comment, and behind another section. */
function ini(type: string, section: string, keys: string): TypeSamples {
  const body = `[${section}]\r\n${keys}\r\n`
  return texts(
    type,
    [body, `; own comment\r\n\r\n${body}`, `[Other]\r\nA=1\r\n\r\n${body.toUpperCase()}`],
    [`see [${section}] in the manual: ${keys}\r\n`, `[${section}x]\r\nOther=1\r\n`],
  )
}

const MAIL =
  'Received: from a.test by b.test; Mon, 23 Nov 2026 10:00:00 +0000\r\nFrom: a@b.test\r\nTo: c@d.test\r\nSubject: x\r\n\r\nbody\r\n'
const BASE64 = 'TUlJQmFzZTY0VGV4dFRoYXRJc05vdEFLZXk='
const pem = (label: string) => `-----BEGIN ${label}-----\n${BASE64}\n-----END ${label}-----\n`

/** Samples of structured text. */
export const STRUCTURED_SAMPLES: readonly TypeSamples[] = [
  texts(
    'text/calendar',
    [
      'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n',
      'begin:vcalendar\nPRODID:x\n',
      '\ufeffBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n',
    ],
    ['BEGIN:VCALENDARX\r\n', 'x BEGIN:VCALENDAR\r\n'],
  ),
  texts(
    'text/vcard',
    ['BEGIN:VCARD\r\nVERSION:3.0\r\n', 'begin:vcard\nfn:x\n', '\nBEGIN:VCARD\r\nVERSION:2.1\r\n'],
    ['BEGIN:VCARDS\r\n', 'END:VCARD\r\n'],
  ),
  texts(
    'message/rfc822',
    [
      MAIL,
      'From: a@b.c\r\nMIME-Version: 1.0\r\n\r\nbody',
      'MIME-Version: 1.0\nSubject: a\n b\nContent-Type: text/plain\n\nx',
    ],
    ['Note: buy milk\r\nDate: today\r\n', 'Content-Type is a field.\n', 'From: me\nTo: you\n\nhello\n'],
  ),
  texts(
    'application/mbox',
    [
      `From a@b.test Mon Nov 23 10:00:00 2026\n${MAIL}`,
      `From MAILER-DAEMON Mon Nov 23 10:00:00 2026\n${MAIL}`,
      `From - Mon Nov 23 10:00:00 2026\n${MAIL}\nFrom x Mon Nov 23 10:00:01 2026\n${MAIL}`,
    ],
    ['From here on it is 10:00 and all is well.\n', MAIL],
  ),
  texts(
    'application/x-mimearchive',
    [
      'From: <Saved by Blink>\r\nSnapshot-Content-Location: http://x.test/\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n\r\n--a\r\n',
      'From: "Saved by Windows Internet Explorer"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="b"\r\n\r\n',
      'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="c"\r\n\r\n--c\r\n',
    ],
    [MAIL, 'Saved by the bell\n'],
  ),
  texts(
    'application/pgp-encrypted',
    [pem('PGP MESSAGE'), `\n\n${pem('PGP MESSAGE')}`, '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nx\n'],
    ['-----BEGIN PGP MESSAGE\n', 'he wrote -----BEGIN PGP MESSAGE-----\n'],
  ),
  texts(
    'application/pgp-signature',
    [pem('PGP SIGNATURE'), `\n${pem('PGP SIGNATURE')}`, pem('PGP SIGNATURE').replaceAll('\n', '\r\n')],
    ['-----BEGIN SIGNATURE-----\n', 'a -----BEGIN PGP SIGNATURE-----\n'],
  ),
  texts(
    'application/pgp-keys',
    [pem('PGP PUBLIC KEY BLOCK'), pem('PGP PRIVATE KEY BLOCK'), `\n${pem('PGP PUBLIC KEY BLOCK')}`],
    ['-----BEGIN PGP KEY-----\n', 'a -----BEGIN PGP PUBLIC KEY BLOCK-----\n'],
  ),
  texts(
    'application/x-pem-file',
    [
      pem('CERTIFICATE'),
      pem('RSA PRIVATE KEY'),
      pem('CERTIFICATE REQUEST'),
      pem('PKCS7'),
      pem('ENCRYPTED PRIVATE KEY'),
      `Bag Attributes\n    x: y\n${pem('CERTIFICATE')}`,
    ],
    [pem('OWN THING'), 'BEGIN CERTIFICATE\n'],
  ),
  texts(
    'text/x-ms-regedit',
    [
      'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Own]\r\n',
      'REGEDIT4\r\n\r\n[HKEY_CLASSES_ROOT\\x]\r\n',
      '\ufeffWindows Registry Editor Version 5.00\r\n',
    ],
    ['The Windows Registry Editor\r\n', 'REGEDIT is a program\r\n'],
  ),
  texts(
    'text/x-sylk',
    ['ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K1\r\n', 'ID;POwn\nC;X1;Y1;E=1\nE\n', 'ID;PCALCOOO32\r\n'],
    ['ID;X\r\n', 'the ID;P\r\n'],
  ),
  texts(
    'text/x-ms-iqy',
    [
      'WEB\r\n1\r\nhttp://test.invalid/a\r\n',
      'WEB\n1\nhttps://test.invalid/\n\nSelection=1\n',
      'WEB\r\n1\r\nfile://x/y\r\n',
    ],
    ['WEB\r\n1\r\n', 'The WEB\r\n1\r\nhttp://x\r\n'],
  ),
  texts(
    'text/x-ms-oqy',
    ['XLODBC\r\n1\r\nDSN=own\r\n', 'XLODBC\n1\nDRIVER=x\n', '\nXLODBC\r\n1\r\nDSN=b\r\n'],
    ['XLODBC\r\n2\r\n', 'use XLODBC\r\n1\r\n'],
  ),
  texts(
    'application/x-rdp',
    [
      'full address:s:test.invalid\r\nscreen mode id:i:2\r\n',
      'screen mode id:i:1\r\ndrivestoredirect:s:*\r\n',
      'authentication level:i:0\nremoteapplicationprogram:s:x\n',
    ],
    ['full address: s:t, and more\r\n', 'full address:x:1\r\n'],
  ),
  ini('application/x-mswinurl', 'InternetShortcut', 'URL=http://test.invalid/'),
  ini('application/x-windows-scf', 'Shell', 'Command=2\r\nIconFile=\\\\test.invalid\\a.ico'),
  ini('application/x-windows-theme', 'Theme', 'DisplayName=Own\r\nBrandImage=\\\\test.invalid\\a'),
  ini('application/x-windows-scriptfile', 'ScriptFile', 'Path=C:\\own.vbs'),
  ini('application/x-autorun-inf', 'AutoRun', 'open=own.exe'),
  ini('application/x-setup-inf', 'Version', 'Signature="$CHICAGO$"'),
  texts(
    'application/x-windows-desktop-ini',
    [
      '[.ShellClassInfo]\r\nIconResource=\\\\test.invalid\\a,1\r\n',
      '[.ShellClassInfo]\nCLSID={0}\n',
      '; x\r\n[.ShellClassInfo]\r\nConfirmFileOp=0\r\n',
    ],
    ['[ShellClassInfo]\r\n', 'see [.ShellClassInfo] a=b\r\n'],
  ),
  texts(
    'application/x-ica',
    [
      '[WFClient]\r\nVersion=2\r\n',
      '[ApplicationServers]\r\nOwn=\r\n',
      '[Encoding]\r\nInputEncoding=UTF8\r\n[WFClient]\r\nVersion=2\r\n',
    ],
    ['[WFClients]\r\na=1\r\n', 'the [WFClient] x=1\r\n'],
  ),
  texts(
    'application/x-desktop',
    [
      '[Desktop Entry]\nType=Link\nURL=http://x.test\n',
      '# c\n[Desktop Entry]\nExec=own\n',
      '#!/usr/bin/env xdg-open\n[Desktop Entry]\nName=a\n',
    ],
    ['[Desktop Entries]\na=1\n', 'a [Desktop Entry] b=1\n'],
  ),
  texts(
    'text/x-ini',
    ['[own]\na=1\nb = 2\n', '; c\n[a b]\nx=y\n\n[c]\nz=1\n', '# c\n[x]\r\nlong key=1\r\n'],
    ['[1] is a note\n', '[own]\n', 'a=1\n'],
  ),
  texts(
    'text/x-diff',
    [
      'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n',
      '--- a.txt\n+++ b.txt\n@@ -1 +1 @@\n-x\n+y\n',
      `Index: a\n${'='.repeat(67)}\n--- a\n`,
    ],
    ['--- a line\n', 'diff is a program\n'],
  ),
  texts(
    'application/x-tex',
    [
      '\\documentclass{article}\n\\begin{document}x\\end{document}\n',
      '% c\n\n\\documentstyle[12pt]{report}\n',
      '\\begin{equation}x\\end{equation}\n',
    ],
    ['\\document\n', 'the \\documentclass line\n'],
  ),
  texts(
    'image/vnd.dxf',
    ['  0\r\nSECTION\r\n  2\r\nHEADER\r\n', '0\nSECTION\n2\nENTITIES\n', '999\nown\n0\nSECTION\n'],
    ['0\nSECTIONS\n', '1\nSECTION\n'],
  ),
  texts(
    'audio/x-mpegurl',
    ['#EXTM3U\n#EXTINF:1,a\nb.mp3\n', '\ufeff#EXTM3U\r\na\r\n', '#EXTM3U x-tvg-url=""\n'],
    ['#EXTM3\n', 'an #EXTM3U\n'],
  ),
  texts(
    'audio/x-scpls',
    ['[playlist]\nFile1=a\n', '[Playlist]\r\nNumberOfEntries=1\r\n', '\n[playlist]\nFile1=b\n'],
    ['[playlists]\nFile1=a\n', 'the [playlist]\n'],
  ),
  texts(
    'application/x-uuencode',
    ['begin 644 a.txt\n#86)C\n`\nend\n', 'begin 755 own.exe\nM\n', 'begin-base64 644 a\nYQ==\n====\n'],
    ['begin 999 things\n', 'begin at once\n'],
  ),
  texts(
    'application/x-yenc',
    [
      '=ybegin line=128 size=3 name=a\nabc\n=yend size=3\n',
      '=ybegin part=1 line=128 size=9 name=b\n',
      '=ybegin line=64 size=1 name=c d\n',
    ],
    ['=ybegin\n', 'x =ybegin line=128\n'],
  ),
  texts(
    'application/mac-binhex40',
    [
      '(This file must be converted with BinHex 4.0)\n\n:x:',
      '\n(This file must be converted with BinHex 4.0)\r\r:',
      '(this file must be converted with binhex;\n:',
    ],
    ['(This file must be converted)\n', 'see (This file must be converted with BinHex\n'],
  ),
  texts(
    'text/ldif',
    ['dn: cn=a,dc=b\nobjectClass: top\n', 'version: 1\ndn: uid=x\n', 'dn:: Y249YQ==\ncn: a\n'],
    ['dn: is short\n', 'version: 1\n'],
  ),
  texts(
    'text/x-ssh-public-key',
    [
      `ssh-rsa AAAA${'B3NzaC1yc2E'.repeat(5)} a@b\n`,
      `ssh-ed25519 AAAA${'C3NzaC1lZDI1'.repeat(4)}\n`,
      '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n',
    ],
    ['ssh-rsa is a kind of key\n', `ssh-own AAAA${'x'.repeat(30)}\n`],
  ),
  texts(
    'application/yaml',
    ['---\na: 1\nb:\n  - c\n', '%YAML 1.2\n---\na: b\n', '---\n# c\n- x\n- y\n'],
    ['---\nA line of a letter\n', '--\na: b\n'],
  ),
  texts(
    'application/json',
    ['{"a": 1}', '[1, 2, {"b": null}]\n', '{}', `{"a": [${'"x", '.repeat(5000)}"y"]}`],
    ['{a: 1}', '[1] a note', '{"a": }', '[1, 2'],
  ),
  texts(
    'application/x-ndjson',
    ['{"a":1}\n{"a":2}\n', '{"x":[]}\n{"y":{}}\n{"z":0}\n', '{"a":1}\r\n{"a":3}\r\n'],
    ['{"a":1}\nnothing\n', '{a}\n{b}\n'],
  ),
  texts(
    'text/csv',
    ['a,b,c\n1,2,3\n4,5,6\n', 'name;age;town\nx;1;y\nz;2;w\n', '"a, b",c,d\n"e",f,g\nh,i,j\n'],
    ['First, we go.\nThen, we stay.\nLast, we leave.\n', 'a,b\nc\nd,e,f\n'],
  ),
  texts(
    'text/tab-separated-values',
    ['a\tb\tc\n1\t2\t3\n4\t5\t6\n', 'x\ty\tz\n\t\t\n1\t2\t3\n', 'a\tb\n1\t2\n3\t4\n5\t6\n7\t8\n'],
    ['a\tb\nc\n', '\ta\nb\n'],
  ),
  texts(
    'image/x-xpixmap',
    [
      '/* XPM */\nstatic char *a[] = {\n"1 1 1 1"};\n',
      '/* XPM */\nstatic const char * const own[] = {',
      '/* XPM */\n/* columns */\n',
    ],
    ['/* XPMs */\n', 'x /* XPM */\n'],
  ),
  texts(
    'image/x-portable-anymap',
    ['P3\n2 2\n255\n0 0 0\n', 'P1\n# c\n2 2\n0 1\n', 'P5 640 480 255\n'],
    ['P8\n2 2\n', 'P3 is a page\n'],
  ),
]
