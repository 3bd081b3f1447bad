import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { rc4 } from '../../src/archive/document/rc4.ts'
import { open, openWithBytes } from './rig.ts'

const FILE = Buffer.from(`MZ\x90\x00${'a program '.repeat(20)}`, 'latin1')
const FILL = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex')
const ID = Buffer.from('peekaboo peekaboo'.slice(0, 16))
const OWNER = Buffer.alloc(32, 'owner')
const FILTER = '<</CFM/V2/AuthEvent/DocOpen/Length 16>>'

interface Case {
  /** What the dictionary of the encryption has besides the proof of the password. */
  readonly crypt?: string
  /** What the dictionary of the file's stream has. */
  readonly stream?: string
  readonly mark?: string
  readonly more?: string
}

const md5 = (...parts: readonly Buffer[]) => hash('md5', Buffer.concat(parts), 'buffer')

/** A PDF with a file attached, encrypted with RC4 and the empty password. */
function lockedPdf({ crypt = ways('/StdCF'), stream = '', mark = '/Encrypt 6 0 R', more = '' }: Case): Buffer {
  let key: Buffer = md5(FILL, OWNER, Buffer.from([0xfc, 0xff, 0xff, 0xff]), ID)
  for (let i = 0; i < 50; i++) key = md5(key)
  let proof: Buffer = md5(FILL, ID)
  for (let i = 0; i < 20; i++) proof = rc4(Buffer.from(key.map((byte) => byte ^ i)), proof)
  const data = rc4(md5(key, Buffer.from([5, 0, 0, 0, 0])), FILE)
  const secret = `/Filter/Standard/V 4/R 4/P -4/O<${OWNER.toString('hex')}>/U<${proof.toString('hex').padEnd(64, '0')}>`
  return Buffer.concat([
    Buffer.from('%PDF-1.6\n1 0 obj<</Type/Catalog>>endobj\n4 0 obj<</Type/Filespec/EF<</F 5 0 R>>>>endobj\n'),
    Buffer.from(`5 0 obj<</Type/EmbeddedFile${stream}/Length ${data.length}>>stream\n`),
    data,
    Buffer.from(`\nendstream endobj\n6 0 obj<<${secret}${crypt}>>endobj\n${more.replaceAll('SECRET', secret)}`),
    Buffer.from(`trailer<</Root 1 0 R${mark}/ID[<${ID.toString('hex')}><00>]>>\n%%EOF\n`),
  ])
}

function ways(name: string, filters = `<</StdCF${FILTER}>>`): string {
  return `/CF${filters}/StmF${name}/StrF/Identity`
}

/** What readers open, so written. */
const OPEN: Readonly<Record<string, Case>> = {
  'as every writer does it': {},
  'with an escape in the method': { crypt: ways('/StdCF', '<</StdCF<</CFM/#562>>>>') },
  'with an escape in the name of the filter': { crypt: ways('/Std#43F') },
  'whose filters stand apart': { crypt: ways('/StdCF', ' 7 0 R'), more: `7 0 obj<</StdCF${FILTER}>>endobj\n` },
  'with a string before the method': { crypt: ways('/StdCF', '<</StdCF<</X<00>/Y(>>)/CFM/V2>>>>') },
  'with a dictionary before the method': { crypt: ways('/StdCF', '<</StdCF<</X<</A 1>>/CFM/V2>>>>') },
  'with a comment before the filter': { crypt: ways('/StdCF', `<</StdCF%>\n${FILTER}>>`) },
  'with a comment behind the mark': { mark: '/Encrypt%x\n6%y\n0 R' },
  'with an escape in the mark': { mark: '/#45#6Ecrypt 6 0 R' },
  'whose mark seems to lie in a stream': { more: '8 0 obj(stream\n)endobj\n' },
  'whose stream has another type in a part': { stream: '/Params<</Type/XRef>>' },
  'whose stream has another type in a name': { stream: '/K#201#2fType/XRef' },
  'whose stream has a filter in a part': { stream: '/Filter[]/Params<</Filter/Crypt>>' },
  'whose stream has another length in a part': { stream: `/Params<</Length ${FILE.length - 1}>>` },
}

for (const [name, made] of Object.entries(OPEN)) {
  test(`an encrypted PDF is open, ${name}`, async () => {
    const { tree, bytes } = await openWithBytes(lockedPdf(made))

    assert.deepEqual([tree.root.isEncrypted, tree.root.openedBy], [true, 'common'])
    assert.ok([...bytes.values()].some((content) => content.equals(FILE)))
  })
}

const OTHER = (crypt: string): string => `<<SECRET${crypt}>>`

/** What readers do not agree on, or nobody here knows. */
const CLOSED: Readonly<Record<string, Case>> = {
  'whose method nobody knows': { crypt: ways('/StdCF', '<</StdCF<</CFM/V9>>>>') },
  'whose filter has no method': { crypt: ways('/StdCF', '<</StdCF<</Length 16>>>>') },
  'whose filter is not there': { crypt: ways('/Nowhere') },
  'whose filters are not there': { crypt: ways('/StdCF', ' 7 0 R') },
  'that names no filter': { crypt: `/CF<</StdCF${FILTER}>>` },
  'that names two filters': { crypt: `${ways('/StdCF')}/StmF/Identity` },
  'with a filter that is called like none': { crypt: ways('/Identity', `<</Identity${FILTER}>>`) },
  'that is cut': { crypt: `${ways('/Identity')}/X(` },
  'that is nested too deep': { crypt: `${ways('/Identity')}/X${'['.repeat(50)}${']'.repeat(50)}` },
  'with another object of that number': { more: `6 0 obj${OTHER(ways('/Identity'))}endobj\n` },
  'with another object whose number has zeros': { more: `006 %x\n0%y\nobj${OTHER(ways('/Identity'))}endobj\n` },
  'with a second mark': { mark: `/Encrypt 6 0 R>>trailer<</Encrypt${OTHER(ways('/Identity'))}` },
}

for (const [name, made] of Object.entries(CLOSED)) {
  test(`an encrypted PDF is closed and not taken for plain, ${name}`, async () => {
    const { root, nodes } = await open(
      lockedPdf({ ...made, mark: made.mark?.replace('SECRET', '/V 4/R 4') ?? '/Encrypt 6 0 R' }),
    )

    assert.deepEqual([root.isEncrypted, root.openedBy], [true, ''])
    assert.ok(nodes.every(({ content }) => content === undefined))
  })
}

test('what is encrypted by name only is read as it stands', async () => {
  for (const crypt of [ways('/Identity'), ways('/StdCF', '<</StdCF<</CFM/None>>>>')]) {
    const { tree, bytes } = await openWithBytes(lockedPdf({ crypt }))

    assert.deepEqual([tree.root.isEncrypted, tree.root.openedBy, bytes.size], [true, 'common', 1])
  }
})

test('a PDF that is all marks and comments takes no long time to be called encrypted', async () => {
  const many = [
    '/Encrypt%'.repeat(200_000),
    '/Encrypt 6 0 R '.repeat(10_000),
    '%6\n'.repeat(200_000),
    '6%'.repeat(200_000),
  ]
  for (const more of many) {
    const { root } = await open(lockedPdf({ more }))

    assert.equal(root.isEncrypted, true)
  }
})
