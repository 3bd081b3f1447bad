/** Office Open XML (ECMA-376 part 2): the list of content types says which program opens the package, and as what. */
import type { Excerpt } from '../excerpt.ts'
import { type Member, readNamed } from './members.ts'

const OOXML = 'application/vnd.openxmlformats-officedocument'
const MS = 'application/vnd.ms-'

/** The content type of a package's main part → its media type. */
const MAIN_PARTS: Readonly<Record<string, string>> = {
  [`${OOXML}.wordprocessingml.document.main+xml`]: `${OOXML}.wordprocessingml.document`,
  [`${OOXML}.wordprocessingml.template.main+xml`]: `${OOXML}.wordprocessingml.template`,
  [`${MS}word.document.macroenabled.main+xml`]: `${MS}word.document.macroEnabled.12`,
  [`${MS}word.template.macroenabledtemplate.main+xml`]: `${MS}word.template.macroEnabled.12`,
  [`${MS}word.template.macroenabled.main+xml`]: `${MS}word.template.macroEnabled.12`,
  [`${OOXML}.spreadsheetml.sheet.main+xml`]: `${OOXML}.spreadsheetml.sheet`,
  [`${OOXML}.spreadsheetml.template.main+xml`]: `${OOXML}.spreadsheetml.template`,
  [`${MS}excel.sheet.macroenabled.main+xml`]: `${MS}excel.sheet.macroEnabled.12`,
  [`${MS}excel.template.macroenabled.main+xml`]: `${MS}excel.template.macroEnabled.12`,
  [`${MS}excel.addin.macroenabled.main+xml`]: `${MS}excel.addin.macroEnabled.12`,
  [`${MS}excel.sheet.binary.macroenabled.main`]: `${MS}excel.sheet.binary.macroEnabled.12`,
  [`${OOXML}.presentationml.presentation.main+xml`]: `${OOXML}.presentationml.presentation`,
  [`${OOXML}.presentationml.template.main+xml`]: `${OOXML}.presentationml.template`,
  [`${OOXML}.presentationml.slideshow.main+xml`]: `${OOXML}.presentationml.slideshow`,
  [`${MS}powerpoint.presentation.macroenabled.main+xml`]: `${MS}powerpoint.presentation.macroEnabled.12`,
  [`${MS}powerpoint.template.macroenabled.main+xml`]: `${MS}powerpoint.template.macroEnabled.12`,
  [`${MS}powerpoint.slideshow.macroenabled.main+xml`]: `${MS}powerpoint.slideshow.macroEnabled.12`,
  [`${MS}powerpoint.addin.macroenabled.main+xml`]: `${MS}powerpoint.addin.macroEnabled.12`,
  [`${MS}visio.drawing.main+xml`]: `${MS}visio.drawing`,
  [`${MS}visio.drawing.macroenabled.main+xml`]: `${MS}visio.drawing.macroEnabled.12`,
  [`${MS}visio.stencil.main+xml`]: `${MS}visio.stencil`,
  [`${MS}visio.stencil.macroenabled.main+xml`]: `${MS}visio.stencil.macroEnabled.12`,
  [`${MS}visio.template.main+xml`]: `${MS}visio.template`,
  [`${MS}visio.template.macroenabled.main+xml`]: `${MS}visio.template.macroEnabled.12`,
  'application/vnd.ms-package.xps-fixeddocumentsequence+xml': 'application/oxps',
  'application/vnd.ms-package.3dmanufacturing-3dmodel+xml': 'application/vnd.ms-package.3dmanufacturing-3dmodel+xml',
}

const LIST = /^\[Content_Types\]\.xml$/i
/** A main part of its own only where no other one is: presentations hold slides too. */
const SLIDE = `${OOXML}.presentationml.slide+xml`

/** Where the list was not kept: the folder tells the program, a VBA project that it has macros. */
const FOLDERS: readonly (readonly [RegExp, plain: string, withMacros: string])[] = [
  [/^word\//i, `${OOXML}.wordprocessingml.document`, `${MS}word.document.macroEnabled.12`],
  [/^xl\//i, `${OOXML}.spreadsheetml.sheet`, `${MS}excel.sheet.macroEnabled.12`],
  [/^ppt\//i, `${OOXML}.presentationml.presentation`, `${MS}powerpoint.presentation.macroEnabled.12`],
  [/^visio\//i, `${MS}visio.drawing`, `${MS}visio.drawing.macroEnabled.12`],
]

/** The types of an Office Open XML package; none where it is none. */
export function officeTypes(sample: Excerpt, members: readonly Member[]): string[] {
  const hasList = members.some(({ name }) => LIST.test(name))
  if (!hasList && !members.some(({ name }) => /^_rels\/\.rels$/i.test(name))) return []
  const hasMacros = members.some(({ name }) => /(?:^|\/)vbaProject\.bin$/i.test(name))
  const stated = hasList ? statedTypes(readNamed(sample, members, LIST)) : []
  const found = stated.length > 0 ? stated : byFolder(members, hasMacros)
  return hasMacros && found.length > 0 ? [...found, 'application/x-vba-project'] : found
}

function statedTypes(list: Buffer | undefined): string[] {
  if (list === undefined) return []
  const text = isUtf16(list) ? list.toString('utf16le') : list.toString('latin1')
  const found = [...text.matchAll(/ContentType\s*=\s*["']\s*([^"'\s]{1,150})/gi)].map(([, type = '']) =>
    type.toLowerCase(),
  )
  const types = [...new Set(found.flatMap((type) => MAIN_PARTS[type] ?? []))]
  return types.length === 0 && found.includes(SLIDE) ? [`${OOXML}.presentationml.slide`] : types
}

function isUtf16(bytes: Buffer): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || bytes[1] === 0
}

function byFolder(members: readonly Member[], hasMacros: boolean): string[] {
  const program = FOLDERS.find(([folder]) => members.some(({ name }) => folder.test(name)))
  if (program === undefined) return []
  const isBinary = members.some(({ name }) => /^xl\/workbook\.bin$/i.test(name))
  if (isBinary) return [`${MS}excel.sheet.binary.macroEnabled.12`]
  return [hasMacros ? program[2] : program[1]]
}
