/** Hides content in containers as real programs write them, one inside the other. */
import { makeCompound, native, packaged } from './make-compound.ts'
import { makeZip } from './make-zip.ts'
import { inWorkshop } from './tools.ts'

/** A zip file with one file in a folder. */
export function inZip(name: string, content: Buffer): Promise<Buffer> {
  return inWorkshop(({ put, run, read }) => {
    put(`folder/${name}`, content)
    run('zip', '-q', '-r', 'out.zip', 'folder')
    return read('out.zip')
  })
}

/** A zip file with the old encryption. */
export function inLockedZip(name: string, content: Buffer, password: string): Promise<Buffer> {
  return inWorkshop(({ put, run, read }) => {
    put(name, content)
    run('zip', '-q', '-P', password, 'out.zip', name)
    return read('out.zip')
  })
}

/** A 7z file of which not even the list of members can be read without the password. */
export function inLocked7z(name: string, content: Buffer, password: string): Promise<Buffer> {
  return inWorkshop(({ put, run, read }) => {
    put(name, content)
    run('7zz', 'a', '-bd', '-mhe=on', `-p${password}`, 'out.7z', name)
    return read('out.7z')
  })
}

export function inTarGz(name: string, content: Buffer): Promise<Buffer> {
  return inWorkshop(({ put, run, read }) => {
    put(name, content)
    run('tar', '-czf', 'out.tar.gz', name)
    return read('out.tar.gz')
  })
}

/** A text document with a file that the Packager embedded. */
export function inDocx(name: string, content: Buffer): Buffer {
  const object = makeCompound({ '/\u0001Ole10Native': native(packaged(name, content)) })
  const xml = (text: string) => Buffer.from(`<?xml version="1.0"?>${text}`)
  const main = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
  return makeZip([
    {
      name: '[Content_Types].xml',
      data: xml(`<Types><Override PartName="/word/document.xml" ContentType="${main}"/></Types>`),
    },
    { name: 'word/document.xml', data: xml('<w:document/>') },
    { name: 'word/embeddings/oleObject1.bin', data: object },
  ])
}

/** An Outlook message with an attachment. */
export function inMsg(name: string, content: Buffer): Buffer {
  const folder = '/__attach_version1.0_#00000000'
  return makeCompound({
    '/__properties_version1.0': Buffer.alloc(32),
    '/__nameid_version1.0/__substg1.0_00020102': Buffer.alloc(16),
    [`${folder}/__substg1.0_37010102`]: content,
    [`${folder}/__substg1.0_3707001F`]: Buffer.from(name, 'utf16le'),
  })
}
