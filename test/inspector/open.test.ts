import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Inspector, SampleTree } from '../../src/inspector/index.ts'
import { makeZip } from '../archive/make-zip.ts'
import { mailWith, never, readMessage, startRig } from './rig.ts'

const TEXT = Buffer.from('the innermost text')

async function* pieces(content: Buffer, size = 50_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size)
}

function open(inspector: Inspector, content: Buffer, passwords: readonly string[] = []): Promise<SampleTree> {
  return inspector.open(pieces(content), { name: 'sample', passwords }, never())
}

function archive(program: string, ...words: readonly string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-open-'))
  try {
    writeFileSync(join(folder, 'inner.txt'), TEXT)
    execFileSync(program, [...words, 'out.bin', 'inner.txt'], { cwd: folder, stdio: 'ignore' })
    return readFileSync(join(folder, 'out.bin'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('a parser process opens what lies in an encrypted archive in a message, with the password that the message tells', async (t) => {
  const { inspector } = await startRig(t)
  const sealed = archive('7zz', 'a', '-bd', '-t7z', '-mhe=on', '-pSommer42')
  const message = mailWith(sealed, 'invoice.7z').toString('latin1').replace('hello', 'Das Passwort lautet Sommer42.')

  const tree = await open(inspector, Buffer.from(message, 'latin1'))

  const inner = tree.members.find(({ name }) => name === 'inner.txt')
  assert.equal(inner?.content?.sha256, createHash('sha256').update(TEXT).digest('hex'))
  const outer = tree.members.find(({ name }) => name === 'invoice.7z')
  assert.deepEqual([outer?.opened.isEncrypted, outer?.opened.openedBy], [true, 'message'])
  assert.ok(!JSON.stringify(tree).includes('Sommer42'))
})

test('the password of an archive is found in a document beside it, of Word, Excel, OpenDocument or rich text', async (t) => {
  const { inspector } = await startRig(t)
  const sealed = archive('7zz', 'a', '-bd', '-t7z', '-mhe=on', '-pHerbst77')
  const said = '<w:p><w:r><w:t>Pass</w:t></w:r><w:r><w:t>wort: Herbst77</w:t></w:r></w:p>'
  const types = '<Types><Override ContentType="application/vnd.openxmlformats-officedocument'
  const documents = [
    zipOf({
      '[Content_Types].xml': `${types}.wordprocessingml.document.main+xml"/></Types>`,
      'word/document.xml': `<w:document><w:body>${said}</w:body></w:document>`,
    }),
    zipOf({
      '[Content_Types].xml': `${types}.spreadsheetml.sheet.main+xml"/></Types>`,
      'xl/sharedStrings.xml': '<sst><si><t>Kennwort Herbst77</t></si></sst>',
    }),
    zipOf({
      mimetype: 'application/vnd.oasis.opendocument.text',
      'content.xml': '<text:p>password is <text:span>Herbst77</text:span></text:p>',
    }),
    Buffer.from('{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\f0\\b Passwort\\b0 : Herbst77\\par}'),
  ]
  for (const document of documents) {
    const tree = await open(inspector, mailWithTwo(sealed, document))
    const outer = tree.members.find(({ name }) => name === 'invoice.7z')
    assert.equal(outer?.opened.openedBy, 'message', document.toString('latin1', 0, 200))
  }
})

function zipOf(parts: Readonly<Record<string, string>>): Buffer {
  return makeZip(
    Object.entries(parts).map(([name, text]) => ({ name, data: Buffer.from(text), isStored: name === 'mimetype' })),
  )
}

function mailWithTwo(first: Buffer, second: Buffer): Buffer {
  const part = `--b1\r\nContent-Type: application/octet-stream; name=second\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n${second.toString('base64')}\r\n`
  return Buffer.from(
    mailWith(first, 'invoice.7z')
      .toString('latin1')
      .replace(/--b1--\s*$/, `${part}--b1--\r\n`),
    'latin1',
  )
}

test('a message without the password leaves the archive closed, and the site may know it', async (t) => {
  const { inspector } = await startRig(t)
  const message = mailWith(archive('7zz', 'a', '-bd', '-t7z', '-mhe=on', '-pinfected'), 'invoice.7z')

  const closed = await open(inspector, message)
  const opened = await open(inspector, message, ['infected'])

  const of = (tree: SampleTree) => tree.members.find(({ name }) => name === 'invoice.7z')?.opened
  assert.deepEqual([of(closed)?.isEncrypted, of(closed)?.openedBy], [true, ''])
  assert.equal(of(opened)?.openedBy, 'site')
})

test('a process that opened a bomb names the limit and serves the next', async (t) => {
  const { inspector, events } = await startRig(t)
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))

  const tree = await open(inspector, bomb)

  assert.equal(tree.limit, 'container-ratio')
  assert.equal((await readMessage(inspector, 'Subject: next\r\n\r\n')).subject, 'next')
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'process-ended'),
    [],
  )
})

test('processor time ends an opening, and the process with it', async (t) => {
  const { inspector } = await startRig(t, { options: { limits: { cpu: '300ms', cpuPerMegabyte: '1ms' } } })
  const slow = archive('7zz', 'a', '-bd', '-t7z', '-mhe=on', '-psecret')
  const passwords = Array.from({ length: 20 }, (_, i) => `wrong${i}`)

  const tree = await open(inspector, slow, passwords)

  assert.deepEqual([tree.limit, tree.members], ['cpu-time', []])
})

