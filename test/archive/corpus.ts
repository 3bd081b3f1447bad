/** One archive of every format, with the same three files in it, by the real programs where there are any. */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { makeDmg, makeGpt, makeLzh, makeMbr, makeRar4, makeRar5, makeVhd, type Stored } from './make-archive.ts'
import { inWorkshop, prose, type Workshop } from './tools.ts'

/** The files in it. */
export const FILES: readonly Stored[] = [
  { name: 'a.txt', data: prose('a', 5000) },
  { name: 'dir/b.bin', data: prose('b', 90_000) },
  { name: 'dir/sub dir/run.exe', data: Buffer.concat([Buffer.from('MZ'), prose('program', 3000)]) },
]

export interface Made {
  readonly format: string
  readonly content: Buffer
  /** Files as another program lists them, as far as it can; the size where it tells one. */
  readonly listed: readonly Listed[]
}

export interface Listed {
  readonly by: string
  readonly files: readonly string[]
}

type Maker = (shop: Workshop, out: string) => Buffer | undefined

const seven = (...words: readonly string[]): Maker => {
  return (shop, out) => void shop.run('7zz', 'a', '-bd', ...words, `${out}.`, 'a.txt', 'dir')
}
const bsd = (format: string): Maker => {
  return (shop, out) => void shop.run('bsdtar', `--format=${format}`, '-cf', out, 'a.txt', 'dir')
}
const tar = (...words: readonly string[]): Maker => {
  return (shop, out) => void shop.run('tar', ...words, '-cf', out, 'a.txt', 'dir')
}
const shell = (script: string): Maker => {
  return (shop, out) => void shop.run('sh', '-c', script, 'sh', out)
}
const image = (type: string, ...words: readonly string[]): Maker => {
  return (shop, out) => {
    shop.put('disk', makeMbr(floppy(shop)))
    shop.run('qemu-img', 'convert', '-f', 'raw', '-O', type, ...words, 'disk', out)
    return undefined
  }
}
const deb = (compression: string): Maker => {
  return (shop, out) => {
    shop.put('tree/DEBIAN/control', 'Package: p\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: d\n')
    shop.run('cp', '-r', 'a.txt', 'dir', 'tree')
    shop.run('dpkg-deb', `-Z${compression}`, '-b', 'tree', out)
    return undefined
  }
}
const rpm = (payload: string): Maker => {
  return (shop, out) => {
    const head = 'Name: x\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\n%description\nx\n'
    const install = `%install\nmkdir -p %{buildroot}/opt\ncp -r ${shop.folder}/a.txt ${shop.folder}/dir %{buildroot}/opt\n`
    shop.put('x.spec', `${head}${install}%files\n/opt\n`)
    const define = (macro: string) => ['--define', macro]
    shop.run(
      ...[
        'rpmbuild',
        '-bb',
        '--quiet',
        ...define(`_topdir ${shop.folder}/rpm`),
        ...define(`_binary_payload ${payload}`),
      ],
      ...[...define(`_dbpath ${shop.folder}/rpmdb`), 'x.spec'],
    )
    shop.run('sh', '-c', 'mv rpm/RPMS/noarch/*.rpm "$0"', out)
    return undefined
  }
}
const ext = (type: string): Maker => {
  return (shop, out) => {
    shop.run('sh', '-c', 'mkdir tree; cp -r a.txt dir tree')
    shop.run('/sbin/mke2fs', '-q', '-t', type, '-d', 'tree', out, '1M')
    return undefined
  }
}
/** The description of an installer package. */
const WXS = `<?xml version="1.0"?><Wix xmlns="http://schemas.microsoft.com/wix/2006/wi"><Product Id="*" UpgradeCode="12345678-1234-1234-1234-111111111111" Version="1.0" Language="1033" Name="x" Manufacturer="x"><Package InstallerVersion="300" Compressed="yes"/><Media Id="1" Cabinet="x.cab" EmbedCab="yes"/><Directory Id="TARGETDIR" Name="SourceDir"><Component Id="c" Guid="12345678-1234-1234-1234-222222222222"><File Id="a" Source="a.txt"/><File Id="b" Source="dir/b.bin"/><File Id="c" Source="dir/sub dir/run.exe"/></Component></Directory><Feature Id="F" Level="1"><ComponentRef Id="c"/></Feature></Product></Wix>`

/** A floppy disk with the files. */
function floppy(shop: Workshop): Buffer {
  shop.run('mformat', '-C', '-f', '1440', '-i', 'floppy', '::')
  shop.run('mcopy', '-i', 'floppy', '-s', 'a.txt', 'dir', '::')
  return shop.read('floppy')
}

const cpio = (format: string) => shell(`find a.txt dir -type f | cpio -o --quiet -H ${format} > "$1"`)

