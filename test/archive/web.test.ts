import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeZip } from './make-zip.ts'
import { memberNamed, open, openWithBytes } from './rig.ts'
import { inWorkshop } from './tools.ts'

const ARCHIVE = makeZip([{ name: 'invoice.exe', data: Buffer.from(`MZ${'x'.repeat(500)}`) }])
const BASE64 = ARCHIVE.toString('base64')

const PAGES: Readonly<Record<string, string>> = {
  'a link to data': `<html><a href="data:application/zip;base64,${BASE64}" download="invoice.zip">open</a></html>`,
  'atob and Blob': `<html><script>var name = 'invoice.zip'; var b = atob("${BASE64}"); new Blob([b])</script></html>`,
  'strings that are added': `<html><script>var s="${BASE64.slice(0, 100)}" + "${BASE64.slice(100, 200)}" +\n "${BASE64.slice(200)}"; navigator.msSaveBlob(new Blob([atob(s)]), "invoice.zip")</script></html>`,
  'an array of numbers': `<html><script>var a=new Uint8Array([${[...ARCHIVE].join(', ')}]); l.download = "invoice.zip"</script></html>`,
  'hexadecimal digits': `<html><script>var fileName = "invoice.zip"; var h='${ARCHIVE.toString('hex')}'</script></html>`,
  'escaped bytes': `<html><script>unescape("${ARCHIVE.toString('hex').replace(/../g, '%$&')}"); a.setAttribute('download', 'invoice.zip')</script></html>`,
}

test('a file that a page makes is found in every form, under the name that it is offered by', async () => {
  for (const [form, page] of Object.entries(PAGES)) {
    const { tree, bytes } = await openWithBytes(Buffer.from(page))

    assert.deepEqual(bytes.get(memberNamed(tree, 'invoice.zip').path), ARCHIVE, form)
    assert.equal(memberNamed(tree, 'invoice.exe').container, 'zip', form)
  }
})

test('a page in UTF-16 is read as such', async () => {
  const page = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(PAGES['atob and Blob'] ?? '', 'utf16le')])

  assert.equal(memberNamed(await open(page), 'invoice.exe').container, 'zip')
})

test('a plain page with a picture has the picture alone', async () => {
  const tree = await open(
    Buffer.from(`<html><p>${'long text '.repeat(100)}</p><img src="data:image/png;base64,iVBORw0KGgoAAAAN"></html>`),
  )

  assert.deepEqual(
    tree.nodes.map(({ declaredType, names }) => [declaredType, names.length]),
    [['image/png', 0]],
  )
})

test('scripts of an SVG picture are members', async () => {
  const { bytes } = await openWithBytes(
    Buffer.from('<?xml version="1.0"?><svg xmlns="x"><script type="text/javascript">location = "x"</script></svg>'),
  )

  assert.deepEqual([...bytes.values()].map(String), ['location = "x"'])
})

test('files attached to a PDF are found with their names, also where the description is compressed', async () => {
  const contents = await inWorkshop((shop) => {
    shop.put('invoice.exe', `MZ${'y'.repeat(5000)}`)
    shop.run('qpdf', '--empty', '--add-attachment', 'invoice.exe', '--', 'plain.pdf')
    shop.run('qpdf', '--object-streams=generate', '--compress-streams=y', 'plain.pdf', 'objects.pdf')
    shop.run('qpdf', '--stream-data=uncompress', 'plain.pdf', 'open.pdf')
    return ['plain.pdf', 'objects.pdf', 'open.pdf'].map((name) => shop.read(name))
  })

  for (const content of contents) {
    const { tree, textOf } = await openWithBytes(content)

    assert.equal(textOf('invoice.exe'), `MZ${'y'.repeat(5000)}`)
    assert.equal(tree.nodes.length, 1)
  }
})

test('an archive behind a program is opened, and a cabinet within it', async () => {
  const { exe, cab } = await inWorkshop((shop) => {
    shop.put('a.txt', 'inner')
    shop.run('7zz', 'a', '-bd', 'a.7z', 'a.txt')
    shop.run('gcab', '-c', 'a.cab', 'a.txt')
    const stub = Buffer.from(`MZ${'stub '.repeat(200)}`)
    return { exe: Buffer.concat([stub, shop.read('a.7z')]), cab: Buffer.concat([stub, shop.read('a.cab'), stub]) }
  })

  for (const content of [exe, cab]) assert.equal((await openWithBytes(content)).textOf('a.txt'), 'inner')
})

test('messages of a mailbox are members, without the lines between them', async () => {
  const one = 'Subject: one\n\nbody\nFrom here on text\n'
  const line = 'From a@b Mon Nov 23 18:00:00 2026\n'

  const { bytes } = await openWithBytes(Buffer.from(`${line}${one}\n${line}Subject: two\n\nbody\n`))

  assert.deepEqual([...bytes.values()].map(String), [`${one}\n`, 'Subject: two\n\nbody\n'])
})
