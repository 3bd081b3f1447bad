/** RTF as Outlook packs it ([MS-OXRTFCP]). */

const COMPRESSED = 0x75465a4c
const PLAIN = 0x414c454d
const WINDOW = 4096
/** What the window holds at the start (section 2.1.3.1.4). */
const START =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx'

/** The RTF, at most so many bytes of it; data in no known form is given as it is. */
export function expandRtf(packed: Buffer, most: number): Buffer {
  if (packed.length < 16) return packed
  const kind = packed.readUInt32LE(8)
  if (kind === PLAIN) return packed.subarray(16)
  if (kind !== COMPRESSED) return packed
  const size = Math.min(packed.readUInt32LE(4), most, packed.length * 20)
  return expand(packed, Buffer.alloc(size))
}

/** A bit says of each token whether it is a byte or a place and length in the window. */
function expand(packed: Buffer, out: Buffer): Buffer {
  const window = Buffer.alloc(WINDOW)
  window.write(START, 'latin1')
  let at = 16
  let write = START.length
  let size = 0
  const put = (byte: number) => {
    window[write] = byte
    write = (write + 1) % WINDOW
    out[size++] = byte
  }
  while (at < packed.length && size < out.length) {
    const flags = packed[at++] ?? 0
    for (let bit = 0; bit < 8 && at < packed.length && size < out.length; bit++) {
      if ((flags & (1 << bit)) === 0) {
        put(packed[at++] ?? 0)
        continue
      }
      const token = ((packed[at] ?? 0) << 8) | (packed[at + 1] ?? 0)
      at += 2
      const from = token >> 4
      if (from === write) return out.subarray(0, size)
      for (let i = 0; i < (token & 15) + 2 && size < out.length; i++) put(window[(from + i) % WINDOW] ?? 0)
    }
  }
  return out.subarray(0, size)
}
