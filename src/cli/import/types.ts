/** Media types as the predecessor's libmagic and Python's mimetypes call them → as this filter does. */
import { CATALOG, groupOf } from '../../facts/index.ts'

/** Where the names differ. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  'application/x-dosexec': [
    'application/vnd.microsoft.portable-executable',
    'application/x-ms-dll',
    'application/x-ms-control-panel',
    'application/x-ms-excel-xll',
    'application/x-ms-driver',
    'application/x-efi-application',
    'application/x-dotnet-assembly',
    'application/x-nsis-installer',
    'application/x-inno-setup',
    'application/x-dosexec',
    'application/x-ne-executable',
  ],
  'application/cdfv2': ['application/x-ole-storage'],
  'application/cdfv2-encrypted': ['application/x-ole-encrypted-package'],
  'application/javascript': ['text/javascript', 'application/x-jscript'],
  'application/x-javascript': ['text/javascript', 'application/x-jscript'],
  'text/x-javascript': ['text/javascript', 'application/x-jscript'],
  'application/x-vbscript': ['text/vbscript'],
  'text/x-msdos-batch': ['application/x-bat'],
  'application/x-bat': ['application/x-bat'],
  'application/x-rar': ['application/vnd.rar'],
  'application/x-rar-compressed': ['application/vnd.rar'],
  'application/x-gzip': ['application/gzip'],
  'application/x-bzip': ['application/x-bzip2'],
  'application/x-zip-compressed': ['application/zip'],
  'application/x-iso9660': ['application/x-iso9660-image'],
  'application/x-sh': ['text/x-shellscript'],
  'text/x-sh': ['text/x-shellscript'],
  'application/x-python': ['text/x-python'],
  'text/x-script.python': ['text/x-python'],
  'application/x-python-code': ['application/x-bytecode.python'],
  'application/x-executable': ['application/x-elf'],
  'application/x-pie-executable': ['application/x-elf'],
  'application/x-sharedlib': ['application/x-elf'],
  'application/x-mach-binary': ['application/x-mach-binary'],
  'application/x-shockwave-flash': ['application/vnd.adobe.flash.movie'],
  'application/vnd.ms-msi': ['application/x-msi'],
  'application/vnd.ms-tnef': ['application/vnd.ms-tnef'],
  'application/x-pkcs7-signature': ['application/pkcs7-signature'],
  'application/x-pkcs7-mime': ['application/pkcs7-mime'],
  'text/rtf': ['application/rtf'],
  'text/xml': ['application/xml'],
  'text/json': ['application/json'],
  'image/jpg': ['image/jpeg'],
  'image/pjpeg': ['image/jpeg'],
  'image/x-ms-bmp': ['image/bmp'],
  'image/x-bmp': ['image/bmp'],
  'image/x-png': ['image/png'],
  'image/x-icon': ['image/vnd.microsoft.icon'],
  'image/svg': ['image/svg+xml'],
}
/** In mail an executable is often declared as one of these; no content of this name is shown by either program. */
const NEVER_SHOWN = ['application/x-ms-dos-executable', 'application/x-msdos-program', 'application/x-silverlight']
/** libmagic gives these names to very much that this filter tells apart. */
const VAGUE = [
  'text/plain',
  'application/octet-stream',
  'application/zip',
  'application/xml',
  'application/cdfv2',
  'text/html',
]
/** What libmagic calls a file without bytes. */
export const EMPTY_TYPES: readonly string[] = ['inode/x-empty', 'application/x-empty']

/** A type of the predecessor in our names. `isCertain` where ours mean nothing less than its own did. */
export function contentTypes(type: string): { readonly types: readonly string[]; readonly isCertain: boolean } {
  const lower = type.toLowerCase()
  if (NEVER_SHOWN.includes(lower)) return { types: [], isCertain: true }
  const types = OURS[lower] ?? catalogued(lower)
  return { types, isCertain: types.length > 0 && !VAGUE.includes(lower) }
}

function catalogued(lower: string): readonly string[] {
  const found = [...CATALOG.keys()].find((type) => type.toLowerCase() === lower)
  return found === undefined ? [] : [found]
}

/** The extensions (lower case) that customarily name one of these types of the predecessor. */
export function extensionsOf(types: readonly string[]): readonly string[] {
  const ours = types.flatMap((type) => contentTypes(type).types)
  return [...new Set(ours.flatMap((type) => CATALOG.get(type)?.extensions ?? []))]
}

/** Content that programs show or check and never run: all that sender-made exemptions may still exempt. */
export const INERT: readonly string[] = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/bmp',
  'image/webp',
  'image/tiff',
  'application/pkcs7-signature',
  'application/pgp-signature',
  'application/pgp-keys',
]

/** Extensions at which programs run a file, whatever is in it. */
export const ACTING_EXTENSIONS: readonly string[] = [...CATALOG.values()]
  .filter(({ group }) => group === 'script' || group === 'shortcut' || group === 'executable')
  .flatMap(({ extensions }) => extensions)
  .filter((extension, i, all) => all.indexOf(extension) === i)
  .sort()

/** Content that Office macros cannot live in. */
export const WITHOUT_MACROS: readonly string[] = [
  ...INERT,
  'text/plain',
  'application/pdf',
  'text/calendar',
  'text/vcard',
]

/** Whether a file of this type may act by itself, so that being called it is no reason to let it pass. */
export function mayAct(type: string): boolean {
  const { types } = contentTypes(type)
  const acting = ['markup', 'script', 'shortcut', 'executable']
  return type === 'application/octet-stream' || types.some((ours) => acting.includes(groupOf(ours) ?? ''))
}
