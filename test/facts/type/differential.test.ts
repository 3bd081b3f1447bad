import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { allSamples } from './samples/index.ts'
import { typesOf } from './types-of.ts'

/** Where `file` has another name for the same thing: its name → ours. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'application/javascript': ['text/javascript'],
  'application/x-script.python': ['text/x-python'],
  'text/x-script.python': ['text/x-python'],
  'text/x-msdos-batch': ['application/x-bat'],
  'text/x-php': ['application/x-php'],
  'text/x-gawk': ['text/x-awk'],
  'text/x-tex': ['application/x-tex'],
  'text/rtf': ['application/rtf'],
  'text/PGP': ['application/pgp-encrypted'],
  'text/x-ms-scf': ['application/x-windows-scf'],
  'application/x-sylk': ['text/x-sylk'],
  'application/x-rar': ['application/vnd.rar'],
  'application/x-installshield': ['application/x-installshield-cab'],
  'application/x-ms-compress-kwaj': ['application/x-ms-compress-szdd'],
  'application/x-qemu-disk': ['application/x-qcow2'],
  'application/x-virtualbox-vhd': ['application/x-vhd'],
  'application/x-java-jce-keystore': ['application/x-java-keystore'],
  'application/x-java-applet': ['application/java-vm'],
  'application/x-msaccess': ['application/vnd.ms-access'],
  'application/x-dbf': ['application/vnd.dbf'],
  'application/encrypted': ['application/x-ole-encrypted-package'],
  'application/vnd.ms-opentype': ['font/otf'],
  'font/sfnt': ['font/ttf'],
  'image/x-jp2-codestream': ['image/j2c'],
  'image/x-win-bitmap': ['image/x-win-cursor'],
  'application/x-navi-animation': ['image/x-win-animated-cursor'],
  'image/heif-sequence': ['image/heif'],
  'image/x-portable-pixmap': ['image/x-portable-anymap'],
  'image/x-portable-bitmap': ['image/x-portable-anymap'],
  'image/x-portable-greymap': ['image/x-portable-anymap'],
  'audio/x-m4a': ['audio/mp4'],
  'audio/x-hx-aac-adts': ['audio/aac'],
  'audio/x-aiff': ['audio/aiff'],
  'video/x-matroska': ['video/matroska'],
  'application/vnd.oasis.opendocument.database': ['application/vnd.oasis.opendocument.base'],
}

/** Where `file` stops at the container or the family that ours goes on from. */
const COARSER: readonly (readonly [theirs: RegExp, ours: RegExp])[] = [
  [
    /^application\/zip$/,
    /openxmlformats|opendocument|openofficeorg|^application\/(?:vnd\.ms-|oxps|epub|hwp\+zip|java-archive|x-(?:vsix|nuget|python-wheel|xpinstall|iwork)|vnd\.google-earth)/,
  ],
  [
    /^application\/vnd\.openxmlformats-officedocument\.(?:wordprocessingml\.document|spreadsheetml\.sheet|presentationml\.presentation)$/,
    /openxmlformats|macroEnabled/,
  ],
  [/^application\/vnd\.ms-visio\.drawing\.main\+xml$/, /ms-visio/],
  [/^application\/x-ole-storage$/, /^application\/(?:vnd\.|x-msi|x-ms-ms[pt]|x-hwp)/],
  [
    /^text\/xml$/,
    /xml|html|hta|wsf|scriptlet|x-ms-|msbuild|jnlp|appinstaller|mobileconfig|webloc|plist|xsl|wml|asx|flat-opc|xfdf/,
  ],
  [/^text\/html$/, /^application\/hta$/],
  [/^message\/rfc822$/, /^application\/x-mimearchive$/],
  [/^video\/x-ms-asf$/, /^(?:video|audio)\/x-ms-/],
  [/^audio\/ogg$/, /^audio\/opus$/],
  [/^font\/ttf$/, /^font\/collection$/],
  [
    /^application\/(?:x-wine-extension-ini|x-setupscript)$/,
    /^application\/x-(?:mswinurl|windows-|autorun|setup-inf|ica)/,
  ],
]

/** Where `file` is wrong about a sample of ours, and why. */
const WRONG: Readonly<Record<string, string>> = {
  'application/x-stuffit => application/x-stuffitx': 'StuffIt X has a mark of its own',
  'audio/amr => audio/amr-wb': 'wide-band AMR has a mark of its own (RFC 4867, section 5)',
  'application/vnd.ms-outlook => application/vnd.ms-outlook-pst': 'a store, not a message',
  'application/x-dbt => application/x-dosexec': 'the fields of a memo file happen to fit',
  'image/x-ms-icl => application/x-ne-executable': 'libraries of icons are programs, which Windows would run',
  'text/x-c => text/x-autoit': 'AutoIt includes files as C does',
  'text/x-c => text/x-go': 'some words of C do not make it C',
  'text/x-c => text/x-rust': 'some words of C do not make it C',
  'text/x-c++ => text/x-csharp': 'a namespace is not only of C++',
  'text/x-c++ => text/x-c': 'the catalog does not tell C from C++',
}

test('what file says differently is another name, a coarser type, or explained', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peekaboo-types-'))
  const contents = allSamples().flatMap(({ genuine }) => genuine)
  try {
    const told = tellFile(folder, contents)
    const unexplained = contents.flatMap((content, n) => {
      const types = typesOf(content)
      return isExplained(told[n] ?? '', types) ? [] : [`${told[n]} => ${types.join()}`]
    })

    assert.deepEqual([...new Set(unexplained)], [])
    assert.equal(told.length, contents.length)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

function tellFile(folder: string, contents: readonly Buffer[]): readonly string[] {
  const paths = contents.map((content, n) => {
    const path = join(folder, `${n}`)
    writeFileSync(path, content)
    return path
  })
  writeFileSync(join(folder, 'list'), `${paths.join('\n')}\n`)
  const out = execFileSync('file', ['--brief', '--mime-type', '--files-from', join(folder, 'list')], {
    encoding: 'utf8',
  })
  return out.trim().split('\n')
}

function isExplained(theirs: string, types: readonly string[]): boolean {
  const [ours = ''] = types
  if (types.includes(theirs) || /^(?:application\/octet-stream|text\/plain)$/.test(theirs)) return true
  if (OTHER_NAMES[theirs]?.some((name) => types.includes(name))) return true
  return COARSER.some(([coarse, fine]) => coarse.test(theirs) && fine.test(ours)) || `${theirs} => ${ours}` in WRONG
}