test('whoever gives up an opening frees the process', async (t) => {
  const { inspector } = await startRig(t)
  const controller = new AbortController()
  async function* endless(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(300_000)
    controller.abort()
    yield Buffer.alloc(300_000)
  }

  await assert.rejects(inspector.open(endless(), { name: '', passwords: [] }, controller.signal))

  assert.equal((await readMessage(inspector, 'Subject: next\r\n\r\n')).subject, 'next')
})

test('what is no container has no members', async (t) => {
  const { inspector } = await startRig(t)

  const tree = await open(inspector, Buffer.from('plain text'))

  assert.deepEqual([tree.members, tree.limit, tree.sample.size], [[], '', 10])
})

test('an archive that wants more memory than a process has is unscannable, not empty', async (t) => {
  const { inspector } = await startRig(t)
  const content = archive('sh', '-c', 'xz --format=lzma --lzma1=dict=1536MiB -c < "$1" > "$0"')

  const tree = await open(inspector, content)

  assert.equal(tree.limit, 'container-memory')
})

test('what carries files as a message does is opened as a file of its own and in an archive', async (t) => {
  const { inspector } = await startRig(t)
  const data = TEXT.toString('base64')
  const carriers: Readonly<Record<string, string>> = {
    'a.uu': execFileSync('uuencode', ['inner.txt'], { input: TEXT }).toString(),
    'noted.txt': `Dear all,\n\nsee below\n\n${execFileSync('uuencode', ['-m', 'inner.txt'], { input: TEXT })}\n`,
    'a.ics': `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=inner.txt:${data}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
    'a.vcf': `BEGIN:VCARD\r\nVERSION:3.0\r\nPHOTO;ENCODING=b:${data}\r\nEND:VCARD\r\n`,
  }
  const zip = makeZip(Object.entries(carriers).map(([name, text]) => ({ name, data: Buffer.from(text) })))
  const sha256 = createHash('sha256').update(TEXT).digest('hex')
  const count = ({ members }: SampleTree) => members.filter(({ content }) => content?.sha256 === sha256).length

  for (const [name, text] of Object.entries(carriers)) {
    assert.equal(count(await open(inspector, Buffer.from(text))), 1, name)
  }
  assert.equal(count(await open(inspector, zip)), Object.keys(carriers).length)
})

test('what only looks as if it carried something is no container', async (t) => {
  const { inspector } = await startRig(t)

  for (const text of [
    'begin 644 of the year\nend\n',
    'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n',
    'data: begin\n'.repeat(90),
  ]) {
    assert.deepEqual((await open(inspector, Buffer.from(text))).root.formats, [], text)
  }
})

test('what was found before a process is killed is told with the limit', async (t) => {
  const { inspector } = await startRig(t, { options: { limits: { cpu: '300ms', cpuPerMegabyte: '1ms' } } })
  const slow = archive('7zz', 'a', '-bd', '-t7z', '-mhe=on', '-psecret')
  const passwords = Array.from({ length: 20 }, (_, i) => `wrong${i}`)
  const content = makeZip([
    { name: 'a.txt', data: TEXT },
    { name: 'slow.7z', data: slow },
  ])

  const tree = await open(inspector, content, passwords)

  assert.deepEqual([tree.limit, tree.root.limit], ['cpu-time', 'cpu-time'])
  assert.deepEqual(
    tree.members.map(({ name, content: found }) => [name, found?.size]),
    [
      ['a.txt', TEXT.length],
      ['slow.7z', slow.length],
    ],
  )
})

test('the test files of ClamAV that the reader of mail opens give their program', async (t) => {
  const { inspector } = await startRig(t)
  const program = createHash('sha256').update(readFileSync('/usr/share/clamav-testfiles/clam.exe')).digest('hex')

  for (const name of ['clam.mail', 'clam.exe.binhex', 'clam.exe.mbox.base64', 'clam.exe.mbox.uu']) {
    const { members } = await open(inspector, readFileSync(`/usr/share/clamav-testfiles/${name}`))
    assert.ok(
      members.some(({ content }) => content?.sha256 === program),
      name,
    )
  }
})

test('which password opened what is told beside the tree, and only to who asks for it', async (t) => {
  const { inspector } = await startRig(t, { passwords: 'infected' })
  const sealed = archive('zip', '-q', '-P', 'Sommer42')
  const ofSite = archive('7zz', 'a', '-bd', '-t7z', '-mhe=on', '-pinfected')
  const both = makeZip([
    { name: 'said.zip', data: sealed },
    { name: 'listed.7z', data: ofSite },
  ])
  const message = mailWith(both, 'both.zip').toString('latin1').replace('hello', 'Das Passwort lautet Sommer42.')
  const ask = (more: object) =>
    inspector.open(
      pieces(Buffer.from(message, 'latin1')),
      { name: '', passwords: [], isMessage: true, ...more },
      never(),
    )

  const told = await ask({ tellsPasswords: true })
  const silent = await ask({})

  const digestOf = (content: Buffer) => createHash('sha256').update(content).digest('hex')
  assert.deepEqual(told.passwords, [
    { sha256: digestOf(sealed), value: 'Sommer42' },
    { sha256: digestOf(ofSite), value: 'infected' },
  ])
  assert.ok(!JSON.stringify({ ...told, passwords: [] }).includes('Sommer42'))
  assert.ok(!JSON.stringify(silent).includes('Sommer42') && silent.passwords === undefined)
})
