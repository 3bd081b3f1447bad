/** Messages whose reminder plays a file, as Outlook and Exchange write them. */
import { makeCompound, number } from './make-compound.ts'

/** An Outlook message whose reminder plays this file. */
export function msgWithReminder(path: string): Buffer {
  const entry = Buffer.alloc(16)
  entry.writeUInt32LE(0x8501, 0)
  entry.writeUInt32LE(0x851f, 8)
  entry.writeUInt16LE(6, 12)
  entry.writeUInt16LE(1, 14)
  return makeCompound({
    '/__properties_version1.0': Buffer.alloc(32),
    '/__nameid_version1.0/__substg1.0_00020102': Buffer.alloc(16),
    '/__nameid_version1.0/__substg1.0_00030102': entry,
    '/__substg1.0_1000001F': Buffer.from('See you', 'utf16le'),
    '/__substg1.0_8001001F': Buffer.from(path, 'utf16le'),
  })
}

/** A winmail.dat whose reminder plays this file. */
export function tnefWithReminder(path: string): Buffer {
  const text = Buffer.from(`${path}\0`, 'utf16le')
  const padding = Buffer.alloc((4 - (text.length % 4)) % 4)
  const common = Buffer.from('0820060000000000c000000000000046', 'hex')
  const name = [Buffer.from([0x1f, 0, 0x01, 0x80]), common, number(0), number(0x851f)]
  const list = Buffer.concat([number(1), ...name, number(1), number(text.length), text, padding])
  const attribute = Buffer.alloc(9)
  attribute[0] = 1
  attribute.writeUInt32LE(0x00069003, 1)
  attribute.writeUInt32LE(list.length, 5)
  return Buffer.concat([Buffer.from('789f3e220100', 'hex'), attribute, list, Buffer.alloc(2)])
}
