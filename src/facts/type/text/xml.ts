/** XML by the name and the namespace of its root element: many of them make Windows or macOS run, fetch or mount something. */

/** Root element → type; the element's name without its prefix, lower case. */
const ROOTS: Readonly<Record<string, string>> = {
  job: 'application/x-wsf',
  scriptlet: 'text/scriptlet',
  librarydescription: 'application/x-windows-library+xml',
  persistedquery: 'application/x-windows-search+xml',
  searchconnectordescription: 'application/x-windows-search-connector+xml',
  opensearchdescription: 'application/x-windows-search-connector+xml',
  pcsettings: 'application/x-windows-settingcontent+xml',
  mmc_consolefile: 'application/x-ms-msc',
  jnlp: 'application/x-java-jnlp-file',
  appinstaller: 'application/appinstaller',
  stylesheet: 'application/xslt+xml',
  transform: 'application/xslt+xml',
  plist: 'application/x-plist',
  rss: 'application/rss+xml',
  feed: 'application/atom+xml',
  kml: 'application/vnd.google-earth.kml+xml',
  gpx: 'application/gpx+xml',
  math: 'application/mathml+xml',
  rdf: 'application/rdf+xml',
  envelope: 'application/soap+xml',
  wml: 'text/vnd.wap.wml',
  xdp: 'application/vnd.adobe.xdp+xml',
  xfdf: 'application/vnd.adobe.xfdf',
  asx: 'video/x-ms-asx',
  worddocument: 'application/x-ms-word-2003-xml',
}

/** Roots whose name others use too: the namespace, or what is in them, must fit. */
const CONFIRMED: readonly (readonly [root: string, RegExp, string])[] = [
  ['component', /<(?:registration|script|public)[\s>]/i, 'text/scriptlet'],
  [
    'package',
    /xmlns(?::\w{1,20})?\s*=\s*["']http:\/\/schemas\.microsoft\.com\/office\/2006\/xmlPackage/i,
    'application/vnd.ms-office.flat-opc',
  ],
  ['package', /<job[\s>]/i, 'application/x-wsf'],
  ['workbook', /urn:schemas-microsoft-com:office:spreadsheet/i, 'application/x-ms-excel-2003-xml'],
  [
    'project',
    /xmlns\s*=\s*["']http:\/\/schemas\.microsoft\.com\/developer\/msbuild\/2003|<UsingTask\s|<Target\s+Name\s*=/i,
    'application/x-msbuild',
  ],
  ['assembly', /urn:schemas-microsoft-com:asm\.v[123]/i, 'application/x-ms-application'],
  ['playlist', /xmlns\s*=\s*["']http:\/\/xspf\.org/i, 'application/xspf+xml'],
  ['window', /there\.is\.only\.xul/i, 'application/vnd.mozilla.xul+xml'],
  ['xml', /office:OfficeDataConnection|<odc:/i, 'text/x-ms-odc'],
]

/** A style sheet that brings script, and a property list that is a web location or a profile. */
const WITHIN: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  'application/xslt+xml': [
    [/<(?:ms|msxsl|xalan|lxslt):(?:script|component)|urn:schemas-microsoft-com:xslt/i, 'application/x-xsl-script'],
  ],
  'application/x-plist': [
    [/<key>PayloadType<\/key>/i, 'application/x-apple-mobileconfig'],
    [/<key>URL<\/key>/i, 'application/x-apple-webloc'],
  ],
}

const ROOT = /^<([\w.-]{1,64}:)?([\w.-]{1,64})[\s>/]/

/** Types of XML; none where the text does not declare itself as XML and its first element is not known. */
export function xmlTypes(element: string, isDeclared: boolean): string[] {
  const root = ROOT.exec(element)?.[2]?.toLowerCase()
  if (root !== undefined) {
    const start = element.slice(0, 16_384)
    const type =
      CONFIRMED.find(([name, pattern]) => name === root && pattern.test(start))?.[2] ??
      (Object.hasOwn(ROOTS, root) ? ROOTS[root] : undefined)
    if (type !== undefined) {
      const narrower = WITHIN[type]?.find(([pattern]) => pattern.test(start))?.[1]
      return narrower === undefined ? [type] : [narrower, type]
    }
  }
  const isPlain = isDeclared || (root !== undefined && isElement(element, root))
  return isPlain ? ['application/xml'] : []
}

/** Without a declaration an element is XML's where it is closed, names a namespace, or ends at once. */
function isElement(element: string, root: string): boolean {
  const end = element.indexOf('>')
  if (end < 0) return false
  const tag = element.slice(0, end)
  return (
    tag.endsWith('/') ||
    /\sxmlns(?::[\w-]{1,40})?\s*=/.test(tag) ||
    element.toLowerCase().trimEnd().endsWith(`${root}>`)
  )
}
