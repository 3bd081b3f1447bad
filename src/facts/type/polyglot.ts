/** Pictures that are also programs: a browser told to run them as script does. */
import type { Excerpt } from './excerpt.ts'

/** Bytes right behind the mark of a GIF, BMP or WAVE that open a comment, or make the mark a variable. */
const OPENED = /^(?:GIF8[79]a|BM|RIFF)[\s\0]{0,4}(?:\/\*|=)/
const PROBE = 65_536

/** JavaScript within a picture: the comment that hides the picture is closed, and an assignment follows. */
export function hiddenScript({ head }: Excerpt): readonly string[] {
  const first = head[0]
  if (first !== 0x47 && first !== 0x42 && first !== 0x52) return []
  if (!OPENED.test(head.toString('latin1', 0, 16))) return []
  const text = head.toString('latin1', 0, PROBE)
  return /\*\/\s{0,20}=|^[A-Z0-9a]{2,6}\s{0,4}=\s{0,4}[\d"'[{(a-z]/.test(text) ? ['text/javascript'] : []
}
