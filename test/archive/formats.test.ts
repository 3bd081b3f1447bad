import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { faults, memberNamed, open, openWithBytes } from './rig.ts'
import { inWorkshop, prose } from './tools.ts'

const FOLDER = '/usr/share/clamav-testfiles'
/** Digest of the program that ClamAV's test files wrap. */
const INNER = '71e7b604d18aefd839e51a39c88df8383bb4c071dc31f87f00a2b5df580d4495'
/** The files in which this room does not find it, and why. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^clam-(?!nsis)\w+\.exe$/, 'a packed program is no container: it unpacks itself when it runs'],
  [/^clam\.exe$/, 'the program itself'],
  [/\.ea0[56]\.exe$/, 'compiled scripts of AutoIt are named as unsupported'],
  [/^clam_IScab/, 'cabinets of InstallShield are named as unsupported'],
  [/\.sis$/, 'packages of Symbian are named as unsupported'],
  [/\.binhex$|\.mail$|\.mbox\./, 'messages and what they carry are opened with the reader of mail'],
]

test('the same program is found in every wrapper of the ClamAV test files that is a container', async () => {
  const ours = readdirSync(FOLDER).filter((name) => !ELSEWHERE.some(([pattern]) => pattern.test(name)))
  assert.ok(ours.length >= 25, `${ours}`)
  for (const file of ours) {
    const tree = await open(readFileSync(`${FOLDER}/${file}`), { name: file })

    assert.ok(
      tree.nodes.some(({ content }) => content?.sha256 === INNER),
      file,
    )
    assert.equal(tree.limit, '', file)
  }
})

test('what cannot be opened of the ClamAV test files is named as such', async () => {
  for (const file of ['clam.sis', 'clam.ea05.exe', 'clam.ea06.exe', 'clam_IScab_int.exe']) {
    assert.ok(faults((await open(readFileSync(`${FOLDER}/${file}`))).root).includes('unsupported'), file)
  }
})

test('the list of a container is the one that 7-Zip and libarchive print', async () => {
  const { archives, expected } = await inWorkshop((shop) => {
    const names = Array.from({ length: 40 }, (_, i) => `folder ${i % 4}/name ${i} ü.txt`)
    for (const name of names) shop.put(name, prose(name, 10 + name.length))
    const folders = [0, 1, 2, 3].map((i) => `folder ${i}`)
    const formats = ['zip', '7zip', 'ustar', 'pax', 'newc', 'xar', 'iso9660']
    for (const format of formats) shop.run('bsdtar', `--format=${format}`, '-cf', `by.${format}`, ...folders)
    const list = (format: string) => shop.run('bsdtar', '-tf', `by.${format}`).toString().split('\n')
    const second = (format: string) =>
      shop
        .run('7zz', 'l', '-ba', '-slt', `by.${format}`)
        .toString()
        .split('\n')
        .flatMap((line) => /^Path = (.*)/.exec(line)?.[1] ?? [])
    const clean = (all: readonly string[]) =>
      [...new Set(all.map((name) => name.replace(/\/$/, '')))]
        .filter((name) => !['', '.', '[TOC].xml'].includes(name))
        .sort()
    return {
      archives: formats.map((format) => ({ format, content: shop.read(`by.${format}`) })),
      expected: new Map(formats.map((format) => [format, [clean(list(format)), clean(second(format))]])),
    }
  })

  for (const { format, content } of archives) {
    const tree = await open(content)
    const stored = tree.nodes.map(({ storedPath }) => storedPath.replace(/\/$/, ''))
    const paths = [...new Set(stored)].filter((name) => name !== '[TOC].xml').sort()
    const [libarchive, sevenZip] = expected.get(format) ?? []
    assert.deepEqual(paths, sevenZip, format)
    if (format !== 'iso9660') assert.deepEqual(paths, libarchive, format)
  }
})

test('what is encrypted opens with a password of the message, also where the list is encrypted', async () => {
  const contents = await inWorkshop((shop) => {
    shop.put('a.txt', prose('a', 3000))
    shop.run('7zz', 'a', '-bd', '-psecret', 'plain.7z', 'a.txt')
    shop.run('7zz', 'a', '-bd', '-psecret', '-mhe=on', 'hidden.7z', 'a.txt')
    shop.run('arj', 'a', '-y', '-gsecret', 'garbled.arj', 'a.txt')
    return ['plain.7z', 'hidden.7z', 'garbled.arj'].map((name) => [name, shop.read(name)] as const)
  })

  for (const [name, content] of contents) {
    const closed = await open(content, { passwords: ['wrong'] })
    assert.ok(closed.root.isEncrypted, name)
    assert.equal(closed.root.openedBy, '', name)
    assert.equal(
      closed.nodes.find(({ content: got }) => got !== undefined),
      undefined,
      name,
    )
    if (name === 'garbled.arj') continue

    const { tree, textOf } = await openWithBytes(content, { passwords: ['wrong', 'secret'] })
    assert.equal(textOf('a.txt'), prose('a', 3000).toString(), name)
    assert.deepEqual([tree.root.isEncrypted, tree.root.openedBy], [true, 'message'], name)
  }
})

test('what opened one container is tried first at the next', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('a.txt', 'inner')
    shop.run('7zz', 'a', '-bd', '-psecret', 'inner.7z', 'a.txt')
    shop.run('7zz', 'a', '-bd', '-tzip', '-psecret', 'outer.zip', 'inner.7z')
    return shop.read('outer.zip')
  })
  const passwords = [...Array.from({ length: 9 }, (_, i) => `wrong${i}`), 'secret']

  const { textOf } = await openWithBytes(content, { passwords, limits: { passwordTries: 11 } })

  assert.equal(textOf('a.txt'), 'inner')
})

test('setup programs that carry a package give every file, and name a list that is cut off', async () => {
  const content = readFileSync(`${FOLDER}/clam_ISmsi_ext.exe`)

  const { tree, bytes } = await openWithBytes(content)
  const cut = await open(content.subarray(0, content.length - 100_000))

  assert.deepEqual(faults(tree.root), [])
  assert.match(String(bytes.get(memberNamed(tree, 'Setup.ini').path)?.toString('utf16le')), /\[Startup\]/)
  assert.ok(faults(cut.root).includes('truncated'))
})

test('formats that nobody opens are recognised and named', async () => {
  for (const magic of ['0123456**ACE**', '7kSt\xa0\x31\x83\xd3', 'SIT!', 'ALZ\x01', 'EGGA\0\x01', 'LRZI']) {
    const tree = await open(Buffer.from(`${magic}${'x'.repeat(600)}`, 'latin1'))

    assert.deepEqual(faults(tree.root), ['unsupported'], magic)
    assert.equal(tree.root.formats.length, 1, magic)
  }
})

test('a part of an archive in several volumes is named as such', async () => {
  const parts = await inWorkshop((shop) => {
    shop.run('sh', '-c', 'head -c 300000 /dev/urandom > r')
    shop.run('7zz', 'a', '-bd', '-v100k', 'v.7z', 'r')
    shop.run('7zz', 'a', '-bd', '-tzip', '-v100k', 'v.zip', 'r')
    shop.run('arj', 'a', '-y', '-v100k', 'v', 'r')
    return ['v.7z.001', 'v.zip.001', 'v.zip.003', 'v.arj', 'v.a01'].map((name) => [name, shop.read(name)] as const)
  })

  for (const [name, part] of parts) {
    const tree = await open(part)
    const named = [...faults(tree.root), ...tree.nodes.flatMap(faults)]
    assert.ok(named.includes('truncated') || named.includes('several-volumes'), `${name}: ${named}`)
  }
})

test('a file with two formats is opened as both', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('in7z.txt', 'one')
    shop.put('inzip.txt', 'two')
    shop.run('7zz', 'a', '-bd', 'a.7z', 'in7z.txt')
    shop.run('zip', '-q', 'b.zip', 'inzip.txt')
    return Buffer.concat([shop.read('a.7z'), shop.read('b.zip')])
  })

  const { tree, textOf } = await openWithBytes(content)

  assert.deepEqual(tree.root.formats, ['7z', 'zip'])
  assert.equal(textOf('in7z.txt'), 'one')
  assert.equal(textOf('inzip.txt'), 'two')
  assert.equal(memberNamed(tree, 'inzip.txt').container, 'zip')
})

test('a further name of a file has its bytes, and a name that leads elsewhere is told as such', async () => {
  const contents = await inWorkshop((shop) => {
    shop.put('t/a.txt', prose('a', 3000))
    shop.run('sh', '-c', 'ln t/a.txt t/b.txt; ln -s a.txt t/c.txt')
    shop.run('sh', '-c', 'cd t; printf "a.txt\\nb.txt\\nc.txt\\n" | cpio -o --quiet -H newc > ../out.cpio')
    shop.run('/sbin/mke2fs', '-q', '-t', 'ext4', '-d', 't', 'out.ext4', '1M')
    shop.run('sh', '-c', 'wimlib-imagex capture t out.wim > /dev/null 2>&1')
    shop.run('sh', '-c', 'cd t; bsdtar --format=xar -cf ../out.xar *')
    return ['out.cpio', 'out.ext4', 'out.wim', 'out.xar'].map((name) => [name, shop.read(name)] as const)
  })

  for (const [name, content] of contents) {
    const { tree, textOf } = await openWithBytes(content)

    for (const file of ['a.txt', 'b.txt']) assert.equal(textOf(file), prose('a', 3000).toString(), `${name} ${file}`)
    assert.equal(memberNamed(tree, 'c.txt').kind, 'symlink', name)
    const odd = [tree.root, ...tree.nodes].flatMap(faults)
    assert.deepEqual(odd, name === 'out.xar' ? ['appended-data', 'link'] : ['link'], name)
  }
})

test('the bytes of further names count like others', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('t/file', prose('a', 100_000))
    shop.run('sh', '-c', 'for i in $(seq 200); do ln t/file t/$i; done')
    shop.run('sh', '-c', 'cd t; find . -type f | cpio -o --quiet -H newc > ../out.cpio')
    return shop.read('out.cpio')
  })

  const tree = await open(content, { limits: { bytes: 5_000_000 } })

  assert.equal(tree.limit, 'container-bytes')
})
