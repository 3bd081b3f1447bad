/** Programs other than those of Windows, and Flash. */
import { be16, be32, type Excerpt, u16, u32 } from '../excerpt.ts'
import { bytesOf, type Detector, NOTHING } from './detector.ts'
import { program } from './pe.ts'

/** Looks at programs. */
export const PROGRAM_DETECTORS: readonly Detector[] = [
  [bytesOf('MZ'), program],
  [[0xca], javaOrFat],
  [[0xbf], fatSwapped],
  [[0x0d], python, 2],
  [bytesOf('FCZ'), flash],
]

/** Java classes and Mach-O files for several processors have the same mark: a class names its version where the other counts programs. */
function javaOrFat({ head }: Excerpt): readonly string[] {
  const magic = be32(head, 0)
  if (head.length < 10 || (magic !== 0xcafebabe && magic !== 0xcafebabf)) return NOTHING
  const version = be16(head, 6)
  if (magic === 0xcafebabe && version >= 45 && version <= 100) return ['application/java-vm']
  const count = be32(head, 4)
  return count > 0 && count < 45 && head.length >= 8 + 20 * count ? ['application/x-mach-binary'] : NOTHING
}

function fatSwapped({ head }: Excerpt): readonly string[] {
  return u32(head, 0) === 0xcafebabf && u32(head, 4) < 45 ? ['application/x-mach-binary'] : NOTHING
}

/** The magic numbers of Python from 1.5 to 3.x, as its importlib lists them: all end with a line end. */
function python({ head }: Excerpt): readonly string[] {
  if (head[2] !== 0x0d || head[3] !== 0x0a || head.length < 16) return NOTHING
  const version = u16(head, 0)
  const isThree = version >= 3000 && version < 3800 && (u32(head, 4) <= 3 || version < 3390)
  const isCode = isThree && [8, 12, 16].some((at) => ((head[at] ?? 0) & 0x7f) === 0x63)
  const isTwo = version >= 20121 && version <= 62300 && ((head[8] ?? 0) & 0x7f) === 0x63
  return isCode || isTwo ? ['application/x-bytecode.python'] : NOTHING
}

/** Flash, plain or compressed: a version that exists and its own size. */
function flash({ head, size }: Excerpt): readonly string[] {
  if (head[1] !== 0x57 || head[2] !== 0x53 || head.length < 9) return NOTHING
  const [first, , , version = 0] = head
  const length = u32(head, 4)
  const isLength = first === 0x46 ? length <= size * 2 : length > 20
  return version > 0 && version <= 60 && isLength && length < 0x10000000
    ? ['application/vnd.adobe.flash.movie']
    : NOTHING
}
