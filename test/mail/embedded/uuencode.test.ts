import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, filesIn, onlyFile, run } from './tools.ts'

const content = bytesOf(1000)
const encoded = run('uuencode', ['a file.exe'], content).toString('latin1')

for (const size of [0, 1, 2, 3, 44, 45, 46, 1000]) {
  test(`${size} bytes of uuencode are the file that they were made of`, () => {
    const file = onlyFile(run('uuencode', ['x.bin'], bytesOf(size)))

    assert.deepEqual(file, { kind: 'uuencode', name: 'x.bin', bytes: bytesOf(size) })
  })
}

test('files between lines of text are found one by one, with blanks in their names', () => {
  const second = run('uuencode', ['second.txt'], 'second').toString()

  const found = filesIn(`Hello,\n\n${encoded}\nand\nbegin with the\nother:\n${second}Bye\n`)

  assert.deepEqual(
    found.map(({ name, bytes }) => [name, bytes]),
    [
      ['a file.exe', content],
      ['second.txt', Buffer.from('second')],
    ],
  )
})

const rewritten: Readonly<Record<string, (text: string) => string>> = {
  'CR LF': (text) => text.replaceAll('\n', '\r\n'),
  'bare CR': (text) => text.replaceAll('\n', '\r'),
  'a blank at each line end': (text) => text.replaceAll('\n', ' \n'),
  'empty lines between': (text) => text.replaceAll('\n', '\n\n'),
  'blanks instead of grave accents': (text) => text.replaceAll('`', ' '),
  'blanks at line ends lost': (text) => text.replaceAll('`', ' ').replaceAll(/ +\n/g, '\n'),
  'no end': (text) => text.replace(/`\nend\n$/, ''),
  'no line of zero': (text) => text.replace('`\nend', 'end'),
  'a checksum after each line': (text) => text.replaceAll(/^(M.*)$/gm, '$1Z'),
  'a mode that is no octal number': (text) => text.replace(/begin \d+/, 'begin 999'),
  'four digits of mode': (text) => text.replace(/begin \d+/, 'begin 0644'),
}
for (const [what, rewrite] of Object.entries(rewritten)) {
  test(`uuencode with ${what} gives the same file`, () => {
    assert.deepEqual(onlyFile(rewrite(encoded)).bytes, content)
    assert.equal(onlyFile(rewrite(encoded)).name, 'a file.exe')
  })
}

test('where other lines stand in the data, both what is before them and the whole are given', () => {
  const lines = encoded.split('\n')
  const text = [...lines.slice(0, 6), 'This line is something else.', ...lines.slice(6)].join('\n')

  const found = filesIn(text).map(({ bytes }) => bytes)

  assert.deepEqual(found, [content.subarray(0, 5 * 45), content])
})

test('what uudeview writes is read too', () => {
  const text = run('uuenview', ['-u', '-a'], '').toString()

  assert.deepEqual(filesIn(text), [])
})

test('a name in base64, as GNU writes it, is decoded', () => {
  assert.equal(onlyFile(run('uuencode', ['-e', 'für.exe'], content)).name, 'für.exe')
})

test('base64 after begin-base64 is a file', () => {
  for (const size of [0, 1, 2, 3, 1000])
    assert.deepEqual(onlyFile(run('uuencode', ['-m', 'b.bin'], bytesOf(size))).bytes, bytesOf(size))
  const named = onlyFile(run('uuencode', ['-m', '-e', 'für.exe'], content))

  assert.deepEqual(named, { kind: 'begin-base64', name: 'für.exe', bytes: content })
})

test('text that only speaks of beginning holds no file', () => {
  for (const text of [
    'begin',
    'We begin 644 times\n',
    'begin 10 minutes later\nThen go on\n',
    'begin \n',
    'begin 1\nend of it',
  ])
    assert.deepEqual(filesIn(text), [])
})

test('cut anywhere after its first lines, what was there is kept', () => {
  const head = encoded.indexOf('\n') + 1
  for (let length = head + 62; length < encoded.length; length += 37) {
    const { bytes } = onlyFile(encoded.slice(0, length))
    const whole = Math.floor((length - head) / 62) * 45

    assert.ok(bytes.length >= Math.min(whole, content.length))
    assert.deepEqual(bytes.subarray(0, whole), content.subarray(0, whole))
  }
})

test('lines without their zeros that unpack far end at a limit, which is named', () => {
  const { bytes, anomaly } = onlyFile(`begin 644 x\n${'M\n'.repeat(2 ** 20)}`)

  assert.equal(bytes.length, 16 * 2 ** 20)
  assert.equal(anomaly, 'decoded-bytes')
})