/** By format; a maker writes the file or returns it. */
const MAKERS: Readonly<Record<string, Maker>> = {
  '7z': seven('-t7z'),
  '7z ppmd': seven('-t7z', '-m0=ppmd'),
  '7z bcj2': seven('-t7z', '-m0=bcj2', '-m1=lzma'),
  '7z by libarchive': bsd('7zip'),
  arj: (shop) => {
    shop.run('arj', 'a', '-y', 'arc', ...FILES.map(({ name }) => name))
    return shop.read('arc.arj')
  },
  cab: (shop, out) => void shop.run('gcab', '-c', out, 'a.txt', 'dir/b.bin', 'dir/sub dir/run.exe'),
  'cpio binary': cpio('bin'),
  'cpio crc': cpio('crc'),
  'cpio newc': cpio('newc'),
  'cpio odc': cpio('odc'),
  'deb gzip': deb('gzip'),
  'deb xz': deb('xz'),
  'deb zstd': deb('zstd'),
  dmg: (shop) => makeDmg(floppy(shop)),
  ext2: ext('ext2'),
  ext4: ext('ext4'),
  fat: floppy,
  gpt: (shop) => makeGpt(floppy(shop)),
  iso: shell('mkdir t; cp -r a.txt dir t; genisoimage -quiet -J -R -o "$1" t'),
  'iso by libarchive': bsd('iso9660'),
  'iso with udf': shell('mkdir t; cp -r a.txt dir t; genisoimage -quiet -udf -J -o "$1" t'),
  lzh: () => makeLzh(FILES.map(({ name, data }) => ({ name: name.replaceAll(' ', '_'), data }))),
  mbr: (shop) => makeMbr(floppy(shop)),
  msi: (shop, out) => {
    shop.put('x.wxs', WXS)
    shop.run('wixl', '-o', out, 'x.wxs')
    return undefined
  },
  qcow2: image('qcow2'),
  'qcow2 compressed': image('qcow2', '-c'),
  rar4: () => makeRar4(FILES),
  rar5: () => makeRar5(FILES),
  'rpm gzip': rpm('w6.gzdio'),
  'rpm xz': rpm('w2.xzdio'),
  'rpm zstd': rpm('w3.zstdio'),
  squashfs: shell('mksquashfs a.txt dir "$1" -noappend -quiet -no-progress'),
  'squashfs zstd': shell('mksquashfs a.txt dir "$1" -comp zstd -noappend -quiet -no-progress'),
  tar: tar('--format=gnu'),
  'tar pax': tar('--format=pax'),
  'tar v7': tar('--format=v7'),
  'tar.Z': tar('-Z'),
  'tar.bz2': tar('-j'),
  'tar.gz': tar('-z'),
  'tar.lz': tar('--lzip'),
  'tar.lzma': shell('tar -cf - a.txt dir | xz --format=lzma > "$1"'),
  'tar.xz': tar('-J'),
  'tar.zst': tar('--zstd'),
  vdi: image('vdi'),
  vhd: image('vpc'),
  'vhd fixed': (shop) => makeVhd(makeMbr(floppy(shop))),
  vhdx: image('vhdx'),
  vmdk: image('vmdk'),
  wim: seven('-twim'),
  'wim lzx': shell('mkdir t; cp -r a.txt dir t; wimlib-imagex capture t "$1" --compress=LZX > /dev/null 2>&1'),
  'wim solid': shell(
    'mkdir t; cp -r a.txt dir t; wimlib-imagex capture t "$1" --solid --compress=LZMS > /dev/null 2>&1',
  ),
  xar: bsd('xar'),
  zip: (shop, out) => void shop.run('sh', '-c', 'zip -q -r - a.txt dir > "$0"', out),
  'zip deflate64': seven('-tzip', '-mm=deflate64'),
  'zip lzma': seven('-tzip', '-mm=lzma'),
  'zip ppmd': seven('-tzip', '-mm=ppmd'),
  'zip bzip2': seven('-tzip', '-mm=bzip2'),
  'zip in gzip in zstd': (shop) => {
    shop.run('zip', '-q', '-r', 'in.zip', 'a.txt', 'dir')
    return zstdCompressSync(gzipSync(shop.read('in.zip')))
  },
}

/** Formats of which one of the other programs cannot list the files, or lists another layer than ours. */
const UNLISTED: Readonly<Record<string, RegExp>> = {
  // Debian's has no RAR.
  '7z': /^(?:rar|deb|tar\.|dmg|msi|rpm|zip in gzip|tar\.lz$)/,
  bsdtar: /^(?:7z by|arj|cab|deb|dmg|ext|fat|gpt|iso with udf|mbr|msi|qcow|squashfs|v|wim|zip (?:deflate64|in))/,
}

export const FORMATS_MADE: readonly string[] = Object.keys(MAKERS)

/** Makes the archive of a format. */
export function make(format: string): Promise<Made> {
  return inWorkshop((shop) => {
    for (const { name, data } of FILES) shop.put(name, data)
    const content = MAKERS[format]?.(shop, 'out') ?? shop.read('out')
    shop.put('archive', content)
    const listed = [
      { by: '7z', files: UNLISTED['7z']?.test(format) ? [] : listedBySevenZip(shop) },
      { by: 'bsdtar', files: UNLISTED.bsdtar?.test(format) ? [] : listedByLibarchive(shop) },
    ]
    return { format, content, listed }
  })
}

function listedBySevenZip(shop: Workshop): readonly string[] {
  const records = shop.run('7zz', 'l', '-ba', '-slt', 'archive').toString().split('\n\n')
  return records.flatMap((record) => {
    const path = /^Path = (.*)/m.exec(record)?.[1] ?? ''
    const isFolder = /^Folder = \+|^Attributes = D|^Mode = d/m.test(record)
    return path === '' || isFolder ? [] : [`${path} ${/^Size = (\d*)/m.exec(record)?.[1] ?? ''}`]
  })
}

/** A long list has mode, links, owners, size, date and path. */
function listedByLibarchive(shop: Workshop): readonly string[] {
  const lines = shop.run('env', 'LC_ALL=C.UTF-8', 'bsdtar', '-tvf', 'archive').toString().split('\n')
  return lines.flatMap((line) => {
    const [, size = '', path = ''] = /^-\S+ +\d+ \S+ +\S+ +(\d+) \S+ +\S+ +\S+ (.*)$/.exec(line) ?? []
    return path === '' ? [] : [`${path.replace(/^\.\//, '')} ${size}`]
  })
}
