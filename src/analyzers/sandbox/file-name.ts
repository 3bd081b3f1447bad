/** The extension by which a sandbox opens a type, for types that do something when opened; others are told by their content. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/vnd.microsoft.portable-executable': 'exe',
  'application/x-dotnet-assembly': 'exe',
  'application/x-nsis-installer': 'exe',
  'application/x-inno-setup': 'exe',
  'application/x-dosexec': 'exe',
  'application/x-msi': 'msi',
  'application/x-elf': 'elf',
  'application/java-archive': 'jar',
  'application/vnd.android.package-archive': 'apk',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.ms-publisher': 'pub',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.ms-word.document.macroEnabled.12': 'docm',
  'application/vnd.ms-word.template.macroEnabled.12': 'dotm',
  'application/vnd.ms-excel.sheet.macroEnabled.12': 'xlsm',
  'application/vnd.ms-excel.sheet.binary.macroEnabled.12': 'xlsb',
  'application/vnd.ms-excel.template.macroEnabled.12': 'xltm',
  'application/vnd.ms-excel.addin.macroEnabled.12': 'xlam',
  'application/vnd.ms-powerpoint.presentation.macroEnabled.12': 'pptm',
  'application/onenote': 'one',
  'application/rtf': 'rtf',
  'application/pdf': 'pdf',
  'text/html': 'html',
  'application/hta': 'hta',
  'application/x-ms-shortcut': 'lnk',
  'application/vnd.ms-htmlhelp': 'chm',
  'text/javascript': 'js',
  'text/vbscript': 'vbs',
  'application/x-powershell': 'ps1',
  'application/x-bat': 'bat',
  'application/x-wsf': 'wsf',
  'application/zip': 'zip',
  'application/vnd.rar': 'rar',
  'application/x-7z-compressed': '7z',
  'application/x-iso9660-image': 'iso',
  'message/rfc822': 'eml',
}

const LONGEST_STEM = 80

/**
 * The name that a sample gets in a sandbox: its digest, or what its sender called it where that is given, with the extension that opens it.
 * Never the sender's extension: one report counts for the same bytes under all names.
 */
export function sandboxFileName(fileName: string, type: string, givenName = ''): string {
  const extension = EXTENSIONS[type]
  const name = stemOf(givenName) || fileName
  return extension === undefined || name.includes('.') ? name : `${name}.${extension}`
}

/** Letters, digits and what is harmless in any API and file system; nothing before a slash, nothing from the last dot on. */
function stemOf(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  const stem = last.includes('.') ? last.slice(0, last.lastIndexOf('.')) : last
  const plain = stem
    .slice(0, LONGEST_STEM)
    .replace(/[^A-Za-z0-9_ -]/g, '_')
    .trim()
  return /[A-Za-z0-9]/.test(plain) ? plain : ''
}
