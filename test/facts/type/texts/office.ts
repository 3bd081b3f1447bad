/** Texts of every day at work: lists, logs, notes about programs. Expected type first where it is not plain text. */

/** What it is → its type, and the text. */
export const WORK: Readonly<Record<string, readonly [type: string, text: string]>> = {
  shopping: ['text/plain', '- milk\n- bread (2)\n- 500 g flour\n* eggs\n+ sugar\n'],
  recipe: [
    'text/plain',
    'Pancakes\n\n200 g flour\n2 eggs\n1/2 l milk\n\nMix all, let it rest for 30 min, then fry. Repeat until done.\n',
  ],
  minutes: [
    'text/plain',
    'Minutes, 3 May\n\nPresent: A, B, C\n\n1. Budget: export to the new list, set by Bob\n2. Any other business: none\nEnd: 11:30\n',
  ],
  todo: ['text/plain', '[x] call Anna\n[ ] print the list\n[ ] return the key\n[ ] delete old mails\n'],
  address: ['text/plain', 'Own Ltd.\n12 High Street\nLondon SW1A 1AA\nTel: +44 20 7946 0000\n'],
  invoice: [
    'text/plain',
    'Invoice 2024-17\n\nItem            Qty   Price\nChair             2   49.90\nTable             1  199.00\n---------------------------\nTotal                298.80 EUR\n',
  ],
  timetable: [
    'text/plain',
    '08:00  Breakfast\n09:30  Opening (room 1)\n10:15  Talk: "What is new?"\n12:00  Lunch; end of part one\n',
  ],
  semicolonCsv: ['text/csv', 'Name;Ort;Betrag\nMüller;Berlin;1,50\nMeier;Köln;2,75\nSchulz;Bonn;3,00\n'],
  commaCsv: ['text/csv', 'id,name,city\n1,"Smith, J.",London\n2,Brown,Leeds\n3,Jones,York\n'],
  tabs: ['text/tab-separated-values', 'id\tname\tcity\n1\tSmith\tLondon\n2\tBrown\tLeeds\n3\tJones\tYork\n'],
  quotedCsv: [
    'text/csv',
    '"Datum";"Text";"EUR"\n"01.02.2024";"Set of forks";"-12,00"\n"02.02.2024";"Call; return";"3,00"\n"03.02.2024";"End";"1,00"\n',
  ],
  syslog: [
    'text/plain',
    'Jan  1 10:00:00 host sshd[123]: Accepted publickey for root from 192.0.2.1 port 22 ssh2\nJan  1 10:00:01 host CRON[124]: (root) CMD (test -x /usr/sbin/own && /usr/sbin/own)\nJan  1 10:00:02 host kernel: [ 0.000000] Command line: BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet\n',
  ],
  accessLog: [
    'text/plain',
    '192.0.2.1 - - [01/Jan/2024:10:00:00 +0000] "GET /index.php?a=1 HTTP/1.1" 200 512 "-" "Mozilla/5.0 (X11; Linux x86_64)"\n192.0.2.2 - - [01/Jan/2024:10:00:01 +0000] "POST /eval.js HTTP/1.1" 404 196 "-" "curl/7.88"\n',
  ],
  mailLog: [
    'text/plain',
    'Jan  1 10:00:00 mx postfix/smtpd[99]: connect from own.invalid[192.0.2.1]\nJan  1 10:00:00 mx postfix/cleanup[98]: 4ABC: message-id=<1@own.invalid>\nJan  1 10:00:01 mx postfix/qmgr[97]: 4ABC: from=<a@own.invalid>, size=1234, nrcpt=1 (queue active)\n',
  ],
  pythonTrace: [
    'text/plain',
    'Traceback (most recent call last):\n  File "/srv/own.py", line 12, in <module>\n    main()\n  File "/srv/own.py", line 7, in main\n    x = int(y)\nValueError: invalid literal for int() with base 10: \'a\'\n',
  ],
  javaTrace: [
    'text/plain',
    'Exception in thread "main" java.lang.NullPointerException\n\tat org.own.Main.run(Main.java:12)\n\tat org.own.Main.main(Main.java:5)\nCaused by: java.io.IOException: closed\n\t... 2 more\n',
  ],
  buildLog: [
    'text/plain',
    'gcc -O2 -c a.c -o a.o\na.c:3:5: warning: unused variable\ngcc -o a a.o\nmake[1]: Leaving directory\n0 errors, 1 warning\n',
  ],
  ping: [
    'text/plain',
    'PING own.invalid (192.0.2.1) 56(84) bytes of data.\n64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.045 ms\n\n--- own.invalid ping statistics ---\n1 packets transmitted, 1 received, 0% packet loss\n',
  ],
  dir: [
    'text/plain',
    ' Volume in drive C has no label.\n Directory of C:\\temp\n\n01/01/2024  10:00    <DIR>          .\n01/01/2024  10:00             1,234 a.bat\n               1 File(s)          1,234 bytes\n',
  ],
  ls: [
    'text/plain',
    'total 8\ndrwxr-xr-x 2 root root 4096 Jan  1 10:00 bin\n-rw-r--r-- 1 root root  123 Jan  1 10:00 a.sh\n',
  ],
  ipconfig: [
    'text/plain',
    'Windows IP Configuration\n\nEthernet adapter LAN:\n\n   IPv4 Address. . . . . . . : 192.0.2.5\n   Subnet Mask . . . . . . . : 255.255.255.0\n',
  ],
  readme: [
    'text/plain',
    '# Own tool\n\nA tool that counts words.\n\n## Install\n\nUnpack it, then call `make install` as root.\n\n* fast\n* small\n\nSee [the page](https://own.invalid/) for more.\n',
  ],
  manual: [
    'text/plain',
    'To see all files open a window and enter dir, then press Return. With the command copy a file is copied; del deletes it. The function keys are not used. Echo is off if you set it so, and rem marks a remark.\n',
  ],
  advice: [
    'text/plain',
    'Please run the following on your machine and send me what it says:\n\n    ipconfig /all\n\nIf that fails, restart the computer and try again. It is enough to call me when it is done, there is no need for an e-mail.\n',
  ],
  newsletter: [
    'text/plain',
    'NEWS FROM THE LIBRARY\n=====================\n\n* New books: "The function of art" and "Return to the island"\n* Opening hours: Mo-Fr 9-18\n* For children: print your own name!\n\nUnsubscribe: https://own.invalid/u?id=1&x=2\n',
  ],
  bounce: [
    'text/plain',
    "This is the mail system at host mx.own.invalid.\n\nI'm sorry to have to inform you that your message could not be delivered.\n\n<b@own.invalid>: host 192.0.2.1 said: 550 5.1.1 User unknown (in reply to RCPT TO command)\n",
  ],
  patternList: ['text/plain', '*.exe\n*.js\n!own.js\n/build/\n# comment\n'],
  cardConfig: [
    'text/plain',
    '<confdir:pcm/front.conf>\nown.pcm.front.0 {\n\t@args [ CARD ]\n\t@args.CARD {\n\t\ttype string\n\t}\n\ttype softvol\n\ttype hw\n\tdevice 0\n}\n',
  ],
  mentions: ['text/plain', '@anna please look at it\n@bob too\n@all thanks\n@carol hi\n'],
  sourceCpp: [
    'text/x-c',
    '#include "own.h"\nnamespace own {\ntemplate <typename T> class A {\npublic:\n  explicit A(const T &x) : x(x) {}\n  bool operator==(const A &o) const { return this->x == o.x; }\n  const T &get() const { return x; }\n};\n}\n',
  ],
  hosts: ['text/plain', '127.0.0.1 localhost\n192.0.2.1 own own.invalid # main\n::1 ip6-localhost\n'],
  base64: [
    'text/plain',
    'TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQsIGNvbnNlY3RldHVyIGFkaXBpc2NpbmcgZWxpdC4g\nU2VkIGRvIGVpdXNtb2QgdGVtcG9yIGluY2lkaWR1bnQgdXQgbGFib3JlIGV0IGRvbG9yZS4=\n',
  ],
  hexdump: [
    'text/plain',
    '00000000  48 65 6c 6c 6f 20 57 6f  72 6c 64 0a 00 01 02 03  |Hello World.....|\n00000010  ff fe fd fc 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n',
  ],
  digests: ['text/plain', `${'ab'.repeat(32)}  a.iso\n${'cd'.repeat(32)}  b.iso\n`],
  formulas: ['text/plain', 'E = mc^2\na^2 + b^2 = c^2\nf(x) = 2x + 1; f(0) = 1\n(a + b)(a - b) = a^2 - b^2\n'],
  chess: ['text/plain', '[Event "Own"]\n[White "A"]\n[Black "B"]\n\n1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 1-0\n'],
  urls: [
    'text/plain',
    'https://own.invalid/a?b=%20c&d=%2F%3A%41%42%43%44%45%46\nhttps://own.invalid/%E4%B8%AD%E6%96%87/%E6%97%A5%E6%9C%AC\nftp://own.invalid/x\n',
  ],
  percentages: ['text/plain', '10% off, 20%off, 30% of all; 5%-7% each, %a to %b %c%d\n'],
  json: ['application/json', '{"function": "eval", "return": ["var x = 1", {"if": null}]}\n'],
  yaml: ['application/yaml', '---\nname: own\nrun:\n  - echo hello\n  - exit 1\n'],
  ini: ['text/x-ini', '[main]\nname = own\ncommand = echo off\n'],
  calendar: [
    'text/calendar',
    'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Call\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
  ],
  sourceC: [
    'text/x-c',
    '#include <stdio.h>\n\n/* var x = eval("a"); */\nint main(void)\n{\n  if (1) { printf("function () { return 1; }"); }\n  return 0;\n}\n',
  ],
  sourceJava: [
    'text/x-java',
    'package org.own;\n\nimport java.util.List;\n\npublic class A {\n  private int b;\n  public int get() { return this.b; }\n}\n',
  ],
  sourceSql: [
    'application/sql',
    "CREATE TABLE a (id INT NOT NULL, b VARCHAR(10));\nINSERT INTO a VALUES (1, 'function');\nSELECT id FROM a WHERE id = 1;\n",
  ],
  sourceCss: [
    'text/css',
    '@import url("a.css");\nbody { color: red; margin: 0 }\na:hover { text-decoration: underline; }\n',
  ],
  diff: [
    'text/x-diff',
    'diff --git a/own.js b/own.js\n--- a/own.js\n+++ b/own.js\n@@ -1,2 +1,2 @@\n-var a = 1;\n+var a = 2;\n function f() { return a; }\n',
  ],
  question: [
    'text/plain',
    'Hi all,\n\nI wonder why my macro does nothing. In the book it says that one should write MsgBox and then the text, and Dim for each variable, but I see no window. Does anybody know how to set this up, and whether it works in the old version too? I have tried it on two machines, with and without the network, and asked our administrator who has no idea either.\n',
  ],
}
