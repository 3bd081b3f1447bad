import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faults, open, openWithBytes } from './rig.ts'
import { inWorkshop, type Workshop } from './tools.ts'

const TEXT = `MZ${'y'.repeat(5000)}`
/** Every encryption that there is, oldest first. */
const LOCKS = [
  ['40', '--allow-weak-crypto'],
  ['128', '--allow-weak-crypto', '--use-aes=n'],
  ['128', '--allow-weak-crypto', '--use-aes=y'],
  ['128', '--allow-weak-crypto', '--use-aes=y', '--cleartext-metadata'],
  ['256', '--allow-weak-crypto', '--force-R5'],
  ['256'],
] as const

/** A PDF with a file attached, encrypted by qpdf. */
function lockedPdf(shop: Workshop, [user, owner]: readonly [string, string], lock: readonly string[]): Buffer {
  const [bits = '', ...more] = lock
  const weak = more.filter((word) => word === '--allow-weak-crypto')
  const own = more.filter((word) => word !== '--allow-weak-crypto')
  shop.put('invoice.exe', TEXT)
  shop.run('qpdf', '--empty', '--add-attachment', 'invoice.exe', '--', 'plain.pdf')
  shop.run('qpdf', ...weak, '--encrypt', user, owner, bits, ...own, '--', 'plain.pdf', 'locked.pdf')
  return shop.read('locked.pdf')
}

test('a PDF that every reader opens without asking is open, however it is encrypted', async () => {
  for (const lock of LOCKS) {
    const content = await inWorkshop((shop) => lockedPdf(shop, ['', 'owner'], lock))

    const { tree, textOf } = await openWithBytes(content)

    assert.equal(textOf('invoice.exe'), TEXT, lock.join(' '))
    assert.deepEqual([tree.root.isEncrypted, tree.root.openedBy], [true, 'common'])
    assert.deepEqual(tree.nodes.map(faults), [[]])
  }
})

test('a PDF opens with the password of the user and with that of the owner', async () => {
  for (const lock of LOCKS) {
    const content = await inWorkshop((shop) => lockedPdf(shop, ['user', 'owner'], lock))

    for (const passwords of [['wrong', 'user'], ['owner']]) {
      const { tree, textOf } = await openWithBytes(content, { passwords })

      assert.equal(textOf('invoice.exe'), TEXT, lock.join(' '))
      assert.equal(tree.root.openedBy, 'message')
    }
  }
})

test('a PDF that nobody has the password of is closed, not empty', async () => {
  for (const lock of LOCKS) {
    const tree = await open(await inWorkshop((shop) => lockedPdf(shop, ['user', 'owner'], lock)), { passwords: ['no'] })

    assert.deepEqual([tree.root.isEncrypted, tree.root.openedBy], [true, ''])
    assert.deepEqual(
      tree.nodes.map((node) => [node.isEncrypted, node.content, faults(node)]),
      [[true, undefined, []]],
    )
  }
})

test('descriptions of files that lie in encrypted object streams are read', async () => {
  const content = await inWorkshop((shop) => {
    shop.put('invoice.exe', TEXT)
    shop.run('qpdf', '--empty', '--add-attachment', 'invoice.exe', '--', 'plain.pdf')
    shop.run('qpdf', '--object-streams=generate', '--encrypt', '', 'owner', '256', '--', 'plain.pdf', 'locked.pdf')
    return shop.read('locked.pdf')
  })

  assert.equal((await openWithBytes(content)).textOf('invoice.exe'), TEXT)
})

test('a lock that is there for show hides nothing', async () => {
  const { plain, locked } = await inWorkshop((shop) => {
    const content = lockedPdf(shop, ['', 'owner'], ['256'])
    return { plain: shop.read('plain.pdf'), locked: content }
  })
  const text = locked.toString('latin1')
  const reference = /\/Encrypt (\d+) 0 R/.exec(text)
  const at = text.indexOf(`\n${reference?.[1]} 0 obj`)
  const dictionary = text.slice(at, text.indexOf('endobj', at) + 6)
  const content = Buffer.concat([plain, Buffer.from(`${dictionary}\n${reference?.[0]}\n`, 'latin1')])

  const { tree, bytes } = await openWithBytes(content)

  assert.deepEqual([tree.root.isEncrypted, tree.root.openedBy], [true, 'common'])
  assert.deepEqual([...bytes.values()].map(String), [TEXT])
  assert.ok(tree.nodes[0]?.names.some(({ value }) => value === 'invoice.exe'))
})

test('a PDF that is locked twice, or in a way that nobody knows, is closed', async () => {
  const locked = await inWorkshop((shop) => lockedPdf(shop, ['', 'owner'], ['256']))
  const twice = Buffer.concat([locked, Buffer.from('\ntrailer << /Encrypt 77777 0 R >>\n')])
  const unknown = Buffer.from(locked.toString('latin1').replace('/Filter /Standard', '/Filter /Standing'), 'latin1')

  for (const content of [twice, unknown]) {
    const tree = await open(content)
    assert.deepEqual([tree.root.isEncrypted, tree.root.openedBy], [true, ''])
  }
})
