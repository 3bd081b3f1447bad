/** Names that Python's email package writes are read as it means them: a second implementation of RFC 2047 and RFC 2231. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import test from 'node:test'
import fc from 'fast-check'
import { namesIn } from './part.ts'

/** Reads a JSON list of [name, charset]; writes for each the fields in four forms, as latin1 text. */
const WRITER = `
import json, sys
from email import charset, header, message, policy, utils
from email.message import EmailMessage, Message
def fields(name, cs):
    old = Message()
    old.add_header('Content-Disposition', 'attachment', filename=(cs, '', name))
    extended = old['Content-Disposition']
    c = charset.Charset(cs)
    forms = ["attachment; filename*=" + extended.split('filename*=')[1]]
    for encoding in (charset.QP, charset.BASE64):
        c.header_encoding = encoding
        words = header.Header(name, charset=c, maxlinelen=60, header_name='x').encode(linesep='\\r\\n').strip()
        forms.append('attachment;\\r\\n filename="' + words + '"')
    new = EmailMessage(policy=policy.SMTP.clone(max_line_length=60))
    new['Content-Disposition'] = 'attachment'
    new.set_param('filename', name, header='Content-Disposition')
    forms.append(new.as_bytes().decode('ascii').split('\\r\\n\\r\\n')[0].split(': ', 1)[1])
    return forms
json.dump([fields(*each) for each in json.load(sys.stdin)], sys.stdout)
`

const ALPHABETS: readonly (readonly [charset: string, letters: string])[] = [
  ['utf-8', 'aZ09 ._-()äßéñøłžαωжщяіאבגعربहिक日本語報告テスト合同文件한국어👍€–“”'],
  ['iso-8859-1', 'aZ09 ._-()äöüßéñøçÅ'],
  ['iso-8859-2', 'aZ09 ._-łóżźćęąšč'],
  ['koi8-r', 'aZ09 ._-жщяПРИВЕТ'],
  ['windows-1251', 'aZ09 ._-жщяПРИВЕТіїє'],
  ['gb2312', 'aZ09 ._-合同文件报告测试'],
  ['big5', 'aZ09 ._-報告測試文件'],
  ['shift_jis', 'aZ09 ._-日本語テスト表能'],
  ['euc-jp', 'aZ09 ._-日本語テスト'],
  ['euc-kr', 'aZ09 ._-보고서한국어'],
]

const named = fc
  .constantFrom(...ALPHABETS)
  .chain(([charset, letters]) =>
    fc
      .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 60 })
      .map((chars): [string, string] => [
        `n${chars.join('').replace(/\s+/g, ' ').trim()}ß.exe`.replace('ß', ''),
        charset,
      ]),
  )

test('names written by Python in four forms are read as they were', () => {
  const names = fc.sample(named, { numRuns: 400, seed: 2047 })
  const { stdout, stderr, status } = spawnSync('python3', ['-c', WRITER], {
    input: JSON.stringify(names),
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  })
  assert.equal(status, 0, stderr)
  const written: unknown = JSON.parse(stdout)
  assert.ok(Array.isArray(written) && written.length === names.length)

  for (const [i, [name, charset]] of names.entries())
    for (const field of written[i] as string[]) {
      const found = namesIn([`Content-Disposition: ${field}`])

      assert.equal(found.name, name, `${charset}: ${field}`)
      assert.deepEqual(found.suspicious, [], field)
    }
})
