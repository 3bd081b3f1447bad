/** Pictures, sound and programs that are something else too: what runs them goes by their name, or looks for its own mark in them. */

import { groupOf } from './catalog.ts'
import { be32, bytesAt, type Excerpt, hasMark, mark, u32 } from './excerpt.ts'

/** Bytes right behind the mark of a GIF, BMP or WAVE that open a comment, or make the mark a variable. */
const OPENED = /^(?:GIF8[79]a|BM|RIFF)[\s\0]{0,4}(?:\/\*|=)/
const PROBE = 65_536
/** Code that a server or a browser finds wherever it stands. */
const CODE = /<(?:(\?php)|html|script|iframe|body|(hta):application)[\s>/]/gi
const HEAD_PROBE = 8192
const TAIL_PROBE = 4096

/** Script, markup or a program within a content of which another type is known. */
export function hiddenCode(sample: Excerpt, type: string): readonly string[] {
  const group = groupOf(type)
  if (group === 'executable') return type === PROGRAM ? soundTag(sample) : []
  if (group !== 'image' && group !== 'audio' && group !== 'video') return []
  return [...commentedScript(sample), ...codeWithin(sample), ...programBehindTag(sample)]
}

/** JavaScript within a picture: the comment that hides the picture is closed, and an assignment follows. */
function commentedScript({ head }: Excerpt): readonly string[] {
  const first = head[0]
  if (first !== 0x47 && first !== 0x42 && first !== 0x52) return []
  if (!OPENED.test(head.toString('latin1', 0, 16))) return []
  const text = head.toString('latin1', 0, PROBE)
  return /\*\/\s{0,20}=|^[A-Z0-9a]{2,6}\s{0,4}=\s{0,4}[\d"'[{(a-z]/.test(text) ? ['text/javascript'] : []
}

/** Where people put it: among the first data, as comments and names of cameras, and behind the last. */
function codeWithin({ head, ending, size }: Excerpt): readonly string[] {
  const last = ending[ending.length - 1] ?? head
  const end = size > HEAD_PROBE ? last.toString('latin1', Math.max(0, last.length - TAIL_PROBE)) : ''
  const found: string[] = []
  for (const [, php, hta] of `${head.toString('latin1', 0, HEAD_PROBE)}\n${end}`.matchAll(CODE)) {
    if (php !== undefined) found.push('application/x-php')
    else found.push(...(hta === undefined ? [] : ['application/hta']), 'text/html')
    if (found.length > 8) break
  }
  return found
}

const PROGRAM = 'application/vnd.microsoft.portable-executable'
const TAG_BYTES = 128

/** The tag at the end of sound (ID3v1): players look for it there, and for their frames behind whatever is in front. */
function soundTag(sample: Excerpt): readonly string[] {
  return hasMark(bytesAt(sample, sample.size - TAG_BYTES, 3), mark('TAG')) ? ['audio/mpeg'] : []
}

/** A program where the first frame should be: its size (ID3v2) has 7 bits in each byte. */
function programBehindTag(sample: Excerpt): readonly string[] {
  if (!hasMark(sample.head, mark('ID3'))) return []
  const size = be32(sample.head, 6)
  const at = 10 + ((size & 0x7f) | ((size & 0x7f00) >> 1) | ((size & 0x7f0000) >> 2) | ((size & 0x7f000000) >> 3))
  const start = bytesAt(sample, at, 4096)
  const isProgram = hasMark(start, mark('MZ')) && hasMark(start, mark('PE\0\0'), u32(start, 60))
  return isProgram ? [PROGRAM] : []
}
