/** Images of disks and file systems: Windows mounts most of them on a double click, and shows what is in them. */
import { be16, bytesAt, type Excerpt, hasMark, mark, u16, u32 } from '../excerpt.ts'
import { bytesOf, type Detector, NOTHING } from './detector.ts'

/** Looks at images of disks. */
export const DISK_DETECTORS: readonly Detector[] = [
  [[0x55], bootSector, 510],
  [[0x53], linuxVolume, 1080],
  [bytesOf('HB'), appleVolume, 1024],
  [bytesOf('BC'), volumeRecognition, 0x8001],
  [undefined, trailer],
]

/** A boot sector: of a FAT volume, or of a disk with a table of partitions. */
function bootSector({ head }: Excerpt): readonly string[] {
  if (head[510] !== 0x55 || head[511] !== 0xaa) return NOTHING
  if (isFat(head)) return ['application/x-fat-image']
  // NTFS and GPT have marks of their own; a protective table of partitions is not the disk's real one.
  if (hasMark(head, mark('NTFS    '), 3) || head[450] === 0xee) return NOTHING
  return [0, 1, 2, 3].every((n) => isPartition(head, 446 + 16 * n)) && u32(head, 454) + u32(head, 470) > 0
    ? ['application/x-raw-disk-image']
    : NOTHING
}

/** The BIOS parameter block (Microsoft's FAT specification, section 3): sector and cluster size, number of tables. */
function isFat(head: Buffer): boolean {
  const isJump = (head[0] === 0xeb && head[2] === 0x90) || head[0] === 0xe9
  const sector = u16(head, 11)
  const cluster = head[13] ?? 0
  const isBlock = [512, 1024, 2048, 4096].includes(sector) && cluster > 0 && (cluster & (cluster - 1)) === 0
  const tables = head[16] ?? 0
  return (
    (isJump && isBlock && u16(head, 14) > 0 && tables >= 1 && tables <= 4 && (head[21] ?? 0) >= 0xf0) || isExfat(head)
  )
}

function isExfat(head: Buffer): boolean {
  return hasMark(head, mark('EXFAT   '), 3)
}

function isPartition(head: Buffer, at: number): boolean {
  const status = head[at] ?? 1
  return (status === 0 || status === 0x80) && (head[at + 4] === 0 ? u32(head, at + 8) === 0 : u32(head, at + 12) > 0)
}

/** ext2 to ext4 keep their superblock 1,024 bytes in. */
function linuxVolume({ head }: Excerpt): readonly string[] {
  const isVolume = u16(head, 1080) === 0xef53 && u32(head, 1048) <= 6 && u32(head, 1028) > 0 && u32(head, 1100) <= 1
  return isVolume ? ['application/x-ext-image'] : NOTHING
}

/** HFS and HFS+ do so too. */
function appleVolume({ head }: Excerpt): readonly string[] {
  const volume = head.toString('latin1', 1024, 1026)
  const isPlus = (volume === 'H+' && be16(head, 1026) === 4) || (volume === 'HX' && be16(head, 1026) === 5)
  const isOld = volume === 'BD' && u32(head, 0) === 0 && be16(head, 1024 + 14) === 3
  return isPlus || isOld ? ['application/x-hfs-image'] : NOTHING
}

/** The sequence of volume structures (ECMA-167 part 2): UDF names itself in one of the sectors after ISO 9660's place. */
function volumeRecognition({ head }: Excerpt): readonly string[] {
  if (head.length < 0x8006 || head.toString('latin1', 0x8001, 0x8006).search(/^(?:BEA01|CD001)/) < 0) return NOTHING
  for (let at = 0x8000; at + 6 <= head.length && at < 0x10000; at += 2048) {
    if (/^NSR0[23]$/.test(head.toString('latin1', at + 1, at + 6))) return ['application/x-udf-image']
  }
  return NOTHING
}

/** Formats that end with their header: images of fixed size of Virtual PC, and Apple's. */
function trailer(sample: Excerpt): readonly string[] {
  const last = sample.ending[sample.ending.length - 1] ?? sample.head
  const first = last[last.length - 512]
  if (last.length >= 512 && first !== 0x63 && first !== 0x6b) return NOTHING
  const end = bytesAt(sample, sample.size - 512, 512)
  if (end.length < 512) return NOTHING
  if (hasMark(end, mark('conectix\0\0\0\x02'))) return ['application/x-vhd']
  return hasMark(end, mark('koly\0\0\0\x04\0\0\x02\0')) ? ['application/x-apple-diskimage'] : NOTHING
}
