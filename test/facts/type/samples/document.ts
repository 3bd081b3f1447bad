/** Documents in OLE files and zip files, and other packages. */
import { cat, changed, latin, le16, noise } from '../bytes.ts'
import { type OleForm, ole, type ZipMember, zip } from '../containers.ts'
import type { TypeSamples } from './sample.ts'

/** A file information block of Word with these flags. */
const word = (flags: number) => cat(le16(0xa5ec, 0xc1, 0, 0x409, 0, flags), noise(500))
/** Records of a workbook: BOF, some more, EOF. */
const workbook = (...records: readonly number[]) =>
  cat(le16(0x809, 16), Buffer.alloc(16), ...records.map((id) => cat(le16(id, 2), '\0\0')), le16(0x0a, 0))

/** Files that hold these streams: small, large, and with sectors of the larger size. */
function compound(
  type: string,
  streams: readonly (readonly [string, Buffer?])[],
  form: OleForm = {},
  near: readonly Buffer[] = [],
): TypeSamples {
  const genuine = [
    ole(streams, form),
    ole(streams, { ...form, padding: 900 }),
    ole(streams, { ...form, padding: 90, sectorBytes: 4096 }),
  ]
  return {
    type,
    genuine,
    near: [
      ...near,
      ole([['Own Stream']]),
      changed(ole(streams, form), 0, 0xd1),
      latin(streams.map(([name]) => name).join()),
    ],
  }
}

/** Content types of a package whose main part has this one. */
function contentTypes(...types: readonly string[]): ZipMember {
  const overrides = types.map((type, n) => `<Override PartName="/part${n}.xml" ContentType="${type}"/>`).join('')
  const padding =
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
  return [
    '[Content_Types].xml',
    `<?xml version="1.0"?>\n<Types xmlns="http://schemas.test">${padding}${overrides}</Types>`,
  ]
}

const RELS: ZipMember = ['_rels/.rels', '<Relationships/>']
const PICTURE: ZipMember = ['media/image1.png', noise(150_000)]
const OOXML = 'application/vnd.openxmlformats-officedocument'

/** Packages with a main part of this type: the list first, last behind a large member, and written by one that streams. */
function office(type: string, main: string, folder: string): TypeSamples {
  const part: ZipMember = [`${folder}/main.xml`, '<x/>']
  return {
    type,
    genuine: [
      zip([contentTypes(main), RELS, part]),
      zip([RELS, part, PICTURE, contentTypes('image/x-other', main)]),
      zip([contentTypes(main), RELS, part, PICTURE], { streamed: true }),
    ],
    near: [
      zip([['a.xml', main], part]),
      zip([contentTypes('application/x-nothing'), RELS, ['own/a.xml']]),
      latin(main),
    ],
  }
}

function packaged(type: string, ...names: readonly string[]): TypeSamples {
  const members: readonly ZipMember[] = names.map((name) => [name, 'x'])
  return {
    type,
    genuine: [
      zip(members),
      zip([...members, PICTURE]),
      zip([PICTURE, ...members], { before: latin('#! own stub\n'), comment: 'note' }),
    ],
    near: [zip(names.map((name): ZipMember => [`sub/${name}x`, 'x'])), latin(names.join())],
  }
}

function stated(type: string, ...more: readonly ZipMember[]): TypeSamples {
  const first: ZipMember = ['mimetype', type]
  return {
    type,
    genuine: [
      zip([first, ['content.xml', '<x/>'], ...more]),
      zip([first, PICTURE, ...more]),
      zip([['content.xml', '<x/>'], first], { store: true }),
    ],
    near: [zip([['mimetype', `x${type}`], ['content.xml']]), zip([['content.xml', type]]), latin(type)],
  }
}

const MS = 'application/vnd.ms-'
const ODF = 'application/vnd.oasis.opendocument'
const odfKinds = [
  ...[
    'text',
    'text-template',
    'text-master',
    'text-web',
    'spreadsheet',
    'spreadsheet-template',
    'presentation',
    'presentation-template',
  ],
  ...['graphics', 'graphics-template', 'chart', 'formula', 'image', 'base', 'database'],
]

