/** Zip files, and what is built on them: told by the names of members and by what the telling ones hold. */

import { CATALOG } from '../catalog.ts'
import type { Excerpt } from '../excerpt.ts'
import { type Member, readNamed, readZip } from './members.ts'
import { officeTypes } from './office.ts'

/** Formats that certain members show; the first of a jar's relatives wins, as most of them have a manifest too. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/^AndroidManifest\.xml$/, 'application/vnd.android.package-archive'],
  [/^(?:AppxManifest\.xml|AppxMetadata\/AppxBundleManifest\.xml)$/i, 'application/vnd.ms-appx'],
  [/^Payload\/[^/]{1,200}\.app\/Info\.plist$/, 'application/x-ios-app'],
  [/^extension\.vsixmanifest$/, 'application/x-vsix'],
  [/^[^/]{1,200}\.nuspec$/, 'application/x-nuget-package'],
  [/^[^/]{1,200}\.dist-info\/WHEEL$/, 'application/x-python-wheel'],
  [/^META-INF\/mozilla\.rsa$|^install\.rdf$/, 'application/x-xpinstall'],
  [/^Index(?:\.zip$|\/Document\.iwa$)/, 'application/x-iwork'],
  [/^doc\.kml$/, 'application/vnd.google-earth.kmz'],
  [/^(?:FixedDocSeq\.fdseq|FixedDocumentSequence\.fdseq)$/i, 'application/oxps'],
  [/^META-INF\/(?:MANIFEST\.MF)?$/i, 'application/java-archive'],
]

/** Zip and the format within it, the format alone where there is one. A zip file may have anything before and behind it. */
export function detectZip(sample: Excerpt): string[] {
  const zip = readZip(sample)
  if (zip === undefined) return []
  const stated = statedType(sample, zip.members)
  if (stated !== undefined) return [stated, ...(hasBasic(zip.members) ? ['application/x-ooo-basic'] : [])]
  const office = officeTypes(sample, zip.members)
  if (office.length > 0) return office
  const format = BY_NAME.find(([pattern]) => zip.members.some(({ name }) => pattern.test(name)))
  return [format?.[1] ?? 'application/zip']
}

/** OpenDocument, EPUB and their like say their type in a member of that name (ODF 1.3 part 2, section 3.3). */
function statedType(sample: Excerpt, members: readonly Member[]): string | undefined {
  // A writer that streams states no size: the text ends where no character of a type is left.
  const text = readNamed(sample, members, /^mimetype$/)?.toString('latin1', 0, 100) ?? ''
  const type = /^\s*([a-z]+\/[a-z0-9.+-]+)/.exec(text)?.[1] ?? ''
  return CATALOG.has(type) ? type : undefined
}

/** Macros of OpenDocument: a Basic library or scripts of another language. */
function hasBasic(members: readonly Member[]): boolean {
  return members.some(
    ({ name }) =>
      /^(?:Basic\/[^/]{1,100}\/[^/]{1,100}\.xml|Scripts\/[^/]{1,100}\/.)/.test(name) && !/script-lb\.xml$/.test(name),
  )
}
