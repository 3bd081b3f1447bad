/** Compound files, by the package that many programs write them with. */
import CFB from 'cfb'

/** A compound file with these streams, by their paths. */
export function makeCompound(streams: Readonly<Record<string, Buffer>>): Buffer {
  const file = CFB.utils.cfb_new()
  for (const [path, data] of Object.entries(streams)) CFB.utils.cfb_add(file, path, data)
  return Buffer.from(CFB.write(file, { type: 'buffer' }) as Buffer)
}

/** The data of Office's Packager for a file. */
export function packaged(name: string, data: Buffer): Buffer {
  const text = (value: string) => Buffer.from(`${value}\0`, 'latin1')
  const command = text(`C:\\Temp\\${name}`)
  const wide = [`C:\\Temp\\${name}`, name, `C:\\${name}`].map((value) =>
    Buffer.concat([number(value.length), Buffer.from(value, 'utf16le')]),
  )
  return Buffer.concat([
    Buffer.from([2, 0]),
    text(name),
    text(`C:\\${name}`),
    Buffer.from([0, 0, 3, 0]),
    number(command.length),
    command,
    number(data.length),
    data,
    ...wide,
  ])
}

/** A native stream: its size, then the data. */
export function native(data: Buffer): Buffer {
  return Buffer.concat([number(data.length), data])
}

/** 32 bits, the lowest first. */
export function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