/** Samples of documents. */
export const DOCUMENT_SAMPLES: readonly TypeSamples[] = [
  compound('application/msword', [['WordDocument', word(0)], ['1Table']]),
  compound('application/x-ms-word-template', [['WordDocument', word(1)]], {}, [ole([['WordDocument', word(0)]])]),
  compound('application/vnd.ms-excel', [['Workbook', workbook()]]),
  compound('application/x-ms-excel-template', [['Workbook', workbook(0x42, 0x60)]], {}, [
    ole([['Workbook', workbook(0x42)]]),
  ]),
  compound('application/x-ms-excel-addin', [['Workbook', workbook(0x87, 0x42)]], {}, [ole([['Book', workbook(0x42)]])]),
  compound('application/vnd.ms-powerpoint', [['PowerPoint Document'], ['Current User']]),
  compound('application/vnd.visio', [['VisioDocument']], { classId: '141a020000000000c000000000000046' }),
  compound('application/vnd.ms-publisher', [['Contents'], ['Quill']], { classId: '0112020000000000c000000000000046' }),
  compound('application/vnd.ms-project', [['Props14'], ['TBkndTask']]),
  compound('application/vnd.ms-works', [['MatOST']]),
  compound('application/vnd.ms-outlook', [['__properties_version1.0'], ['__substg1.0_0037001F']], {
    storages: ['__nameid_version1.0'],
  }),
  compound('application/x-hwp', [['FileHeader'], ['\x05HwpSummaryInformation']]),
  compound('application/x-ole-encrypted-package', [['EncryptionInfo'], ['EncryptedPackage', noise(9000)]]),
  compound('application/x-encrypted-document', [['WordDocument', word(0x100)]], {}, [ole([['WordDocument', word(0)]])]),
  compound('application/x-vba-project', [['WordDocument', word(0)], ['PROJECT']], { storages: ['Macros', 'VBA'] }, [
    ole([['WordDocument', word(0)]]),
  ]),
  compound('application/x-ole-package', [['\x01Ole10Native', noise(300)]]),
  compound('application/x-msi', [['\u4840\u3f3f']], { classId: '84100c0000000000c000000000000046' }),
  compound('application/x-ms-msp', [['\u4840\u3f3f']], { classId: '86100c0000000000c000000000000046' }),
  compound('application/x-ms-mst', [['\u4840\u3f3f']], { classId: '82100c0000000000c000000000000046' }),
  {
    type: 'application/x-ole-storage',
    genuine: [ole([['Own Stream']]), ole([], { padding: 900 }), ole([['A'], ['B']], { sectorBytes: 4096 })],
    near: [ole([['WordDocument', word(0)]]), changed(ole([]), 1, 0)],
  },
  office(`${OOXML}.wordprocessingml.document`, `${OOXML}.wordprocessingml.document.main+xml`, 'word'),
  office(`${OOXML}.wordprocessingml.template`, `${OOXML}.wordprocessingml.template.main+xml`, 'word'),
  office(`${MS}word.document.macroEnabled.12`, `${MS}word.document.macroEnabled.main+xml`, 'word'),
  office(`${MS}word.template.macroEnabled.12`, `${MS}word.template.macroEnabledTemplate.main+xml`, 'word'),
  office(`${OOXML}.spreadsheetml.sheet`, `${OOXML}.spreadsheetml.sheet.main+xml`, 'xl'),
  office(`${OOXML}.spreadsheetml.template`, `${OOXML}.spreadsheetml.template.main+xml`, 'xl'),
  office(`${MS}excel.sheet.macroEnabled.12`, `${MS}excel.sheet.macroEnabled.main+xml`, 'xl'),
  office(`${MS}excel.template.macroEnabled.12`, `${MS}excel.template.macroEnabled.main+xml`, 'xl'),
  office(`${MS}excel.addin.macroEnabled.12`, `${MS}excel.addin.macroEnabled.main+xml`, 'xl'),
  office(`${MS}excel.sheet.binary.macroEnabled.12`, `${MS}excel.sheet.binary.macroEnabled.main`, 'xl'),
  office(`${OOXML}.presentationml.presentation`, `${OOXML}.presentationml.presentation.main+xml`, 'ppt'),
  office(`${OOXML}.presentationml.template`, `${OOXML}.presentationml.template.main+xml`, 'ppt'),
  office(`${OOXML}.presentationml.slideshow`, `${OOXML}.presentationml.slideshow.main+xml`, 'ppt'),
  office(`${OOXML}.presentationml.slide`, `${OOXML}.presentationml.slide+xml`, 'ppt'),
  ...(['presentation', 'template', 'slideshow', 'addin'] as const).map((kind) =>
    office(`${MS}powerpoint.${kind}.macroEnabled.12`, `${MS}powerpoint.${kind}.macroEnabled.main+xml`, 'ppt'),
  ),
  ...(['drawing', 'stencil', 'template'] as const).flatMap((kind) => [
    office(`${MS}visio.${kind}`, `${MS}visio.${kind}.main+xml`, 'visio'),
    office(`${MS}visio.${kind}.macroEnabled.12`, `${MS}visio.${kind}.macroEnabled.main+xml`, 'visio'),
  ]),
  office('application/oxps', 'application/vnd.ms-package.xps-fixeddocumentsequence+xml', 'Documents'),
  office(`${MS}package.3dmanufacturing-3dmodel+xml`, `${MS}package.3dmanufacturing-3dmodel+xml`, '3D'),
  ...odfKinds.map((kind) => stated(`${ODF}.${kind}`)),
  stated('application/epub+zip'),
  stated('application/hwp+zip'),
  stated('application/vnd.openofficeorg.extension'),
  {
    type: 'application/x-ooo-basic',
    genuine: ['Standard', 'Own', 'Library1'].map((name) =>
      zip([
        ['mimetype', `${ODF}.text`],
        [`Basic/${name}/Module1.xml`, '<x/>'],
      ]),
    ),
    near: [zip([['mimetype', `${ODF}.text`]]), zip([['Basic/Standard/Module1.xml', '<x/>']])],
  },
  packaged('application/java-archive', 'META-INF/MANIFEST.MF', 'own/A.class'),
  packaged('application/vnd.android.package-archive', 'AndroidManifest.xml', 'classes.dex', 'META-INF/MANIFEST.MF'),
  packaged('application/vnd.ms-appx', 'AppxManifest.xml', 'own.exe'),
  packaged('application/x-ios-app', 'Payload/Own.app/Info.plist'),
  packaged('application/x-vsix', 'extension.vsixmanifest'),
  packaged('application/x-nuget-package', 'own.nuspec'),
  packaged('application/x-python-wheel', 'own-1.0.dist-info/WHEEL'),
  packaged('application/x-xpinstall', 'install.rdf'),
  packaged('application/x-iwork', 'Index/Document.iwa'),
  packaged('application/vnd.google-earth.kmz', 'doc.kml'),
  {
    type: 'application/zip',
    genuine: [
      zip([['a.txt', 'a']]),
      zip([]),
      zip([['a', noise(90)]], { before: noise(5000), comment: 'c' }),
      zip([PICTURE]),
    ],
    near: [latin('PK is short for Phil Katz'), changed(zip([]), 2, 9), cat(noise(50), 'PK\x05\x06')],
  },
  {
    type: 'application/pdf',
    genuine: ['', '\xef\xbb\xbf', 'x'.repeat(1000)].map((before) =>
      latin(`${before}%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj`),
    ),
    near: [latin('PDF-1.7 is a version'), latin(`${'x'.repeat(1100)}%PDF-1.7`)],
  },
]
