/** Sound and film: containers that name what is in them. */
import { be16, be32, type Excerpt, hasMark, mark } from '../excerpt.ts'
import { bytesOf, type Detector, NOTHING } from './detector.ts'

/** Looks at sound and film. */
export const MEDIA_DETECTORS: readonly Detector[] = [
  [[0], isoMedia],
  [bytesOf('R'), riff],
  [bytesOf('F'), aiff],
  [bytesOf('O'), ogg],
  [[0x1a], matroska],
  [bytesOf('0'), advancedSystems],
  [[0xff], mpegAudio],
  [bytesOf('G'), transportStream],
  [bytesOf('G'), transportStream, 4],
  [[0x0b], ac3],
]

/** Brands of the ISO base media format (ISO/IEC 14496-12, registry at mp4ra.org). */
const BRANDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:avif|avis)/, 'image/avif'],
  [/^(?:heic|heix|hevc|heim|heis|hevm|hevs)/, 'image/heic'],
  [/^(?:mif1|msf1)/, 'image/heif'],
  [/^(?:M4A |M4B |M4P |F4A )/, 'audio/mp4'],
  [/^qt {2}/, 'video/quicktime'],
  [/^3g2/, 'video/3gpp2'],
  [/^3g[eghprs]/, 'video/3gpp'],
  [/^(?:jp2 |jpx |jpm )/, 'image/jp2'],
]

function isoMedia({ head }: Excerpt): readonly string[] {
  const box = head.toString('latin1', 4, 8)
  if (box === 'ftyp' && be32(head, 0) >= 8 && be32(head, 0) <= 1024) {
    const brand = head.toString('latin1', 8, 12)
    const compatible = head.toString('latin1', 16, Math.min(be32(head, 0), 80))
    if (brand === 'mif1' && compatible.includes('avif')) return ['image/avif']
    if (brand === 'mif1' && compatible.includes('heic')) return ['image/heic']
    return [BRANDS.find(([pattern]) => pattern.test(brand))?.[1] ?? 'video/mp4']
  }
  // Old QuickTime files begin with their first box.
  const isQuickTime = (box === 'moov' || box === 'mdat' || box === 'wide') && be32(head, 0) >= 8
  return isQuickTime ? ['video/quicktime'] : NOTHING
}

const RIFF: Readonly<Record<string, string>> = {
  WEBP: 'image/webp',
  WAVE: 'audio/x-wav',
  'AVI ': 'video/x-msvideo',
  ACON: 'image/x-win-animated-cursor',
  RMID: 'audio/midi',
}

function riff({ head }: Excerpt): readonly string[] {
  if (!hasMark(head, mark('RIFF'))) return NOTHING
  const type = RIFF[head.toString('latin1', 8, 12)]
  return type === undefined ? NOTHING : [type]
}

function aiff({ head }: Excerpt): readonly string[] {
  return hasMark(head, mark('FORM')) && /^AIF[FC]$/.test(head.toString('latin1', 8, 12)) ? ['audio/aiff'] : NOTHING
}

/** The first page holds the first packet of its codec. */
function ogg({ head }: Excerpt): readonly string[] {
  if (!hasMark(head, mark('OggS\0'))) return NOTHING
  const packet = head.toString('latin1', 28, 40)
  if (packet.startsWith('OpusHead')) return ['audio/opus']
  return [/^(?:\x80theora|fishead|BBCD)/.test(packet) ? 'video/ogg' : 'audio/ogg']
}

function matroska({ head }: Excerpt): readonly string[] {
  if (!hasMark(head, mark('\x1a\x45\xdf\xa3'))) return NOTHING
  return [head.toString('latin1', 4, 64).includes('\x42\x82\x84webm') ? 'video/webm' : 'video/matroska']
}

const ASF = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex')
const ASF_VIDEO = Buffer.from('c0ef19bc4d5bcf11a8fd00805f5c442b', 'hex')
const ASF_AUDIO = Buffer.from('409e69f84d5bcf11a8fd00805f5c442b', 'hex')

function advancedSystems({ head }: Excerpt): readonly string[] {
  if (!hasMark(head, ASF)) return NOTHING
  if (head.includes(ASF_VIDEO)) return ['video/x-ms-wmv']
  return [head.includes(ASF_AUDIO) ? 'audio/x-ms-wma' : 'video/x-ms-asf']
}

/** kbit/s of MPEG-1 layer 3 and of MPEG-2 layer 3, by their index. */
const RATES: readonly (readonly number[])[] = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
]
const FREQUENCIES = [44_100, 48_000, 32_000]

/** MPEG audio without a tag: a frame header whose fields are all allowed and, where it can be told, another where the first frame ends. */
function mpegAudio({ head }: Excerpt): readonly string[] {
  const [, version = 0, rate = 0] = head
  if ((version & 0xf6) === 0xf0) return advancedAudio(head)
  // Layer 1 is not in use, and would be taken for the byte order mark of a text.
  if ((version & 0xe0) !== 0xe0 || (version & 0x06) === 0x06 || (version & 0x18) === 0x08 || (version & 0x06) === 0)
    return NOTHING
  if ((rate & 0xf0) === 0xf0 || (rate & 0xf0) === 0 || (rate & 0x0c) === 0x0c) return NOTHING
  const next = (version & 0x06) === 0x02 ? frameBytes(version, rate) : 0
  const isFrame =
    next === 0 || next + 2 > head.length || (head[next] === 0xff && ((head[next + 1] ?? 0) & 0xfe) === (version & 0xfe))
  return isFrame ? ['audio/mpeg'] : NOTHING
}

function frameBytes(version: number, rate: number): number {
  const isOne = (version & 0x18) === 0x18
  const kbits = RATES[isOne ? 0 : 1]?.[rate >> 4] ?? 0
  const divisor = isOne ? 1 : (version & 0x18) === 0x10 ? 2 : 4
  const hertz = (FREQUENCIES[(rate >> 2) & 3] ?? 1) / divisor
  return Math.floor(((isOne ? 144_000 : 72_000) * kbits) / hertz) + ((rate >> 1) & 1)
}

/** AAC in ADTS frames: the length of the first one leads to the second. */
function advancedAudio(head: Buffer): readonly string[] {
  const bytes = (((head[3] ?? 0) & 3) << 11) | ((head[4] ?? 0) << 3) | ((head[5] ?? 0) >> 5)
  return bytes > 7 && (be16(head, bytes) & 0xfff6) === 0xfff0 ? ['audio/aac'] : NOTHING
}

/** Packets of 188 bytes, or of 192 with a time in front, each with its sync byte. */
function transportStream({ head }: Excerpt): readonly string[] {
  const isStream = [0, 4].some((skip) => [0, 1, 2, 3].every((n) => head[skip + n * (188 + skip)] === 0x47))
  return isStream ? ['video/mp2t'] : NOTHING
}

function ac3({ head }: Excerpt): readonly string[] {
  const [, second, , , rates = 0xff, mode = 0] = head
  return second === 0x77 && (rates & 0x3f) < 38 && rates >> 6 < 3 && mode >> 3 === 8
    ? ['audio/vnd.dolby.dd-raw']
    : NOTHING
}
