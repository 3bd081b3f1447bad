/** HTML, SVG and XML of many kinds. */
import { type TypeSamples, texts } from './sample.ts'

const XML = '<?xml version="1.0" encoding="utf-8"?>\n'

/** XML with this root: declared, after a comment, and with a byte order mark; and as the name of something within. */
function root(type: string, open: string, inside = '', near: readonly string[] = []): TypeSamples {
  const name = /^<([\w:.-]+)/.exec(open)?.[1] ?? ''
  const whole = `${open}${inside}</${name}>`
  return texts(
    type,
    [`${XML}${whole}\n`, `${XML}<!-- own -->\n<!-- more -->${whole}`, `\ufeff${XML}\n${whole}`],
    [`${XML}<other>${whole}</other>`, `The element ${whole} is explained below.\n`, ...near],
  )
}

/** Samples of markup. */
export const MARKUP_SAMPLES: readonly TypeSamples[] = [
  texts(
    'text/html',
    [
      '<!DOCTYPE html>\n<html><body>x</body></html>',
      '\ufeff\n<!-- x --><html>',
      '<script>alert(1)</script>',
      `${XML}<!DOCTYPE html PUBLIC "x"><html/>`,
      '<div style="x">a</div>',
      'some words first\n<html><script>x</script></html>',
    ].map((text) => text),
    ['I like <b>markup</b>', '5 < 6 and <a is not closed', `${XML}<a/>`],
  ),
  texts(
    'application/hta',
    [
      '<html><head><HTA:APPLICATION ID="own" WINDOWSTATE="minimize"></head><script>x</script></html>',
      '<hta:application id=x />\n<script language="VBScript">x</script>',
      '<!-- a --><script>y</script><hta:application showintaskbar="no">',
    ],
    ['<html><body>application</body></html>', 'An hta:application is a program.\n'],
  ),
  texts(
    'image/svg+xml',
    [
      `${XML}<svg xmlns="http://www.w3.org/2000/svg"/>`,
      '<svg width="1"><script>x</script></svg>',
      '<!DOCTYPE svg PUBLIC "x"><!-- x --><svg>',
      `${XML}<svg:svg xmlns:svg="x"/>`,
    ],
    ['<svgx/>', 'The svg element', '<html><svg></svg></html>'],
  ),
  texts(
    'application/xml',
    [`${XML}<a/>`, `${XML}<!DOCTYPE own [<!ENTITY a "b">]>\n<own>&a;</own>`, '<own xmlns="urn:own"><a/></own>'],
    ['<own is not xml', '<?php echo 1 ?>'],
  ),
  root('application/x-wsf', '<job id="own">', '<script language="JScript">x</script>'),
  root('text/scriptlet', '<scriptlet>', '<registration progid="Own"/><script>x</script>'),
  root(
    'application/x-windows-library+xml',
    '<libraryDescription xmlns="http://schemas.microsoft.com/windows/2009/library">',
    '<url>\\\\test.invalid\\a</url>',
  ),
  root('application/x-windows-search+xml', '<persistedQuery version="1.0">', '<query/>'),
  root('application/x-windows-search-connector+xml', '<searchConnectorDescription>', '<url>x</url>'),
  root('application/x-windows-settingcontent+xml', '<PCSettings>', '<SearchableContent/>'),
  root('application/x-ms-msc', '<MMC_ConsoleFile ConsoleVersion="3.0">', '<a/>'),
  root(
    'application/x-msbuild',
    '<Project ToolsVersion="4.0" xmlns="http://schemas.microsoft.com/developer/msbuild/2003">',
    '<Target Name="a"/>',
    [`${XML}<project><a/></project>`],
  ),
  root('application/x-java-jnlp-file', '<jnlp spec="1.0+">', '<resources/>'),
  root(
    'application/x-ms-application',
    '<asmv1:assembly xmlns:asmv1="urn:schemas-microsoft-com:asm.v1">',
    '<deployment/>',
    [`${XML}<assembly/>`],
  ),
  root('application/appinstaller', '<AppInstaller Version="1.0.0.0">', '<MainPackage/>'),
  root(
    'application/x-apple-mobileconfig',
    '<plist version="1.0">',
    '<dict><key>PayloadType</key><string>Configuration</string></dict>',
    [`${XML}<plist><dict/></plist>`],
  ),
  root(
    'application/x-apple-webloc',
    '<plist version="1.0">',
    '<dict><key>URL</key><string>http://test.invalid</string></dict>',
    [`${XML}<plist><dict/></plist>`],
  ),
  root('application/x-plist', '<plist version="1.0">', '<dict><key>a</key><true/></dict>', [`${XML}<plists/>`]),
  root('application/xslt+xml', '<xsl:stylesheet version="1.0">', '<xsl:template match="/"/>'),
  root(
    'application/x-xsl-script',
    '<stylesheet xmlns:ms="urn:schemas-microsoft-com:xslt">',
    '<ms:script implements-prefix="user">x</ms:script>',
    [`${XML}<stylesheet/>`],
  ),
  root('application/rss+xml', '<rss version="2.0">', '<channel/>'),
  root('application/atom+xml', '<feed xmlns="http://www.w3.org/2005/Atom">', '<entry/>'),
  root('application/vnd.google-earth.kml+xml', '<kml>', '<Document/>'),
  root('application/gpx+xml', '<gpx version="1.1">', '<wpt/>'),
  root('application/mathml+xml', '<math xmlns="x">', '<mi>a</mi>'),
  root('application/xspf+xml', '<playlist version="1" xmlns="http://xspf.org/ns/0/">', '<trackList/>', [
    `${XML}<playlist/>`,
  ]),
  root('application/rdf+xml', '<rdf:RDF xmlns:rdf="x">', '<a/>'),
  root('application/soap+xml', '<soap:Envelope xmlns:soap="x">', '<soap:Body/>'),
  root(
    'application/vnd.mozilla.xul+xml',
    '<window xmlns="http://www.mozilla.org/keymaster/gatekeeper/there.is.only.xul">',
    '<a/>',
    [`${XML}<window/>`],
  ),
  root('text/vnd.wap.wml', '<wml>', '<card/>'),
  root('video/x-ms-asx', '<asx version="3.0">', '<entry/>'),
  root('application/vnd.adobe.xdp+xml', '<xdp:xdp xmlns:xdp="x">', '<a/>'),
  root('application/vnd.adobe.xfdf', '<xfdf xmlns="x">', '<f/>'),
  root(
    'application/vnd.ms-office.flat-opc',
    '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">',
    '<pkg:part/>',
    [`${XML}<package/>`],
  ),
  root('application/x-ms-word-2003-xml', '<w:wordDocument xmlns:w="x">', '<w:body/>'),
  root(
    'application/x-ms-excel-2003-xml',
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
    '<Worksheet/>',
    [`${XML}<Workbook/>`],
  ),
  root(
    'text/x-ms-odc',
    '<xml id="a" xmlns:odc="urn:schemas-microsoft-com:office:odc">',
    '<odc:OfficeDataConnection/>',
    [`${XML}<xml/>`],
  ),
]
