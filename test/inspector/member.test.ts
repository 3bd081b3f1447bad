import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Reading } from '../../src/core/index.ts'
import { containersOf, type Inspector, type SampleTree } from '../../src/inspector/index.ts'
import { inDocx, inLocked7z, inMsg, inTarGz, inZip } from '../archive/hide.ts'
import { makeZip } from '../archive/make-zip.ts'
import { eicar, type MailSource, mail, nested } from '../postfix/mail.ts'
import { never, readMessage, startRig } from './rig.ts'

async function* pieces(content: Buffer, size = 50_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size)
}

async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of bytes) hash.update(chunk)
  return hash.digest('hex')
}

async function opened(inspector: Inspector, message: Buffer): Promise<{ reading: Reading; tree: SampleTree }> {
  const reading = await readMessage(inspector, message)
  const tree = await inspector.open(pieces(message), { name: '', passwords: [], isMessage: true }, never())
  return { reading, tree }
}

/** Members of attachments with the paths that samples have. */
function told(reading: Reading, tree: SampleTree): { readonly path: string; readonly sha256: string }[] {
  const samples = [...reading.attachments, ...reading.bodies]
  return tree.members.flatMap(({ path, depth, content }) => {
    const [, index, ...rest] = path.split('/')
    const around = samples[Number(index) - 1]
    if (depth < 2 || content === undefined || around === undefined) return []
    return [{ path: [around.path, ...rest].join('/'), sha256: content.sha256 }]
  })
}

async function deepMail(): Promise<Buffer> {
  const zip = await inZip('eicar.com', eicar())
  const inner = mail({ text: 'within', boundary: 'within', attachments: [{ name: 'within.zip', content: zip }] })
  const source: MailSource = {
    text: 'Password: Sommer-2026',
    attachments: [
      { name: 'a.tar.gz', content: await inTarGz('letter.docx', inDocx('x.zip', zip)) },
      { name: 'b.7z', content: await inLocked7z('mail.msg', inMsg('y.zip', zip), 'Sommer-2026') },
      { name: 'c.zip', content: makeZip([{ name: 'forwarded.eml', data: inner }]) },
      { name: 'd.zip', content: makeZip([{ name: 'empty', data: Buffer.alloc(0) }]) },
      { name: 'e.zip', content: makeZip([{ name: 'wrong', data: zip, local: { crc: 1 }, central: { crc: 1 } }]) },
      { name: 'notes.txt', content: 'nothing here' },
      nested(inner),
    ],
  }
  return mail(source)
}

test('the bytes of every member come out with the digest that was told', async (t) => {
  const { inspector } = await startRig(t)
  const message = await deepMail()
  const { reading, tree } = await opened(inspector, message)
  const members = told(reading, tree)

  const digests = []
  for (const { path } of members) digests.push(await digestOf(inspector.bytes(pieces(message), path, never())))

  assert.ok(members.length > 15, `${members.length} members`)
  assert.deepEqual(
    digests,
    members.map(({ sha256 }) => sha256),
  )
  const hidden = createHash('sha256').update(eicar()).digest('hex')
  assert.ok(digests.filter((digest) => digest === hidden).length >= 4)
})

test('what a password of the site opens is told so, and its bytes come out', async (t) => {
  const { inspector } = await startRig(t, { passwords: 'virus\ninfected\n' })
  const message = mail({ attachments: [{ name: 'x.7z', content: await inLocked7z('a.txt', eicar(), 'infected') }] })

  const { reading, tree } = await opened(inspector, message)

  assert.ok(tree.members.some(({ opened: { openedBy } }) => openedBy === 'site'))
  const [member] = told(reading, tree)
  assert.equal(await digestOf(inspector.bytes(pieces(message), member?.path ?? '', never())), member?.sha256)
  assert.ok(!JSON.stringify(tree).includes('infected'))
})

test('a message within a message is told once, with the message around it', async (t) => {
  const { inspector } = await startRig(t)
  let message = mail({ text: 'innermost', attachments: [{ name: 'x.zip', content: await inZip('a.txt', eicar()) }] })
  for (let level = 0; level < 8; level++) message = mail({ boundary: `level-${level}`, attachments: [nested(message)] })

  const { reading, tree } = await opened(inspector, message)

  assert.equal(tree.members.filter(({ name }) => name === 'a.txt').length, 1)
  assert.deepEqual(
    containersOf(reading).map(({ name }) => name),
    ['x.zip'],
  )
})

test('members beyond the memory for one are streamed as well', async (t) => {
  const limits = { containerMemory: '1MiB' }
  const { inspector } = await startRig(t, { options: { limits } })
  const large = Buffer.alloc(3 * 1024 * 1024, 'large ')
  const message = mail({ attachments: [{ name: 'x.gz', content: gzipSync(large) }] })

  const digest = await digestOf(inspector.bytes(pieces(message), '2/1', never()))

  assert.equal(digest, createHash('sha256').update(large).digest('hex'))
})

test('a member that is not there is an error, and so is one of a part that is not there', async (t) => {
  const { inspector } = await startRig(t)
  const message = mail({ attachments: [{ name: 'x.zip', content: await inZip('a.txt', eicar()) }] })

  for (const path of ['2/7', '9/1', '2/1/1']) {
    await assert.rejects(digestOf(inspector.bytes(pieces(message), path, never())), path)
  }
})

test('what is limited in opening is named when it is reached', async (t) => {
  const zip = await inZip('a.zip', await inZip('b.zip', await inZip('c.txt', eicar())))
  const message = mail({ attachments: [{ name: 'x.zip', content: zip }] })
  const limited = async (limits: Record<string, unknown>) => {
    const { inspector } = await startRig(t, { options: { limits } })
    return (await opened(inspector, message)).tree.limit
  }

  assert.equal(await limited({ containerDepth: 2 }), 'container-depth')
  assert.equal(await limited({ containerDepth: 3 }), '')
  assert.equal(await limited({ containerMembers: 3 }), 'container-members')
  assert.equal(await limited({ containerBytes: '300B' }), 'container-bytes')
  assert.equal(await limited({ containerMemory: '100B' }), 'container-memory')
})
